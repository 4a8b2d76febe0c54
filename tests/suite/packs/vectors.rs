//! Vectors: real cases become tests.

use plugdesk_desk::How;
use plugdesk_desk::pack::examine;
use plugdesk_domain::Limits;
use serde_json::json;

use super::install::install;
use super::stand::{Draft, Stand, wait};

#[test]
fn a_recorded_decision_becomes_a_vector_that_the_pack_passes() {
    let stand = Stand::new();
    let draft = || {
        Draft::new()
            .with("leads.wasm", r#"{"questions": ["qualify"], "imports": ["context.find-contact"]}"#)
            .with("vectors/word.json", &known().to_string())
    };
    install(&stand, &draft()).unwrap();
    let new = json!({"kind": "lead", "subject": "now please", "contact": {"name": "Parisa"}});
    let new = serde_json::from_value(new).unwrap();
    let lead = wait(stand.desk.ticket_create(&stand.by, new, &How::default())).unwrap().value;
    let decision = lead.qualified.unwrap().decision;
    let vector = stand.desk.decision_vector(&stand.by, decision, Some("leads")).unwrap();
    let text = serde_json::to_string(&vector).unwrap();
    assert!(text.contains("now please") && text.contains("Parisa") && text.contains("8000"), "{text}");
    let pack = draft().with("vectors/real.json", &text).files();
    let examined = examine(&pack, stand.ask.as_ref(), &Limits::default()).map_err(|p| format!("{p:?}")).unwrap();
    assert_eq!(examined.plugins[0].vectors.len(), 2);
    // And it can fail: the same case with another score is refused.
    let wrong = draft().with("vectors/real.json", &text.replace("\"score\":8000", "\"score\":8001")).files();
    assert!(examine(&wrong, stand.ask.as_ref(), &Limits::default()).is_err());
    let unknown = stand.desk.decision_vector(&stand.by, decision, Some("nobody")).unwrap_err();
    assert_eq!(unknown.to_string(), "policy in that decision nobody not found");
}

#[test]
fn a_failure_can_be_what_a_vector_expects() {
    let stand = Stand::new();
    let mut broken = super::stand::vector(0);
    broken["inquiry"]["lead"]["subject"] = json!("broken");
    let with = |expect: serde_json::Value| {
        let mut vector = broken.clone();
        vector["expect"] = expect;
        let files = Draft::new().with("vectors/broken.json", &vector.to_string()).files();
        examine(&files, stand.ask.as_ref(), &Limits::default()).map(|_| ()).map_err(|p| p[0].problem.clone())
    };
    assert_eq!(with(json!({"failed": {"class": "fault", "message": "the subject is broken"}})), Ok(()));
    assert_eq!(with(json!({"failed": {"class": "fault"}})), Ok(()));
    let other = with(json!({"none": true})).unwrap_err();
    assert_eq!(other, "expected no opinion\nanswered fault: the subject is broken");
}

/// The word's vector for the build that knows people.
fn known() -> serde_json::Value {
    let mut vector = super::stand::vector(4_000);
    vector["context"] = json!([{"call": "find-contact", "answer": {"ok": null}}]);
    vector
}
