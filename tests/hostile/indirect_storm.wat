;; Calls itself by pointer, in turns with another, for ever.
(module
  ;; prelude
  (type $t (func (param i32) (result i32)))
  (table 2 2 funcref)
  (elem (i32.const 0) $a $b)
  (func $a (type $t) (local.get 0))
  (func $b (type $t) (i32.xor (local.get 0) (i32.const 1)))
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32)
    (loop $again
      (local.set 0 (call_indirect (type $t) (local.get 0) (i32.and (local.get 0) (i32.const 1))))
      (br $again))
    (unreachable)))
