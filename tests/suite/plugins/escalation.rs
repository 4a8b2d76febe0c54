//! Ladders and promises of the shipped `escalation`.

use plugdesk_desk::How;
use serde_json::json;

use super::stand::Stand;
use crate::packs::stand::wait;

fn desk() -> Stand {
    let stand = Stand::new(&["escalation"]);
    ["team-lead", "desk-owner", "vice-president", "chief-executive"].iter().for_each(|role| stand.agent(role, &[]));
    stand
}

/// Texts of the reasons of a question in the ticket's last decision.
fn told(stand: &Stand, ticket: &plugdesk_domain::Ticket, question: &str, locale: &str) -> String {
    let decision = stand.decision(ticket, locale);
    let asked = decision.asked.iter().filter(|it| it.question == question);
    let reasons = asked.flat_map(|it| &it.opinions).flat_map(|it| &it.reasons);
    reasons.map(|reason| reason.text.clone().unwrap()).collect::<Vec<_>>().join("; ")
}

fn of_gold() -> serde_json::Value {
    json!({ "kind": "support", "subject": "The pumps stand still", "segment": "company",
            "company": { "name": "Danubia Szálloda Kft.", "tier": "gold" } })
}

#[test]
fn a_breach_climbs_the_ladder_until_somebody_acknowledges_it() {
    let stand = desk();
    let ticket = stand.create(&of_gold()).unwrap();
    let first = ticket.commitments.iter().find(|it| it.target.metric == "first-response").unwrap();
    assert_eq!((first.target.minutes, first.source.as_str()), (60, "escalation"));
    stand.pass(44);
    assert_eq!(stand.level(ticket.id), (0, false));
    // At risk after 45 minutes; nobody takes it for a quarter of an hour; then it breaches as well.
    stand.pass(1);
    assert_eq!(stand.level(ticket.id), (1, true));
    stand.pass(15);
    assert_eq!(stand.level(ticket.id), (2, true));
    stand.pass(30);
    assert_eq!(stand.level(ticket.id), (3, true));
    let escalated = stand.ticket(ticket.id).escalated.unwrap();
    wait(stand.desk.escalation_acknowledge(&stand.by, escalated.id, &How::default())).unwrap();
    stand.pass(180);
    assert_eq!(stand.level(ticket.id).0, 3, "whoever took it answers for it");
}

#[test]
fn in_quiet_hours_the_call_waits_until_the_calendar_opens() {
    let stand = desk();
    let week = json!({ "title": "Office", "time_zone": "UTC",
        "week": { "mon": [{ "from": "08:00", "to": "09:30" }, { "from": "12:00", "to": "17:00" }] } });
    let calendar = serde_json::from_value(week).unwrap();
    wait(stand.desk.calendar_put(&stand.by, "office", calendar, &How::default())).unwrap();
    stand.overlay("escalation", &json!({ "calendars": { "waking": "office" }, "quiet": { "anyway": [] } }));
    let ticket = stand.create(&of_gold()).unwrap();
    stand.pass(179);
    assert_eq!(stand.level(ticket.id), (0, false), "nobody is called before noon");
    stand.pass(1);
    assert_eq!(stand.level(ticket.id).0, 2, "and then at the level that the breach asks for");
}

#[test]
fn a_consumer_and_a_company_with_the_same_words_have_another_clock_and_another_ladder() {
    let stand = desk();
    let words = |segment: &str| json!({ "kind": "support", "subject": "The pumps stand still", "segment": segment });
    let [consumer, company] = ["consumer", "company"].map(|segment| stand.create(&words(segment)).unwrap());
    let minutes = |ticket: &plugdesk_domain::Ticket| ticket.commitments[0].target.minutes;
    assert_eq!((minutes(&consumer), minutes(&company)), (60, 480));
    stand.pass(60);
    assert_eq!((stand.level(consumer.id).0, stand.level(company.id).0), (1, 0));
}

#[test]
fn a_ladder_begins_before_the_promise_is_broken_when_the_desks_past_says_that_it_will_be() {
    let stand = Stand::new(&["risk-track", "escalation"]);
    ["team-lead", "desk-owner"].iter().for_each(|role| stand.agent(role, &[]));
    // -40 points and 80 more are 40: of five such tickets four were late.
    stand.overlay(
        "risk-track",
        &json!({ "breach": { "doubling": 20, "base": -40, "conditions": [
        { "field": "product", "when": { "is": "pump" }, "points": 80, "seen": { "count": 50, "breached": 40 } },
        { "about": "team", "when": { "is": "field" }, "points": -80 } ] } }),
    );
    let of = |product: &str| json!({ "kind": "support", "subject": "It stands still", "segment": "company", "custom": { "product": product } });
    let foreseen = stand.create(&of("Pump")).unwrap();
    assert_eq!(stand.level(foreseen.id).0, 1, "at its opening");
    let calm = stand.create(&of("lamp")).unwrap();
    assert_eq!(stand.level(calm.id).0, 0);
    let worse = stand.update(calm.id, &json!({ "custom": { "product": "pump" } })).unwrap();
    assert_eq!(stand.level(calm.id).0, 1, "and when a change makes it likely");
    for (locale, says) in [
        ("en", "Likely to be late: of tickets like this one 80 % were; What speaks for it: product +80"),
        ("fa", "از درخواست‌های مشابه دیر شده‌اند"),
        ("pl", "Spóźnienie jest prawdopodobne: wśród podobnych zgłoszeń spóźniło się 80 %"),
        ("hu", "Valószínű a késés: a hasonló bejelentések 80 %-a késett"),
        ("ru", "Вероятно опоздание: из похожих обращений опоздали 80 %"),
    ] {
        let told = told(&stand, &worse, "escalate", locale);
        assert!(told.contains(says), "{locale}: {told}");
    }
    assert!(!told(&stand, &worse, "track", "en").contains("late"), "the customer is not told of it");
    let better = stand.create(&json!({ "kind": "support", "subject": "It stands still", "segment": "company",
        "team": "field", "custom": { "product": "pump" } }));
    assert_eq!(stand.level(better.unwrap().id).0, 0, "who has a team that is in time is not warned of");
}
