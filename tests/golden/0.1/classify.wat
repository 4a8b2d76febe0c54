;; `classify`: a contact is a consumer, a company a company, a ticket mixed. Its one reason carries the settings.
(module
  (import "plugdesk:desk/settings@0.1.0" "bytes" (func $settings (param i32)))
  (import "plugdesk:desk/log@0.1.0" "write" (func $log (param i32 i32 i32)))
  ;; prelude
  (data (i32.const 2048) "consumercompanymixedgoldensettingshas-nameacme.example")
  (func (export "plugdesk:desk/setup@0.1.0#prepare") (param $at i32) (param $length i32) (result i32)
    ;; The configuration itself, between nothing and nothing.
    (i32.store (i32.const 1152) (i32.const 0))
    (i32.store (i32.const 1156) (local.get $at))
    (i32.store (i32.const 1160) (local.get $length))
    (i32.const 1152))
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param $inquiry i32) (result i32)
    (local $case i32)
    (call $log (i32.const 2) (i32.const 2068) (i32.const 6)) ;; warn: golden
    (i32.store8 (i32.const 1028) (i32.const 1)) ;; some
    ;; The subject's case lies behind the circumstances.
    (local.set $case (i32.load8_u (i32.add (local.get $inquiry) (i32.const 32))))
    (i32.store (i32.const 1032) (i32.const 2063)) (i32.store (i32.const 1036) (i32.const 5))
    (if (i32.eq (local.get $case) (i32.const 0))
      (then (i32.store (i32.const 1032) (i32.const 2048)) (i32.store (i32.const 1036) (i32.const 8))))
    (if (i32.eq (local.get $case) (i32.const 1))
      (then (i32.store (i32.const 1032) (i32.const 2056)) (i32.store (i32.const 1036) (i32.const 7))))
    (i32.store16 (i32.const 1040) (i32.const 7500)) ;; confidence
    (i32.store (i32.const 1044) (i32.const 1216)) (i32.store (i32.const 1048) (i32.const 1)) ;; one reason
    (i32.store (i32.const 1052) (i32.const 1280)) (i32.store (i32.const 1056) (i32.const 1)) ;; one fact
    (i32.store (i32.const 1060) (i32.const 1344)) (i32.store (i32.const 1064) (i32.const 1)) ;; one signal
    ;; The reason: code `golden`, parameter `settings`, evidence `has-name`.
    (i32.store (i32.const 1216) (i32.const 2068)) (i32.store (i32.const 1220) (i32.const 6))
    (i32.store (i32.const 1224) (i32.const 1248)) (i32.store (i32.const 1228) (i32.const 1))
    (i32.store (i32.const 1232) (i32.const 1264)) (i32.store (i32.const 1236) (i32.const 1))
    (i32.store (i32.const 1248) (i32.const 2074)) (i32.store (i32.const 1252) (i32.const 8))
    (call $settings (i32.const 1256))
    (i32.store (i32.const 1264) (i32.const 2082)) (i32.store (i32.const 1268) (i32.const 8))
    ;; The fact: kind `company`, a text, confidence 5,000.
    (i32.store (i32.const 1280) (i32.const 2056)) (i32.store (i32.const 1284) (i32.const 7))
    (i32.store (i32.const 1296) (i32.const 2090)) (i32.store (i32.const 1300) (i32.const 12))
    (i32.store16 (i32.const 1304) (i32.const 5000))
    ;; The signal: kind `golden`, score 42, label `mixed`.
    (i32.store (i32.const 1344) (i32.const 2068)) (i32.store (i32.const 1348) (i32.const 6))
    (i32.store16 (i32.const 1352) (i32.const 42))
    (i32.store8 (i32.const 1356) (i32.const 1))
    (i32.store (i32.const 1360) (i32.const 2063)) (i32.store (i32.const 1364) (i32.const 5))
    (i32.const 1024)))
