//! The example pack `clinic`: no code, and a whole desk.

use plugdesk_domain::Track;
use serde_json::json;

use super::stand::Stand;

#[test]
fn a_clinic_is_set_up_by_one_pack_over_the_shipped_policies() {
    let stand = Stand::new(&["escalation", "risk-track"]);
    let clinic = plugdesk_tests::root().join("examples/packs/clinic");
    let installed = stand.install(&clinic).unwrap();
    assert_eq!(installed.bindings.len(), 3);
    let refused = |new: &serde_json::Value| stand.create(new).unwrap_err().to_string();
    assert!(refused(&json!({ "kind": "lead", "subject": "x" })).starts_with("/kind"));
    assert!(refused(&json!({ "kind": "billing", "subject": "x" })).starts_with("/custom"), "a bill has its number");
    assert!(refused(&json!({ "kind": "support", "subject": "x", "segment": "consumer" })).starts_with("/segment"));
    let new = json!({ "kind": "appointment", "subject": "A check-up", "segment": "patient", "team": "front-desk",
        "custom": { "department": "cardiology" } });
    let ticket = stand.create(&new).unwrap();
    let first = ticket.commitments.iter().find(|it| it.target.metric == "first-response").unwrap();
    assert_eq!((first.target.calendar.as_str(), first.source.as_str()), ("front-desk", "clinic-promises"));
    let put_aside = stand.update(ticket.id, &json!({ "state": "waiting-laboratory" }));
    assert!(put_aside.is_err(), "a new one is not with the laboratory yet");
    assert_eq!(stand.update(ticket.id, &json!({ "state": "booked" })).unwrap().category.name(), "resolved");
}

#[test]
fn what_sounds_acute_is_answered_within_ten_minutes_at_any_hour() {
    let stand = Stand::new(&["escalation", "risk-track"]);
    stand.install(&plugdesk_tests::root().join("examples/packs/clinic")).unwrap();
    stand.agent("nurse", &["nurses"]);
    let new = json!({ "kind": "support", "subject": "Silne bóle w klatce piersiowej", "segment": "patient" });
    let ticket = stand.create(&new).unwrap();
    let tracked = ticket.tracked.as_ref().unwrap();
    assert_eq!((tracked.track, tracked.checks.contains(&"triage".to_owned())), (Track::Special, true));
    let first = ticket.commitments.iter().find(|it| it.target.metric == "first-response").unwrap();
    assert_eq!((first.target.minutes, first.target.calendar.as_str()), (10, "emergency"));
    assert_eq!(stand.level(ticket.id).0, 1, "the nurses hear of it at once");
}

#[test]
fn without_the_packs_that_it_binds_it_says_which_is_missing() {
    let stand = Stand::new(&[]);
    let refused = stand.install(&plugdesk_tests::root().join("examples/packs/clinic")).unwrap_err().to_string();
    assert!(refused.contains("pack `escalation` is not installed; install it first"), "{refused}");
}
