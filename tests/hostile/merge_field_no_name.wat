;; Names a field in the words of a path.
(module
  ;; prelude
  (data (i32.const 2048) ".. /\07name")
  (func (export "plugdesk:desk/merge@0.1.0#merge") (param i32) (result i32)
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1036) (i32.const 8192)) (i32.store (i32.const 1040) (i32.const 1)) ;; one field
    (i32.store (i32.const 8192) (i32.const 2048)) (i32.store (i32.const 8196) (i32.const 9)) ;; its name
    (i32.const 1024)))
