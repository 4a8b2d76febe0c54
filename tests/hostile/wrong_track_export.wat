;; Imports nothing, and answers a question of the next contract.
(component
  (core module $m (func (export "classify") (result i32) (i32.const 7)))
  (core instance $i (instantiate $m))
  (func $classify (result u32) (canon lift (core func $i "classify")))
  (instance $exported (export "classify" (func $classify)))
  (export "plugdesk:desk/classify@1.0.0" (instance $exported)))
