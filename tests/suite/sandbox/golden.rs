//! Components of every released contract, and what today's host must make of them.

use plugdesk_domain::question::{Answer, classify};
use plugdesk_domain::{Ask, Limits, Outcome};
use serde_json::json;

use super::desk::{Desk, NOW, ask_at, classify, company, contact, qualify, ticket};
use super::guest::{component, golden, root, sandbox};

/// Makes the files anew when asked to. Never for a released track.
fn bless() {
    if std::env::var_os("PLUGDESK_BLESS").is_none() {
        return;
    }
    for (name, world) in [("classify", "setup-and-classify"), ("qualify", "qualify-plugin")] {
        let path = root().join("tests/golden/0.1").join(name);
        let text = std::fs::read_to_string(path.with_extension("wat")).unwrap();
        std::fs::write(path.with_extension("wasm"), component(&text, world)).unwrap();
    }
}

fn answer(outcome: &Outcome) -> serde_json::Value {
    match outcome {
        Outcome::Answered(Some(Answer::Classify(answer))) => serde_json::to_value(answer).unwrap(),
        Outcome::Answered(Some(Answer::Qualify(answer))) => serde_json::to_value(answer).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_golden_classify_runs_on_this_host() {
    bless();
    let plugin = sandbox().load(&golden("classify")).unwrap();
    assert_eq!(plugin.questions(), ["classify"]);
    assert_eq!(plugin.imports(), ["log.write", "settings.bytes"]);
    let settings = plugin.prepare(r#"{"a":1}"#, &Limits::default()).unwrap();
    let subjects = [
        ("consumer", classify::Subject::Contact(contact())),
        ("company", classify::Subject::Company(company())),
        ("mixed", classify::Subject::Ticket(ticket())),
    ];
    for (segment, subject) in subjects {
        let verdict = ask_at(&*plugin, &Desk::default(), &classify(subject), &settings, &Limits::default());
        assert_eq!(
            answer(&verdict.outcome),
            json!({
                "segment": segment,
                "confidence": 7500,
                "reasons": [{"code": "golden", "params": {"settings": "{\"a\":1}"}, "evidence": ["has-name"]}],
                "facts": [{"kind": "company", "value": "acme.example", "confidence": 5000}],
                "signals": [{"kind": "golden", "score": 42, "label": "mixed"}],
            })
        );
        assert_eq!((verdict.log.len(), verdict.log[0].level.as_str()), (1, "warn"));
        assert_eq!(verdict.log[0].message, "golden");
    }
}

#[test]
fn the_golden_qualify_runs_on_this_host() {
    bless();
    let plugin = sandbox().load(&golden("qualify")).unwrap();
    assert_eq!(plugin.questions(), ["qualify"]);
    assert_eq!(plugin.imports().len(), 9);
    let ask = |desk: &Desk| ask_at(&*plugin, desk, &qualify(), b"", &Limits::default());
    let lacking = ask(&Desk::default()).outcome;
    let Outcome::Failed { class, message } = lacking else { panic!("{lacking:?}") };
    assert_eq!((class.name(), message.as_str()), ("fault", "missing: budget"));
    let desk = Desk { attributes: vec![("budget".into(), json!(12.5))], ..Desk::default() };
    assert_eq!(
        answer(&ask(&desk).outcome),
        json!({
            "score": 8_060,
            "grade": "b",
            "motive": 2_500,
            "horizon_days": 30,
            "next_question": {"code": "budget"},
            "look_again": NOW.plus_millis(90 * 60_000),
            "reasons": [], "facts": [], "signals": [],
        })
    );
}
