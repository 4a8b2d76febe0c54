;; `promise`: what the contract promises, once more; without one a first response in an hour of `always`.
(module
  ;; prelude
  (data (i32.const 2048) "first-responsealways\02\04")
  (func (export "plugdesk:desk/promise@0.1.0#promise") (param $inquiry i32) (result i32)
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (if (i32.load offset=216 (local.get $inquiry))
      (then
        (i32.store (i32.const 1032) (i32.load offset=212 (local.get $inquiry)))
        (i32.store (i32.const 1036) (i32.load offset=216 (local.get $inquiry)))
        (return (i32.const 1024))))
    (i32.store (i32.const 1032) (i32.const 1216)) (i32.store (i32.const 1036) (i32.const 1)) ;; one target
    (i32.store (i32.const 1216) (i32.const 2048)) (i32.store (i32.const 1220) (i32.const 14)) ;; metric
    (i32.store (i32.const 1224) (i32.const 60)) ;; minutes
    (i32.store (i32.const 1228) (i32.const 2062)) (i32.store (i32.const 1232) (i32.const 6)) ;; calendar
    ;; Pauses: waiting-customer and on-hold.
    (i32.store (i32.const 1236) (i32.const 2068)) (i32.store (i32.const 1240) (i32.const 2))
    (i32.store8 (i32.const 1244) (i32.const 1)) (i32.store (i32.const 1248) (i32.const 15)) ;; warn-minutes
    (i32.const 1024)))
