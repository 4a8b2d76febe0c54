//! The conventions that hold for every route.

use plugdesk_domain::Role;
use plugdesk_server::Options;
use serde_json::json;

use super::stand::Stand;
use super::wire::{raw, request};

#[tokio::test]
async fn a_stranger_hears_that_a_key_is_needed_and_how_to_send_it() {
    let stand = Stand::start().await;
    let bare = raw(stand.address, &request("GET", "/v1/tickets", &[], b"")).await.problem(401, "unauthenticated");
    assert_eq!(bare.header("www-authenticate"), "Bearer realm=\"plugdesk\"");
    for (wrong, rule) in [
        ("Bearer", "behind `Bearer` stands no API key"),
        ("Bearer   ", "behind `Bearer` stands no API key"),
        ("Bearer nonsense", "this key opens nothing"),
        ("Basic dXNlcjpwYXNz", "the scheme is Bearer"),
        ("pd_admin_aaaa_bbbb", "the scheme is Bearer"),
        ("Bearer pd_admin_aaaa_bbbb", "this key opens nothing"),
        ("Bearer é", "the header Authorization holds characters that no key has"),
    ] {
        let headers = [("authorization", wrong)];
        let refused = raw(stand.address, &request("GET", "/v1/me", &headers, b"")).await;
        assert_eq!(refused.problem(401, "unauthenticated").at("/detail"), rule, "{wrong}");
    }
    let me = stand.get("/v1/me").await.expect(200);
    assert_eq!(
        (me.at("/role"), me.at("/desk"), me.at("/desks/0/name")),
        ("admin".into(), stand.desk.to_string(), "shop".into())
    );
}

#[tokio::test]
async fn the_front_page_lists_every_address_with_a_sentence() {
    let stand = Stand::start().await;
    let page = raw(stand.address, &request("GET", "/v1", &[], b"")).await.expect(200);
    let routes = page.json()["routes"].as_array().cloned().unwrap_or_default();
    let tickets = routes.iter().find(|route| route["path"] == "/v1/tickets").expect("tickets are listed");
    assert!(tickets["methods"]["POST"].as_str().is_some_and(|text| text.starts_with("Makes a ticket")));
    for open in ["/livez", "/readyz", "/openapi.json"] {
        raw(stand.address, &request("GET", open, &[], b"")).await.expect(200);
    }
    stand.send_as(&stand.operator, "GET", "/metrics", &[], "").await.expect(200);
    stand.get("/metrics").await.problem(403, "forbidden");
}

#[tokio::test]
async fn a_record_is_changed_only_at_the_version_that_was_read() {
    let stand = Stand::start().await;
    let made = stand.post("/v1/contacts", &json!({ "name": "Parisa" })).await.expect(201);
    assert_eq!(made.header("etag"), "\"1\"");
    let address = made.header("location").to_owned();
    assert_eq!(address, format!("/v1/contacts/{}", made.at("/id")));
    let change = r#"{"name":"Parisa K."}"#;
    let changed = stand.send("PATCH", &address, &[("if-match", "\"1\"")], change).await.expect(200);
    assert_eq!((changed.header("etag"), changed.at("/name").as_str()), ("\"2\"", "Parisa K."));
    let late = stand.send("PATCH", &address, &[("if-match", "\"1\"")], change).await.problem(412, "version-mismatch");
    assert_eq!(late.at("/stored_version"), "2");
    stand.send("PATCH", &address, &[("if-match", "W/\"2\"")], change).await.problem(400, "invalid-header");
    assert_eq!(stand.get(&address).await.expect(200).header("etag"), "\"2\"");
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_named_with_its_place() {
    let stand = Stand::start().await;
    let unknown = stand.send("POST", "/v1/tickets", &[], r#"{"subject":"x","entries":[{"text":"a","txt":1}]}"#).await;
    let unknown = unknown.problem(422, "invalid");
    assert_eq!(unknown.at("/errors/0/pointer"), "/entries/0/txt");
    let rule = stand.post("/v1/tickets", &json!({ "subject": "" })).await.problem(422, "invalid");
    assert_eq!(rule.at("/errors/0/pointer"), "/subject");
    let broken = stand.send("POST", "/v1/tickets", &[], "{\n \"subject\": }").await.problem(400, "malformed-json");
    assert!(broken.at("/detail").ends_with("at line 2 column 13"), "{}", broken.text());
    let query = stand.get("/v1/tickets?limit=5&offset=10").await.problem(400, "unknown-parameter");
    assert_eq!(query.at("/parameter"), "offset");
    for query in ["limit=abc", "kind=lead&limit=-1", "limit=1&limit=2"] {
        let told = stand.get(&format!("/v1/tickets?{query}")).await.problem(400, "invalid-parameter");
        assert_eq!(told.at("/parameter"), "limit", "{}", told.text());
    }
    let missing = stand.post("/v1/tickets", &json!({ "subject": "x", "entries": [{}] })).await;
    assert_eq!(missing.problem(422, "invalid").at("/errors/0/pointer"), "/entries/0/text");
    for wrong in [json!({ "company": "nope" }), json!({ "contact": 1 }), json!({ "custom": "x" })] {
        let told = stand.post("/v1/tickets", &wrong).await.problem(422, "invalid");
        assert_eq!(told.at("/errors/0/detail"), "an object is expected", "{wrong}");
    }
    stand.get("/v1/tickets?limit=201").await.problem(400, "invalid-parameter");
    stand.get("/v1/tickets?requester=nobody").await.problem(400, "invalid-parameter");
    stand.get("/v1/tickets/ticket_wrong").await.problem(404, "not-found");
    stand.get("/v1/contacts?identity=fax:1").await.problem(400, "invalid-parameter");
    let kind = [("content-type", "text/plain")];
    stand.send("POST", "/v1/tickets", &kind, "{}").await.problem(415, "unsupported-media-type");
    let large = format!(r#"{{"subject":"{}"}}"#, "x".repeat(2 << 20));
    stand.send("POST", "/v1/tickets", &[], &large).await.problem(413, "too-large");
}

#[tokio::test]
async fn a_field_that_can_not_be_empty_is_not_emptied_in_silence() {
    let stand = Stand::start().await;
    let ticket = stand.post("/v1/tickets", &json!({ "subject": "x", "team": "sales" })).await.expect(201);
    let contact = stand.post("/v1/contacts", &json!({ "name": "Ann" })).await.expect(201);
    let company = stand.post("/v1/companies", &json!({ "name": "Acme" })).await.expect(201);
    let fields = ["kind", "subject", "state", "category", "priority"].map(|field| (&ticket, field));
    for (made, field) in fields.into_iter().chain([(&contact, "name"), (&company, "name")]) {
        let change = json!({ field: null }).to_string();
        let told = stand.send("PATCH", made.header("location"), &[], &change).await.problem(422, "invalid");
        assert_eq!(told.at("/errors/0/pointer"), format!("/{field}"));
    }
    let emptied = stand.send("PATCH", ticket.header("location"), &[], r#"{"team":null}"#).await.expect(200);
    assert!(emptied.json().get("team").is_none(), "what can be empty is emptied: {}", emptied.text());
}

#[tokio::test]
async fn a_list_goes_on_where_it_ended_and_takes_no_others_place() {
    let stand = Stand::start().await;
    for name in ["a", "b", "c"] {
        stand.post("/v1/companies", &json!({ "name": name })).await.expect(201);
    }
    let first = stand.get("/v1/companies?limit=2").await.expect(200);
    let place = first.at("/next");
    let second = stand.get(&format!("/v1/companies?limit=2&after={place}")).await.expect(200);
    assert!(second.json().get("next").is_none(), "the last page names no next");
    let names = [first.at("/items/0/name"), first.at("/items/1/name"), second.at("/items/0/name")];
    assert_eq!(std::collections::BTreeSet::from(names).len(), 3, "each stands on one page");
    stand.get(&format!("/v1/contacts?after={place}")).await.problem(400, "invalid-parameter");
    stand.get("/v1/companies?after=bm9uc2Vuc2U").await.problem(400, "invalid-parameter");
}

#[tokio::test]
async fn a_repeated_request_hears_the_same_and_does_nothing() {
    let stand = Stand::start().await;
    let key = [("idempotency-key", "once-1")];
    let (body, other) = (r#"{"name":"Ann"}"#, r#"{"name":"Bea"}"#);
    let first = stand.send("POST", "/v1/contacts", &key, body).await.expect(201);
    let again = stand.send("POST", "/v1/contacts", &key, body).await.expect(201);
    assert_eq!((first.at("/id"), again.header("idempotency-replayed")), (again.at("/id"), "true"));
    let reused = stand.send("POST", "/v1/contacts", &key, other).await.problem(422, "idempotency-reused");
    assert_eq!(reused.at("/detail"), "use a new key, or send the first body again");
    let agent = stand.key(Role::Agent, Some(stand.desk), None).await;
    let theirs = stand.send_as(&agent, "POST", "/v1/contacts", &key, other).await.expect(201);
    assert_ne!(theirs.at("/id"), first.at("/id"), "another client's key is another key");
    let long = "x".repeat(129);
    for wrong in ["", "two words", long.as_str()] {
        let headers = [("idempotency-key", wrong)];
        stand.send("POST", "/v1/contacts", &headers, body).await.problem(400, "invalid-header");
    }
}

#[tokio::test]
async fn a_preview_answers_and_stores_nothing() {
    let stand = Stand::start().await;
    let shown = stand.post("/v1/tickets?preview=true", &json!({ "subject": "what if" })).await.expect(200);
    assert_eq!((shown.at("/preview"), shown.header("etag"), shown.header("location")), ("true".into(), "", ""));
    assert_eq!(stand.get("/v1/tickets").await.expect(200).at("/items"), "[]");
    stand.post("/v1/tickets?preview=perhaps", &json!({ "subject": "x" })).await.problem(400, "invalid-parameter");
    stand.get("/v1/tickets?preview=true").await.problem(400, "unknown-parameter");
}

#[tokio::test]
async fn an_address_says_which_methods_it_knows() {
    let stand = Stand::start().await;
    let wrong = stand.send("DELETE", "/v1/tickets", &[], "").await.problem(405, "method-not-allowed");
    assert_eq!(wrong.header("allow"), "GET, HEAD, OPTIONS, POST");
    let asked = stand.send("OPTIONS", "/v1/tickets", &[], "").await.expect(204);
    assert_eq!(asked.header("allow"), "GET, HEAD, OPTIONS, POST");
    let head = stand.send("HEAD", "/v1/tickets", &[], "").await.expect(200);
    assert!(head.body.is_empty() && head.header("content-type") == "application/json");
    stand.get("/v1/nothing").await.problem(404, "not-found");
    stand.get("/elsewhere").await.problem(404, "not-found");
}

#[tokio::test]
async fn a_request_has_a_name_that_the_client_may_choose() {
    let stand = Stand::start().await;
    let named = stand.send("GET", "/v1/me", &[("x-request-id", "mine-7")], "").await;
    assert_eq!(named.header("x-request-id"), "mine-7");
    let refused = stand.send("GET", "/v1/me", &[("x-request-id", "a b\"c")], "").await;
    assert!(refused.header("x-request-id").starts_with("req_"));
    assert_eq!(refused.header("cache-control"), "no-store");
    assert_eq!(refused.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn one_who_asks_too_fast_waits_and_nobody_else_does() {
    let stand = Stand::with(Options { rate_per_second: 1, rate_burst: 2, ..Options::default() }).await;
    stand.get("/v1/me").await.expect(200);
    stand.get("/v1/me").await.expect(200);
    let late = stand.get("/v1/me").await.problem(429, "too-many-requests");
    assert_eq!(late.header("retry-after"), "1");
    stand.send_as(&stand.operator, "GET", "/v1/me", &[], "").await.expect(200);
}

#[tokio::test]
async fn the_whole_api_works_under_an_embedders_prefix() {
    let stand = Stand::start().await;
    let app = axum::Router::new().nest("/help/desk", plugdesk_server::router(stand.server.clone()));
    let listener = plugdesk_server::Listener::tcp(([127, 0, 0, 1], 0).into()).await.expect("port 0 is free");
    let address = listener.address().expect("an address");
    let serving = tokio::spawn(plugdesk_server::serve(listener, stand.server.clone(), app, std::future::pending()));
    let bearer = format!("Bearer {}", stand.admin);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let made =
        raw(address, &request("POST", "/help/desk/v1/contacts", &headers, b"{\"name\":\"Ann\"}")).await.expect(201);
    assert_eq!(made.header("location"), format!("/help/desk/v1/contacts/{}", made.at("/id")));
    raw(address, &request("GET", made.header("location"), &headers, b"")).await.expect(200);
    let wrong = raw(address, &request("GET", "/help/desk/v1/contacts?x=1", &headers, b"")).await;
    wrong.problem(400, "unknown-parameter");
    serving.abort();
}
