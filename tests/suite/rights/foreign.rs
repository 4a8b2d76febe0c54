//! Another desk's record, wherever it is named: in an address, a query, a header or a body. It is answered like one that
//! nobody has, word for word, so that nobody can find out what another desk has.

use serde_json::{Value, json};

use super::cast::{Body, Cast};
use super::matrix::operations;
use super::sample::sample;
use crate::http::wire::Reply;

/// A request in which `ID` stands for an id.
struct Naming {
    method: &'static str,
    target: String,
    body: Value,
    /// The sort of record that is named.
    sort: &'static str,
}

fn naming(method: &'static str, target: impl Into<String>, sort: &'static str, body: Value) -> Naming {
    Naming { method, target: target.into(), body, sort }
}

/// Everywhere but in an address: a field or a query parameter that takes a record's id.
fn places(cast: &Cast) -> Vec<Naming> {
    let own = |sort: &str| cast.shop[sort].clone();
    let ticket = format!("/v1/tickets/{}", own("ticket"));
    let get = |target: &str, sort| naming("GET", target, sort, Value::Null);
    let (contact, company) = (own("contact"), own("company"));
    vec![
        naming("POST", "/v1/tickets", "contact", json!({ "subject": "x", "contact": { "id": "ID" } })),
        naming("POST", "/v1/tickets", "contact", json!({ "subject": "x", "participants": ["ID"] })),
        naming("POST", "/v1/tickets", "company", json!({ "subject": "x", "company": { "id": "ID" } })),
        naming(
            "POST",
            "/v1/tickets",
            "contact",
            json!({ "subject": "x", "entries": [{ "text": "x", "author": { "contact": "ID" } }] }),
        ),
        naming("PATCH", &ticket, "contact", json!({ "requester": "ID" })),
        naming("PATCH", &ticket, "company", json!({ "company": "ID" })),
        naming("PATCH", &ticket, "contact", json!({ "add_participants": ["ID"] })),
        naming("POST", format!("{ticket}/entries"), "contact", json!({ "text": "x", "author": { "contact": "ID" } })),
        naming("POST", format!("{ticket}/actions/merge"), "ticket", json!({ "into": "ID" })),
        naming("POST", format!("{ticket}/commitments/ID/meet"), "commitment", Value::Null),
        get(&format!("{ticket}/entries/ID"), "entry"),
        naming("POST", "/v1/companies", "company", json!({ "name": "x", "parent": "ID" })),
        naming("PATCH", format!("/v1/companies/{company}"), "company", json!({ "parent": "ID" })),
        naming("POST", "/v1/memberships", "contact", json!({ "contact": "ID", "company": company })),
        naming("POST", "/v1/memberships", "company", json!({ "contact": contact, "company": "ID" })),
        naming(
            "POST",
            "/v1/contracts",
            "company",
            json!({ "company": "ID", "name": "x", "entitlements": [{ "metric": "resolution", "minutes": 5 }] }),
        ),
        naming("POST", "/v1/merges", "contact", json!({ "kind": "contact", "winner": "ID", "loser": contact })),
        naming("POST", "/v1/merges", "contact", json!({ "kind": "contact", "winner": contact, "loser": "ID" })),
        naming("POST", "/v1/merges", "company", json!({ "kind": "company", "winner": company, "loser": "ID" })),
        naming("POST", "/v1/merges", "ticket", json!({ "kind": "ticket", "winner": own("ticket"), "loser": "ID" })),
        naming("POST", "/v1/links", "ticket", json!({ "kind": "caused-by", "from": own("ticket"), "to": "ID" })),
        naming("POST", "/v1/links", "ticket", json!({ "kind": "caused-by", "from": "ID", "to": own("ticket") })),
        naming("POST", "/v1/keys", "contact", json!({ "label": "x", "role": "customer", "contact": "ID" })),
        naming("POST", "/v1/keys", "desk", json!({ "label": "x", "role": "agent", "desk": "ID" })),
        naming(
            "POST",
            "/v1/bindings",
            "company",
            json!({ "pack": "companies", "plugin": "by-subject",
            "question": "classify", "rank": 70, "scope": { "company": "ID" }, "policy": "third" }),
        ),
        get(&format!("/v1/webhooks/{}/deliveries/ID", own("webhook")), "delivery"),
        get("/v1/tickets?requester=ID", "contact"),
        get("/v1/tickets?company=ID", "company"),
        get("/v1/tickets?company=ID&subtree=true", "company"),
        get("/v1/contracts?company=ID", "company"),
        get("/v1/commitments?state=pending&company=ID", "company"),
        get("/v1/memberships?contact=ID", "contact"),
        get("/v1/memberships?company=ID", "company"),
        get("/v1/merges?of=ID", "contact"),
        get("/v1/proposals?of=ID", "contact"),
        get("/v1/decisions?subject=ID", "ticket"),
        get("/v1/reactions?subject=ID", "ticket"),
        get("/v1/escalations?ticket=ID", "ticket"),
        get("/v1/audit?by=ID", "key"),
        get("/v1/tickets?desk=ID", "desk"),
        get("/v1/keys?desk=ID", "desk"),
        get("/v1/audit?desk=ID", "desk"),
    ]
}

/// An id of the same sort that nobody has: the last sixteen digits are others.
fn nobodys(id: &str) -> String {
    let (keep, end) = id.split_at(id.len() - 8);
    format!("{keep}{}", end.bytes().map(|it| if it == b'0' { '1' } else { '0' }).collect::<String>())
}

/// What was answered, without what must differ: the id that was sent, the request's name and its time.
fn shape(reply: &Reply, id: &str) -> String {
    let mut body = reply.json();
    if let Some(fields) = body.as_object_mut() {
        fields.remove("request_id");
        // What a preview makes is new each time.
        let made = fields.contains_key("preview");
        if made {
            return format!("{} made", reply.status);
        }
    }
    format!("{} {}", reply.status, body.to_string().replace(id, "ID"))
}

#[tokio::test]
async fn another_desks_record_is_answered_like_one_that_nobody_has_wherever_it_is_named() {
    let cast = Box::pin(Cast::gather()).await;
    let admin = cast.caller("admin");
    let mut wrong = Vec::new();
    for it in places(&cast) {
        let ask = async |id: &str| {
            let body = match &it.body {
                Value::Null => Body::Nothing,
                body => Body::Json(serde_json::from_str(&body.to_string().replace("ID", id)).expect("JSON")),
            };
            shape(&cast.ask(admin, it.method, &it.target.replace("ID", id), &body).await, id)
        };
        let theirs = &cast.lab[it.sort];
        let (foreign, unknown) = (ask(theirs).await, ask(&nobodys(theirs)).await);
        let (status, rest) = foreign.split_once(' ').expect("a status");
        let taken = match it.method {
            // A list of what is there about it: nothing.
            "GET" => status.starts_with('2') && !rest.contains(r#""items":[]"#),
            _ => status.starts_with('2'),
        };
        if foreign != unknown || taken || status.starts_with('5') {
            wrong.push(format!(
                "{} {} {}\n    theirs:  {foreign}\n    unknown: {unknown}",
                it.method, it.target, it.body
            ));
        }
    }
    assert!(wrong.is_empty(), "{} places tell more than they may:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn every_address_answers_for_another_desks_id_as_for_one_that_nobody_has() {
    let cast = Box::pin(Cast::gather()).await;
    let mut wrong = Vec::new();
    for it in operations().into_iter().filter(|it| it.path.contains("{id}")) {
        let theirs = sample(&it.id, &it.path, it.previewed, &cast.lab, 0).expect("a sample");
        let nobodys_own =
            cast.lab.iter().map(|(noun, id)| (*noun, if id.contains('_') { nobodys(id) } else { id.clone() }));
        let unknown = sample(&it.id, &it.path, it.previewed, &nobodys_own.collect(), 0).expect("a sample");
        for name in ["admin", "agent", "customer, own", "auditor"] {
            let by = cast.caller(name);
            let ask = async |asked: &super::sample::Sample| {
                let reply = cast.ask(by, &it.method, &asked.target, &asked.body).await;
                let tag = reply.header("etag").to_owned();
                let mut said = reply.json();
                said.as_object_mut().expect("a problem").remove("request_id");
                // The ids differ as they must; everything else may not.
                let said =
                    said.to_string().split(['"', ' ', '/']).filter(|it| !is_id(it)).collect::<Vec<_>>().join(" ");
                format!("{} {said} {tag}", reply.status)
            };
            let (foreign, nothing) = (ask(&theirs).await, ask(&unknown).await);
            if foreign != nothing || foreign.starts_with('2') {
                wrong.push(format!("{} as {name}\n    theirs:  {foreign}\n    unknown: {nothing}", it.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{} addresses tell more than they may:\n{}", wrong.len(), wrong.join("\n"));
}

fn is_id(word: &str) -> bool {
    word.split_once('_').is_some_and(|(_, rest)| rest.len() == 26 && rest.bytes().all(|it| it.is_ascii_alphanumeric()))
}

#[tokio::test]
async fn a_place_in_another_desks_lists_and_logs_opens_nothing() {
    let cast = Box::pin(Cast::gather()).await;
    let stand = &cast.stand;
    let admin = cast.caller("admin");
    // The lab's place in a list that exists in both.
    for target in [
        "/v1/tickets",
        "/v1/contacts",
        "/v1/events",
        "/v1/decisions",
        "/v1/audit",
        "/v1/merges",
        "/v1/tickets?sort=due",
    ] {
        let joint = if target.contains('?') { '&' } else { '?' };
        let page = stand.send_as(&cast.lab_admin, "GET", &format!("{target}{joint}limit=1"), &[], "").await.expect(200);
        let Some(next) = page.json()["next"].as_str().map(str::to_owned) else { continue };
        let mine = cast.ask(admin, "GET", &format!("{target}{joint}after={next}"), &Body::Nothing).await;
        assert!(mine.status == 200 || mine.status == 400, "{target}: {}", mine.text());
        for id in cast.lab.iter().filter(|(noun, id)| **noun != "number" && id.contains('_')).map(|(_, id)| id) {
            assert!(!mine.text().contains(id.as_str()), "{target} shows {id}: {}", mine.text());
        }
    }
    // An idempotency key is each desk's own.
    let key = [("idempotency-key", "the-same")];
    let body = r#"{"subject":"one body for both"}"#;
    let theirs = stand.send_as(&cast.lab_admin, "POST", "/v1/tickets", &key, body).await.expect(201);
    let ours = stand.send("POST", "/v1/tickets", &key, body).await.expect(201);
    assert_eq!(ours.header("idempotency-replayed"), "", "{}", ours.text());
    assert_ne!(theirs.at("/id"), ours.at("/id"));
    // So is an external id, and the number of a ticket.
    let found = cast.ask(admin, "GET", "/v1/tickets?external=crm:t-lab", &Body::Nothing).await.expect(200);
    assert_eq!(found.at("/items"), "[]");
    let found = cast.ask(admin, "GET", "/v1/contacts?identity=email:ann@lab.example", &Body::Nothing).await.expect(200);
    assert_eq!(found.at("/items"), "[]");
    let found = cast.ask(admin, "GET", &format!("/v1/tickets?number={}", cast.lab["number"]), &Body::Nothing).await;
    assert!(!found.text().contains("the secret of lab"), "{}", found.text());
}
