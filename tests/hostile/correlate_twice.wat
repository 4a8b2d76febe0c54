;; Pairs one ticket twice.
(module
  ;; prelude
  (data (i32.const 2048) "ticket_2")
  (func (export "plugdesk:desk/correlate@0.1.0#correlate") (param i32) (result i32)
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1032) (i32.const 8192)) (i32.store (i32.const 1036) (i32.const 2)) ;; two pairs
    (i32.store (i32.const 8192) (i32.const 2048)) (i32.store (i32.const 8196) (i32.const 8)) ;; the first one's ticket
    (i32.store (i32.const 8204) (i32.const 2048)) (i32.store (i32.const 8208) (i32.const 8)) ;; the second one's
    ;; What the question was told in may lie there too: the scores are set.
    (i32.store16 (i32.const 8200) (i32.const 1)) (i32.store16 (i32.const 8212) (i32.const 1))
    (i32.const 1024)))
