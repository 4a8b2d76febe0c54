;; Says two things of one candidate: the same, and different.
(module
  ;; prelude
  (data (i32.const 2048) "contact_2")
  (func (export "plugdesk:desk/identify@0.1.0#identify") (param i32) (result i32)
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1032) (i32.const 8192)) (i32.store (i32.const 1036) (i32.const 2)) ;; two likenesses
    (i32.store (i32.const 8192) (i32.const 2048)) (i32.store (i32.const 8196) (i32.const 9)) ;; the first one's contact
    (i32.store8 (i32.const 8200) (i32.const 1)) ;; same
    (i32.store (i32.const 8212) (i32.const 2048)) (i32.store (i32.const 8216) (i32.const 9)) ;; the second one's
    (i32.store8 (i32.const 8220) (i32.const 2)) ;; different
    (i32.const 1024)))
