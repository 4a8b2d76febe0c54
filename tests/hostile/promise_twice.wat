;; Promises one metric twice.
(module
  ;; prelude
  (data (i32.const 2048) "resolutionalways")
  (func (export "plugdesk:desk/promise@0.1.0#promise") (param i32) (result i32)
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1032) (i32.const 8192)) (i32.store (i32.const 1036) (i32.const 2)) ;; two targets
    (i32.store (i32.const 8192) (i32.const 2048)) (i32.store (i32.const 8196) (i32.const 10)) ;; the first one's metric
    (i32.store (i32.const 8200) (i32.const 60)) ;; minutes
    (i32.store (i32.const 8204) (i32.const 2058)) (i32.store (i32.const 8208) (i32.const 6)) ;; calendar
    (i32.store (i32.const 8228) (i32.const 2048)) (i32.store (i32.const 8232) (i32.const 10)) ;; the second one's metric
    (i32.store (i32.const 8236) (i32.const 90)) ;; minutes
    (i32.store (i32.const 8240) (i32.const 2058)) (i32.store (i32.const 8244) (i32.const 6)) ;; calendar
    (i32.const 1024)))
