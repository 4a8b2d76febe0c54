;; `merge`: of contacts the loser's name shows, everything else must not be merged.
(module
  ;; prelude
  (data (i32.const 2048) "namegolden")
  (func (export "plugdesk:desk/merge@0.1.0#merge") (param $inquiry i32) (result i32)
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    ;; The winner's case lies behind the circumstances; 0 is a contact.
    (if (i32.load8_u offset=32 (local.get $inquiry))
      (then
        (i32.store8 (i32.const 1032) (i32.const 1)) ;; refused
        (i32.store (i32.const 1044) (i32.const 1216)) (i32.store (i32.const 1048) (i32.const 1)) ;; one reason
        (i32.store (i32.const 1216) (i32.const 2052)) (i32.store (i32.const 1220) (i32.const 6)))
      (else
        (i32.store (i32.const 1036) (i32.const 1280)) (i32.store (i32.const 1040) (i32.const 1)) ;; one field
        (i32.store (i32.const 1280) (i32.const 2048)) (i32.store (i32.const 1284) (i32.const 4)) ;; name
        (i32.store8 (i32.const 1288) (i32.const 1)))) ;; the loser's
    (i32.const 1024)))
