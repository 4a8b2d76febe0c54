;; Shows both names at once.
(module
  ;; prelude
  (data (i32.const 2048) "name")
  (func (export "plugdesk:desk/merge@0.1.0#merge") (param i32) (result i32)
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1036) (i32.const 8192)) (i32.store (i32.const 1040) (i32.const 2)) ;; two fields
    (i32.store (i32.const 8192) (i32.const 2048)) (i32.store (i32.const 8196) (i32.const 4)) ;; name: the winner's
    (i32.store (i32.const 8204) (i32.const 2048)) (i32.store (i32.const 8208) (i32.const 4)) ;; name
    (i32.store8 (i32.const 8212) (i32.const 1)) ;; the loser's
    (i32.const 1024)))
