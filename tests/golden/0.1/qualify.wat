;; `qualify`: a thousand points for each entry and each ticket of the contact, and one for each minute of business time
;; in the hour from now; asks again after 90 such minutes.
(module
  (import "plugdesk:desk/context@0.1.0" "find-contact" (func $find_contact (param i32)))
  (import "plugdesk:desk/context@0.1.0" "find-company" (func $find_company (param i32)))
  (import "plugdesk:desk/context@0.1.0" "attributes-of" (func $attributes_of (param i32 i32 i32 i32 i32)))
  (import "plugdesk:desk/context@0.1.0" "entries" (func $entries (param i32 i32)))
  (import "plugdesk:desk/context@0.1.0" "tickets" (func $tickets (param i32 i32 i32)))
  (import "plugdesk:desk/context@0.1.0" "facts" (func $facts (param i32 i32 i32 i32 i32 i32)))
  (import "plugdesk:desk/context@0.1.0" "signals" (func $signals (param i32 i32 i32 i32 i32 i32)))
  (import "plugdesk:desk/calendar@0.1.0" "add" (func $add (param i32 i32 i64 i32 i32)))
  (import "plugdesk:desk/calendar@0.1.0" "between" (func $between (param i32 i32 i64 i64 i32)))
  ;; prelude
  (data (i32.const 2048) "alwaysbudget")
  ;; The first answer is `missing: budget`, unless the lead has the field.
  (func (export "plugdesk:desk/qualify@0.1.0#qualify") (param $inquiry i32) (result i32)
    (local $now i64) (local $score i32)
    (local.set $now (i64.load (local.get $inquiry)))
    ;; The lead's id stands first behind the circumstances.
    (i32.store (i32.const 1536) (i32.const 2054)) (i32.store (i32.const 1540) (i32.const 6))
    (call $attributes_of
      (i32.load (i32.add (local.get $inquiry) (i32.const 32)))
      (i32.load (i32.add (local.get $inquiry) (i32.const 36)))
      (i32.const 1536) (i32.const 1) (i32.const 1552))
    (if (i32.or (i32.load8_u (i32.const 1552)) (i32.eqz (i32.load (i32.const 1560))))
      (then
        (i32.store8 (i32.const 1280) (i32.const 1)) ;; fault
        (i32.store8 (i32.const 1288) (i32.const 0)) ;; missing
        (i32.store (i32.const 1292) (i32.const 2054)) (i32.store (i32.const 1296) (i32.const 6))
        (return (i32.const 1280))))
    (call $find_contact (i32.const 1664))
    (call $find_company (i32.const 1792))
    (call $facts (i32.const 2054) (i32.const 6) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1552))
    (call $signals (i32.const 2054) (i32.const 6) (i32.const 1) (i32.const 2054) (i32.const 6) (i32.const 1552))
    (call $entries (i32.const 20) (i32.const 1552))
    (local.set $score (i32.load (i32.const 1560)))
    (call $tickets (i32.const 0) (i32.const 20) (i32.const 1552))
    (local.set $score (i32.mul (i32.const 1000) (i32.add (local.get $score) (i32.load (i32.const 1560)))))
    (call $between (i32.const 2048) (i32.const 6) (local.get $now)
      (i64.add (local.get $now) (i64.const 3600000)) (i32.const 1584))
    (i32.store8 (i32.const 1032) (i32.const 1)) ;; some
    (i32.store16 (i32.const 1040)
      (i32.add (local.get $score) (i32.wrap_i64 (i64.load (i32.const 1592)))))
    (i32.store8 (i32.const 1042) (i32.const 1)) ;; grade b
    (i32.store8 (i32.const 1044) (i32.const 1)) (i32.store16 (i32.const 1046) (i32.const 2500)) ;; motive
    (i32.store8 (i32.const 1048) (i32.const 1)) (i32.store16 (i32.const 1050) (i32.const 30)) ;; horizon
    (i32.store8 (i32.const 1052) (i32.const 1)) ;; next question: code `budget`
    (i32.store (i32.const 1056) (i32.const 2054)) (i32.store (i32.const 1060) (i32.const 6))
    ;; `calendar.add` answers an optional instant, which is just what `look-again` is.
    (call $add (i32.const 2048) (i32.const 6) (local.get $now) (i32.const 90) (i32.const 1080))
    (i32.const 1024)))
