;; Wants a command whose body is a list.
(module
  ;; prelude
  (data (i32.const 2048) "ticket.update[{}]")
  (func (export "plugdesk:desk/react@0.1.0#react") (param i32) (result i32)
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1032) (i32.const 8192)) (i32.store (i32.const 1036) (i32.const 1)) ;; one command
    (i32.store (i32.const 8192) (i32.const 2048)) (i32.store (i32.const 8196) (i32.const 13)) ;; its name
    (i32.store (i32.const 8200) (i32.const 2061)) (i32.store (i32.const 8204) (i32.const 4)) ;; its body
    (i32.const 1024)))
