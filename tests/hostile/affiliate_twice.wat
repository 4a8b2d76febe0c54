;; Names one node twice.
(module
  ;; prelude
  (data (i32.const 2048) "company_1")
  (func (export "plugdesk:desk/affiliate@0.1.0#affiliate") (param i32) (result i32)
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1032) (i32.const 8192)) (i32.store (i32.const 1036) (i32.const 2)) ;; two nodes
    (i32.store (i32.const 8192) (i32.const 2048)) (i32.store (i32.const 8196) (i32.const 9)) ;; the first one's company
    (i32.store (i32.const 8204) (i32.const 2048)) (i32.store (i32.const 8208) (i32.const 9)) ;; the second one's
    (i32.const 1024)))
