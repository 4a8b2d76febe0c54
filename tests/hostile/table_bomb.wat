;; Asks for a table of a hundred thousand functions.
(module
  ;; prelude
  (table $t 1 funcref)
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32)
    (drop (table.grow $t (ref.null func) (i32.const 100000)))
    (unreachable)))
