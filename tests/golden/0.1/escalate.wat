;; `escalate`: a level for each commitment, each node above and each person; looks again an hour after the level was
;; reached.
(module
  (import "plugdesk:desk/account@0.1.0" "commitments" (func $commitments (param i32)))
  (import "plugdesk:desk/account@0.1.0" "ancestors" (func $ancestors (param i32)))
  (import "plugdesk:desk/account@0.1.0" "people" (func $people (param i32)))
  ;; prelude
  (data (i32.const 2048) "minasupportvice-president")
  (func (export "plugdesk:desk/escalate@0.1.0#escalate") (param $inquiry i32) (result i32)
    (call $commitments (i32.const 1152)) ;; each: a result at 0, the list's pointer at 4, its length at 8
    (call $ancestors (i32.const 1168))
    (call $people (i32.const 1184))
    (i32.store8 (i32.const 1032) (i32.const 1)) ;; some
    (i32.store8 (i32.const 1040)
      (i32.add (i32.load (i32.const 1160)) (i32.add (i32.load (i32.const 1176)) (i32.load (i32.const 1192)))))
    (i32.store (i32.const 1044) (i32.const 1216)) (i32.store (i32.const 1048) (i32.const 3)) ;; an audience of three
    (i32.store8 (i32.const 1216) (i32.const 0)) ;; the agent mina
    (i32.store (i32.const 1220) (i32.const 2048)) (i32.store (i32.const 1224) (i32.const 4))
    (i32.store8 (i32.const 1228) (i32.const 1)) ;; the team support
    (i32.store (i32.const 1232) (i32.const 2052)) (i32.store (i32.const 1236) (i32.const 7))
    (i32.store8 (i32.const 1240) (i32.const 2)) ;; every vice-president
    (i32.store (i32.const 1244) (i32.const 2059)) (i32.store (i32.const 1248) (i32.const 14))
    (i32.store8 (i32.const 1052) (i32.const 1)) ;; with a brief
    (if (i32.load8_u offset=200 (local.get $inquiry)) ;; since
      (then
        (i32.store8 (i32.const 1056) (i32.const 1)) ;; look-again
        (i64.store (i32.const 1064) (i64.add (i64.load offset=208 (local.get $inquiry)) (i64.const 3600000)))))
    (i32.const 1024)))
