;; Asks for its settings as a number.
(component
  (import "plugdesk:desk/settings@0.1.0" (instance $settings
    (export "bytes" (func (result u32)))))
  (core module $m (func (export "classify") (result i32) (i32.const 7)))
  (core instance $i (instantiate $m))
  (func $classify (result u32) (canon lift (core func $i "classify")))
  (instance $exported (export "classify" (func $classify)))
  (export "plugdesk:desk/classify@0.1.0" (instance $exported)))
