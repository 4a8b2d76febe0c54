;; Writes a thousand lines of two thousand letters, and has no opinion.
(module
  (import "plugdesk:desk/log@0.1.0" "write" (func $write (param i32 i32 i32)))
  ;; prelude
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32)
    (local $n i32)
    (memory.fill (i32.const 8192) (i32.const 97) (i32.const 2000))
    (loop $again
      (call $write (i32.const 1) (i32.const 8192) (i32.const 2000))
      (br_if $again (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 1000))))
    (i32.const 1024)))
