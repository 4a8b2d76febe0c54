;; Makes handles and drops them, and each drop drops another.
(module
  (import "[export]plugdesk:tests/flood" "[resource-new]handle" (func $new (param i32) (result i32)))
  (import "[export]plugdesk:tests/flood" "[resource-drop]handle" (func $drop (param i32)))
  ;; prelude
  (func (export "plugdesk:tests/flood#[constructor]handle") (result i32) (call $new (i32.const 0)))
  (func (export "plugdesk:tests/flood#[dtor]handle") (param i32) (call $drop (call $new (i32.const 1))))
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32) (call $drop (call $new (i32.const 1))) (i32.const 1024)))
