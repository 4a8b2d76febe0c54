;; Answers with a segment whose name has a hundred thousand letters.
(module
  ;; prelude
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32)
    (drop (memory.grow (i32.const 128)))
    (memory.fill (i32.const 8192) (i32.const 97) (i32.const 6000000))
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1032) (i32.const 8192)) ;; the segment's pointer
    (i32.store (i32.const 1036) (i32.const 100000)) ;; and its length
    (i32.const 1024)))
