//! The same request twice, for every address that makes something: done once, answered twice.

use serde_json::{Value, json};

use super::policies::send_pack;
use super::stand::Stand;
use super::wire::Reply;

/// What is sent twice, and what may not be sent with the same key.
struct Case {
    target: &'static str,
    body: Value,
    other: Value,
}

async fn send(stand: &Stand, target: &str, body: &Value) -> Reply {
    let key = [("idempotency-key", target)];
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let who = if target == "/v1/desks" { &stand.operator } else { &stand.admin };
    stand.send_as(who, "POST", target, &key, &text).await
}

fn same(first: &Reply, again: &Reply) {
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    assert_eq!((first.status, first.json()), (again.status, again.json()));
    for header in ["etag", "location"] {
        assert_eq!(first.header(header), again.header(header));
    }
}

/// Everything that the desk tells of itself.
async fn state(stand: &Stand) -> Vec<Value> {
    let mut all = Vec::new();
    for target in ["generations", "bindings", "packs", "imports", "keys", "desks", "tickets", "contacts", "companies"] {
        all.push(stand.get(&format!("/v1/{target}")).await.expect(200).json());
    }
    all.push(stand.send_as(&stand.operator, "GET", "/v1/desks", &[], "").await.expect(200).json());
    all
}

#[tokio::test]
async fn every_request_that_makes_something_is_done_once_for_its_key() {
    let stand = Stand::start().await;
    let pack = send_pack(&stand, "0.1.0", "/v1/packs?bind=false", "pack").await.expect(201);
    same(&pack, &send_pack(&stand, "0.1.0", "/v1/packs?bind=false", "pack").await);
    send_pack(&stand, "0.2.0", "/v1/packs?bind=false", "pack").await.problem(422, "idempotency-reused");
    send_pack(&stand, "0.1.0", "/v1/packs", "pack").await.problem(422, "idempotency-reused");
    let contact = stand.post("/v1/contacts", &json!({ "name": "Ann" })).await.expect(201).at("/id");
    let company = stand.post("/v1/companies", &json!({ "name": "Ann & Co" })).await.expect(201).at("/id");
    let binding = json!({ "pack": "companies", "plugin": "by-subject", "question": "classify", "rank": 10 });
    let scoped = json!({ "pack": "companies", "plugin": "by-subject", "question": "classify", "rank": 20 });
    let member = |aspect: &str| json!({ "contact": contact, "company": company, "aspect": aspect });
    let import = |name: &str| json!({ "name": name, "mapping": mapping() });
    let case = |target, body, other| Case { target, body, other };
    let cases = [
        case("/v1/bindings", binding, scoped),
        case("/v1/policies/by-subject/mode", json!({ "mode": "off" }), json!({ "mode": "shadow" })),
        case("/v1/generations/1/rollback", json!(null), json!({})),
        case("/v1/imports", import("one"), import("two")),
        case("/v1/desks", json!({ "name": "lab" }), json!({ "name": "mill" })),
        case("/v1/tickets", json!({ "subject": "x" }), json!({ "subject": "y" })),
        case("/v1/contacts", json!({ "name": "Bea" }), json!({ "name": "Eve" })),
        case("/v1/companies", json!({ "name": "Bea & Co" }), json!({ "name": "Eve & Co" })),
        case("/v1/memberships", member("security"), member("price")),
    ];
    for Case { target, body, other } in cases {
        let first = send(&stand, target, &body).await;
        assert!((200..300).contains(&first.status), "{target}: {}", first.text());
        let before = state(&stand).await;
        let again = send(&stand, target, &body).await;
        same(&first, &again);
        send(&stand, target, &other).await.problem(422, "idempotency-reused");
        assert_eq!(before, state(&stand).await, "{target}");
    }
}

#[tokio::test]
async fn a_repeated_request_for_a_key_hears_of_the_key_but_not_of_its_secret() {
    let stand = Stand::start().await;
    let made = send(&stand, "/v1/keys", &json!({ "label": "console", "role": "agent" })).await.expect(201);
    let moved = format!("/v1/keys/{}/rotate", made.at("/key/id"));
    let rotated = send(&stand, &moved, &json!({ "overlap_ms": 1000 })).await.expect(201);
    let before = state(&stand).await;
    let cases = [
        ("/v1/keys", json!({ "label": "console", "role": "agent" }), json!({ "label": "x", "role": "agent" })),
        (moved.as_str(), json!({ "overlap_ms": 1000 }), json!({ "overlap_ms": 2000 })),
    ];
    for ((target, body, other), first) in cases.into_iter().zip([made, rotated]) {
        let again = send(&stand, target, &body).await.expect(201);
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(again.at("/key/id"), first.at("/key/id"));
        assert!(again.json().get("secret").is_none() && again.at("/note").contains("shown only once"));
        send(&stand, target, &other).await.problem(422, "idempotency-reused");
    }
    assert_eq!(before, state(&stand).await);
}

#[tokio::test]
async fn a_request_for_another_desk_is_another_request() {
    let stand = Stand::start().await;
    stand.send_as(&stand.operator, "POST", "/v1/desks", &[], r#"{"name":"lab"}"#).await.expect(201);
    let make = async |desk: &str| {
        let headers = [("idempotency-key", "k"), ("plugdesk-desk", desk)];
        let body = r#"{"label":"console","role":"agent"}"#;
        stand.send_as(&stand.operator, "POST", "/v1/keys", &headers, body).await
    };
    make("shop").await.expect(201);
    make("lab").await.problem(422, "idempotency-reused");
}

#[tokio::test]
async fn a_long_entry_is_read_whole_by_its_address() {
    let stand = Stand::start().await;
    let ticket = stand.post("/v1/tickets", &json!({ "subject": "x" })).await.expect(201);
    let entries = format!("{}/entries", ticket.header("location"));
    let text = "word ".repeat(20_000);
    let made = stand.post(&entries, &json!({ "kind": "note", "text": text })).await.expect(201);
    assert!(stand.get(&entries).await.expect(200).at("/items/0/text").len() < text.len(), "a list has its beginning");
    let whole = stand.get(made.header("location")).await.expect(200);
    assert_eq!((whole.at("/text"), whole.at("/id"), whole.header("etag")), (text, made.at("/id"), "\"1\""));
    let other = stand.post("/v1/tickets", &json!({ "subject": "y" })).await.expect(201);
    let elsewhere = format!("{}/entries/{}", other.header("location"), made.at("/id"));
    stand.get(&elsewhere).await.problem(404, "not-found");
}

fn mapping() -> Value {
    json!({ "kind": "lead", "external-id": { "system": "crm", "column": "Id" }, "ticket": { "subject": "Interest" } })
}
