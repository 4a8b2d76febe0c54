//! Who and what stories are about, made through the API, and what they look for in its answers.

use serde_json::{Value, json};

use super::stand::{Story, at};

/// A page of the log has at most so many events.
const PAGE: usize = 200;

/// A person.
#[track_caller]
pub(crate) fn contact(story: &Story, new: &Value) -> String {
    at(&story.post("/contacts", new), "/id").into_owned()
}

/// A person with a name and an e-mail address.
#[track_caller]
pub(crate) fn person(story: &Story, name: &str, email: &str) -> String {
    contact(story, &json!({ "name": name, "identities": [{ "kind": "email", "value": email }] }))
}

/// A company node.
#[track_caller]
pub(crate) fn company(story: &Story, name: &str, parent: Option<&str>) -> String {
    at(&story.post("/companies", &json!({ "name": name, "parent": parent })), "/id").into_owned()
}

/// Lets a person belong to a company node.
#[track_caller]
pub(crate) fn belongs(story: &Story, contact: &str, company: &str) -> String {
    at(&story.post("/memberships", &json!({ "contact": contact, "company": company })), "/id").into_owned()
}

/// A ticket that a known person brings.
#[track_caller]
pub(crate) fn brings(story: &Story, contact: &str, subject: &str, text: &str) -> Value {
    let new = json!({ "subject": subject, "contact": { "id": contact }, "entries": [{ "text": text }] });
    story.post("/tickets", &new)
}

/// The ids of a page.
#[track_caller]
pub(crate) fn ids(page: &Value) -> Vec<String> {
    items(page).iter().map(|it| at(it, "/id").into_owned()).collect()
}

/// The records of a page.
#[track_caller]
pub(crate) fn items(page: &Value) -> &[Value] {
    page["items"].as_array().expect("a page")
}

/// The codes of the reasons that active policies gave for their answers to a question, in a record's decision.
pub(crate) fn reasons(written: &Value, question: &str) -> Vec<String> {
    let asked = written["decision"]["asked"].as_array().into_iter().flatten();
    let opinions = asked.filter(|it| it["question"] == question).flat_map(|it| it["opinions"].as_array());
    let opinions = opinions.flatten().filter(|it| it["shadow"] != true);
    let all = opinions.flat_map(|it| it["reasons"].as_array()).flatten();
    all.map(|it| at(it, "/code").into_owned()).collect()
}

/// The whole log, oldest first.
pub(crate) fn log(story: &Story) -> Vec<Value> {
    let mut all = Vec::new();
    let mut after = "0".to_owned();
    loop {
        let page = story.get(&format!("/events?after={after}&limit={PAGE}"));
        all.extend_from_slice(items(&page));
        match page.get("next").and_then(Value::as_str) {
            Some(next) if items(&page).len() == PAGE => next.clone_into(&mut after),
            _ => return all,
        }
    }
}

/// The events of that name.
pub(crate) fn told(story: &Story, name: &str) -> Vec<Value> {
    log(story).into_iter().filter(|it| it["name"] == name).collect()
}

/// A record without what every write changes.
pub(crate) fn bare(mut record: Value) -> Value {
    if let Some(fields) = record.as_object_mut() {
        ["version", "updated_at", "decision"].iter().for_each(|name| drop(fields.remove(*name)));
    }
    record
}
