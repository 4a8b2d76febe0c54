;; Hands the host a line of 129 MiB, most of which is nowhere.
(module
  (import "plugdesk:desk/log@0.1.0" "write" (func $write (param i32 i32 i32)))
  ;; prelude
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32)
    (call $write (i32.const 1) (i32.const 8192) (i32.const 135266304))
    (i32.const 1024)))
