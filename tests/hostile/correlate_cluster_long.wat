;; Names its cluster in sixty-five letters.
(module
  ;; prelude
  (func (export "plugdesk:desk/correlate@0.1.0#correlate") (param i32) (result i32)
    (memory.fill (i32.const 8192) (i32.const 97) (i32.const 65))
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store8 (i32.const 1040) (i32.const 1)) ;; a cluster
    (i32.store (i32.const 1044) (i32.const 8192)) (i32.store (i32.const 1048) (i32.const 65)) ;; its name
    (i32.const 1024)))
