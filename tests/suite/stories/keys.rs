//! What bringing a ticket costs the store with the shipped policies bound.

use std::collections::BTreeSet;

use plugdesk_domain::Change;
use serde_json::{Value, json};

use super::stand::{Story, at};
use super::telling::SHIPPED;
use crate::desk::watched::keys;

/// DESIGN: creating a ticket writes at most so many keys.
const MOST_KEYS: usize = 12;

/// Brings a ticket of known people, with one entry, under an idempotency key. Whom it is for, a policy finds. Gives back
/// what was written.
fn brought(kind: &str, custom: &Value) -> (Change, Value) {
    let story = Story::new(&SHIPPED);
    story.company(&json!({ "name": "Acme Ltd", "domains": ["acme.example"] }));
    let company = story.company(&json!({ "name": "Kos Sp. z o.o.", "domains": ["kos.example"] }));
    let identity = json!({ "kind": "email", "value": "jan@kos.example" });
    let contact = story.post("/contacts", &json!({ "name": "Jan Kos", "identities": [identity] }));
    story.post("/memberships", &json!({ "contact": contact["id"], "company": company["id"] }));
    let mut client = story.client(&story.admin);
    client.idempotency = Some(format!("form-{kind}"));
    let ticket = json!({
        "kind": kind, "subject": "The pumps stand still", "custom": custom,
        "contact": { "id": contact["id"] }, "entries": [{ "text": "Since the morning." }],
    });
    story.seen.changes.lock().expect("nobody panicked").clear();
    let (status, ticket) = story.finish(client.send("POST", "/tickets", Some(&ticket)));
    assert_eq!((status.as_u16(), &ticket["company"]), (201, &company["id"]), "{ticket:#}");
    let mut changes = story.seen.changes.lock().expect("nobody panicked").split_off(0);
    assert_eq!(changes.len(), 1, "one change");
    (changes.remove(0), ticket)
}

fn policies(ticket: &Value) -> BTreeSet<String> {
    let asked = ticket["decision"]["asked"].as_array().expect("questions");
    let opinions = asked.iter().flat_map(|it| it["opinions"].as_array().into_iter().flatten());
    opinions.map(|it| at(it, "/policy").into_owned()).collect()
}

#[test]
fn bringing_a_ticket_with_five_policies_writes_at_most_twelve_keys() {
    let (change, ticket) = brought("support", &json!({}));
    assert_eq!(policies(&ticket).len(), SHIPPED.len(), "{:?}", policies(&ticket));
    assert!(ticket["commitments"].as_array().is_some_and(|it| !it.is_empty()) && ticket["tracked"].is_object());
    assert!(keys(&change) <= MOST_KEYS, "{} keys: {change:#?}", keys(&change));
}

#[test]
fn bringing_a_lead_with_five_policies_writes_at_most_twelve_keys() {
    let (change, ticket) = brought("lead", &json!({ "budget": "Approved", "horizon": "This month", "seats": 40 }));
    assert_eq!(policies(&ticket).len(), SHIPPED.len(), "{:?}", policies(&ticket));
    assert!(ticket["qualified"].is_object() && ticket["commitments"].is_array(), "{ticket:#}");
    assert!(keys(&change) <= MOST_KEYS, "{} keys: {change:#?}", keys(&change));
}
