;; Can't answer `escalate`, and says so in bytes that are no text.
(module
  ;; prelude
  (data (i32.const 2048) "\ff\fe\fd")
  (func (export "plugdesk:desk/escalate@0.1.0#escalate") (param i32) (result i32)
    (i32.store8 (i32.const 1024) (i32.const 1)) ;; an error
    (i32.store (i32.const 1036) (i32.const 2048)) (i32.store (i32.const 1040) (i32.const 3)) ;; missing what
    (i32.const 1024)))
