;; Hides a hundred thousand letters in a likeness's own reason.
(module
  ;; prelude
  (data (i32.const 2048) "contact_2")
  (func (export "plugdesk:desk/identify@0.1.0#identify") (param i32) (result i32)
    (drop (memory.grow (i32.const 4)))
    (memory.fill (i32.const 65536) (i32.const 97) (i32.const 100000))
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1032) (i32.const 8192)) (i32.store (i32.const 1036) (i32.const 1)) ;; one likeness
    (i32.store (i32.const 8192) (i32.const 2048)) (i32.store (i32.const 8196) (i32.const 9)) ;; its contact
    (i32.store (i32.const 8204) (i32.const 12288)) (i32.store (i32.const 8208) (i32.const 1)) ;; its reason
    (i32.store (i32.const 12288) (i32.const 65536)) (i32.store (i32.const 12292) (i32.const 100000)) ;; its code
    (i32.const 1024)))
