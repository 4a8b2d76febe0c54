;; Reads its settings for ever, always into the same place.
(module
  (import "plugdesk:desk/settings@0.1.0" "bytes" (func $bytes (param i32)))
  (memory (export "memory") 32)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32)
    (loop $again
      (call $bytes (i32.const 1024))
      (br $again))
    (unreachable)))
