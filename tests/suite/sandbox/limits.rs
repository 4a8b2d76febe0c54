//! What a call may use, and that no call can use what belongs to another.

use std::sync::atomic::Ordering;
use std::time::Duration;

use plugdesk_domain::ask::PrepareFault;
use plugdesk_domain::{Ask, Limits, OutcomeClass};
use plugdesk_sandbox::{Options, Sandbox};

use super::desk::{Desk, ask, ask_at, inquiry_for};
use super::guest::{component, golden, hostile, load_hostile, sandbox};

#[test]
fn a_policy_that_never_returns_is_stopped_by_its_processor_time_where_fuel_does_not_count() {
    let limits = Limits { fuel: u64::MAX, cpu_ms: 50, ..Limits::default() };
    for file in ["endless_loop", "endless_start"] {
        let verdict = ask(&*load_hostile(file), &limits);
        assert_eq!(verdict.outcome.class(), OutcomeClass::Backstop, "{file}: {:?}", verdict.outcome);
        assert!(verdict.cpu >= Duration::from_millis(50), "{file}: {:?}", verdict.cpu);
        // A tick is a millisecond, ten after a pause; the rest is for a machine on which the ticking thread waits.
        assert!(verdict.cpu < Duration::from_millis(120), "{file}: {:?}", verdict.cpu);
    }
}

#[test]
fn a_configuration_that_is_never_prepared_is_stopped_too() {
    let plugin = sandbox().load(&hostile("setup_loops", "setup-and-classify")).unwrap();
    let limits = Limits { fuel: u64::MAX, cpu_ms: 3, ..Limits::default() };
    let fault = plugin.prepare("{}", &limits).unwrap_err();
    let PrepareFault::Failed { class, message } = fault else { panic!("{fault}") };
    assert_eq!((class, message.as_str()), (OutcomeClass::Backstop, "used more than 30 ms of processor time"));
}

#[test]
fn fuel_is_the_limit_and_is_the_same_every_time() {
    let plugin = sandbox().load(&golden("classify")).unwrap();
    let used = ask(&*plugin, &Limits::default()).fuel;
    assert!((500..5_000).contains(&used), "{used}");
    for _ in 0..10 {
        assert_eq!(ask(&*plugin, &Limits { fuel: used, ..Limits::default() }).outcome.class(), OutcomeClass::Ok);
        // wasmtime looks at the fuel where functions and loops begin, so a few units at the end may be borrowed.
        let short = ask(&*plugin, &Limits { fuel: used / 2, ..Limits::default() });
        assert_eq!((short.outcome.class(), short.fuel), (OutcomeClass::OutOfFuel, used / 2));
    }
}

#[test]
fn a_flood_of_reads_reaches_the_desk_no_more_often_than_the_contract_says() {
    let plugin = load_hostile("context_flood");
    let desk = Desk::default();
    let verdict = ask_at(&*plugin, &desk, &inquiry_for(&*plugin), b"", &Limits::default());
    assert_eq!(verdict.outcome.class(), OutcomeClass::OutOfFuel);
    assert_eq!(desk.reads.load(Ordering::Relaxed), plugdesk_domain::context::MOST_CONTEXT_CALLS);
}

#[test]
fn a_flood_of_lines_is_cut_counted_and_dropped() {
    let verdict = ask(&*load_hostile("log_flood"), &Limits::default());
    assert_eq!(verdict.outcome.class(), OutcomeClass::Ok);
    assert_eq!((verdict.log.len(), verdict.log_dropped), (64, 936));
    assert!(verdict.log.iter().all(|line| line.message.len() == 1 << 10 && line.level == "info"));
}

#[test]
fn a_word_of_a_megabyte_never_reaches_the_desk() {
    let plugin = load_hostile("context_long_words");
    let desk = Desk::default();
    let verdict = ask_at(&*plugin, &desk, &inquiry_for(&*plugin), b"", &Limits::default());
    assert_eq!(verdict.outcome.class(), OutcomeClass::Ok, "{:?}", verdict.outcome);
    assert_eq!(desk.reads.load(Ordering::Relaxed), 0);
}

#[test]
fn honest_calls_answer_while_hostile_ones_run_on_every_thread() {
    let honest = sandbox().load(&golden("classify")).unwrap();
    let expected = ask(&*honest, &Limits::default());
    let hostile = ["endless_loop", "memory_bomb", "deep_recursion", "trap"].map(load_hostile);
    std::thread::scope(|scope| {
        for plugin in &hostile {
            scope.spawn(|| {
                (0..5).for_each(|_| assert_ne!(ask(&**plugin, &Limits::default()).outcome, expected.outcome))
            });
        }
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..200 {
                    let verdict = ask(&*honest, &Limits::default());
                    assert_eq!((&verdict.outcome, verdict.fuel), (&expected.outcome, expected.fuel));
                }
            });
        }
    });
}

/// Answers with a confidence that counts its own calls.
const COUNTS: &str = r#"(module
  ;; prelude
  (data (i32.const 2048) "mixed")
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32)
    (i32.store8 (i32.const 1028) (i32.const 1))
    (i32.store (i32.const 1032) (i32.const 2048))
    (i32.store (i32.const 1036) (i32.const 5))
    (i32.store16 (i32.const 1040) (i32.add (i32.load16_u (i32.const 1040)) (i32.const 1)))
    ;; The third call traps.
    (if (i32.eq (i32.load16_u (i32.const 1040)) (i32.const 3)) (then (unreachable)))
    (i32.const 1024)))"#;

fn confidence(verdict: &plugdesk_domain::Verdict) -> Option<u16> {
    use plugdesk_domain::question::Answer;
    match &verdict.outcome {
        plugdesk_domain::Outcome::Answered(Some(Answer::Classify(answer))) => Some(answer.confidence),
        _ => None,
    }
}

#[test]
fn a_policy_remembers_nothing_from_one_call_to_the_next() {
    let plugin = sandbox().load(&component(COUNTS, "classify-plugin")).unwrap();
    for _ in 0..5 {
        assert_eq!(confidence(&ask(&*plugin, &Limits::default())), Some(1));
    }
}

#[test]
fn a_reused_instance_is_dropped_after_a_failure() {
    let plugin = sandbox().load_for_reuse(&component(COUNTS, "classify-plugin")).unwrap();
    let confidences: Vec<_> = (0..5).map(|_| confidence(&ask(&*plugin, &Limits::default()))).collect();
    assert_eq!(confidences, [Some(1), Some(2), None, Some(1), Some(2)]);
}

#[test]
fn a_call_beyond_the_pool_ends_as_capacity_and_the_next_one_is_answered() {
    let sandbox = Sandbox::new(Options { pool: 1, ..Options::default() }).unwrap();
    assert!(sandbox.notices().is_empty(), "{:?}", sandbox.notices());
    let plugin = sandbox.load_for_reuse(&component(COUNTS, "classify-plugin")).unwrap();
    let other = sandbox.load(&golden("classify")).unwrap();
    // The reused instance keeps the only place.
    assert_eq!(ask(&*plugin, &Limits::default()).outcome.class(), OutcomeClass::Ok);
    assert_eq!(ask(&*other, &Limits::default()).outcome.class(), OutcomeClass::Capacity);
    drop(plugin);
    assert_eq!(ask(&*other, &Limits::default()).outcome.class(), OutcomeClass::Ok);
}

#[test]
fn where_the_pool_is_refused_policies_run_without_it_and_the_operator_hears_of_it() {
    // More address space than there is.
    let sandbox = Sandbox::new(Options { pool: 1 << 20, ..Options::default() }).unwrap();
    assert!(sandbox.notices()[0].starts_with("the pool of 1048576 instances was refused"), "{:?}", sandbox.notices());
    let plugin = sandbox.load(&golden("classify")).unwrap();
    assert_eq!(ask(&*plugin, &Limits::default()).outcome.class(), OutcomeClass::Ok);
    let bomb = sandbox.load(&hostile("memory_bomb", "classify-plugin")).unwrap();
    assert_eq!(ask(&*bomb, &Limits::default()).outcome.class(), OutcomeClass::Memory);
}

#[test]
fn a_fault_of_the_host_ends_one_call_and_no_more() {
    let plugin = sandbox().load(&golden("qualify")).unwrap();
    let broken = Desk { breaks: true, ..Desk::default() };
    let verdict = ask_at(&*plugin, &broken, &inquiry_for(&*plugin), b"", &Limits::default());
    assert_eq!(verdict.outcome.class(), OutcomeClass::Capacity);
    assert_eq!(ask(&*plugin, &Limits::default()).outcome.class(), OutcomeClass::Fault);
}

#[test]
fn a_component_that_is_too_large_is_not_even_looked_at() {
    let sandbox = Sandbox::new(Options { pool: 1, component_bytes: 1_000, ..Options::default() }).unwrap();
    let fault = sandbox.load(&[0; 1_001]).err().unwrap();
    assert_eq!(fault.0, "it has 1001 bytes, at most 1000 are compiled");
}
