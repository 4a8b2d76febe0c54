;; Refuses its configuration, and says where and why.
(module
  ;; prelude
  (data (i32.const 2048) "/gradesa grade must exceed the next")
  (func (export "plugdesk:desk/setup@0.1.0#prepare") (param i32 i32) (result i32)
    (i32.store8 (i32.const 1024) (i32.const 1)) ;; problems
    (i32.store (i32.const 1028) (i32.const 1040))
    (i32.store (i32.const 1032) (i32.const 1))
    (i32.store (i32.const 1040) (i32.const 2048)) ;; the pointer
    (i32.store (i32.const 1044) (i32.const 7))
    (i32.store (i32.const 1048) (i32.const 2055)) ;; the message
    (i32.store (i32.const 1052) (i32.const 28))
    (i32.const 1024))
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32) (i32.const 1024)))
