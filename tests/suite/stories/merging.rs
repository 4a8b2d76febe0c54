//! Two records become one, and two again.

use plugdesk_desk::{NewDesk, NewKey};
use plugdesk_domain::{Principal, Role};
use serde_json::{Value, json};

use super::cast::{bare, brings, contact, ids, items, log, person, told};
use super::stand::{Story, at};

/// So many tickets has the person with many.
const MANY: usize = 250;

#[test]
fn lesson_08_a_merge_goes_the_way_it_was_asked_and_its_undo_is_exact() {
    let story = Story::new(&["contact-merging"]);
    let home = |city: &str| json!({ "city": city, "birth_date": "1980-05-01" });
    let first = contact(
        &story,
        &json!({ "name": "A. Kowalska", "custom": home("Leeds"), "identities": [{ "kind": "email", "value": "a@k.example" }] }),
    );
    story.wait(60);
    let second = contact(
        &story,
        &json!({ "name": "Anna Kowalska", "locale": "pl", "custom": home("York"), "identities": [{ "kind": "phone", "value": "+48600100200" }] }),
    );
    let of_first = brings(&story, &first, "The kettle leaks", "At the handle.");
    story.wait(1);
    let of_second = brings(&story, &second, "A bill is missing", "For May.");
    let shown = |id: &str| bare(story.get(&format!("/contacts/{id}")));
    let (one, two) = (shown(&first), shown(&second));
    let tickets = || [&of_first, &of_second].map(|it| story.get(&format!("/tickets/{}", at(it, "/id"))));
    let stored = tickets();
    // The younger one is to stand for both, so it does: nobody picks another, and nothing is deleted.
    let merge = json!({ "kind": "contact", "winner": second, "loser": first });
    let done = story.post("/merges", &merge);
    assert_eq!((at(&done, "/winner").as_ref(), at(&done, "/loser").as_ref()), (&*second, &*first));
    for id in [&first, &second] {
        let whole = shown(id);
        assert_eq!(at(&whole, "/id"), second);
        assert_eq!(at(&whole, "/name"), "Anna Kowalska", "the name that says more");
        assert_eq!(whole["identities"].as_array().map(Vec::len), Some(2));
    }
    let both = ids(&story.get(&format!("/tickets?requester={second}")));
    assert_eq!(both, [at(&of_second, "/id"), at(&of_first, "/id")], "one list, newest first");
    assert_eq!(tickets(), stored, "no ticket was rewritten");
    // Told, with who points to whom; and the undo too.
    let merged = told(&story, "contact.merged").pop().expect("it is told");
    assert_eq!((at(&merged, "/data/winner").as_ref(), at(&merged, "/data/loser").as_ref()), (&*second, &*first));
    let undo = format!("/merges/{}/undo", at(&done, "/id"));
    story.post(&undo, &json!({}));
    assert_eq!((shown(&first), shown(&second)), (one, two), "as if it had never been");
    assert_eq!(tickets(), stored);
    assert_eq!(ids(&story.get(&format!("/tickets?requester={first}"))), [at(&of_first, "/id")]);
    assert_eq!(told(&story, "merge.undone").len(), 1);
    story.refused(422, "POST", &undo, Some(&json!({})));
    // The other way round is as good.
    let merge = json!({ "kind": "contact", "winner": first, "loser": second });
    story.post("/merges", &merge);
    assert_eq!(at(&shown(&second), "/id"), first);
}

#[test]
fn lesson_08_people_with_two_dates_of_birth_are_not_merged_and_the_decision_says_why() {
    let story = Story::new(&["contact-merging"]);
    let born = |date: &str, phone: &str| {
        let identities = json!([{ "kind": "phone", "value": phone }]);
        contact(&story, &json!({ "name": "Anna Kowalska", "custom": { "dob": date }, "identities": identities }))
    };
    let (one, other) = (born("1980-05-01", "+48600100200"), born("1994-11-30", "+48600100300"));
    let merge = json!({ "kind": "contact", "winner": one, "loser": other });
    let declined = story.refused(409, "POST", "/merges", Some(&merge));
    assert_eq!(at(&declined, "/code"), "declined");
    let decision = story.get(&format!("/decisions/{}", at(&declined, "/decision")));
    let reason = &decision["asked"][0]["opinions"][0]["reasons"][0];
    assert_eq!(at(reason, "/code"), "merge-births-differ", "{decision:#}");
    assert!(at(reason, "/text").contains("1980-05-01"), "in words: {reason:#}");
    assert_eq!(at(&story.get(&format!("/contacts/{other}")), "/id"), other);
    assert!(told(&story, "contact.merged").is_empty());
}

#[test]
fn lesson_08_no_merge_reaches_into_another_desk() {
    let story = Story::new(&["contact-merging"]);
    let ours = person(&story, "Ann", "ann@example.org");
    let by = Principal::operator();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let other = runtime.block_on(story.desks.desk_create(&by, NewDesk::named("other"), None)).expect("a desk").value.id;
    let key: NewKey =
        serde_json::from_value(json!({ "desk": other, "label": "other", "role": Role::Admin })).expect("a key");
    let key = runtime.block_on(story.desks.key_create(&by, key, None)).expect("a key").value.secret.expect("a secret");
    let new = json!({ "name": "Ann", "identities": [{ "kind": "email", "value": "ann@example.org" }] });
    let (status, theirs) = story.send_as(&key.to_string(), "POST", "/contacts", Some(&new));
    assert_eq!(status.as_u16(), 201, "the same address on another desk is another person: {theirs:#}");
    let theirs = at(&theirs, "/id").into_owned();
    for (winner, loser) in [(&ours, &theirs), (&theirs, &ours)] {
        let merge = json!({ "kind": "contact", "winner": winner, "loser": loser });
        for key in [story.admin.clone(), key.to_string()] {
            let (status, refused) = story.send_as(&key, "POST", "/merges", Some(&merge));
            assert_eq!(status.as_u16(), 422, "{refused:#}");
            assert!(at(&refused, "/errors/0/detail").contains("not found"), "{refused:#}");
        }
    }
    assert_eq!(items(&story.get(&format!("/proposals?of={ours}"))).len(), 0, "nor is it proposed");
}

#[test]
fn lesson_08_a_merge_is_one_small_write_however_many_tickets_there_are() {
    let story = Story::new(&["contact-merging"]);
    let rich = person(&story, "Anna Kowalska", "anna@k.example");
    let poor = person(&story, "Anna Kowalska", "kowalska@home.example");
    let mut tickets = Vec::new();
    for number in 0..MANY {
        let new = json!({ "kind": "lead", "subject": format!("matter {number}"), "contact": { "id": rich } });
        tickets.push(at(&story.post("/tickets", &new), "/id").into_owned());
    }
    story.work();
    let before = log(&story).len();
    let done = story.post("/merges", &json!({ "kind": "contact", "winner": poor, "loser": rich }));
    let told: Vec<String> = log(&story).split_off(before).iter().map(|it| at(it, "/name").into_owned()).collect();
    assert_eq!(told.iter().filter(|it| it.starts_with("ticket.")).count(), 0, "{told:?}");
    assert!(told.contains(&"contact.merged".to_owned()) && told.len() <= 3, "{told:?}");
    // Every ticket is in the one list of the person, and none was written.
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = story.get(&format!("/tickets?requester={poor}&limit=200{after}"));
        assert!(items(&page).iter().all(|it| it["version"] == 1), "untouched");
        found.extend(ids(&page));
        let Some(next) = page.get("next").and_then(Value::as_str) else { break };
        after = format!("&after={next}");
    }
    found.sort();
    tickets.sort();
    assert_eq!(found, tickets);
    story.post(&format!("/merges/{}/undo", at(&done, "/id")), &json!({}));
    assert_eq!(ids(&story.get(&format!("/tickets?requester={poor}"))).len(), 0);
}

#[test]
fn what_is_done_to_a_merged_ticket_is_done_to_the_one_that_stands_for_it_or_names_it() {
    let story = Story::new(&["contact-merging"]);
    let ann = person(&story, "Ann Reed", "ann@reed.example");
    let (stays, gone) = (brings(&story, &ann, "No water", "At all."), brings(&story, &ann, "Still no water", "None."));
    let (stays, gone) = (at(&stays, "/id").into_owned(), at(&gone, "/id").into_owned());
    let owed = story.post(&format!("/tickets/{gone}/commitments"), &json!({ "what": "I call back", "minutes": 30 }));
    let owed = at(&owed, "/commitments/0/id").into_owned();
    story.post(&format!("/tickets/{gone}/actions/merge"), &json!({ "into": stays }));
    // What is said to it is said to the one.
    let patched = story.patch(&format!("/tickets/{gone}"), &json!({ "priority": "high" }));
    assert_eq!((at(&patched, "/id").as_ref(), at(&patched, "/priority").as_ref()), (&*stays, "high"));
    let said = story.post(&format!("/tickets/{gone}/entries"), &json!({ "text": "And now?" }));
    assert_eq!(at(&said, "/ticket"), stays);
    assert_eq!(at(&story.get(&format!("/tickets/{gone}")), "/id"), stays);
    // What would be a matter of its own is refused with the id of the one that has it.
    let named = |target: &str, body: Value| {
        let refused = story.refused(422, "POST", &format!("/tickets/{gone}/{target}"), Some(&body));
        assert!(at(&refused, "/errors/0/detail").contains(&stays), "{target}: {refused:#}");
    };
    named("commitments", json!({ "what": "x", "minutes": 5 }));
    named(&format!("commitments/{owed}/meet"), json!({}));
    named(&format!("commitments/{owed}/cancel"), json!({}));
    named("actions/assign", json!({ "assignee": "anna" }));
    named("actions/resolve", json!({}));
    named("actions/reopen", json!({}));
    named("actions/snooze", json!({ "until": story.now().plus_millis(3_600_000) }));
    named("actions/escalate", json!({ "note": "Somebody must come." }));
    named("actions/merge", json!({ "into": stays }));
}
