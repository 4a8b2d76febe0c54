;; Answers with a name of 129 MiB, most of which is nowhere.
(module
  ;; prelude
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32)
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1032) (i32.const 8192))
    (i32.store (i32.const 1036) (i32.const 135266304))
    (i32.const 1024)))
