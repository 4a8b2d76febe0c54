//! Ladders: who hears of it, and when, until somebody takes it (practices 110 and 114, lesson 13).

use serde_json::{Value, json};

use super::stand::{Story, at};
use super::telling::{DAY, list, reasons, says};

const PACKS: [&str; 2] = ["segmentation", "escalation"];
const STAFF: [(&str, &str); 4] =
    [("lena", "team-lead"), ("olaf", "desk-owner"), ("vera", "vice-president"), ("clara", "chief-executive")];

/// The escalation of a ticket, with its brief.
#[track_caller]
fn escalation(story: &Story, ticket: &Value) -> Value {
    let page = story.get(&format!("/escalations?ticket={}", at(ticket, "/id")));
    let first = list(&page).first().unwrap_or_else(|| panic!("it did not climb: {:#}", story.shown(ticket)));
    story.get(&format!("/escalations/{}", at(first, "/id")))
}

/// The levels that were reached, each with its cause and the minutes since the ticket was opened.
fn climbed(story: &Story, ticket: &Value) -> Vec<(u64, String, i64)> {
    let opened: plugdesk_domain::Instant = serde_json::from_value(ticket["created_at"].clone()).expect("a time");
    let steps = story.told("ticket.escalated", ticket);
    let minutes = |it: &Value| {
        let time: plugdesk_domain::Instant = serde_json::from_value(it["at"].clone()).expect("a time");
        time.since(opened) / 60_000
    };
    let of =
        |it: &Value| (it["data"]["level"].as_u64().expect("a level"), at(it, "/data/cause").into_owned(), minutes(it));
    steps.iter().map(of).collect()
}

fn step(level: u64, cause: &str, minutes: i64) -> (u64, String, i64) {
    (level, cause.to_owned(), minutes)
}

#[test]
fn practice_110_a_customer_is_not_sent_from_one_employee_to_another() {
    let story = Story::new(&PACKS);
    story.hire(&STAFF);
    story.hire(&[("anna", "agent"), ("bob", "agent"), ("cleo", "agent"), ("dan", "agent")]);
    let ticket = story.consumer("My heating is cold");
    let assign = |to: &str, summary: Option<&str>| {
        story.wait(1);
        story.act(&ticket, "assign", &json!({ "assignee": to, "summary": summary }))
    };
    assert_eq!(assign("anna", None)["counters"]["handoffs"], 0);
    assert_eq!(assign("bob", None)["counters"]["handoffs"], 1);
    let target = format!("/tickets/{}/actions/assign", at(&ticket, "/id"));
    let problem = story.refused(422, "POST", &target, Some(&json!({ "assignee": "cleo" })));
    assert_eq!(at(&problem, "/errors/0/pointer"), "/summary", "the next one must know what was said: {problem:#}");
    let third = assign("cleo", Some("Anna reset the meter, Bob ordered a new one."));
    assert_eq!(third["counters"]["handoffs"], 2);
    assert!(third.get("escalated").is_none(), "{third:#}");
    let fourth = assign("dan", Some("The new meter is on its way."));
    assert_eq!((&fourth["counters"]["handoffs"], &fourth["escalated"]["level"]), (&json!(3), &json!(1)));
    let why = reasons(&fourth["decision"], "escalate");
    assert!(says(&why, "went from person to person 3 times"), "{why:#?}");
    let escalation = escalation(&story, &ticket);
    assert_eq!(escalation["steps"][0]["people"], json!(["lena"]));
    assert_eq!(escalation["steps"][0]["cause"], "handed-off");
    assert_eq!(escalation["brief_page"]["back_and_forth"][1], 3);
    let entries = story.get(&format!("/tickets/{}/entries", at(&ticket, "/id")));
    let notes: Vec<_> = list(&entries).iter().filter(|it| it["kind"] == "note").map(|it| at(it, "/text")).collect();
    assert_eq!(notes, ["Anna reset the meter, Bob ordered a new one.", "The new meter is on its way."]);
}

#[test]
fn practice_114_it_reaches_the_chief_executive_who_has_all_on_one_page() {
    let story = Story::new(&PACKS);
    story.hire(&STAFF);
    let worth = json!({ "minor": 20_000_000, "currency": "EUR" });
    let company = story.company(&json!({ "name": "Danubia Szálloda Kft.", "tier": "gold", "worth": worth }));
    let ticket = story.business("The pumps stand still", &company);
    let decider = json!({ "contact": ticket["requester"], "company": company["id"], "role": "decider", "concerns": ["the guests freeze"] });
    story.post("/memberships", &decider);
    story.answer(&ticket, "step", "Restarted the controller: no change.");
    let other = story.business("The invoice is wrong", &company);
    story.act(&other, "assign", &json!({ "assignee": "lena" }));
    story.act(&other, "resolve", &json!({}));
    let open = story.business("The meter is broken", &company);
    story.answer(&open, "reply", "A new one is on its way.");
    story.wait(60 + 30 + 60);
    let levels = [step(1, "at-risk", 45), step(2, "breached", 60), step(3, "look", 90), step(4, "look", 150)];
    assert_eq!(climbed(&story, &ticket), levels);
    let escalation = escalation(&story, &ticket);
    let people = |place: usize| escalation["steps"][place]["people"].clone();
    assert_eq!([people(0), people(1), people(2), people(3)].map(|it| it[0].clone()), ["lena", "olaf", "vera", "clara"]);
    // What she must know before she calls, on one page.
    let brief = &escalation["brief_page"];
    assert_eq!(escalation["brief"], true);
    assert_eq!((at(brief, "/company"), at(brief, "/tier")), ("Danubia Szálloda Kft.".into(), "gold".into()));
    assert_eq!(brief["worth"]["minor"], 20_000_000);
    assert_eq!(brief["decides"], json!(["Jan Kos"]));
    assert_eq!(at(brief, "/people/0/concerns/0"), "the guests freeze");
    assert_eq!(at(brief, "/steps/0/text"), "Restarted the controller: no change.");
    let promises = brief["promises"].as_array().expect("promises");
    assert!(promises.iter().any(|it| it["metric"] == "first-response" && it["state"] == "breached"), "{brief:#}");
    let others: Vec<_> =
        brief["open_tickets"].as_array().expect("a list").iter().map(|it| at(it, "/subject")).collect();
    assert_eq!(others, ["The meter is broken"]);
    let why: Vec<_> =
        escalation["steps"][3]["reasons"].as_array().expect("reasons").iter().map(|it| at(it, "/code")).collect();
    for code in ["nobody-took-it", "late", "tier", "worth", "rung"] {
        assert!(why.iter().any(|it| it == code), "{code} is not among {why:?}");
    }
}

#[test]
fn practice_114_whoever_takes_it_ends_the_climb_and_sleepers_are_not_woken_in_vain() {
    let story = Story::new(&PACKS);
    story.hire(&STAFF);
    story.office("day", &[("07:00", "19:00")]);
    story.configure("escalation", &json!({ "calendars": { "waking": "day" } }));
    let company = story.company(&json!({ "name": "Danubia Szálloda Kft.", "tier": "gold" }));
    // Monday, 20:00: only the team lead may be called now.
    story.wait(11 * 60);
    let ticket = story.business("The pumps stand still", &company);
    story.wait(10 * 60);
    assert_eq!(story.shown(&ticket)["escalated"]["level"], 1);
    // From seven on the others hear of it; the head of the desk takes it.
    story.wait(61);
    let level = story.shown(&ticket)["escalated"]["level"].as_u64();
    assert_eq!(level, Some(2), "{:#}", story.shown(&ticket));
    let id = at(&escalation(&story, &ticket), "/id").into_owned();
    let taken = story.post(&format!("/escalations/{id}/acknowledge"), &json!({}));
    assert_eq!(at(&taken, "/state"), "acknowledged");
    story.wait(2 * DAY);
    assert_eq!(story.shown(&ticket)["escalated"]["level"], 2, "whoever is above is left in peace");
}

#[test]
fn lesson_13_a_ladder_is_data_and_another_one_for_each_segment() {
    let story = Story::new(&PACKS);
    story.hire(&STAFF);
    let company = story.company(&json!({ "name": "Kos Sp. z o.o." }));
    let (consumer, business) = (story.consumer("My heating is cold"), story.business("The heating is cold", &company));
    // A consumer's is told when it is late, a company's before.
    story.wait(61);
    assert_eq!(climbed(&story, &consumer), [step(1, "breached", 60)]);
    story.wait(8 * 60 - 61);
    assert_eq!(climbed(&story, &business), [step(1, "at-risk", 360), step(2, "breached", 480)]);
    story.wait(61);
    assert_eq!(climbed(&story, &consumer), [step(1, "breached", 60), step(2, "look", 540)], "and no further");
    // One more rung, written down and not programmed.
    let bindings = story.get("/bindings");
    assert!(list(&bindings).iter().any(|it| it["question"] == "escalate" && it["policy"] == "escalation"));
    let rung = |level: u8, name: &str, after: u32, role: &str| json!({ "level": level, "name": { "en": name }, "after": after, "audience": [{ "role": role }] });
    let rungs = [rung(1, "the team lead", 0, "team-lead"), rung(2, "the vice president", 5, "vice-president")];
    story.configure("escalation", &json!({ "ladders": { "everybody": { "rungs": rungs } } }));
    let next = story.consumer("My heating is cold again");
    story.wait(70);
    assert_eq!(climbed(&story, &next), [step(1, "breached", 60), step(2, "look", 65)]);
    assert_eq!(escalation(&story, &next)["steps"][1]["people"], json!(["vera"]));
    // An answer ends it with the ticket.
    story.act(&next, "assign", &json!({ "assignee": "lena" }));
    story.act(&next, "resolve", &json!({}));
    assert_eq!(at(&escalation(&story, &next), "/state"), "ended");
}
