//! What is promised, and whose clock runs when (practices 23 and 93, lessons 11, 12 and 14).

use serde_json::{Value, json};

use super::stand::{Story, at};
use super::telling::{DAY, asked, list, reasons, says};

const PACKS: [&str; 2] = ["segmentation", "escalation"];

/// A desk whose companies are served in office hours.
fn with_office(hours: &[(&str, &str)]) -> Story {
    let story = Story::new(&PACKS);
    story.office("office", hours);
    story.configure("escalation", &json!({ "calendars": { "business": "office" } }));
    story
}

fn state(story: &Story, ticket: &Value, metric: &str) -> String {
    at(&story.owed(ticket, metric), "/state").into_owned()
}

fn due(story: &Story, ticket: &Value, metric: &str) -> String {
    at(&story.owed(ticket, metric), "/due_at").into_owned()
}

#[test]
fn practice_023_a_consumer_is_answered_within_the_hour_round_the_clock_and_a_company_in_its_hours() {
    let story = with_office(&[("09:00", "17:00")]);
    // Saturday, 09:00.
    story.wait(5 * DAY);
    let company = story.company(&json!({ "name": "Kos Sp. z o.o." }));
    let (consumer, business) = (story.consumer("My heating is cold"), story.business("The heating is cold", &company));
    assert_eq!((at(&consumer, "/segment"), at(&business, "/segment")), ("consumer".into(), "company".into()));
    assert_eq!(due(&story, &consumer, "first-response"), "2026-11-21T10:00:00.000Z");
    assert_eq!(due(&story, &business, "first-response"), "2026-11-23T17:00:00.000Z", "eight hours of Monday");
    let why = reasons(&consumer["decision"], "promise");
    assert!(says(&why, "The first answer within 60 minutes (consumers)"), "{why:#?}");
    let urgent = json!({ "subject": "No heating", "priority": "urgent", "segment": "consumer" });
    assert_eq!(due(&story, &story.open(&urgent), "first-response"), "2026-11-21T09:15:00.000Z");
    story.wait(61);
    assert_eq!(state(&story, &consumer, "first-response"), "breached");
    assert_eq!(state(&story, &business, "first-response"), "pending");
}

#[test]
fn practice_093_what_a_contract_says_goes_before_what_everybody_is_promised() {
    let story = with_office(&[("09:00", "17:00")]);
    story.office("early", &[("06:00", "20:00")]);
    let group = story.company(&json!({ "name": "Kos Group SA" }));
    let site = story.company(&json!({ "name": "Kos Szczecin Sp. z o.o.", "parent": group["id"] }));
    let terms = json!([
        { "metric": "first-response", "minutes": 30, "calendar": "early", "warn_minutes": 10 },
        { "metric": "resolution", "minutes": 10_000, "calendar": "early" },
    ]);
    let until = "2026-11-20T00:00:00Z";
    let contract = json!({ "company": group["id"], "name": "Gold", "entitlements": terms, "valid_to": until });
    let contract = story.post("/contracts", &contract);
    let ticket = story.business("The pumps stand still", &site);
    let first = story.owed(&ticket, "first-response");
    assert_eq!((at(&first, "/source"), story.minutes_until(&first["due_at"])), ("contract".into(), 30));
    assert_eq!(at(&first, "/calendar"), "early");
    // A contract is a floor: who is promised more by everybody's rule gets that.
    assert_eq!(at(&story.owed(&ticket, "resolution"), "/source"), "escalation");
    let joined = &asked(&ticket["decision"], "promise")["joined"];
    let promises = joined["promises"].as_array().expect("promises");
    let found = promises.iter().find(|it| it["target"]["metric"] == "first-response").expect("it is promised");
    assert_eq!(found["dissent"][0]["policy"], "escalation", "what else was said stands beside it: {found:#}");
    // Two more hours were agreed: open tickets follow.
    let agreed = json!({ "entitlements": [{ "metric": "first-response", "minutes": 150, "calendar": "early" }] });
    story.patch(&format!("/contracts/{}", at(&contract, "/id")), &agreed);
    story.wait(1);
    assert_eq!(story.minutes_until(&story.owed(&ticket, "first-response")["due_at"]), 149);
    // It ran out on Friday.
    story.wait(5 * DAY);
    let later = story.business("Again", &site);
    assert_eq!(at(&story.owed(&later, "first-response"), "/source"), "escalation");
}

#[test]
fn lesson_11_the_clock_stands_by_category_and_per_target() {
    let story = Story::new(&PACKS);
    let ticket = story.consumer("My heating is cold");
    story.wait(20);
    story.change(&ticket, &json!({ "category": "waiting-customer" }));
    assert_eq!(state(&story, &ticket, "resolution"), "paused");
    assert_eq!(state(&story, &ticket, "first-response"), "pending", "what does not pause runs on");
    let left = story.owed(&ticket, "resolution")["left_ms"].clone();
    story.wait(3 * DAY);
    assert_eq!(story.owed(&ticket, "resolution")["left_ms"], left, "the clock is shown, and stands");
    assert_eq!(state(&story, &ticket, "first-response"), "breached");
    story.customer_says(&ticket, "Here is the number of the meter.");
    let resolution = story.owed(&ticket, "resolution");
    assert_eq!((at(&resolution, "/state"), story.minutes_until(&resolution["due_at"])), ("pending".into(), 1_420));
    // A company's clock also stands while somebody else is waited for; a consumer's does not.
    let company = story.company(&json!({ "name": "Kos Sp. z o.o." }));
    let business = story.business("The heating is cold", &company);
    for it in [&ticket, &business] {
        story.change(it, &json!({ "category": "waiting-third-party" }));
    }
    assert_eq!(state(&story, &ticket, "resolution"), "pending");
    assert_eq!(state(&story, &business, "resolution"), "paused");
}

#[test]
fn lesson_11_a_reopened_ticket_is_not_late_at_once() {
    let story = Story::new(&PACKS);
    let ticket = story.consumer("My heating is cold");
    story.answer(&ticket, "reply", "Please turn the valve.");
    story.act(&ticket, "resolve", &json!({}));
    story.wait(30 * DAY);
    story.act(&ticket, "reopen", &json!({}));
    let resolution = story.owed(&ticket, "resolution");
    assert_eq!((at(&resolution, "/state"), story.minutes_until(&resolution["due_at"])), ("pending".into(), DAY));
    story.wait(60);
    assert!(story.told("commitment.breached", &ticket).is_empty());
}

#[test]
fn lesson_12_no_later_change_overrules_the_first_response() {
    let story = Story::new(&PACKS);
    let ticket = story.consumer("My heating is cold");
    let promised = due(&story, &ticket, "first-response");
    for turn in 0..5 {
        story.wait(10);
        story.change(&ticket, &json!({ "add_tags": [format!("seen-{turn}")] }));
        story.answer(&ticket, "note", "Looked at.");
        story.customer_says(&ticket, "Is anybody there?");
        assert_eq!(due(&story, &ticket, "first-response"), promised);
    }
    story.wait(11);
    assert_eq!(state(&story, &ticket, "first-response"), "breached");
}

#[test]
fn lesson_12_a_customers_word_is_never_ignored() {
    let story = Story::new(&PACKS);
    let ticket = story.consumer("My heating is cold");
    story.answer(&ticket, "reply", "Please turn the valve.");
    story.wait(10);
    story.customer_says(&ticket, "I did, and it is cold.");
    assert_eq!(story.minutes_until(&story.owed(&ticket, "next-response")["due_at"]), 120);
    story.wait(30);
    story.customer_says(&ticket, "Hello?");
    assert_eq!(story.minutes_until(&story.owed(&ticket, "next-response")["due_at"]), 90, "the first word counts");
    story.wait(91);
    assert_eq!(state(&story, &ticket, "next-response"), "breached");
}

#[test]
fn lesson_12_a_merged_ticket_does_not_escalate() {
    let story = Story::new(&PACKS);
    let (winner, loser) = (story.consumer("My heating is cold"), story.consumer("My heating is still cold"));
    story.act(&loser, "merge", &json!({ "into": winner["id"] }));
    story.wait(2 * DAY);
    assert_eq!(story.told("commitment.breached", &winner).len(), 3, "its first and next answer, and its end");
    assert!(story.told("commitment.breached", &loser).is_empty());
    assert!(story.told("ticket.escalated", &loser).is_empty());
    assert!(!story.told("ticket.escalated", &winner).is_empty());
}

#[test]
fn lesson_12_nights_weekends_and_the_lunch_break_do_not_count() {
    let story = with_office(&[("09:00", "12:00"), ("13:00", "17:00")]);
    let company = story.company(&json!({ "name": "Kos Sp. z o.o." }));
    // Monday, 11:30; an urgent one is answered within the hour, and half of it is after lunch.
    story.wait(150);
    let ticket = story.business("No heating", &company);
    let ticket = story.change(&ticket, &json!({ "priority": "urgent" }));
    assert_eq!(due(&story, &ticket, "first-response"), "2026-11-16T13:30:00.000Z");
    // Friday, 16:30: half of it is on Monday.
    story.wait(4 * DAY + 300);
    let late = story.business("No heating again", &company);
    let late = story.change(&late, &json!({ "priority": "urgent" }));
    assert_eq!(due(&story, &late, "first-response"), "2026-11-23T09:30:00.000Z");
}

#[test]
fn lesson_12_a_pause_is_not_lost_when_the_promise_changes() {
    let story = Story::new(&PACKS);
    let ticket = story.consumer("My heating is cold");
    story.answer(&ticket, "reply", "Which boiler is it?");
    story.wait(30);
    story.change(&ticket, &json!({ "category": "waiting-customer" }));
    story.wait(DAY);
    story.change(&ticket, &json!({ "category": "open", "priority": "urgent" }));
    let resolution = story.owed(&ticket, "resolution");
    assert_eq!(story.minutes_until(&resolution["due_at"]), 240 - 30, "half an hour is used, and not a day");
    assert_eq!(resolution["started_at"], ticket["created_at"]);
    let all = story.get(&format!("/tickets/{}/commitments", at(&ticket, "/id")));
    let states: Vec<_> =
        list(&all).iter().filter(|it| it["metric"] == "resolution").map(|it| at(it, "/state")).collect();
    assert_eq!(states, ["renegotiated", "pending"], "what was promised before stays in the history");
}

#[test]
fn lesson_14_timers_go_off_to_the_second_and_policies_know_whether_it_is_in_hours() {
    let story = with_office(&[("09:00", "17:00")]);
    let company = story.company(&json!({ "name": "Kos Sp. z o.o." }));
    // Monday, 16:30.
    story.wait(450);
    let ticket = story.business("The heating is cold", &company);
    let promised = story.owed(&ticket, "first-response");
    assert_eq!(at(&promised, "/due_at"), "2026-11-17T16:30:00.000Z");
    story.wait(3 * DAY);
    for (name, field) in [("commitment.at-risk", "/warn_at"), ("commitment.breached", "/due_at")] {
        let told = story.told(name, &ticket);
        let first = told.iter().find(|it| it["data"]["metric"] == "first-response").expect("it is told");
        assert_eq!(at(first, "/at"), at(&promised, field), "{name}");
    }
    // Every question says whether it was in hours.
    let in_hours = |decision: &Value| {
        let id = at(decision, "/id").into_owned();
        let vector = story.get(&format!("/decisions/{id}/vector?policy=escalation"));
        vector.pointer("/inquiry/circumstances/in_hours").cloned().unwrap_or_else(|| panic!("{vector:#}"))
    };
    // Thursday, 16:30, and in the evening.
    let day = story.change(&ticket, &json!({ "priority": "high" }));
    story.wait(120);
    let evening = story.change(&ticket, &json!({ "priority": "urgent" }));
    assert_eq!([in_hours(&day["decision"]), in_hours(&evening["decision"])], [json!(true), json!(false)]);
}
