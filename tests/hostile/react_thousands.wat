;; Wants ten thousand commands at once, all of them the same.
(module
  ;; prelude
  (data (i32.const 2048) "a{}")
  (func (export "plugdesk:desk/react@0.1.0#react") (param i32) (result i32)
    (local $at i32)
    (drop (memory.grow (i32.const 4)))
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1032) (i32.const 65536)) (i32.store (i32.const 1036) (i32.const 10000)) ;; commands
    (local.set $at (i32.const 65536))
    (loop $next
      (i32.store (local.get $at) (i32.const 2048)) (i32.store offset=4 (local.get $at) (i32.const 1)) ;; its name
      (i32.store offset=8 (local.get $at) (i32.const 2049)) (i32.store offset=12 (local.get $at) (i32.const 2)) ;; its body
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 225536))))
    (i32.const 1024)))
