;; Wants a command with a body of sixty thousand letters.
(module
  ;; prelude
  (data (i32.const 2048) "ticket.update")
  (func (export "plugdesk:desk/react@0.1.0#react") (param i32) (result i32)
    (memory.fill (i32.const 4096) (i32.const 97) (i32.const 61000))
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1032) (i32.const 1216)) (i32.store (i32.const 1036) (i32.const 1)) ;; one command
    (i32.store (i32.const 1216) (i32.const 2048)) (i32.store (i32.const 1220) (i32.const 13)) ;; its name
    (i32.store (i32.const 1224) (i32.const 4096)) (i32.store (i32.const 1228) (i32.const 60000)) ;; its body
    (i32.const 1024)))
