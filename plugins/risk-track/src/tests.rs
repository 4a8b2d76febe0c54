//! What the policy promises, natively, on a pretend desk and with the configuration that ships.

use plugdesk_sdk::prelude::*;
use plugdesk_sdk::track::Inquiry;

use crate::RiskTrack;

fn policy() -> RiskTrack {
    Pretend::policy(include_str!("../config.json")).unwrap()
}

fn about(kind: &str, segment: &str, subject: &str, text: &str) -> Inquiry {
    let mut ticket = Pretend::ticket(kind, subject, 0);
    ticket.segment = Some(segment.to_owned());
    ticket.company = (segment == "company").then(|| "company".to_owned());
    Inquiry { circumstances: Pretend::circumstances(0), ticket, text: text.to_owned(), now: None }
}

fn ask(inquiry: &Inquiry, desk: &Pretend) -> Tracking {
    desk.begin();
    policy().track(inquiry, desk).unwrap().unwrap()
}

/// A company that is known and has somebody who decides.
fn known() -> Pretend {
    let digest = TicketDigest {
        id: "other".into(),
        kind: "support".into(),
        subject: "An older one".into(),
        category: Category::Closed,
        priority: Priority::Normal,
        requester: None,
        opened_at: 0,
        updated_at: 0,
    };
    Pretend::desk().with_ticket(Scope::Company, digest).with_person(Pretend::of_company("Ilona", "decider"))
}

fn codes(answer: &Tracking) -> Vec<&str> {
    answer.reasons.iter().map(|reason| reason.code.as_str()).collect()
}

fn what(reason: &Reason, name: &str) -> Option<String> {
    reason.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}

#[test]
fn most_customers_meet_little_complexity() {
    let answer = ask(&about("support", "consumer", "How do I open the lid?", "It is stuck."), &Pretend::desk());
    assert_eq!((answer.track, answer.risk), (TrackLevel::Fast, 0));
    assert!(answer.checks.is_empty() && answer.people.is_empty());
    assert_eq!(codes(&answer), ["track-fast"]);
    let company = ask(&about("support", "company", "A question", ""), &known());
    assert_eq!((company.track, company.risk), (TrackLevel::Fast, 0));
}

#[test]
fn risks_add_up_and_what_they_ask_for_unites() {
    let desk = Pretend::desk().with_attribute("ticket", "amount", Value::Integer(60_000)).with_attribute(
        "ticket",
        "criticality",
        Value::Text("Critical".to_owned()),
    );
    let answer = ask(&about("order", "company", "Two pumps", ""), &desk);
    // 4,500 for the amount, 4,000 for what depends on it, 1,000 for a new company, 1,500 for nobody who decides.
    assert_eq!((answer.track, answer.risk), (TrackLevel::Special, 10_000));
    assert_eq!(answer.checks, ["second-look", "credit", "decision-maker"]);
    assert_eq!(answer.people, ["senior-manager", "risk-officer", "service-manager"]);
    assert!(answer.signals.is_empty(), "the ticket itself keeps track and risk");
}

#[test]
fn the_same_amount_weighs_more_for_a_person_than_for_a_company() {
    let amount = |desk: Pretend| desk.with_attribute("ticket", "amount", Value::Text("20000".to_owned()));
    let consumer = ask(&about("order", "consumer", "A heat pump", ""), &amount(Pretend::desk()));
    let company = ask(&about("order", "company", "A heat pump", ""), &amount(known()));
    assert_eq!((consumer.track, company.track), (TrackLevel::Standard, TrackLevel::Fast));
}

#[test]
fn words_of_danger_or_law_ask_for_the_special_track_in_any_language() {
    for text in [
        "There is smoke coming out of it",
        "My lawyer will write to you",
        "بوی نشت گاز می‌آید",
        "وکیلم با شما تماس می‌گیرد",
        "Był pożar w kotłowni",
        "Złożę pozew",
        "Gázszivárgást érzünk",
        "Az ügyvédem jelentkezik",
        "У нас утечка газа",
        "Я подам в суд",
    ] {
        let answer = ask(&about("support", "consumer", "Please help", text), &Pretend::desk());
        assert_eq!(answer.track, TrackLevel::Special, "{text}");
        assert_eq!(answer.reasons[1].evidence, ["text"], "{text}");
    }
    let calm = ask(&about("support", "consumer", "Smokey grey, please", "the courtyard lamp"), &Pretend::desk());
    assert_eq!(calm.track, TrackLevel::Fast);
}

#[test]
fn what_a_verdict_needs_and_nobody_said_makes_it_special_if_the_desk_is_cautious() {
    let order = about("order", "consumer", "A heat pump", "");
    let answer = ask(&order, &Pretend::desk());
    assert_eq!(answer.track, TrackLevel::Special);
    assert_eq!(codes(&answer)[..2], ["track-special", "missing"]);
    assert_eq!(what(&answer.reasons[1], "what@fa").as_deref(), Some("مبلغ"));
    let placeholder = Pretend::desk().with_attribute("ticket", "amount", Value::Text("Select".to_owned()));
    assert_eq!(ask(&order, &placeholder).track, TrackLevel::Special);
    let bold: RiskTrack =
        Pretend::policy(&include_str!("../config.json").replacen("\"cautious\": true", "\"cautious\": false", 1))
            .unwrap();
    assert_eq!(bold.track(&order, &Pretend::desk()).unwrap().unwrap().track, TrackLevel::Standard);
}

#[test]
fn a_promise_that_was_broken_and_a_matter_that_came_back_are_handled_with_more_care() {
    let mut again = about("support", "consumer", "Still broken", "");
    again.ticket.reopens = 2;
    let late = Commitment { state: CommitmentState::Breached, ..Pretend::owed("resolution", 0, -1) };
    let answer = ask(&again, &Pretend::desk().with_commitment(late));
    assert_eq!((answer.track, answer.risk), (TrackLevel::Standard, 5_500));
    assert_eq!(answer.people, ["team-lead"]);
    assert_eq!(codes(&answer), ["track-standard", "because", "because", "takes-part"]);
}

#[test]
fn who_has_been_with_us_for_a_while_is_trusted_a_little_more() {
    let old = |n: usize| TicketDigest {
        id: format!("old_{n}"),
        kind: "support".into(),
        subject: String::new(),
        category: Category::Closed,
        priority: Priority::Normal,
        requester: None,
        opened_at: 0,
        updated_at: 0,
    };
    let desk = (0..5).fold(Pretend::desk(), |desk, n| desk.with_ticket(Scope::Contact, old(n)));
    let answer = ask(&about("complaint", "consumer", "The invoice is wrong", ""), &desk);
    assert_eq!((answer.track, answer.risk), (TrackLevel::Fast, 1_500));
    assert_eq!(codes(&answer), ["track-fast", "because", "speaks-for-you"]);
    assert_eq!(
        ask(&about("complaint", "consumer", "The invoice is wrong", ""), &Pretend::desk()).track,
        TrackLevel::Standard
    );
}

/// The shipped configuration with a scorecard of breaches.
fn foreseeing() -> RiskTrack {
    let breach = r#"{ "utc_offset_minutes": 210, "breach": { "doubling": 20, "base": -20, "conditions": [
        { "field": "product", "when": { "one_of": ["Boiler", "Pump"] }, "points": 40, "seen": { "count": 50, "breached": 40 } },
        { "about": "priority", "when": { "is": "low" }, "points": -30 },
        { "about": "hour", "when": { "from": 16, "to": 23 }, "points": 12 },
        { "about": "weekday", "when": { "one_of": ["thursday", "friday"] }, "points": 8 },
        { "about": "team", "when": { "missing": true }, "points": 10 },
        { "about": "open-tickets", "when": { "from": 2 }, "points": 6 } ] } }"#;
    let shipped = include_str!("../config.json");
    Pretend::policy(&[shipped.trim_end().trim_end_matches('}'), ",", breach.trim_start_matches('{')].concat()).unwrap()
}

fn risk(answer: &Tracking) -> (u16, Value) {
    let [signal, fact] = [&answer.signals[0].kind, &answer.facts[0].kind].map(String::as_str);
    assert_eq!((signal, fact), ("breach-risk", "breach-signs"));
    (answer.signals[0].score, answer.facts[0].value.clone())
}

#[test]
fn a_breach_is_foreseen_from_the_desks_own_past_and_changes_no_track() {
    let mut inquiry = about("support", "consumer", "The pump hums", "");
    // Thursday, the first of January 1970, 13:00 in Greenwich: 16:30 where the desk is.
    inquiry.ticket.opened_at = 13 * 3_600_000;
    let desk = Pretend::desk().with_attribute("ticket", "product", Value::Text("PUMP".to_owned()));
    desk.begin();
    let answer = foreseeing().track(&inquiry, &desk).unwrap().unwrap();
    // −20 + 40 + 12 + 8 + 10 = 50 points: 1 / (1 + 2^−2.5).
    let signs = ["product +40", "hour +12", "team +10", "weekday +8"].map(str::to_owned);
    assert_eq!(risk(&answer), (8_498, Value::Texts(signs.into())));
    let plain = ask(&inquiry, &desk);
    assert_eq!((answer.track, answer.risk, &answer.reasons), (plain.track, plain.risk, &plain.reasons));
    assert!(plain.signals.is_empty() && plain.facts.is_empty(), "without a scorecard nothing is foreseen");
}

#[test]
fn what_changes_on_a_ticket_changes_what_is_foreseen() {
    let mut inquiry = about("support", "consumer", "The pump hums", "");
    (inquiry.ticket.team, inquiry.ticket.priority) = (Some("field".to_owned()), Priority::Low);
    let answer = foreseeing().track(&inquiry, &Pretend::desk()).unwrap().unwrap();
    // −20 − 30 + 8 points; the hour is 3:30.
    assert_eq!(risk(&answer), (1_891, Value::Texts(vec!["weekday +8".to_owned()])));
}

#[test]
fn a_scorecard_of_breaches_that_cannot_work_is_refused_by_its_place() {
    let wrong = r#"{ "standard_from": 1, "special_from": 2, "utc_offset_minutes": 2000,
        "breach": { "doubling": 0, "base": 10001, "conditions": [
            { "when": { "is": 1 }, "points": 1 },
            { "about": "team", "when": {}, "points": 1 },
            { "field": "a", "about": "team", "when": { "is": 1 }, "points": 20000 } ] } }"#;
    let problems = Pretend::policy::<RiskTrack>(wrong).unwrap_err();
    let pointers: Vec<&str> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
    let conditions = ["/breach/conditions/0", "/breach/conditions/1/when", "/breach/conditions/2/points"];
    let mut expected = vec!["/utc_offset_minutes", "/breach/doubling", "/breach/base"];
    expected.extend(conditions);
    expected.push("/breach/conditions/2");
    assert_eq!(pointers, expected);
}

#[test]
fn the_reasons_are_told_in_the_customers_language() {
    let mut inquiry = about("complaint", "company", "A complaint", "");
    inquiry.circumstances.locale = "hu-HU".to_owned();
    let answer = ask(&inquiry, &Pretend::desk());
    let told: Vec<String> = answer.reasons.iter().filter_map(|reason| what(reason, "what")).collect();
    assert!(told.contains(&"ez panasz".to_owned()), "{told:?}");
    assert!(told.contains(&"ki dönt Önöknél".to_owned()), "the checks too: {told:?}");
    for reason in &answer.reasons {
        assert!(reason.params.len() <= 16);
    }
}

#[test]
fn what_was_not_granted_is_a_fault_and_not_a_guess() {
    let blind = Pretend::desk().without("account");
    assert!(matches!(policy().track(&about("support", "company", "x", ""), &blind), Err(Fault::Other(_))));
}

#[test]
fn a_configuration_that_cannot_work_is_refused_by_its_place() {
    let wrong = r#"{
        "standard_from": 5000, "special_from": 4000,
        "indicators": {
            "a/b": {"why": "x", "risk": 20000, "field": "f", "when": {"is": 1}},
            "c": {"why": {"no tag": "x"}, "about": "kind", "when": {"is": "x"}, "checks": ["no name"]},
            "d": {"why": "x", "said": ["a*"]},
            "e": {"why": "x", "field": "f"}
        },
        "tracks": {"special": {"people": [""]}},
        "names": {"credit": {"?": "x"}}
    }"#;
    let problems = Pretend::policy::<RiskTrack>(wrong).unwrap_err();
    let pointers: Vec<&str> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
    assert_eq!(
        pointers,
        [
            "/special_from",
            "/indicators/a~1b/risk",
            "/indicators/c/why",
            "/indicators/c/checks",
            "/indicators/d",
            "/indicators/e",
            "/tracks/special/people",
            "/names/credit",
        ]
    );
}
