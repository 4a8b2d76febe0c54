;; `identify`: the first candidate is the same person, because of how it was found.
(module
  ;; prelude
  (data (i32.const 2048) "goldenby")
  (func (export "plugdesk:desk/identify@0.1.0#identify") (param $inquiry i32) (result i32)
    (local $first i32)
    ;; The candidates stand behind the contact and its shared addresses; without any: no opinion.
    (if (i32.eqz (i32.load (i32.add (local.get $inquiry) (i32.const 124)))) (then (return (i32.const 1024))))
    (local.set $first (i32.load (i32.add (local.get $inquiry) (i32.const 120))))
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1032) (i32.const 1216)) (i32.store (i32.const 1036) (i32.const 1)) ;; one likeness
    (i32.store (i32.const 1216) (i32.load (local.get $first))) ;; its contact is the candidate's id
    (i32.store (i32.const 1220) (i32.load offset=4 (local.get $first)))
    (i32.store8 (i32.const 1224) (i32.const 1)) ;; same
    (i32.store16 (i32.const 1226) (i32.const 9500)) ;; score
    (i32.store (i32.const 1228) (i32.const 1248)) (i32.store (i32.const 1232) (i32.const 1)) ;; one reason of its own
    ;; The reason: code `golden`, the words of `found-by` as evidence.
    (i32.store (i32.const 1248) (i32.const 2048)) (i32.store (i32.const 1252) (i32.const 6))
    (i32.store (i32.const 1264) (i32.load offset=80 (local.get $first)))
    (i32.store (i32.const 1268) (i32.load offset=84 (local.get $first)))
    (i32.const 1024)))
