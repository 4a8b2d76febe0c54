;; Begins with functions that lie beyond their table.
(module
  ;; prelude
  (table 1 funcref)
  (func $f)
  (elem (i32.const 7) $f)
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32) (i32.const 1024)))
