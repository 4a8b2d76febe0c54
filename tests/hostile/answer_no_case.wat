;; Answers with the 200th case of a result that has two.
(module
  ;; prelude
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32)
    (i32.store8 (i32.const 1024) (i32.const 200))
    (i32.const 1024)))
