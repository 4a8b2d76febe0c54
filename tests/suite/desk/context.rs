//! What policies may look at, and that a replay hears the same.

use std::sync::{Arc, Mutex};

use plugdesk_desk::transcript::{Heard, Replayer};
use plugdesk_desk::{CompanyRef, How, NewEntry, NewTicket};
use plugdesk_domain::context::MOST_CONTEXT_CALLS;
use plugdesk_domain::{Context, Instant, Needs, Outcome, Refusal, Scope};
use serde_json::json;

use super::stand::{Policy, Stand, lead, person, qualified, wait};

/// Asks everything there is and answers what was heard, as one text.
fn ask_everything(context: &dyn Context, subject: &str) -> String {
    let names = ["budget".to_owned(), "nothing".to_owned()];
    let at = Instant::from_millis(1_000_000);
    [
        format!("{:?}", context.find_contact()),
        format!("{:?}", context.find_company()),
        format!("{:?}", context.attributes_of(subject, &names)),
        format!("{:?}", context.attributes_of("ticket_of_somebody_else", &names)),
        format!("{:?}", context.entries(2)),
        format!("{:?}", context.entries(3)),
        format!("{:?}", context.tickets(Scope::Contact, 5)),
        format!("{:?}", context.tickets(Scope::Company, 5)),
        format!("{:?}", context.tickets(Scope::Desk, 5)),
        format!("{:?}", context.facts(subject, None)),
        format!("{:?}", context.signals(subject, Some("risk"))),
        format!("{:?}", context.calendar_add("always", at, 90)),
        format!("{:?}", context.calendar_between("always", at, Instant::from_millis(400_000))),
        format!("{:?}", context.calendar_add("no such", at, 1)),
        format!("{:?}", context.calendar_add_working_days("always", at, 2)),
    ]
    .join("\n")
}

fn full(subject: &str) -> NewTicket {
    NewTicket {
        contact: Some(person("Parisa", "p@acme.org")),
        company: Some(CompanyRef { name: "Acme".into(), ..CompanyRef::default() }),
        custom: [("budget".to_owned(), json!(5_000)), ("secret".to_owned(), json!("x"))].into(),
        entries: vec![NewEntry::reply("one"), NewEntry::reply("two"), NewEntry::reply("three")],
        ..lead(subject)
    }
}

fn curious(needs: Needs) -> (Policy, Arc<Mutex<Vec<String>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&heard);
    let policy = Policy::new("curious", "qualify", 1, move |call| {
        keep.lock().unwrap().push(ask_everything(call.context, &super::stand::subject_id(call.inquiry)));
        qualified(1)
    });
    (policy.granted(needs), heard)
}

#[test]
fn a_policy_sees_the_draft_that_it_judges_and_a_replay_hears_the_same() {
    let needs = Needs { entries: 2, tickets: [("contact".to_owned(), 5)].into(), ..Needs::everything() };
    let (policy, heard) = curious(needs);
    let stand = Stand::new(&[policy, Policy::segment("segmentation", 1, "company", 5)]);
    let by = stand.agent();
    wait(stand.desk.ticket_create(&by, full("before"), &How::default())).unwrap();
    let done = wait(stand.desk.ticket_create(&by, full("now"), &How::default())).unwrap();
    let heard = heard.lock().unwrap().last().unwrap().clone();
    let lines: Vec<&str> = heard.lines().collect();
    assert!(lines[0].contains("Parisa") && lines[0].contains("p@acme.org") && lines[0].contains("Some(\"company\")"));
    assert!(lines[1].contains("Acme"));
    assert_eq!(lines[2], r#"Ok([("budget", Number(5000))])"#);
    assert_eq!(lines[3], "Ok([])");
    assert!(lines[4].find("three") < lines[4].find("two") && !lines[4].contains("one\""), "{}", lines[4]);
    assert_eq!(lines[5], format!("{:?}", Err::<(), _>(Refusal::TooMany)));
    assert!(lines[6].contains("before") && !lines[6].contains("now"), "without the subject");
    assert_eq!(lines[7], format!("{:?}", Err::<(), _>(Refusal::NotGranted)), "{heard}");
    assert!(lines[11].contains("1970-01-01T01:46:40"));
    assert_eq!((lines[12], lines[13]), ("Some(-10)", "None"));
    assert!(lines[14].contains("1970-01-03T00:16:40"), "two days by `always`: {}", lines[14]);

    let decision = done.decision.unwrap();
    let capture = stand.desk.capture(&stand.admin(), decision.id).unwrap().unwrap();
    let call = capture.calls.iter().find(|it| it.policy == "curious").unwrap();
    let replayer = Replayer::new(&call.context);
    assert_eq!(ask_everything(&replayer, &super::stand::subject_id(&call.inquiry)), heard);
    assert_eq!(replayer.missing(), Vec::<String>::new());
    assert_eq!(replayer.entries(1), Err(Refusal::NotGranted));
    assert_eq!(replayer.missing(), [r#"entries {"at_most":1}"#]);
}

#[test]
fn what_is_not_granted_is_refused_and_a_flood_of_calls_is_cut_off() {
    let (policy, heard) = curious(Needs::default());
    let flood = Policy::new("flood", "classify", 1, |call| {
        for n in 0..10_000 {
            let refused = call.context.find_contact();
            assert_eq!(refused.is_err(), n >= MOST_CONTEXT_CALLS, "{n}");
        }
        Outcome::Answered(None)
    });
    let stand = Stand::new(&[policy, flood]);
    let done = wait(stand.desk.ticket_create(&stand.agent(), full("x"), &How::default())).unwrap();
    let heard = heard.lock().unwrap()[0].clone();
    assert_eq!(heard.matches("NotGranted").count(), 11, "{heard}");
    assert!(!heard.contains("Parisa"));
    let capture = stand.desk.capture(&stand.admin(), done.decision.unwrap().id).unwrap().unwrap();
    let kept = capture.calls.iter().filter(|it| it.policy == "flood").map(|it| it.context.len()).max();
    assert_eq!(kept, Some(MOST_CONTEXT_CALLS as usize));
}

#[test]
fn an_exchange_is_written_as_vectors_hold_it() {
    let exchange = json!({"call": "entries", "arguments": {"at_most": 5}, "answer": {"refused": "not-granted"}});
    let read: plugdesk_desk::transcript::Exchange = serde_json::from_value(exchange.clone()).unwrap();
    assert_eq!(read.answer, Heard::Refused(Refusal::NotGranted));
    assert_eq!(serde_json::to_value(&read).unwrap(), exchange);
    let none = json!({"call": "find-contact", "answer": {"ok": null}});
    let read: plugdesk_desk::transcript::Exchange = serde_json::from_value(none).unwrap();
    assert_eq!(Replayer::new(&[read]).find_contact(), Ok(None));
}
