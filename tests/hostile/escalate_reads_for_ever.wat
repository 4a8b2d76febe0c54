;; Counts its commitments for ever.
(module
  (import "plugdesk:desk/account@0.1.0" "commitments" (func $commitments (param i32)))
  ;; prelude
  (func (export "plugdesk:desk/escalate@0.1.0#escalate") (param i32) (result i32)
    (loop $again (call $commitments (i32.const 1152)) (br $again))
    (i32.const 1024)))
