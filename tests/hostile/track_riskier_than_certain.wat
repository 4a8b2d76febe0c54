;; Sees more risk than there is.
(module
  ;; prelude
  (func (export "plugdesk:desk/track@0.1.0#track") (param i32) (result i32)
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store16 (i32.const 1034) (i32.const 10001)) ;; risk
    (i32.const 1024)))
