;; Is surer than certain.
(module
  ;; prelude
  (func (export "plugdesk:desk/qualify@0.1.0#qualify") (param i32) (result i32)
    (i32.store8 (i32.const 1032) (i32.const 1)) ;; some
    (i32.store16 (i32.const 1040) (i32.const 10001)) ;; the score
    (i32.const 1024)))
