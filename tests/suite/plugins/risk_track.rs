//! The track, by the shipped `risk-track` and another that disagrees.

use plugdesk_domain::{Ticket, Track};
use serde_json::{Value, json};

use super::stand::Stand;

fn track(ticket: &Ticket) -> Track {
    ticket.tracked.as_ref().unwrap().track
}

fn told(stand: &Stand, ticket: &Ticket, locale: &str) -> Vec<String> {
    let decision = stand.decision(ticket, locale);
    let asked = decision.asked.iter().find(|it| it.question == "track").unwrap();
    let reasons = asked.opinions.iter().flat_map(|it| &it.reasons);
    reasons.map(|reason| reason.text.clone().unwrap()).collect()
}

fn support(subject: &str) -> Value {
    json!({ "kind": "support", "subject": subject, "segment": "consumer" })
}

#[test]
fn practice_065_most_customers_meet_little_complexity() {
    let stand = Stand::new(&["risk-track"]);
    let ticket = stand.create(&support("How do I open the lid?")).unwrap();
    assert_eq!(track(&ticket), Track::Fast);
    assert_eq!(told(&stand, &ticket, "en"), ["Your request takes the short way: few checks, a small team"]);
}

#[test]
fn practice_066_to_068_the_track_grows_with_the_risk_and_brings_checks_and_seniors_along() {
    let stand = Stand::new(&["risk-track"]);
    let order = |amount: u32| {
        let order =
            json!({ "kind": "order", "subject": "A heat pump", "segment": "consumer", "custom": { "amount": amount } });
        stand.create(&order).unwrap()
    };
    assert_eq!(
        [800, 8_000, 80_000].map(|amount| track(&order(amount))),
        [Track::Fast, Track::Standard, Track::Special]
    );
    let special = order(80_000).tracked.unwrap();
    assert_eq!(
        (special.checks, special.people),
        (
            vec!["credit".to_owned(), "second-look".to_owned()],
            vec!["risk-officer".to_owned(), "senior-manager".to_owned()],
        )
    );
}

#[test]
fn practice_069_two_policies_disagree_and_the_cautious_track_wins_in_the_customers_words() {
    let stand = Stand::new(&["risk-track"]);
    let second = json!({ "pack": "risk-track", "plugin": "risk-track", "policy": "auditors", "question": "track", "rank": 200,
        "overlay": { "indicators": { "roof": {
            "why": { "en": "somebody works on a roof", "pl": "ktoś pracuje na dachu" },
            "said": ["roof*", "dach*"], "least": "special", "people": ["safety-officer"] } } } });
    let how = plugdesk_desk::How::default();
    let bound = stand.desk.binding_create(&stand.by, serde_json::from_value(second).unwrap(), &how);
    crate::packs::stand::wait(bound).unwrap();
    let ticket = stand.create(&support("Kolektor na dachu")).unwrap();
    assert_eq!(track(&ticket), Track::Special);
    let decision = stand.decision(&ticket, "pl");
    let asked = decision.asked.iter().find(|it| it.question == "track").unwrap();
    assert_eq!(asked.opinions.len(), 2, "both are kept: the one that would have been quicker, too");
    let told = told(&stand, &ticket, "pl");
    assert!(told.contains(&"Przyglądamy się dokładniej, ponieważ ktoś pracuje na dachu".to_owned()), "{told:?}");
    assert!(told.contains(&"Uczestniczy też: specjalista ds. bezpieczeństwa".to_owned()), "{told:?}");
}
