//! Leads: graded by reasons, called in time, and cold if nobody calls (practices 8 to 12).

use plugdesk_domain::Role;
use serde_json::{Value, json};

use super::stand::{Story, at};
use super::telling::{DAY, SHIPPED, asked, list, reasons, says};

/// A family whose boiler died.
fn urgent(name: &str) -> Value {
    let mail = format!("{}@gmail.com", name.to_lowercase());
    json!({
        "kind": "lead", "subject": "Heat pump",
        "contact": { "name": name, "identities": [
            { "kind": "email", "value": mail }, { "kind": "phone", "value": format!("+4420794600{:02}", name.len()) },
        ] },
        "custom": {
            "interest": "Heat pump", "budget": "Own savings", "horizon": "This month", "visits": 7, "minutes": 22,
            "price_asked": "yes",
        },
        "entries": [{ "text": "Our boiler died and the children are cold. We would love a warm home before the winter." }],
    })
}

/// Somebody who weighs offers for a company.
fn weighing() -> Value {
    json!({
        "kind": "lead", "subject": "Heat pumps for the depot",
        "contact": { "name": "Daniel Okafor", "identities": [{ "kind": "email", "value": "d@northgate.example" }] },
        "company": { "name": "Northgate Ltd", "domains": ["northgate.example"] },
        "custom": { "interest": "Heat pump", "budget": "Approved", "horizon": "This quarter", "visits": 6, "minutes": 35 },
        "entries": [{ "text": "We compare three suppliers. Please send warranty terms and a quote, the board decides." }],
    })
}

/// Somebody who looks around.
fn looking() -> Value {
    json!({
        "kind": "lead", "subject": "Heat pump",
        "contact": { "name": "Lou", "identities": [{ "kind": "email", "value": "lou@gmail.com" }] },
        "custom": { "visits": 1, "horizon": "Next year" }, "entries": [{ "text": "Just looking, maybe next year." }],
    })
}

#[test]
fn practice_008_leads_are_graded_with_reasons_and_anew_when_something_new_is_known() {
    let story = Story::new(&["segmentation", "lead-qualification"]);
    let lead = story.open(&urgent("Emma"));
    assert_eq!(at(&lead, "/qualified/grade"), "a", "{lead:#}");
    assert!(lead["qualified"]["score"].as_u64().expect("a score") >= 6_500);
    let why = reasons(&lead["decision"], "qualify");
    assert!(says(&why, "decides soon (This month)") && says(&why, "the money is there"), "{why:#?}");
    assert_eq!(lead["qualified"]["decision"], lead["decision"]["id"], "the grade names its decision");
    assert_eq!(at(&story.open(&looking()), "/qualified/grade"), "d");
    // The same lead, as more becomes known.
    let now = story.change(&lead, &json!({ "custom": { "horizon": "Next year", "budget": null } }));
    let (before, after) = (lead["qualified"]["score"].as_u64(), now["qualified"]["score"].as_u64());
    assert!(after < before && now["qualified"]["grade"] != "a", "{now:#}");
    assert!(says(&reasons(&now["decision"], "qualify"), "decides next year"), "{now:#}");
    let told = story.told("ticket.qualified", &lead);
    assert_eq!(told.last().map(|it| &it["data"]["grade"]), Some(&now["qualified"]["grade"]));
}

#[test]
fn practice_009_the_best_leads_stand_first_and_a_stale_one_falls_behind_a_fresh_one() {
    let story = Story::new(&["segmentation", "lead-qualification"]);
    let names = || -> Vec<String> {
        let page = story.get("/tickets?kind=lead");
        list(&page).iter().map(|it| at(it, "/id").into_owned()).collect()
    };
    let cold = story.open(&looking());
    let old = story.open(&urgent("Emma"));
    assert_eq!(names(), [at(&old, "/id"), at(&cold, "/id")], "the best first, whenever it came");
    story.wait(60 * DAY);
    let fresh = story.open(&urgent("Zoe"));
    assert_eq!(names(), [at(&fresh, "/id"), at(&old, "/id"), at(&cold, "/id")], "it was good, but nobody called");
    assert_ne!(at(&story.shown(&old), "/qualified/grade"), "a");
}

#[test]
fn practice_010_a_qualified_lead_is_called_within_minutes_and_a_missed_call_is_told_to_the_second() {
    let story = Story::new(&["segmentation", "lead-qualification", "escalation"]);
    let (missed, called) = (story.open(&urgent("Emma")), story.open(&urgent("Sam")));
    let promise = story.owed(&missed, "first-contact");
    assert_eq!((story.minutes_until(&promise["due_at"]), at(&promise, "/source")), (5, "lead-qualification".into()));
    assert!(says(&reasons(&missed["decision"], "promise"), "called within 5 minutes"), "{missed:#}");
    story.wait(4);
    assert_eq!(at(&story.owed(&missed, "first-contact"), "/state"), "at-risk");
    story.answer(&called, "call", "Called: an engineer comes tomorrow.");
    story.wait(2);
    assert_eq!(at(&story.owed(&called, "first-contact"), "/state"), "met");
    assert_eq!(at(&story.owed(&missed, "first-contact"), "/state"), "breached");
    let told = story.told("commitment.breached", &missed);
    assert_eq!((told.len(), &told[0]["at"]), (1, &promise["due_at"]), "to the second");
    assert!(story.told("commitment.breached", &called).is_empty());
    // A lead that is hardly one is promised no call.
    let none = story.open(&looking());
    assert!(none.get("commitments").is_none(), "{none:#}");
}

#[test]
fn practice_011_a_consumer_decides_within_days_and_the_grade_decays_by_itself() {
    let story = Story::new(&["segmentation", "lead-qualification"]);
    let (consumer, company) = (story.open(&urgent("Emma")), story.open(&weighing()));
    let days = |it: &Value| it["qualified"]["horizon_days"].as_u64().expect("days");
    assert!(days(&consumer) <= 14 && days(&company) >= 60, "{} and {}", days(&consumer), days(&company));
    assert_eq!((at(&consumer, "/qualified/grade"), at(&company, "/qualified/grade")), ("a".into(), "a".into()));
    let falls = consumer["qualified"]["look_again"].clone();
    story.wait(story.minutes_until(&falls) - 1);
    assert_eq!(at(&story.shown(&consumer), "/qualified/grade"), "a");
    story.wait(3);
    let now = story.shown(&consumer);
    assert_eq!(at(&now, "/qualified/grade"), "b", "nobody did anything: {now:#}");
    let decision = story.get(&format!("/decisions/{}", at(&now, "/qualified/decision")));
    assert!(says(&reasons(&decision, "qualify"), "without a word from the customer"), "{decision:#}");
    assert_eq!(at(&decision, "/command"), "ticket.wake");
    assert_eq!(at(&story.shown(&company), "/qualified/grade"), "a", "a company takes its time");
}

#[test]
fn practice_012_what_moves_a_buyer_is_between_reason_and_feeling_and_shown_to_the_agent() {
    let story = Story::new(&["segmentation", "lead-qualification"]);
    let motive = |it: &Value| it["qualified"]["motive"].as_u64().expect("a motive");
    let (feels, weighs) = (story.open(&urgent("Emma")), story.open(&weighing()));
    let both = json!({
        "kind": "lead", "subject": "Heat pump",
        "contact": { "name": "Kim", "identities": [{ "kind": "email", "value": "kim@gmail.com" }] },
        "entries": [{ "text": "We love the idea and compare the figures and the warranty now. Please send a quote." }],
    });
    let both = story.open(&both);
    assert!(motive(&feels) <= 3_000, "{}", motive(&feels));
    assert_eq!(motive(&weighs), 10_000, "all of it speaks of reason");
    assert!((3_000..10_000).contains(&motive(&both)), "{}", motive(&both));
    let why = reasons(&feels["decision"], "qualify");
    assert!(says(&why, "Moved by feeling") && says(&why, "children"), "{why:#?}");
    let shown = story.get(&format!("/tickets/{}?include=findings", at(&feels, "/id")));
    let findings = shown["included"]["findings"].as_array().expect("findings");
    let mut facts = findings.iter().flat_map(|it| it["facts"].as_array().into_iter().flatten());
    let fact = facts.find(|it| it["kind"] == "motive").expect("it is kept");
    assert!(fact["value"] == feels["qualified"]["motive"] && fact["confidence"].as_u64() > Some(0), "{fact:#}");
    let contact = at(&feels, "/requester").parse().expect("an id");
    let customer = story.key(Role::Customer, Some(contact));
    let (_, seen) = story.send_as(&customer, "GET", &format!("/tickets/{}", at(&feels, "/id")), None);
    assert!(seen["id"] == feels["id"] && seen.get("qualified").is_none(), "not to the customer: {seen:#}");
}

#[test]
fn practice_016_a_consumers_matter_takes_the_light_path() {
    let story = Story::new(&SHIPPED);
    let ticket = story.consumer("Where is my parcel?");
    assert_eq!(at(&ticket, "/segment"), "consumer");
    assert_eq!(at(&ticket, "/tracked/track"), "fast");
    let heavy = ["company", "participants", "team", "escalated", "qualified"];
    assert!(heavy.iter().all(|it| ticket.get(it).is_none()), "{ticket:#}");
    assert!(ticket["tracked"].get("checks").is_none() && ticket["tracked"].get("people").is_none(), "{ticket:#}");
    assert!(list(&story.get("/proposals")).is_empty(), "nobody has to decide anything");
    assert!(says(&reasons(&ticket["decision"], "track"), "takes the short way"), "{ticket:#}");
    // Only what stands still or is dangerous leaves it.
    let danger = story.consumer("There is smoke from the socket");
    assert_eq!(at(&danger, "/tracked/track"), "special");
    assert_eq!(asked(&danger["decision"], "track")["joined"]["track"], "special");
}
