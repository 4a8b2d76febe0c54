//! What a customer sees of the customer's own matters, field by field.

use plugdesk_domain::{ContactId, Role};
use serde_json::json;

use super::policies::send_pack;
use super::stand::Stand;

/// Ann's id, and a key with which she asks for herself.
async fn ann(stand: &Stand) -> (String, String) {
    let new = json!({ "name": "Ann", "external_ids": { "crm": "p-1" },
        "identities": [{ "kind": "email", "value": "ann@example.org" }] });
    let ann = stand.post("/v1/contacts", &new).await.expect(201).at("/id");
    let id: ContactId = ann.parse().expect("a contact's id");
    let key = stand.key(Role::Customer, Some(stand.desk), Some(id)).await;
    (ann, key)
}

#[tokio::test]
async fn a_customer_is_not_told_what_policies_thought() {
    let stand = Stand::start().await;
    send_pack(&stand, "0.1.0", "/v1/packs", "pack").await.expect(201);
    let (ann, key) = ann(&stand).await;
    let body = r#"{"kind":"lead","subject":"mine"}"#;
    for target in ["/v1/tickets?preview=true", "/v1/tickets"] {
        let told = stand.send_as(&key, "POST", target, &[], body).await;
        let ticket = told.json();
        assert_eq!((&ticket["subject"], &ticket["requester"]), (&json!("mine"), &json!(ann)), "{}", told.text());
        assert_eq!((ticket.get("decision"), ticket.get("segment")), (None, None), "{}", told.text());
    }
    let own = stand.get("/v1/tickets").await.expect(200).at("/items/0/id");
    let reply = format!("/v1/tickets/{own}/entries");
    for target in [format!("{reply}?preview=true"), reply] {
        let told = stand.send_as(&key, "POST", &target, &[], r#"{"text":"hello"}"#).await;
        assert_eq!((told.at("/text"), told.json().get("decision")), ("hello".into(), None), "{}", told.text());
    }
    let agent = stand.key(Role::Agent, Some(stand.desk), None).await;
    let told = stand.send_as(&agent, "POST", "/v1/tickets", &[], body).await.expect(201);
    assert_eq!(
        (told.at("/segment"), told.at("/decision/asked/0/opinions/0/policy")),
        ("company".into(), "by-subject".into())
    );
}

#[tokio::test]
async fn a_customer_is_not_told_how_the_desk_handles_a_matter() {
    let stand = Stand::start().await;
    let (ann, key) = ann(&stand).await;
    let bob = stand.post("/v1/contacts", &json!({ "name": "Bob" })).await.expect(201).at("/id");
    let company = stand.post("/v1/companies", &json!({ "name": "Acme" })).await.expect(201).at("/id");
    let member = json!({ "contact": ann, "company": company, "role": "decider", "concerns": ["price"] });
    stand.post("/v1/memberships", &member).await.expect(201);
    let handled = json!({
        "subject": "hers", "contact": { "id": ann }, "assignee": "carol", "team": "keys", "segment": "consumer",
        "participants": [bob], "external_ids": { "crm": "t-1" }, "next_action": { "what": "call her lawyer" },
    });
    let ticket = stand.post("/v1/tickets", &handled).await.expect(201);
    let hidden = ["assignee", "team", "segment", "participants", "external_ids", "next_action", "qualified"];
    let known: Vec<_> = hidden.into_iter().filter(|field| ticket.json().get(field).is_some()).collect();
    assert_eq!(known, hidden[..6], "the desk's own people see them: {}", ticket.text());
    let one = stand.send_as(&key, "GET", &format!("{}?include=contact", ticket.header("location")), &[], "").await;
    let list = stand.send_as(&key, "GET", "/v1/tickets", &[], "").await.expect(200);
    for shown in [one.expect(200).json(), list.json()["items"][0].clone()] {
        assert_eq!(shown["subject"], "hers");
        for field in hidden {
            assert_eq!(shown.get(field), None, "{shown}");
        }
        if let Some(included) = shown.get("included") {
            assert_eq!(included["contact"]["memberships"], json!([]), "{shown}");
        }
    }
    let own = stand.send_as(&key, "GET", &format!("/v1/contacts/{ann}"), &[], "").await.expect(200).json();
    assert_eq!((&own["name"], &own["memberships"]), (&json!("Ann"), &json!([])));
    assert_eq!((own.get("segment"), own.get("external_ids")), (None, None), "{own}");
    let seen = stand.get(&format!("/v1/contacts/{ann}")).await.expect(200);
    assert_eq!((seen.at("/memberships/0/role"), seen.at("/external_ids/crm")), ("decider".into(), "p-1".into()));
}
