;; Wakes everybody.
(module
  ;; prelude
  (data (i32.const 2048) "abcdefghijklmnopqrstuvwxyz0123456789")
  (func (export "plugdesk:desk/escalate@0.1.0#escalate") (param i32) (result i32)
    (local $n i32)
    (i32.store8 (i32.const 1032) (i32.const 1)) ;; some
    (i32.store (i32.const 1044) (i32.const 8192)) (i32.store (i32.const 1048) (i32.const 17)) ;; audience
    (loop $next
      (i32.store (i32.add (i32.const 8196) (i32.mul (local.get $n) (i32.const 12))) (i32.add (i32.const 2048) (local.get $n)))
      (i32.store (i32.add (i32.const 8200) (i32.mul (local.get $n) (i32.const 12))) (i32.const 1)) ;; its name
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $n) (i32.const 17))))
    (i32.const 1024)))
