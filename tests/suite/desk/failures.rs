//! What stands when a policy fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use plugdesk_desk::generation::{BREAKER_FAILURES, BREAKER_FIRST_PAUSE_MS};
use plugdesk_desk::{Error, How, Idempotency, NewContact, PageRequest, TicketPatch};
use plugdesk_domain::question::classify::Classification;
use plugdesk_domain::question::{Answer, FoundFact};
use plugdesk_domain::{DecisionOutcome, Digest, FailureRule, Mode, Outcome, OutcomeClass, Reason};

use super::stand::{Policy, Stand, classification, classified, failed, lead, wait};

const TRAP: OutcomeClass = OutcomeClass::Trap;

#[test]
fn no_failing_policy_keeps_a_ticket_from_being_created() {
    let rules = [FailureRule::Skip, FailureRule::Refuse, FailureRule::Defer, FailureRule::Fallback("consumer".into())];
    for rule in rules {
        for class in OutcomeClass::ALL.iter().copied().filter(|&class| class != OutcomeClass::Ok) {
            let policy = Policy::failing("broken", "classify", 1, class).on_failure(rule.clone());
            let stand = Stand::new(&[policy, Policy::segment("sound", 2, "company", 5_000)]);
            let done = wait(stand.desk.ticket_create(&stand.agent(), lead("x"), &How::default())).unwrap();
            assert_eq!(done.value.segment.as_deref(), Some("company"), "{rule:?} {class:?}");
            let decision = done.decision.unwrap();
            let opinion = &decision.asked[0].opinions[0];
            assert!(decision.asked[0].degraded && opinion.outcome == class && opinion.message.is_some());
            assert_eq!(stand.events(), ["policy.failed", "ticket.created"], "never silent");
            assert!(stand.desks.metrics().contains(&format!("class=\"{}\"", class.name())));
        }
    }
}

#[test]
fn a_component_that_never_loaded_degrades_its_binding_and_nothing_else() {
    let stand = Stand::new(&[Policy::unloaded("gone", "classify", 1), Policy::segment("sound", 2, "company", 1)]);
    let done = wait(stand.desk.ticket_create(&stand.agent(), lead("x"), &How::default())).unwrap();
    assert_eq!(done.value.segment.as_deref(), Some("company"));
    assert_eq!(done.decision.unwrap().asked[0].opinions[0].outcome, OutcomeClass::Load);
    let health = stand.desks.health();
    assert_eq!(health.desks[0].failing[0].policy, "gone");
    assert!(health.desks[0].unbound.iter().all(|it| it != "classify") && health.desks[0].unbound.len() == 9);
}

#[test]
fn a_refusing_rule_stops_other_commands_and_stores_its_decision_and_answer_alone() {
    let stand = Stand::new(&[Policy::failing("broken", "classify", 1, TRAP).on_failure(FailureRule::Refuse)]);
    let by = stand.agent();
    let idempotency = Some(Idempotency { key: "once".into(), request: Digest::of(b"1") });
    let how = How { idempotency, ..How::default() };
    let new = || NewContact { name: "P".into(), ..NewContact::default() };
    let first = wait(stand.desk.contact_create(&by, new(), &how)).unwrap_err();
    let Error::Refused { decision, ref policy, .. } = first else { panic!("{first}") };
    assert_eq!(policy, "broken");
    assert_eq!(stand.desk.decision(&by, decision.unwrap()).unwrap().outcome, DecisionOutcome::Refused);
    assert!(stand.desk.contact_list(&by, &PageRequest::default()).unwrap().records.is_empty());
    assert_eq!(stand.events(), ["policy.failed"]);
    assert_eq!(wait(stand.desk.contact_create(&by, new(), &how)).unwrap_err(), first, "the same answer again");
    assert_eq!(stand.seen.changes.lock().unwrap().len(), 1);
    let preview = wait(stand.desk.contact_create(&by, new(), &How { preview: true, ..How::default() })).unwrap_err();
    assert!(matches!(preview, Error::Refused { decision: None, .. }), "a decision that is not stored has no name");
}

#[test]
fn a_decision_whose_pack_is_gone_is_told_by_codes_and_looked_for_once() {
    let stand = Stand::new(&[Policy::segment("gone", 1, "company", 9_000)]);
    let done = wait(stand.desk.ticket_create(&stand.agent(), lead("x"), &How::default())).unwrap();
    let decision = done.decision.unwrap();
    let told = stand.desk.decision_told(decision.clone(), &[]);
    let scans = stand.seen.scans.load(Ordering::SeqCst);
    assert_eq!(stand.desk.decision_told(decision, &[]), told);
    assert_eq!(stand.seen.scans.load(Ordering::SeqCst), scans, "packs were looked through again");
}

#[test]
fn a_built_in_answer_stands_in_where_nobody_else_has_an_opinion() {
    let rule = FailureRule::Fallback("consumer".into());
    let broken = Policy::failing("broken", "classify", 1, TRAP).on_failure(rule);
    let late = Policy::failing("late", "qualify", 1, TRAP).on_failure(FailureRule::Fallback("call-today".into()));
    let stand = Stand::new(&[broken, late]);
    let ticket = wait(stand.desk.ticket_create(&stand.agent(), lead("x"), &How::default())).unwrap().value;
    assert_eq!(ticket.segment.as_deref(), Some("consumer"));
    assert_eq!(ticket.qualified.map(|it| it.grade), Some(plugdesk_domain::Grade::B));
}

#[test]
fn a_policy_that_fails_again_and_again_is_no_longer_asked_until_its_pause_is_over() {
    let (calls, broken) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(1)));
    let (counted, wrong) = (Arc::clone(&calls), Arc::clone(&broken));
    let policy = Policy::new("flaky", "classify", 1, move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        if wrong.load(Ordering::SeqCst) == 1 { failed(TRAP) } else { classified("company", 1) }
    });
    let stand = Stand::new(std::slice::from_ref(&policy));
    let create = || {
        let done = wait(stand.desk.ticket_create(&stand.agent(), lead("x"), &How::default())).unwrap();
        done.decision.unwrap().asked[0].opinions[0].outcome
    };
    for _ in 0..BREAKER_FAILURES {
        assert_eq!(create(), TRAP);
    }
    assert_eq!((create(), calls.load(Ordering::SeqCst)), (OutcomeClass::BreakerOpen, BREAKER_FAILURES));
    assert_eq!(stand.desks.health().desks[0].failing[0].class, OutcomeClass::BreakerOpen);
    assert!(
        stand.desks.metrics().contains("plugdesk_breaker_open{desk=\"test\",question=\"classify\",policy=\"flaky\"} 1")
    );
    stand.bind(std::slice::from_ref(&policy));
    assert_eq!(create(), OutcomeClass::BreakerOpen, "a swap of the same binding does not wake it");
    broken.store(0, Ordering::SeqCst);
    stand.clock.turn(BREAKER_FIRST_PAUSE_MS);
    assert_eq!((create(), create()), (OutcomeClass::Ok, OutcomeClass::Ok), "the probe answered");
}

#[test]
fn the_host_looks_at_every_answer_again() {
    let nobody = format!("contact_{}", "0".repeat(26));
    let evidence = vec![nobody.clone()];
    let wrong: [(&str, Answer); 4] = [
        ("confidence", Answer::Classify(classification("company", 10_001))),
        ("segment", Answer::Classify(classification("two words", 1))),
        ("an answer to `qualify`", Answer::Qualify(super::stand::qualification(1))),
        (
            nobody.as_str(),
            Answer::Classify(Classification {
                reasons: vec![Reason { code: "x".into(), params: Default::default(), evidence, text: None }],
                ..classification("company", 1)
            }),
        ),
    ];
    for (told, answer) in wrong {
        let policy = Policy::new("liar", "classify", 1, move |_| Outcome::Answered(Some(answer.clone())));
        let stand = Stand::new(&[policy]);
        let done = wait(stand.desk.ticket_create(&stand.agent(), lead("x"), &How::default())).unwrap();
        assert_eq!(done.value.segment, None);
        let opinion = done.decision.unwrap().asked.remove(0).opinions.remove(0);
        assert_eq!(opinion.outcome, OutcomeClass::BadAnswer);
        assert!(opinion.message.clone().unwrap().contains(told), "{opinion:?}");
    }
}

#[test]
fn a_decision_too_large_to_store_is_trimmed_and_says_so() {
    let policy = Policy::new("verbose", "classify", 1, |_| {
        let params = (0..8).map(|n| (format!("p{n}"), "x".repeat(500))).collect();
        let reason = Reason { code: "r".into(), params, evidence: vec![], text: None };
        Outcome::Answered(Some(Answer::Classify(Classification {
            reasons: vec![reason; 32],
            ..classification("company", 1)
        })))
    });
    let stand = Stand::new(&[policy, Policy::segment("terse", 2, "company", 5)]);
    let done = wait(stand.desk.ticket_create(&stand.agent(), lead("x"), &How::default())).unwrap();
    let stored = stand.desk.decision(&stand.agent(), done.decision.unwrap().id).unwrap();
    assert!(serde_json::to_vec(&stored).unwrap().len() <= 60 << 10);
    let [verbose, terse] = stored.asked[0].opinions.as_slice() else { panic!() };
    assert!(verbose.message.as_ref().unwrap().contains("left out") && terse.answer.is_some());
}

#[test]
fn sixty_four_talkative_policies_do_not_keep_a_ticket_from_being_created() {
    let loud = |n: u32| {
        let name = format!("{n}{}", "x".repeat(60));
        Policy::new(&name, "classify", n, |_| Outcome::Failed { class: TRAP, message: "é".repeat(10_000) })
    };
    let stand = Stand::new(&(0..64).map(loud).collect::<Vec<_>>());
    let new = plugdesk_desk::NewTicket {
        contact: Some(super::stand::person("P", "p@x.org")),
        company: Some(plugdesk_desk::CompanyRef { name: "A".into(), ..Default::default() }),
        ..lead("x")
    };
    let done = wait(stand.desk.ticket_create(&stand.agent(), new, &How::default())).unwrap();
    let stored = stand.desk.decision(&stand.agent(), done.decision.unwrap().id).unwrap();
    assert!(stored.effects.last().unwrap().contains("opinions are left out"), "{:?}", stored.effects);
}

#[test]
fn policies_that_hoard_facts_keep_the_newest_and_stop_nothing() {
    let hoarder = |n: u32| {
        Policy::new(&format!("hoarder{n}"), "classify", n, move |call| {
            let kind = format!("k{}", call.inquiry.circumstances().now.millis() % 1_000_000);
            let fact = FoundFact { kind, value: "x".repeat(23 << 10).into(), confidence: 1 };
            let answer = Classification { facts: vec![fact], ..classification("company", 1) };
            Outcome::Answered(Some(Answer::Classify(answer)))
        })
    };
    let stand = Stand::new(&(0..64).map(hoarder).collect::<Vec<_>>());
    let by = stand.agent();
    let ticket = wait(stand.desk.ticket_create(&by, lead("x"), &How::default())).unwrap();
    assert!(ticket.decision.unwrap().effects.iter().any(|it| it.contains("are not kept")));
    for n in 0..4 {
        stand.clock.turn(1);
        let patch = TicketPatch { subject: Some(format!("x{n}")), ..TicketPatch::default() };
        wait(stand.desk.ticket_update(&by, ticket.value.id, patch, &How::default())).unwrap();
    }
    let kept = stand.desk.findings(&by, &ticket.value.id.to_string()).unwrap();
    assert!(kept.iter().all(|it| (1..=2).contains(&it.facts.len())));
    assert!(kept[0].facts.iter().any(|it| it.kind == "k4"), "the newest stays: {:?}", kept[0].facts.len());
}

#[test]
fn a_policy_in_shadow_is_recorded_and_counts_for_nothing() {
    let stand = Stand::new(&[
        Policy::segment("live", 10, "consumer", 100),
        Policy::segment("candidate", 10, "company", 10_000).mode(Mode::Shadow),
        Policy::failing("clumsy", "classify", 11, TRAP).mode(Mode::Shadow).on_failure(FailureRule::Refuse),
        Policy::segment("asleep", 12, "company", 10_000).mode(Mode::Off),
    ]);
    let done = wait(stand.desk.ticket_create(&stand.agent(), lead("x"), &How::default())).unwrap();
    assert_eq!(done.value.segment.as_deref(), Some("consumer"));
    let decision = done.decision.unwrap();
    let seen: Vec<_> = decision.asked[0].opinions.iter().map(|it| (it.policy.as_str(), it.shadow)).collect();
    assert_eq!(seen, [("live", false), ("candidate", true), ("clumsy", true)]);
    assert!(!decision.asked[0].degraded && stand.events() == ["ticket.created"]);
}

#[test]
fn the_calls_of_one_question_share_a_budget_and_no_policy_waits_for_a_hog() {
    let asked = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&asked);
    let last = Policy::new("last", "classify", 3, move |_| {
        seen.fetch_add(1, Ordering::SeqCst);
        classified("company", 1)
    });
    let hogs = [Policy::segment("a", 1, "consumer", 1).cpu_ms(150), Policy::segment("b", 2, "consumer", 2).cpu_ms(50)];
    let stand = Stand::new(&[hogs[0].clone(), hogs[1].clone(), last]);
    let done = wait(stand.desk.ticket_create(&stand.agent(), lead("x"), &How::default())).unwrap();
    let opinions = done.decision.unwrap().asked.remove(0).opinions;
    assert_eq!((opinions[2].outcome, asked.load(Ordering::SeqCst)), (OutcomeClass::Capacity, 0));
    assert_eq!(done.value.segment.as_deref(), Some("consumer"));
}
