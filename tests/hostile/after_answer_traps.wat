;; Answers, and gives up while it clears up.
(module
  ;; prelude
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32) (i32.const 1024))
  (func (export "cabi_post_plugdesk:desk/classify@0.1.0#classify") (param i32) (unreachable)))
