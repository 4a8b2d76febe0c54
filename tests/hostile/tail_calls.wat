;; Calls itself in its last breath, which takes no stack.
(module
  ;; prelude
  (func $on (param i32) (result i32) (return_call $on (local.get 0)))
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32) (call $on (local.get 0))))
