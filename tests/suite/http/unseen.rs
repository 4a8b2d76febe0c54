//! Characters that nobody sees or that move a cursor: in no name, title, label or key, wherever one is taken, so that no
//! table, terminal, log or other program is led astray by what a stranger typed.

use serde_json::{Value, json};

use super::stand::Stand;

/// NUL, a bell, an escape sequence that clears a screen, a line break, the C1 form of one, DEL.
const UNSEEN: [&str; 6] = ["a\0b", "a\u{7}b", "a\u{1b}[2Jb", "a\r\nb", "a\u{85}b", "a\u{7f}b"];

/// Where one line is taken: address, the pointer to it, and a body around the text.
fn lines(text: &str) -> Vec<(&'static str, &'static str, Value)> {
    let mapping = json!({ "kind": "contact", "contact": { "name": "Name" } });
    vec![
        ("/v1/tickets", "/subject", json!({ "subject": text })),
        ("/v1/tickets", "/kind", json!({ "subject": "x", "kind": text })),
        ("/v1/tickets", "/channel", json!({ "subject": "x", "channel": text })),
        ("/v1/tickets", "/state", json!({ "subject": "x", "state": text })),
        ("/v1/tickets", "/segment", json!({ "subject": "x", "segment": text })),
        ("/v1/tickets", "/team", json!({ "subject": "x", "team": text })),
        ("/v1/tickets", "/assignee", json!({ "subject": "x", "assignee": text })),
        ("/v1/tickets", "/tags", json!({ "subject": "x", "tags": [text] })),
        ("/v1/tickets", "/external_ids", json!({ "subject": "x", "external_ids": { "crm": text } })),
        ("/v1/tickets", "/external_ids", json!({ "subject": "x", "external_ids": { text: "1" } })),
        ("/v1/tickets", "/custom", json!({ "subject": "x", "custom": { text: 1 } })),
        ("/v1/tickets", "/contact", json!({ "subject": "x", "contact": { "name": text } })),
        ("/v1/tickets", "/company", json!({ "subject": "x", "company": { "name": text } })),
        ("/v1/contacts", "/name", json!({ "name": text })),
        ("/v1/contacts", "/locale", json!({ "name": "x", "locale": text })),
        ("/v1/contacts", "/time_zone", json!({ "name": "x", "time_zone": text })),
        ("/v1/contacts", "/custom", json!({ "name": "x", "custom": { text: 1 } })),
        ("/v1/contacts", "/identities", json!({ "name": "x", "identities": [{ "kind": "handle", "value": text }] })),
        ("/v1/contacts", "/identities", json!({ "name": "x", "identities": [{ "kind": "email", "value": text }] })),
        ("/v1/companies", "/name", json!({ "name": text })),
        ("/v1/companies", "/tier", json!({ "name": "x", "tier": text })),
        ("/v1/companies", "/custom", json!({ "name": "x", "custom": { text: 1 } })),
        ("/v1/keys", "/label", json!({ "label": text, "role": "agent" })),
        ("/v1/webhooks", "/title", json!({ "url": "https://hooks.example.com/", "title": text })),
        ("/v1/webhooks", "/url", json!({ "url": format!("https://hooks.example.com/{text}") })),
        ("/v1/webhooks", "/events", json!({ "url": "https://hooks.example.com/", "events": [text] })),
        ("/v1/agents", "/name", json!({ "name": text })),
        ("/v1/imports", "/name", json!({ "name": text, "mapping": mapping })),
        ("/v1/desks", "/name", json!({ "name": text })),
        ("/v1/desks", "/title", json!({ "name": "x", "title": text })),
    ]
}

#[tokio::test]
async fn no_line_holds_characters_that_nobody_sees() {
    let stand = Stand::start().await;
    for text in UNSEEN {
        for (target, pointer, body) in lines(text) {
            let who = if target == "/v1/desks" { &stand.operator } else { &stand.admin };
            let told = stand.send_as(who, "POST", target, &[], &body.to_string()).await.problem(422, "invalid");
            let places: Vec<_> = told.json()["errors"].as_array().expect("errors").clone();
            let named = places.iter().any(|it| it["pointer"].as_str().is_some_and(|it| it.starts_with(pointer)));
            assert!(named, "{target} {body}: {}", told.text());
        }
    }
    for target in ["tickets", "contacts", "companies", "webhooks", "agents", "imports"] {
        let page = stand.get(&format!("/v1/{target}")).await.expect(200).json();
        assert_eq!(page["items"], json!([]), "{target}");
    }
}

#[tokio::test]
async fn an_address_is_one_key_however_it_is_typed() {
    let stand = Stand::start().await;
    let email = |value: &str| json!({ "name": "x", "identities": [{ "kind": "email", "value": value }] });
    stand.post("/v1/contacts", &email("Jose\u{301}@Example.org")).await.expect(201);
    stand.post("/v1/contacts", &email("jos\u{e9}@example.org")).await.problem(409, "exists");
    for unseen in ["\u{200b}", "\u{202e}", "\u{2060}", "\u{feff}", "\u{a0}"] {
        let told = stand.post("/v1/contacts", &email(&format!("jos\u{e9}{unseen}@example.org"))).await;
        assert_eq!(told.problem(422, "invalid").at("/errors/0/pointer"), "/identities/0/value", "{unseen:?}");
    }
}
