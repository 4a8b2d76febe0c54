//! What must hold before something is done: the version that was read, the desk that is meant, texts as they are counted.

use serde_json::json;

use super::policies::send_pack;
use super::stand::Stand;

#[tokio::test]
async fn what_is_asked_to_be_there_already_is_not_made() {
    let stand = Stand::start().await;
    let hours = json!({ "time_zone": "UTC", "week": { "mon": [{ "from": "09:00", "to": "17:00" }] } }).to_string();
    let there = [("if-match", "*")];
    let none = stand.send("PUT", "/v1/calendars/office", &there, &hours).await.problem(412, "version-mismatch");
    assert_eq!((none.at("/stored_version"), none.at("/detail").as_str()), ("0".into(), "nothing stands there"));
    stand.get("/v1/calendars/office").await.expect(404);
    stand.send("PUT", "/v1/calendars/office", &[], &hours).await.expect(200);
    stand.send("PUT", "/v1/calendars/office", &there, &hours).await.expect(200);
}

#[tokio::test]
async fn nobody_replaces_an_overlay_that_was_not_read() {
    let stand = Stand::start().await;
    send_pack(&stand, "1.0.0", "/v1/packs", "once").await.expect(201);
    let binding = stand.get("/v1/bindings").await.expect(200);
    let at = format!("/v1/bindings/{}", binding.at("/items/0/id"));
    for blind in [r#"{"overlay":{}}"#, r#"{"overlay":null}"#, r#"{"replaces":[]}"#] {
        let told = stand.send("PATCH", &at, &[], blind).await.problem(428, "precondition-required");
        assert_eq!(told.at("/parameter"), "If-Match");
    }
    let tag = stand.get(&at).await.expect(200).header("etag").to_owned();
    stand.send("PATCH", &at, &[("if-match", &tag)], r#"{"overlay":null}"#).await.expect(200);
    stand.send("PATCH", &at, &[], r#"{"rank":7}"#).await.expect(200);
}

#[tokio::test]
async fn a_key_is_taken_away_only_under_its_own_desk() {
    let stand = Stand::start().await;
    let new = json!({ "name": "other" }).to_string();
    stand.send_as(&stand.operator, "POST", "/v1/desks", &[], &new).await.expect(201);
    let made = stand.post("/v1/keys", &json!({ "label": "x", "role": "auditor" })).await.expect(201);
    let at = format!("/v1/keys/{}", made.at("/key/id"));
    let other = [("plugdesk-desk", "other")];
    stand.send_as(&stand.operator, "DELETE", &at, &other, "").await.problem(404, "not-found");
    let rotate = format!("{at}/rotate");
    stand.send_as(&stand.operator, "POST", &rotate, &other, r#"{"overlap_ms":0}"#).await.problem(404, "not-found");
    stand.send("DELETE", &at, &[("plugdesk-desk", "nowhere")], "").await.problem(404, "not-found");
    stand.send_as(&stand.operator, "DELETE", &at, &[("plugdesk-desk", "shop")], "").await.expect(200);
}

#[tokio::test]
async fn a_text_has_as_many_characters_in_every_script() {
    let stand = Stand::start().await;
    let (fits, too_long) = ("ی".repeat(128), "ی".repeat(129));
    stand.post("/v1/agents", &json!({ "name": fits })).await.expect(201);
    stand.post("/v1/agents", &json!({ "name": too_long })).await.problem(422, "invalid");
    let given = json!({ "subject": "ی".repeat(512), "assignee": fits, "external_ids": { "crm": fits } });
    stand.post("/v1/tickets", &given).await.expect(201);
    let found = stand.get(&format!("/v1/tickets?external=crm:{}", "%DB%8C".repeat(128))).await.expect(200);
    assert_eq!(found.at("/items/0/assignee"), fits);
    // A word with the joiner that Persian needs, and one with a sign that only turns the line round.
    stand.post("/v1/tickets", &json!({ "subject": "x", "tags": ["می\u{200c}خواهم", "हिन्दी"] })).await.expect(201);
    stand.post("/v1/tickets", &json!({ "subject": "x", "tags": ["\u{202e}x"] })).await.problem(422, "invalid");
    stand.post("/v1/tickets", &json!({ "subject": "\u{feff} " })).await.problem(422, "invalid");
}

#[tokio::test]
async fn fields_within_fields_are_known_by_name_too() {
    let stand = Stand::start().await;
    let within = json!({ "subject": "x", "next_action": { "what": "call", "due": "2026-12-01T09:00:00Z" } });
    let told = stand.post("/v1/tickets", &within).await.problem(422, "invalid");
    assert_eq!(told.at("/errors/0/pointer"), "/next_action/due");
    let worth = json!({ "name": "Acme", "worth": { "minor": 1, "currency": "EUR", "unit": 1 } });
    stand.post("/v1/companies", &worth).await.problem(422, "invalid");
    for time in ["2026-11-01 09:00:00Z", "2026-11-01T09:00Z", "+002026-11-01T09:00:00Z", "0001-01-01T00:00:00Z"] {
        stand.post("/v1/tickets", &json!({ "subject": "x", "created_at": time })).await.problem(422, "invalid");
    }
}
