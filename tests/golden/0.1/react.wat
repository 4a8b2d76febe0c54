;; `react`: one command, whose body is what the event says of itself.
(module
  ;; prelude
  (data (i32.const 2048) "ticket.update")
  (func (export "plugdesk:desk/react@0.1.0#react") (param $inquiry i32) (result i32)
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1032) (i32.const 1216)) (i32.store (i32.const 1036) (i32.const 1)) ;; one command
    (i32.store (i32.const 1216) (i32.const 2048)) (i32.store (i32.const 1220) (i32.const 13)) ;; its name
    (i32.store (i32.const 1224) (i32.load offset=76 (local.get $inquiry))) ;; its body: the event's data
    (i32.store (i32.const 1228) (i32.load offset=80 (local.get $inquiry)))
    (i32.const 1024)))
