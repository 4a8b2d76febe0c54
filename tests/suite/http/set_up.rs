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

#[tokio::test]
async fn business_time_is_told_in_minutes_and_in_working_days() {
    let stand = Stand::start().await;
    let hours = json!([{"from": "08:00", "to": "16:00"}]);
    let tehran = json!({"time_zone": "Asia/Tehran", "week": {"sat": hours, "sun": hours, "mon": hours},
        "holidays": {"2026-04-05": "x"}, "special": {"2026-04-03": [{"from": "08:00", "to": "12:00"}]}});
    put(&stand, "/v1/calendars/tehran", &tehran).await.expect(200);
    let start = "start=2026-04-01T06:00:00Z";
    // An exchanged Friday, a Saturday, no Sunday, and the Monday.
    let due = format!("/v1/calendars/tehran/due?amount=3&unit=working-days&{start}");
    let found = stand.get(&due).await.expect(200).json();
    assert_eq!(
        (&found["due_at"], &found["local"]),
        (&json!("2026-04-06T12:30:00.000Z"), &json!("2026-04-06T16:00:00+03:30"))
    );
    assert_eq!((found.get("persian_date"), found.get("years_unknown")), (None, None));
    let read = stand.send("GET", &due, &[("accept-language", "fa-IR, en;q=0.5")], "").await.expect(200).json();
    assert_eq!(read["persian_date"], "1405-01-17");
    let minutes = stand.get(&format!("/v1/calendars/tehran/due?amount=241&{start}")).await.expect(200).json();
    assert_eq!(minutes["due_at"], "2026-04-04T04:31:00.000Z");
    let elapsed = "/v1/calendars/tehran/elapsed?start=2026-04-01T06:00:00Z&end=2027-01-01T21:00:00Z";
    let found = stand.get(elapsed).await.expect(200).json();
    assert_eq!(found["years_unknown"], json!([2027]), "its holidays end in 2026");
    let elapsed = "/v1/calendars/tehran/elapsed?end=2026-04-01T06:00:00Z&start=2026-04-04T06:00:00Z";
    let found = stand.get(elapsed).await.expect(200).json();
    assert_eq!(
        (&found["minutes"], &found["working_days"]),
        (&json!(-330), &json!(-1)),
        "the half Friday, and 90 minutes"
    );
    let always = stand.get("/v1/calendars/always/due?amount=1&start=2026-04-01T06:00:00Z").await.expect(200).json();
    assert_eq!(always["due_at"], "2026-04-01T06:01:00.000Z");
    stand.get("/v1/calendars/nowhere/due?amount=1").await.expect(404);
    for wrong in ["", "?amount=0", "?amount=5256001", "?amount=1&unit=weeks", "?amount=1&start=now"] {
        stand.get(&format!("/v1/calendars/tehran/due{wrong}")).await.expect(400);
    }
    stand.get("/v1/calendars/tehran/elapsed").await.expect(400);
}

async fn put(stand: &Stand, target: &str, body: &serde_json::Value) -> super::wire::Reply {
    stand.send("PUT", target, &[], &body.to_string()).await
}
