//! Tracks: most customers meet little complexity, and what is risky is looked at with care (practices 65 to 69).

use serde_json::{Value, json};

use super::stand::{Story, at};
use super::telling::{asked, list, reasons, says};

fn order(story: &Story, amount: u32) -> Value {
    let contact = json!({ "name": "Emma Clarke", "identities": [{ "kind": "email", "value": "emma@gmail.com" }] });
    story
        .open(&json!({ "kind": "order", "subject": "A new order", "contact": contact, "custom": { "amount": amount } }))
}

fn count(ticket: &Value, what: &str) -> usize {
    ticket["tracked"][what].as_array().map_or(0, Vec::len)
}

#[test]
fn practice_065_most_customers_meet_little_complexity() {
    let story = Story::new(&["segmentation", "risk-track"]);
    let everyday = [
        "Where is my parcel?",
        "I want to change my address",
        "The invoice is missing",
        "How do I reset the meter?",
        "May I have a second key?",
        "My delivery is a day late",
        "The manual is in the wrong language",
        "When are you open?",
        "I would like another colour",
        "The lamp does not light",
    ];
    let risky = ["My lawyer will write to you", "There was a gas leak in the kitchen"];
    let tracks = |subjects: &[&str]| -> Vec<String> {
        subjects.iter().map(|it| at(&story.consumer(it), "/tracked/track").into_owned()).collect()
    };
    assert_eq!(tracks(&everyday), vec!["fast"; everyday.len()]);
    assert_eq!(tracks(&risky), ["special", "special"]);
}

#[test]
fn practice_066_the_fast_track_has_fewer_checks_a_smaller_team_and_a_shorter_timetable() {
    let story = Story::new(&["segmentation", "risk-track", "escalation"]);
    let target = json!([{ "metric": "resolution", "minutes": 240, "calendar": "around-the-clock" }]);
    let fast =
        json!({ "rank": 5, "name": { "en": "the fast track" }, "when": [{ "tracks": ["fast"] }], "targets": target });
    story.configure("escalation", &json!({ "promises": { "fast": fast } }));
    let (fast, special) = (order(&story, 100), order(&story, 80_000));
    assert_eq!((at(&fast, "/tracked/track"), at(&special, "/tracked/track")), ("fast".into(), "special".into()));
    assert_eq!((count(&fast, "checks"), count(&fast, "people")), (0, 0));
    assert!(count(&special, "checks") > 0 && count(&special, "people") > 0, "{special:#}");
    let due = |it: &Value| story.minutes_until(&story.owed(it, "resolution")["due_at"]);
    assert_eq!((due(&fast), due(&special)), (240, 1_440));
    assert!(says(&reasons(&fast["decision"], "promise"), "the fast track"), "{fast:#}");
}

#[test]
fn practice_067_the_standard_track_stands_between_the_two() {
    let story = Story::new(&["segmentation", "risk-track"]);
    let [fast, standard, special] = [100, 8_000, 80_000].map(|amount| order(&story, amount));
    let tracks = [&fast, &standard, &special].map(|it| at(it, "/tracked/track").into_owned());
    assert_eq!(tracks, ["fast", "standard", "special"]);
    let risk = |it: &Value| it["tracked"]["risk"].as_u64().expect("a risk");
    assert!(risk(&fast) < risk(&standard) && risk(&standard) < risk(&special));
    assert!(count(&standard, "people") < count(&special, "people"));
    // The track follows what becomes known.
    let now = story.change(&fast, &json!({ "custom": { "amount": 8_000 } }));
    assert_eq!(at(&now, "/tracked/track"), "standard");
    assert_eq!(story.told("ticket.tracked", &fast).last().map(|it| &it["data"]["track"]), Some(&json!("standard")));
}

#[test]
fn practice_068_on_the_special_track_there_are_more_checks_seniors_join_and_the_customer_hears_more() {
    let story = Story::new(&["segmentation", "risk-track", "escalation"]);
    story.hire(&[("lena", "team-lead"), ("olaf", "desk-owner"), ("vera", "vice-president")]);
    let (plain, special) = (order(&story, 100), order(&story, 80_000));
    let names = |what: &str| special["tracked"][what].as_array().cloned().unwrap_or_default();
    assert!(
        names("checks").contains(&json!("second-look")) && names("checks").contains(&json!("credit")),
        "{special:#}"
    );
    assert!(names("people").contains(&json!("senior-manager")), "{special:#}");
    let why = reasons(&special["decision"], "track");
    assert!(says(&why, "with particular care") && says(&why, "a senior manager"), "{why:#?}");
    // The time before the answer is due, seniors hear of it; of the plain one nobody hears.
    story.wait(50);
    let (plain, special) = (story.shown(&plain), story.shown(&special));
    assert_eq!(special["escalated"]["level"], 1, "{special:#}");
    assert!(plain.get("escalated").is_none(), "{plain:#}");
}

#[test]
fn practice_069_of_all_that_policies_say_the_most_conservative_track_wins() {
    let story = Story::new(&["segmentation", "risk-track"]);
    let second = |name: &str, rank: u32, overlay: Value| {
        let binding = json!({ "policy": name, "pack": "risk-track", "plugin": "risk-track", "question": "track", "rank": rank, "overlay": overlay });
        story.post("/bindings", &binding);
    };
    // One before it and one behind it: rank does not count.
    second("bold", 50, json!({ "standard_from": 9_000, "special_from": 10_000 }));
    second("careful", 150, json!({ "standard_from": 1, "special_from": 2 }));
    let ticket = order(&story, 8_000);
    assert_eq!(at(&ticket, "/tracked/track"), "special");
    let asked = asked(&ticket["decision"], "track");
    let said = |policy: &str| {
        let opinions = asked["opinions"].as_array().expect("opinions");
        let found =
            opinions.iter().find(|it| it["policy"] == policy).unwrap_or_else(|| panic!("{policy} was not asked"));
        at(&found["answer"], "/track").into_owned()
    };
    assert_eq!([said("bold"), said("risk-track"), said("careful")], ["fast", "standard", "special"]);
    assert_eq!(asked["joined"]["policies"], json!(["careful"]));
    assert_eq!(asked["joined"]["dissent"], json!(["bold", "risk-track"]));
    // The careful one goes, and the next careful one counts.
    let bindings = story.get("/bindings");
    let careful = list(&bindings).iter().find(|it| it["policy"] == "careful").expect("it is bound");
    story.send("DELETE", &format!("/bindings/{}", at(careful, "/id")), None);
    assert_eq!(at(&order(&story, 8_000), "/tracked/track"), "standard");
}
