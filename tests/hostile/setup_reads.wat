;; Tries to read the desk while it prepares, and traps if it is let.
(module
  (import "plugdesk:desk/context@0.1.0" "entries" (func $entries (param i32 i32)))
  ;; prelude
  (func (export "plugdesk:desk/setup@0.1.0#prepare") (param i32 i32) (result i32)
    (call $entries (i32.const 1) (i32.const 1024))
    ;; Refused (1) as not-granted (0).
    (if (i32.ne (i32.load8_u (i32.const 1024)) (i32.const 1)) (then (unreachable)))
    (if (i32.ne (i32.load8_u (i32.const 1028)) (i32.const 0)) (then (unreachable)))
    (i32.const 2048))
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32) (i32.const 1024)))
