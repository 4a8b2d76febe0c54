;; Gives up before it is asked anything.
(module
  ;; prelude
  (func $start (unreachable))
  (start $start)
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32) (i32.const 1024)))
