;; Is surer than certain of a node.
(module
  ;; prelude
  (data (i32.const 2048) "company_1")
  (func (export "plugdesk:desk/affiliate@0.1.0#affiliate") (param i32) (result i32)
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1032) (i32.const 8192)) (i32.store (i32.const 1036) (i32.const 1)) ;; one node
    (i32.store (i32.const 8192) (i32.const 2048)) (i32.store (i32.const 8196) (i32.const 9)) ;; its company
    (i32.store16 (i32.const 8200) (i32.const 65535)) ;; confidence
    (i32.const 1024)))
