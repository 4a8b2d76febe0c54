;; Has more reasons for one likeness than anybody reads.
(module
  ;; prelude
  (data (i32.const 2048) "contact_2abcdefghijklmnopqrstuvwxyz0123456789")
  (func (export "plugdesk:desk/identify@0.1.0#identify") (param i32) (result i32)
    (local $n i32)
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1032) (i32.const 8192)) (i32.store (i32.const 1036) (i32.const 1)) ;; one likeness
    (i32.store (i32.const 8192) (i32.const 2048)) (i32.store (i32.const 8196) (i32.const 9)) ;; its contact
    (i32.store (i32.const 8204) (i32.const 12288)) (i32.store (i32.const 8208) (i32.const 33)) ;; its own reasons
    (loop $next
      (i32.store (i32.add (i32.const 12288) (i32.mul (local.get $n) (i32.const 24))) (i32.add (i32.const 2048) (local.get $n)))
      (i32.store (i32.add (i32.const 12292) (i32.mul (local.get $n) (i32.const 24))) (i32.const 1)) ;; its code
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $n) (i32.const 33))))
    (i32.const 1024)))
