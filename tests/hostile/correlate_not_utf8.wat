;; Can't answer `correlate`, and says so in bytes that are no text.
(module
  ;; prelude
  (data (i32.const 2048) "\ff\fe\fd")
  (func (export "plugdesk:desk/correlate@0.1.0#correlate") (param i32) (result i32)
    (i32.store8 (i32.const 1024) (i32.const 1)) ;; an error
    (i32.store (i32.const 1032) (i32.const 2048)) (i32.store (i32.const 1036) (i32.const 3)) ;; missing what
    (i32.const 1024)))
