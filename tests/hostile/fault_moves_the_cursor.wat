;; Can't answer, and says so in a way that would set the title of a terminal and turn the line around.
(module
  ;; prelude
  (data (i32.const 2048) "\1b]0;owned\07\e2\80\aedlo")
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32)
    (i32.store8 (i32.const 1024) (i32.const 1)) ;; an error
    (i32.store8 (i32.const 1028) (i32.const 2)) ;; other
    (i32.store (i32.const 1032) (i32.const 2048)) (i32.store (i32.const 1036) (i32.const 16))
    (i32.const 1024)))
