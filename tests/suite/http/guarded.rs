//! What one sender could do to all others, or learn of them, is refused before it costs or tells anything.

use plugdesk_domain::{ContactId, Role};
use serde_json::{Value, json};

use super::stand::Stand;

async fn customer(stand: &Stand, name: &str) -> (String, String) {
    let id = stand.post("/v1/contacts", &json!({ "name": name })).await.expect(201).at("/id");
    let contact: ContactId = id.parse().unwrap();
    (id, stand.key(Role::Customer, Some(stand.desk), Some(contact)).await)
}

#[tokio::test]
async fn a_schema_that_doubles_at_each_step_is_refused_by_its_field() {
    let stand = Stand::start().await;
    let mut defs = serde_json::Map::new();
    for step in 0..40 {
        let next = json!({ "$ref": format!("#/$defs/a{}", step + 1) });
        defs.insert(format!("a{step}"), json!({ "allOf": [next, next] }));
    }
    defs.insert("a40".into(), true.into());
    let bomb = json!({ "schema": { "$defs": defs, "$ref": "#/$defs/a0" } });
    let told = stand.send("PUT", "/v1/definitions/kind/support", &[], &bomb.to_string()).await.problem(422, "invalid");
    assert_eq!(told.at("/errors/0/pointer"), "/schema");
    assert!(told.text().contains("too many rules"), "{}", told.text());
}

#[tokio::test]
async fn custom_fields_that_are_too_large_are_not_held_against_a_schema() {
    let stand = Stand::start().await;
    let (_, key) = customer(&stand, "Ann").await;
    let schema = json!({ "schema": { "properties": { "seats": { "items": { "type": "string" } } } } });
    stand.send("PUT", "/v1/definitions/kind/support", &[], &schema.to_string()).await.expect(200);
    let body = json!({ "subject": "x", "custom": { "seats": vec![0; 100_000] } }).to_string();
    let told = stand.send_as(&key, "POST", "/v1/tickets", &[], &body).await.problem(422, "invalid");
    let errors = told.json()["errors"].as_array().unwrap().len();
    assert_eq!((told.at("/errors/0/pointer").as_str(), errors), ("/custom/seats", 1), "{}", told.text());
    let body = json!({ "subject": "x", "custom": { "seats": [1, "b"] } }).to_string();
    let told = stand.send_as(&key, "POST", "/v1/tickets", &[], &body).await.problem(422, "invalid");
    assert_eq!(told.at("/errors/0/pointer"), "/custom/seats/0", "the schema holds all the same");
}

#[tokio::test]
async fn what_people_promised_among_themselves_is_not_a_customers_to_read() {
    let stand = Stand::start().await;
    let (ann, key) = customer(&stand, "Ann").await;
    let targets = json!({ "targets": [{ "metric": "first-response", "minutes": 60, "calendar": "always",
        "warn_minutes": 10 }] });
    stand.send("PUT", "/v1/definitions/segment/company", &[], &targets.to_string()).await.expect(200);
    let new = json!({ "subject": "hers", "contact": { "id": ann }, "segment": "company" });
    let at = stand.post("/v1/tickets", &new).await.expect(201).header("location").to_owned();
    let said = json!({ "what": "ask legal whether we can drop her", "minutes": 60 });
    stand.post(&format!("{at}/commitments"), &said).await;
    for target in [at.clone(), format!("{at}/commitments"), format!("{at}/timeline")] {
        let shown = stand.send_as(&key, "GET", &target, &[], "").await.expect(200).text();
        assert!(shown.contains("first-response"), "{target}: {shown}");
        for hidden in ["legal", "decision", "warn", "\"status\""] {
            assert!(!shown.contains(hidden), "{target} tells `{hidden}`: {shown}");
        }
    }
    let own = stand.get(&format!("{at}/commitments")).await.expect(200).text();
    assert!(own.contains("legal") && own.contains("warn_minutes"), "the desk's own people read them: {own}");
}

#[tokio::test]
async fn a_customers_lists_walk_over_nobody_elses_tickets() {
    let stand = Stand::start().await;
    let (ann, key) = customer(&stand, "Ann").await;
    let others = json!({ "kind": "lead", "subject": "of somebody else", "contact": { "name": "Bob" } });
    for _ in 0..25 {
        stand.post("/v1/tickets", &others).await.expect(201);
    }
    for sort in ["", "&sort=due", "&sort=-created", "&sort=created", "&q=somebody"] {
        let list = stand.send_as(&key, "GET", &format!("/v1/tickets?kind=lead&limit=1{sort}"), &[], "").await;
        let list = list.expect(200).json();
        assert_eq!((list["items"].as_array().map(Vec::len), list.get("next")), (Some(0), None), "{sort}: {list}");
    }
    stand.send_as(&key, "GET", "/v1/tickets?kind=lead&sort=score", &[], "").await.expect(403);
    for subject in ["one", "two"] {
        let hers = json!({ "kind": "lead", "subject": subject, "contact": { "id": ann } });
        stand.post("/v1/tickets", &hers).await.expect(201);
    }
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page = stand.send_as(&key, "GET", &format!("/v1/tickets?kind=lead&limit=1{after}"), &[], "").await;
        let page = page.expect(200).json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|it| it["subject"].clone()));
        let Some(next) = page.get("next").and_then(Value::as_str) else { break };
        after = format!("&after={next}");
    }
    assert_eq!(seen, ["two", "one"]);
}

#[tokio::test]
async fn a_customers_story_goes_on_behind_a_page_of_notes() {
    let stand = Stand::start().await;
    let (ann, key) = customer(&stand, "Ann").await;
    let new = json!({ "subject": "hers", "contact": { "id": ann } });
    let at = stand.post("/v1/tickets", &new).await.expect(201).header("location").to_owned();
    for turn in 0..12 {
        let note = json!({ "kind": "note", "text": format!("note {turn}") });
        stand.post(&format!("{at}/entries"), &note).await.expect(201);
    }
    stand.post(&format!("{at}/entries"), &json!({ "text": "we are on it" })).await.expect(201);
    let (mut told, mut after) = (String::new(), String::new());
    for _ in 0..20 {
        let page = stand.send_as(&key, "GET", &format!("{at}/timeline?limit=2{after}"), &[], "").await.expect(200);
        told.push_str(&page.text());
        let Some(next) = page.json().get("next").and_then(Value::as_str).map(str::to_owned) else { break };
        after = format!("&after={next}");
    }
    assert!(told.contains("we are on it") && !told.contains("note 1"), "{told}");
    assert_eq!(told.matches("we are on it").count(), 1, "each is told once: {told}");
}

#[tokio::test]
async fn a_customer_is_not_told_how_the_desk_is_set_up() {
    let stand = Stand::start().await;
    let (ann, key) = customer(&stand, "Ann").await;
    stand.post("/v1/agents", &json!({ "name": "anna" })).await.expect(201);
    let new = json!({ "subject": "hers", "contact": { "id": ann } });
    let at = stand.post("/v1/tickets", &new).await.expect(201).header("location").to_owned();
    let shown = stand.send_as(&key, "GET", &format!("{at}/actions"), &[], "").await.expect(200).text();
    assert!(!shown.contains("candidates") && !shown.contains("requires"), "{shown}");
    assert!(stand.get(&format!("{at}/actions")).await.expect(200).text().contains("candidates"));
    stand.send_as(&key, "GET", "/v1/desk", &[], "").await.expect(403);
}

#[tokio::test]
async fn what_is_wrong_with_a_question_is_a_parameter() {
    let stand = Stand::start().await;
    let wrong = [
        ("/v1/merges?of=nonsense", "of"),
        ("/v1/proposals?of=nonsense", "of"),
        ("/v1/tickets?sort=score", "sort"),
        ("/v1/tickets?subtree=true", "subtree"),
        ("/v1/tickets?assignee=me", "assignee"),
    ];
    for (target, parameter) in wrong {
        let told = stand.get(target).await.problem(400, "invalid-parameter");
        assert_eq!(told.at("/parameter"), parameter, "{target}: {}", told.text());
    }
}

#[tokio::test]
async fn a_key_of_an_agent_says_whose_it_is() {
    let stand = Stand::start().await;
    stand.post("/v1/agents", &json!({ "name": "anna" })).await.expect(201);
    let key = json!({ "label": "x", "role": "agent", "agent": "anna" });
    let key = stand.post("/v1/keys", &key).await.expect(201).at("/secret");
    assert_eq!(stand.send_as(&key, "GET", "/v1/me", &[], "").await.expect(200).at("/agent"), "anna");
}
