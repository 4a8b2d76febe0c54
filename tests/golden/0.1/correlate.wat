;; `correlate`: the first neighbour reports the same problem, `golden`, and it is back.
(module
  ;; prelude
  (data (i32.const 2048) "golden")
  (func (export "plugdesk:desk/correlate@0.1.0#correlate") (param $inquiry i32) (result i32)
    (local $first i32)
    (if (i32.eqz (i32.load offset=188 (local.get $inquiry))) (then (return (i32.const 1024)))) ;; alone: no opinion
    (local.set $first (i32.load offset=184 (local.get $inquiry)))
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1032) (i32.const 1216)) (i32.store (i32.const 1036) (i32.const 1)) ;; one pair
    (i32.store (i32.const 1216) (i32.load (local.get $first))) ;; its ticket is the neighbour's id
    (i32.store (i32.const 1220) (i32.load offset=4 (local.get $first)))
    (i32.store16 (i32.const 1224) (i32.const 8000)) ;; score
    (i32.store8 (i32.const 1040) (i32.const 1)) ;; a cluster
    (i32.store (i32.const 1044) (i32.const 2048)) (i32.store (i32.const 1048) (i32.const 6))
    (i32.store8 (i32.const 1052) (i32.const 1)) ;; recurring
    (i32.const 1024)))
