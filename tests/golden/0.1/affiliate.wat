;; `affiliate`: the first node, with 7,000 and what the requester's recent tickets for it add.
(module
  ;; prelude
  (func (export "plugdesk:desk/affiliate@0.1.0#affiliate") (param $inquiry i32) (result i32)
    (local $first i32)
    (if (i32.eqz (i32.load offset=188 (local.get $inquiry))) (then (return (i32.const 1024)))) ;; no nodes: no opinion
    (local.set $first (i32.load offset=184 (local.get $inquiry)))
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    (i32.store (i32.const 1032) (i32.const 1216)) (i32.store (i32.const 1036) (i32.const 1)) ;; one node
    (i32.store (i32.const 1216) (i32.load (local.get $first))) ;; its company is the node's id
    (i32.store (i32.const 1220) (i32.load offset=4 (local.get $first)))
    (i32.store16 (i32.const 1224) (i32.add (i32.const 7000) (i32.load offset=136 (local.get $first))))
    (i32.const 1024)))
