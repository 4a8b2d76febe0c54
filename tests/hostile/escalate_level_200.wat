;; Climbs to level 200.
(module
  ;; prelude
  (func (export "plugdesk:desk/escalate@0.1.0#escalate") (param i32) (result i32)
    (i32.store8 (i32.const 1032) (i32.const 1)) ;; some
    (i32.store8 (i32.const 1040) (i32.const 200)) ;; level
    (i32.const 1024)))
