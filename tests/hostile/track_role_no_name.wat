;; Wants a role whose name is markup.
(module
  ;; prelude
  (data (i32.const 2048) "<b>boss</")
  (func (export "plugdesk:desk/track@0.1.0#track") (param i32) (result i32)
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1044) (i32.const 8192)) (i32.store (i32.const 1048) (i32.const 1)) ;; one role
    (i32.store (i32.const 8192) (i32.const 2048)) (i32.store (i32.const 8196) (i32.const 9)) ;; its name
    (i32.const 1024)))
