;; Wants to look again when no calendar goes on.
(module
  ;; prelude
  (func (export "plugdesk:desk/escalate@0.1.0#escalate") (param i32) (result i32)
    (i32.store8 (i32.const 1032) (i32.const 1)) ;; some
    (i32.store8 (i32.const 1056) (i32.const 1)) ;; look-again
    (i64.store (i32.const 1064) (i64.const 0x7fffffffffffffff))
    (i32.const 1024)))
