;; Takes a mebibyte for whatever the host has to say.
(module
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (i32.mul (memory.grow (i32.const 160)) (i32.const 65536)))
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32) (i32.const 1024)))
