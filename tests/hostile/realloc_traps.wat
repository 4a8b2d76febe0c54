;; Gives up when the host has something to say.
(module
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (unreachable))
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32) (i32.const 1024)))
