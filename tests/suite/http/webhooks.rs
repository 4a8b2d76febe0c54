//! Webhooks, reactions and reports over HTTP: who may, what is shown, and the same conventions as everywhere.

use plugdesk_domain::{Principal, Role};
use serde_json::json;

use super::stand::Stand;

#[tokio::test]
async fn a_webhook_is_made_once_and_its_key_is_shown_once() {
    let stand = Stand::start().await;
    let new =
        json!({ "title": "warehouse", "url": "https://hooks.example.com/in", "events": ["ticket.*"] }).to_string();
    let key = [("idempotency-key", "hook-1")];
    let preview = stand.send("POST", "/v1/webhooks?preview=true", &[], &new).await.expect(200);
    assert_eq!(preview.json().get("secret"), None, "nothing was made: {}", preview.text());
    let made = stand.send("POST", "/v1/webhooks", &key, &new).await.expect(201);
    assert!(made.at("/secret").starts_with("whsec_"), "{}", made.text());
    let again = stand.send("POST", "/v1/webhooks", &key, &new).await.expect(201);
    assert_eq!((again.at("/id"), again.json().get("secret")), (made.at("/id"), None));
    let list = stand.get("/v1/webhooks").await.expect(200);
    assert_eq!(list.json()["items"].as_array().map(Vec::len), Some(1), "{}", list.text());
    assert!(!list.text().contains("whsec_"));
    let one = format!("/v1/webhooks/{}", made.at("/id"));
    let stale = stand.send("PATCH", &one, &[("if-match", "\"7\"")], r#"{"active":false}"#).await;
    assert_eq!(stale.status, 412, "{}", stale.text());
    assert!(
        !stand.send("PATCH", &one, &[], r#"{"active":false}"#).await.expect(200).json()["active"].as_bool().unwrap()
    );
    let off = stand.send("POST", &format!("{one}/test"), &[], "").await;
    assert_eq!(off.status, 422, "a webhook that is off is sent nothing: {}", off.text());
    stand.send("PATCH", &one, &[], r#"{"active":true}"#).await.expect(200);
    stand.send("POST", &format!("{one}/test"), &[], "").await.expect(202);
    stand.get(&format!("{one}/deliveries?state=pending")).await.expect(200);
    assert_eq!(stand.get(&format!("{one}/deliveries?state=lost")).await.status, 400);
    stand.send("DELETE", &one, &[], "").await.expect(200);
    assert_eq!(stand.get(&one).await.status, 404);
}

#[tokio::test]
async fn a_hostile_address_is_refused_by_its_field() {
    let stand = Stand::start().await;
    for url in ["http://example.com/", "https://169.254.169.254/", "https://[::ffff:127.0.0.1]/", "https://2130706433/"]
    {
        let refused = stand.post("/v1/webhooks", &json!({ "url": url })).await.expect(422);
        assert_eq!(refused.at("/errors/0/pointer"), "/url", "{}", refused.text());
    }
}

#[tokio::test]
async fn webhooks_and_reports_are_not_for_everybody() {
    let stand = Stand::start().await;
    let contact = stand.post("/v1/contacts", &json!({ "name": "Ann" })).await.expect(201).at("/id");
    let customer = stand.key(Role::Customer, Some(stand.desk), contact.parse().ok()).await;
    let agent = stand.key(Role::Agent, Some(stand.desk), None).await;
    for target in ["/v1/webhooks", "/v1/reports", "/v1/reports/conversion", "/v1/reactions"] {
        assert_eq!(stand.send_as(&customer, "GET", target, &[], "").await.status, 403, "{target}");
    }
    assert_eq!(stand.send_as(&agent, "GET", "/v1/webhooks", &[], "").await.status, 403);
    stand.send_as(&agent, "GET", "/v1/reports", &[], "").await.expect(200);
    stand.send_as(&agent, "GET", "/v1/reactions", &[], "").await.expect(200);
}

#[tokio::test]
async fn a_report_is_a_table_for_who_asks_for_one() {
    let stand = Stand::start().await;
    stand.post("/v1/tickets", &json!({ "kind": "lead", "subject": "Heat pump" })).await.expect(201);
    let desk = stand.desks.desk(stand.desk).expect("the desk is there");
    while desk.follow().await.expect("followers run").more {}
    let json = stand.get("/v1/reports/conversion").await.expect(200).json();
    assert_eq!((&json["rows"][0]["of"]["grade"], &json["total"]["created"]), (&json!("none"), &json!(1)), "{json}");
    let csv = stand.send("GET", "/v1/reports/conversion", &[("accept", "text/csv")], "").await.expect(200);
    assert_eq!(csv.text(), "grade,created,converted,lost\r\nnone,1,0,0\r\n");
    assert_eq!(stand.get("/v1/reports/secrets").await.status, 404);
    let events = desk.events(&Principal::operator(), 0, 100).expect("events");
    assert!(events.iter().all(|event| event.role.is_some()), "whoever acts has a role");
}
