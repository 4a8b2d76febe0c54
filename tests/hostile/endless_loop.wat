;; Never answers.
(module
  ;; prelude
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32)
    (loop $again (br $again))
    (unreachable)))
