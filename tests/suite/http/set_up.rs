//! Setting a desk up through the API, and the promises that follow.

use plugdesk_domain::Role;
use serde_json::json;

use super::stand::Stand;

#[tokio::test]
async fn a_desk_is_set_up_and_promises_through_the_api() {
    let stand = Stand::start().await;
    let day = json!([{"from": "09:00", "to": "12:00"}, {"from": "11:00", "to": "17:00"}]);
    let wrong = json!({"time_zone": "Moon/Base", "week": {"mon": day}});
    let problem = put(&stand, "/v1/calendars/office", &wrong).await.expect(422).json();
    let pointers: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|it| it["pointer"].clone()).collect();
    assert_eq!(pointers, ["/time_zone", "/week/mon/1/from"]);
    let round = json!([{"from": "00:00", "to": "24:00"}]);
    let week =
        json!({"mon": round, "tue": round, "wed": round, "thu": round, "fri": round, "sat": round, "sun": round});
    let right = json!({"time_zone": "UTC", "week": week});
    let made = put(&stand, "/v1/calendars/office", &right).await.expect(200);
    assert_eq!(made.json()["version"], 1);
    let stale = stand.send("PUT", "/v1/calendars/office", &[("if-match", "\"9\"")], &right.to_string()).await;
    stale.expect(412);
    let targets = json!([{"metric": "first-response", "minutes": 30, "calendar": "office", "warn_minutes": 10}]);
    put(&stand, "/v1/definitions/segment/company", &json!({"targets": targets})).await.expect(200);
    stand.send("DELETE", "/v1/calendars/office", &[], "").await.expect(422);
    stand.post("/v1/agents", &json!({"name": "anna", "roles": ["team-lead"]})).await.expect(201);
    put(&stand, "/v1/teams/first-line", &json!({"lead": "anna"})).await.expect(200);
    stand.post("/v1/keys", &json!({"label": "x", "role": "agent", "agent": "bob"})).await.expect(422);
    let key = stand.post("/v1/keys", &json!({"label": "x", "role": "agent", "agent": "anna"})).await.expect(201).json();
    let key = key["secret"].as_str().unwrap();
    let new = json!({"subject": "It broke", "segment": "company", "team": "first-line"});
    let ticket = stand.send_as(key, "POST", "/v1/tickets", &[], &new.to_string()).await.expect(201).json();
    assert_eq!(ticket["commitments"][0]["metric"], "first-response");
    assert_eq!(ticket["commitments"][0]["source"], "desk");
    let at = format!("/v1/tickets/{}/commitments", ticket["id"].as_str().unwrap());
    let promised = json!({"what": "I call back", "minutes": 15}).to_string();
    let promised = stand.send_as(key, "POST", &at, &[("idempotency-key", "k1")], &promised).await.expect(201).json();
    let mine = &promised["commitments"][1];
    assert_eq!((mine["source"].as_str(), mine["state"].as_str()), (Some("anna"), Some("pending")));
    let meet = format!("{at}/{}/meet", mine["id"].as_str().unwrap());
    let met = stand.send_as(key, "POST", &meet, &[], "").await.expect(200).json();
    assert_eq!(met["commitments"][1]["state"], "met");
    let items = stand.get(&at).await.expect(200).json();
    assert_eq!(items["items"][0]["left_ms"], 30 * 60_000);
    let pending = stand.get("/v1/commitments?state=pending").await.expect(200).json();
    assert_eq!(pending["items"][0]["ticket"], ticket["id"]);
    stand.get("/v1/commitments?state=met").await.expect(400);
    let contact = stand.post("/v1/contacts", &json!({"name": "Ala"})).await.expect(201).json();
    let contact = contact["id"].as_str().unwrap().parse().unwrap();
    let customer = stand.key(Role::Customer, Some(stand.desk), Some(contact)).await;
    for target in ["/v1/calendars", "/v1/agents", "/v1/teams", "/v1/definitions", "/v1/contracts"] {
        stand.send_as(&customer, "GET", target, &[], "").await.expect(403);
    }
}

async fn put(stand: &Stand, target: &str, body: &serde_json::Value) -> super::wire::Reply {
    stand.send("PUT", target, &[], &body.to_string()).await
}
