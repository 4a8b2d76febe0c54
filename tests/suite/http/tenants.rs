//! Desks know nothing of each other, and nobody sees more than the role allows.

use plugdesk_desk::NewDesk;
use plugdesk_domain::{ContactId, Principal, Role};
use serde_json::json;

use super::stand::Stand;

#[tokio::test]
async fn another_desks_record_is_not_there() {
    let stand = Stand::start().await;
    let other = stand.desks.desk_create(&Principal::operator(), NewDesk::named("lab"), None).await;
    let other = other.expect("a second desk").value;
    let stranger = stand.key(Role::Admin, Some(other.id), None).await;
    let mine = stand.post("/v1/tickets", &json!({ "subject": "ours" })).await.expect(201);
    let address = mine.header("location");
    stand.send_as(&stranger, "GET", address, &[], "").await.problem(404, "not-found");
    stand.send_as(&stranger, "PATCH", address, &[], r#"{"subject":"theirs"}"#).await.problem(404, "not-found");
    stand.send_as(&stranger, "GET", "/v1/tickets", &[("plugdesk-desk", "shop")], "").await.problem(404, "not-found");
    stand.send_as(&stranger, "GET", "/v1/tickets?desk=shop", &[], "").await.problem(404, "not-found");
    assert_eq!(stand.send_as(&stranger, "GET", "/v1/tickets", &[], "").await.expect(200).at("/items"), "[]");
    assert_eq!(stand.send_as(&stranger, "GET", "/v1/desks", &[], "").await.at("/items/0/name"), "lab");
}

#[tokio::test]
async fn an_operator_names_the_desk_by_name_or_id() {
    let stand = Stand::start().await;
    let send = |target: String, headers: Vec<(&'static str, String)>| {
        let stand = &stand;
        async move {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            stand.send_as(&stand.operator, "GET", &target, &headers, "").await
        }
    };
    send("/v1/tickets".into(), vec![]).await.problem(400, "desk-required");
    send("/v1/tickets?desk=shop".into(), vec![]).await.expect(200);
    send("/v1/tickets".into(), vec![("plugdesk-desk", "shop".into())]).await.expect(200);
    send("/v1/tickets".into(), vec![("plugdesk-desk", stand.desk.to_string())]).await.expect(200);
    send("/v1/tickets?desk=nowhere".into(), vec![]).await.problem(404, "not-found");
    send("/v1/tickets?desk=shop&desk=shop".into(), vec![]).await.problem(400, "invalid-parameter");
    send("/v1/tickets?desk=shop".into(), vec![("plugdesk-desk", "lab".into())]).await.problem(400, "invalid-parameter");
}

#[tokio::test]
async fn a_key_does_what_its_role_allows_and_nothing_more() {
    let stand = Stand::start().await;
    let auditor = stand.key(Role::Auditor, Some(stand.desk), None).await;
    stand.send_as(&auditor, "GET", "/v1/tickets", &[], "").await.expect(200);
    stand.send_as(&auditor, "POST", "/v1/tickets", &[], r#"{"subject":"x"}"#).await.problem(403, "forbidden");
    for target in ["/v1/backup", "/v1/health", "/v1/export"] {
        stand.get(target).await.problem(403, "forbidden");
    }
    stand.send("POST", "/v1/desks", &[], r#"{"name":"mine"}"#).await.problem(403, "forbidden");
    let agent = stand.key(Role::Agent, Some(stand.desk), None).await;
    stand.send_as(&agent, "GET", "/v1/keys", &[], "").await.problem(403, "forbidden");
}

#[tokio::test]
async fn a_customer_sees_own_tickets_only() {
    let stand = Stand::start().await;
    let ann = stand.post("/v1/contacts", &json!({ "name": "Ann" })).await.expect(201).at("/id");
    let id: ContactId = ann.parse().expect("a contact's id");
    let key = stand.key(Role::Customer, Some(stand.desk), Some(id)).await;
    let foreign = stand.post("/v1/tickets", &json!({ "subject": "not hers" })).await.expect(201);
    stand.send_as(&key, "GET", foreign.header("location"), &[], "").await.problem(404, "not-found");
    let own = stand.send_as(&key, "POST", "/v1/tickets", &[], r#"{"subject":"hers"}"#).await.expect(201);
    assert_eq!(own.at("/requester"), ann);
    let list = stand.send_as(&key, "GET", "/v1/tickets", &[], "").await.expect(200);
    assert_eq!((list.at("/items/0/id"), list.json()["items"].as_array().map(Vec::len)), (own.at("/id"), Some(1)));
}

#[tokio::test]
async fn a_key_is_shown_once_and_refused_when_revoked() {
    let stand = Stand::start().await;
    let made = stand.post("/v1/keys", &json!({ "label": "console", "role": "agent" })).await.expect(201);
    let secret = made.at("/secret");
    assert!(!made.text().contains("hash"), "the hash is nobody's business");
    stand.send_as(&secret, "GET", "/v1/me", &[], "").await.expect(200);
    let list = stand.get("/v1/keys").await.expect(200);
    assert!(!list.text().contains(&secret) && list.text().contains("console"));
    let address = format!("/v1/keys/{}", made.at("/key/id"));
    stand.send("DELETE", &address, &[], "").await.expect(200);
    stand.send_as(&secret, "GET", "/v1/me", &[], "").await.problem(401, "unauthenticated");
    stand.post("/v1/keys", &json!({ "label": "x", "role": "operator" })).await.problem(403, "forbidden");
}
