;; Calls itself for ever.
(module
  ;; prelude
  (func $down (param $n i64) (result i64)
    (i64.add (local.get $n) (call $down (i64.add (local.get $n) (i64.const 1)))))
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32)
    (i32.wrap_i64 (call $down (i64.const 0)))))
