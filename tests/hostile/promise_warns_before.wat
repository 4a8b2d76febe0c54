;; Warns before its clock begins.
(module
  ;; prelude
  (data (i32.const 2048) "resolutionalways")
  (func (export "plugdesk:desk/promise@0.1.0#promise") (param i32) (result i32)
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1032) (i32.const 8192)) (i32.store (i32.const 1036) (i32.const 1)) ;; one target
    (i32.store (i32.const 8192) (i32.const 2048)) (i32.store (i32.const 8196) (i32.const 10)) ;; its metric
    (i32.store (i32.const 8200) (i32.const 60)) ;; minutes
    (i32.store (i32.const 8204) (i32.const 2058)) (i32.store (i32.const 8208) (i32.const 6)) ;; its calendar
    (i32.store8 (i32.const 8220) (i32.const 1)) (i32.store (i32.const 8224) (i32.const -1)) ;; warn-minutes
    (i32.const 1024)))
