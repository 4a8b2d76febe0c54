;; Gives up while it prepares.
(module
  ;; prelude
  (func (export "plugdesk:desk/setup@0.1.0#prepare") (param i32 i32) (result i32)
    (unreachable))
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32) (i32.const 1024)))
