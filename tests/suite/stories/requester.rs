//! Whose matter it is.

use plugdesk_domain::Role;
use serde_json::json;

use super::cast::{brings, ids, items, log, person};
use super::stand::{Story, at};

#[test]
fn lesson_09_a_wrong_requester_is_one_audited_call() {
    let story = Story::new(&["contact-merging"]);
    let chief = person(&story, "Carla Bos", "carla@bos.example");
    let user = person(&story, "Tim Ode", "tim@bos.example");
    let key = |who: &str| story.key(Role::Customer, Some(who.parse().expect("an id")));
    let (of_chief, of_user) = (key(&chief), key(&user));
    // The chief forwards a mail of somebody else's.
    let ticket = brings(&story, &chief, "Fwd: my screen is black", "Tim writes: my screen is black.");
    let target = format!("/tickets/{}", at(&ticket, "/id"));
    let sees = |key: &str| story.send_as(key, "GET", &target, None).0.as_u16();
    assert_eq!((sees(&of_chief), sees(&of_user)), (200, 404));
    let before = log(&story).len();
    let changed = story.patch(&target, &json!({ "requester": user }));
    assert_eq!(at(&changed, "/requester"), user);
    // One call: the one event says what changed and who did it.
    let told: Vec<_> = log(&story).split_off(before);
    let updated: Vec<_> = told.iter().filter(|it| it["name"] == "ticket.updated").collect();
    assert_eq!(updated.len(), 1, "{told:#?}");
    assert!(updated[0]["data"]["changed"].as_array().is_some_and(|it| it.contains(&json!("requester"))));
    assert!(updated[0]["by"].is_string() || updated[0]["by"].is_object(), "{:#}", updated[0]);
    // And the story of the ticket says whose it was, to those who serve.
    let entries = story.get(&format!("{target}/entries"));
    let note = items(&entries).iter().find(|it| it["kind"] == "system").expect("it is noted");
    let text = at(note, "/text");
    assert!(text.contains(&*user) && text.contains(&*chief), "{text}");
    let (_, shown) = story.send_as(&of_user, "GET", &format!("{target}/entries"), None);
    assert!(items(&shown).iter().all(|it| it["kind"] != "system"), "how the desk handles it is not for customers");
    // From now on it is the other's in every respect.
    assert_eq!((sees(&of_chief), sees(&of_user)), (404, 200));
    assert_eq!(ids(&story.get(&format!("/tickets?requester={user}"))), [at(&ticket, "/id")]);
    assert_eq!(ids(&story.get(&format!("/tickets?requester={chief}"))).len(), 0);
    // A person who is not there is refused, and the field named.
    let nobody = json!({ "requester": "contact_00000000000000000000000000" });
    let refused = story.refused(422, "PATCH", &target, Some(&nobody));
    assert_eq!(at(&refused, "/errors/0/pointer"), "/requester");
}
