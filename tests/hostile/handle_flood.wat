;; Makes handles of a resource of its own and keeps them all.
(module
  (import "[export]plugdesk:tests/flood" "[resource-new]handle" (func $new (param i32) (result i32)))
  ;; prelude
  (func (export "plugdesk:tests/flood#[constructor]handle") (result i32) (call $new (i32.const 0)))
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32)
    (loop $again (drop (call $new (i32.const 1))) (br $again))
    (unreachable)))
