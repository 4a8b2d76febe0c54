;; Asks for the facts about a million letters, and says that it got none.
(module
  (import "plugdesk:desk/context@0.1.0" "facts" (func $facts (param i32 i32 i32 i32 i32 i32)))
  ;; prelude
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32)
    (drop (memory.grow (i32.const 32)))
    (call $facts (i32.const 8192) (i32.const 1000000) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1024))
    ;; The call must have been refused (1) as too-many (1).
    (if (i32.ne (i32.load16_u (i32.const 1024)) (i32.const 1)) (then (unreachable)))
    (if (i32.ne (i32.load8_u (i32.const 1028)) (i32.const 1)) (then (unreachable)))
    (i32.const 2048)))
