//! Components of every released contract, and what today's host must make of them.

use plugdesk_domain::question::{Inquiry, QUESTIONS, classify};
use plugdesk_domain::{Ask, Limits, Outcome, Target, Track};
use serde_json::json;

use super::desk::{Desk, NOW, ask_at, classify, company, contact, inquiry, qualify, ticket};
use super::guest::{component, golden, root, sandbox};

/// Makes the files anew when asked to. Never for a released track.
fn bless() {
    if std::env::var_os("PLUGDESK_BLESS").is_none() {
        return;
    }
    for name in QUESTIONS {
        let path = root().join("tests/golden/0.1").join(name);
        let own = format!("{name}-plugin");
        let world = if *name == "classify" { "setup-and-classify" } else { &own };
        let text = std::fs::read_to_string(path.with_extension("wat")).unwrap();
        std::fs::write(path.with_extension("wasm"), component(&text, world)).unwrap();
    }
}

fn answer(outcome: &Outcome) -> serde_json::Value {
    let Outcome::Answered(Some(answer)) = outcome else { panic!("{outcome:?}") };
    serde_json::to_value(answer).unwrap()["answer"].take()
}

/// Asks the golden component of a question the inquiry that the test's desk has for it.
fn asked(question: &str, inquiry: &Inquiry) -> Outcome {
    bless();
    let plugin = sandbox().load(&golden(question)).unwrap();
    assert_eq!(plugin.questions(), [question]);
    ask_at(&*plugin, &Desk::default(), inquiry, b"", &Limits::default()).outcome
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

#[test]
fn the_golden_identify_runs_on_this_host() {
    let mut inquiry = inquiry("identify");
    assert_eq!(
        answer(&asked("identify", &inquiry)),
        json!({
            "likenesses": [{
                "contact": "contact_2",
                "relation": "same",
                "score": 9_500,
                "reasons": [{"code": "golden", "evidence": ["address", "name"]}],
            }],
            "reasons": [], "facts": [], "signals": [],
        })
    );
    let Inquiry::Identify(it) = &mut inquiry else { unreachable!() };
    it.candidates.clear();
    assert_eq!(asked("identify", &inquiry), Outcome::Answered(None));
}

#[test]
fn the_golden_merge_runs_on_this_host() {
    let mut inquiry = inquiry("merge");
    let rest = json!({"facts": [], "signals": []});
    let with = |mut it: serde_json::Value| {
        it.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        it
    };
    assert_eq!(
        answer(&asked("merge", &inquiry)),
        with(json!({"refused": false, "fields": {"name": "loser"}, "reasons": []}))
    );
    let Inquiry::Merge(it) = &mut inquiry else { unreachable!() };
    it.winner = classify::Subject::Company(company());
    assert_eq!(
        answer(&asked("merge", &inquiry)),
        with(json!({"refused": true, "fields": {}, "reasons": [{"code": "golden"}]}))
    );
    let Inquiry::Merge(it) = &mut inquiry else { unreachable!() };
    it.winner = classify::Subject::Ticket(ticket());
    assert_eq!(answer(&asked("merge", &inquiry))["refused"], json!(true));
}

#[test]
fn the_golden_affiliate_and_correlate_run_on_this_host() {
    assert_eq!(
        answer(&asked("affiliate", &inquiry("affiliate"))),
        json!({
            "nodes": [{"company": "company_1", "confidence": 7_004}],
            "reasons": [], "facts": [], "signals": [],
        })
    );
    assert_eq!(
        answer(&asked("correlate", &inquiry("correlate"))),
        json!({
            "pairs": [{"ticket": "ticket_2", "score": 8_000}],
            "cluster": "golden",
            "recurring": true,
            "reasons": [], "facts": [], "signals": [],
        })
    );
}

#[test]
fn the_golden_track_and_promise_run_on_this_host() {
    let mut on_track = inquiry("track");
    let special = answer(&asked("track", &on_track));
    assert_eq!(
        special,
        json!({
            "track": "special",
            "risk": 9_000,
            "checks": ["credit"],
            "people": ["risk-officer"],
            "reasons": [], "facts": [], "signals": [],
        })
    );
    let Inquiry::Track(it) = &mut on_track else { unreachable!() };
    it.now = Some(Track::Standard);
    assert_eq!(answer(&asked("track", &on_track))["track"], json!("standard"));

    let mut promised = inquiry("promise");
    let own = json!({
        "metric": "first-response",
        "minutes": 60,
        "calendar": "always",
        "pauses": ["waiting-customer", "on-hold"],
        "warn_minutes": 15,
    });
    assert_eq!(
        answer(&asked("promise", &promised)),
        json!({"targets": [own], "reasons": [], "facts": [], "signals": []})
    );
    let Inquiry::Promise(it) = &mut promised else { unreachable!() };
    let contract = json!([
        {"metric": "resolution", "minutes": 480, "calendar": "office", "pauses": ["new", "open", "waiting-customer",
            "waiting-third-party", "on-hold", "resolved", "closed", "merged"]},
        {"metric": "next-response", "minutes": 5_256_000, "calendar": "always", "warn_minutes": 0},
    ]);
    it.contract = serde_json::from_value::<Vec<Target>>(contract.clone()).unwrap();
    assert_eq!(answer(&asked("promise", &promised))["targets"], contract);
}

#[test]
fn the_golden_escalate_and_react_run_on_this_host() {
    let plugin = sandbox().load(&golden("escalate")).unwrap();
    assert_eq!(plugin.imports(), ["account.ancestors", "account.commitments", "account.people"]);
    assert_eq!(
        answer(&asked("escalate", &inquiry("escalate"))),
        json!({
            "level": 6,
            "audience": [{"agent": "mina"}, {"team": "support"}, {"role": "vice-president"}],
            "brief": true,
            "look_again": NOW.plus_millis(3_600_000),
            "reasons": [], "facts": [], "signals": [],
        })
    );
    assert_eq!(
        answer(&asked("react", &inquiry("react"))),
        json!({
            "commands": [{"name": "ticket.update", "body": {"id": "ticket_1", "kind": "lead"}}],
            "reasons": [], "facts": [], "signals": [],
        })
    );
}
