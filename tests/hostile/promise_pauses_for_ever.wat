;; Pauses a clock a hundred thousand times over.
(module
  ;; prelude
  (data (i32.const 2048) "resolutionalways")
  (func (export "plugdesk:desk/promise@0.1.0#promise") (param i32) (result i32)
    (drop (memory.grow (i32.const 4)))
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1032) (i32.const 8192)) (i32.store (i32.const 1036) (i32.const 1)) ;; one target
    (i32.store (i32.const 8192) (i32.const 2048)) (i32.store (i32.const 8196) (i32.const 10)) ;; its metric
    (i32.store (i32.const 8200) (i32.const 60)) ;; minutes
    (i32.store (i32.const 8204) (i32.const 2058)) (i32.store (i32.const 8208) (i32.const 6)) ;; its calendar
    (i32.store (i32.const 8212) (i32.const 65536)) (i32.store (i32.const 8216) (i32.const 100000)) ;; its pauses: `new`, again and again
    (i32.const 1024)))
