;; Is surer than certain that two are one.
(module
  ;; prelude
  (data (i32.const 2048) "contact_2")
  (func (export "plugdesk:desk/identify@0.1.0#identify") (param i32) (result i32)
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1032) (i32.const 8192)) (i32.store (i32.const 1036) (i32.const 1)) ;; one likeness
    (i32.store (i32.const 8192) (i32.const 2048)) (i32.store (i32.const 8196) (i32.const 9)) ;; its contact
    (i32.store16 (i32.const 8202) (i32.const 10001)) ;; its score
    (i32.const 1024)))
