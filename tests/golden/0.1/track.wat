;; `track`: the track that the ticket is on, else special; with a check and a role.
(module
  ;; prelude
  (data (i32.const 2048) "creditrisk-officer")
  (func (export "plugdesk:desk/track@0.1.0#track") (param $inquiry i32) (result i32)
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store8 (i32.const 1032) (i32.const 2)) ;; special
    (if (i32.load8_u offset=184 (local.get $inquiry))
      (then (i32.store8 (i32.const 1032) (i32.load8_u offset=185 (local.get $inquiry)))))
    (i32.store16 (i32.const 1034) (i32.const 9000)) ;; risk
    (i32.store (i32.const 1036) (i32.const 1216)) (i32.store (i32.const 1040) (i32.const 1)) ;; one check
    (i32.store (i32.const 1216) (i32.const 2048)) (i32.store (i32.const 1220) (i32.const 6))
    (i32.store (i32.const 1044) (i32.const 1224)) (i32.store (i32.const 1048) (i32.const 1)) ;; one role
    (i32.store (i32.const 1224) (i32.const 2054)) (i32.store (i32.const 1228) (i32.const 12))
    (i32.const 1024)))
