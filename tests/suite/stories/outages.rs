//! Many people, one problem.

use serde_json::{Value, json};

use super::cast::{belongs, brings, company, ids, items, person, reasons, told};
use super::stand::{Story, at};

/// Somebody of a company reports that the VPN is down, in words of their own.
fn reports(story: &Story, office: &str, place: usize) -> Value {
    const WORDS: [(&str, &str); 4] = [
        ("VPN connection fails", "I cannot connect to the VPN from home since this morning."),
        ("VPN is down", "Nobody in the office can connect to the VPN since this morning."),
        ("Cannot connect to VPN", "The VPN connection fails for me since this morning."),
        ("VPN fails again and again", "Connecting to the VPN from home does not work this morning."),
    ];
    const NAMES: [&str; 4] = ["Ann Reed", "Bela Nagy", "Cem Aydin", "Dora Klein"];
    let who = person(story, NAMES[place], &format!("p{place}@people.example"));
    belongs(story, &who, office);
    let (subject, text) = WORDS[place];
    brings(story, &who, subject, text)
}

#[test]
fn practice_034_no_two_agents_do_the_same_work_twice() {
    let story = Story::new(&["contact-merging"]);
    let office = company(&story, "Hill Office", None);
    let first = reports(&story, &office, 0);
    story.wait(5);
    let second = reports(&story, &office, 1);
    let (first, second) = (at(&first, "/id").into_owned(), at(&second, "/id").into_owned());
    // Seen when the second came in, with reasons, and shown on both.
    let links = story.get(&format!("/tickets/{second}/links"));
    let link = &items(&links)[0];
    assert_eq!((at(link, "/kind").as_ref(), at(link, "/to").as_ref()), ("same-problem", &*first));
    assert_eq!(at(link, "/by"), "contact-merging");
    assert_eq!(ids(&story.get(&format!("/tickets/{first}/links"))), [at(link, "/id")]);
    let decisions = story.get(&format!("/decisions?subject={second}"));
    let made = json!({ "decision": items(&decisions)[0] });
    assert!(reasons(&made, "correlate").contains(&"problem-alike".to_owned()), "{made:#}");
    // Whoever opens it sees who is at it already.
    let mia = story.key(plugdesk_domain::Role::Agent, None);
    let (status, _) =
        story.send_as(&mia, "PUT", &format!("/tickets/{first}/presence"), Some(&json!({ "doing": "replying" })));
    assert_eq!(status.as_u16(), 200);
    let there = story.get(&format!("/tickets/{first}/actions"));
    assert_eq!(at(&there, "/presence/0/doing"), "replying", "{there:#}");
    // A link that a person takes back is gone, and no policy makes it again.
    story.send("DELETE", &format!("/links/{}", at(link, "/id")), None);
    story.patch(&format!("/tickets/{second}"), &json!({ "subject": "VPN connection fails too" }));
    let links = story.get(&format!("/tickets/{second}/links"));
    assert_eq!(items(&links).iter().filter(|it| it.get("removed_at").is_none()).count(), 0, "{links:#}");
    // Who is sure lets one stand for both: one history by time, and an undo that gives each its own back.
    let entries = |id: &str| ids(&story.get(&format!("/tickets/{id}/entries")));
    let (of_first, of_second) = (entries(&first), entries(&second));
    let merge = story.post(&format!("/tickets/{second}/actions/merge"), &json!({ "into": first }));
    assert_eq!(entries(&first), [of_first.clone(), of_second.clone()].concat());
    assert_eq!(entries(&second), entries(&first));
    story.post(&format!("/merges/{}/undo", at(&merge, "/id")), &json!({}));
    assert_eq!((entries(&first), entries(&second)), (of_first, of_second));
}

#[test]
fn practice_033_one_problem_that_many_report_at_once_has_one_lead_ticket() {
    let story = Story::new(&["contact-merging"]);
    let group = company(&story, "Hill", None);
    let offices = [company(&story, "Hill Leeds", Some(&group)), company(&story, "Hill York", Some(&group))];
    let mut made = Vec::new();
    for place in 0..4 {
        made.push(at(&reports(&story, &group, place), "/id").into_owned());
        story.wait(3);
    }
    let who = person(&story, "Peter Vale", "peter@people.example");
    belongs(&story, &who, &offices[0]);
    let laptop = brings(&story, &who, "A new laptop for Peter", "Please order one with a large screen.");
    let lead = &made[0];
    for follower in &made[1..] {
        let links = story.get(&format!("/tickets/{follower}/links"));
        let to: Vec<_> =
            items(&links).iter().filter(|it| at(it, "/from") == *follower).map(|it| at(it, "/to")).collect();
        assert_eq!(to, [lead.as_str()], "{links:#}");
    }
    let gathered = story.get(&format!("/tickets/{lead}/links"));
    assert_eq!(items(&gathered).len(), 3, "all under one");
    assert_eq!(items(&story.get(&format!("/tickets/{}/links", at(&laptop, "/id")))).len(), 0, "another matter");
}

#[test]
fn practice_032_a_problem_that_was_resolved_and_is_back_is_told() {
    let story = Story::new(&["contact-merging"]);
    let office = company(&story, "Hill Office", None);
    let first = reports(&story, &office, 0);
    story.patch(&format!("/tickets/{}", at(&first, "/id")), &json!({ "category": "resolved" }));
    story.wait(3 * 24 * 60);
    let again = reports(&story, &office, 1);
    let told = told(&story, "ticket.recurring");
    assert_eq!(told.len(), 1, "{again:#}");
    assert_eq!(at(&told[0], "/subject"), at(&again, "/id"));
    assert!(reasons(&again, "correlate").contains(&"problem-is-back".to_owned()), "{again:#}");
}
