;; Answers with a fourth track.
(module
  ;; prelude
  (func (export "plugdesk:desk/track@0.1.0#track") (param i32) (result i32)
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store8 (i32.const 1032) (i32.const 3)) ;; no track
    (i32.const 1024)))
