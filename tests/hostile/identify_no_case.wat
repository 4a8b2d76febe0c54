;; Relates two contacts in a fourth way.
(module
  ;; prelude
  (data (i32.const 2048) "contact_2")
  (func (export "plugdesk:desk/identify@0.1.0#identify") (param i32) (result i32)
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1032) (i32.const 8192)) (i32.store (i32.const 1036) (i32.const 1)) ;; one likeness
    (i32.store (i32.const 8192) (i32.const 2048)) (i32.store (i32.const 8196) (i32.const 9)) ;; its contact
    (i32.store8 (i32.const 8200) (i32.const 3)) ;; no relation
    (i32.const 1024)))
