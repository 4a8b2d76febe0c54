;; Knows more candidates than it was shown.
(module
  ;; prelude
  (data (i32.const 2048) "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
  (func (export "plugdesk:desk/identify@0.1.0#identify") (param i32) (result i32)
    (local $n i32)
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1032) (i32.const 8192)) (i32.store (i32.const 1036) (i32.const 51)) ;; likenesses
    (loop $next
      (i32.store (i32.add (i32.const 8192) (i32.mul (local.get $n) (i32.const 20))) (i32.add (i32.const 2048) (local.get $n)))
      (i32.store (i32.add (i32.const 8196) (i32.mul (local.get $n) (i32.const 20))) (i32.const 1)) ;; its contact
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $n) (i32.const 51))))
    (i32.const 1024)))
