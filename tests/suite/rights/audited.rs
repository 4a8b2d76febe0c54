//! Whatever is done to a desk itself leaves an act that names who did it, when, and to what.

use serde_json::{Value, json};

use super::cast::{Body, Cast, Records};
use super::matrix::{Operation, operations};
use super::sample::sample;
use crate::http::wire::Reply;

/// What agents may is daily work; what only others may is administration, and reading personal data in bulk too.
fn administrative(it: &Operation) -> bool {
    let bulk = ["backup_view", "export_view", "decision_vector_view", "verify_run"];
    bulk.contains(&it.id.as_str()) || (it.method != "GET" && it.is_secured() && !it.is_for("agent"))
}

/// In which order they are done: what needs a record comes before what takes it away.
fn turn(it: &Operation) -> u8 {
    match it.id.as_str() {
        "pack_remove" => 9,
        "binding_delete" => 8,
        "binding_rollback" | "generation_rollback" => 7,
        id if id.ends_with("_delete") || id.ends_with("_revoke") => 6,
        "webhook_test" | "delivery_replay" => 2,
        "webhook_update" | "webhook_rotate" => 3,
        _ => 5,
    }
}

#[tokio::test]
async fn every_administrative_act_leaves_a_trace_that_names_who_what_and_when() {
    let cast = Box::pin(Cast::gather()).await;
    let by = cast.caller("operator");
    let me = cast.ask(by, "GET", "/v1/me", &Body::Nothing).await.at("/key");
    let mut done: Vec<Operation> = operations().into_iter().filter(administrative).collect();
    done.sort_by_key(turn);
    assert!(done.len() >= 30, "{} acts", done.len());
    let mut missing = Vec::new();
    for (place, it) in done.iter().enumerate() {
        let (records, body) = prepared(&cast, it).await;
        let asked = sample(&it.id, &it.path, false, &records, place).expect("a sample");
        let (process, before) = (acts(&cast, "", &me).await.len(), acts(&cast, "&desk=shop", &me).await.len());
        let target = it.id.as_str();
        let target = if target == "export_restore" { asked.target.clone() + "?desk=empty" } else { asked.target };
        let body = body.unwrap_or(asked.body);
        let names = if it.id == "export_restore" || !it.at_desk { None } else { by.names };
        let asking = super::cast::Caller { name: by.name, role: by.role, key: by.key.clone(), names };
        let reply = cast.ask(&asking, &it.method, &target, &body).await;
        if it.id == "hold_set" {
            let off = Body::Json(json!({ "read_only": false }));
            cast.ask(&asking, &it.method, &target, &off).await.expect(200);
        }
        if !(200..300).contains(&reply.status) {
            missing.push(format!("{}: {} {}", it.id, reply.status, reply.text()));
            continue;
        }
        let (of_process, of_desk) = (acts(&cast, "", &me).await, acts(&cast, "&desk=shop", &me).await);
        let fresh: Vec<&Value> = of_desk.iter().skip(before).chain(of_process.iter().skip(process)).collect();
        let whole = |act: &&Value| {
            let said = |field: &str| act[field].as_str().is_some_and(|text| !text.is_empty());
            act["by"] == me.as_str() && act["role"] == "operator" && said("subject") && said("at") && said("label")
        };
        if !fresh.iter().any(whole) {
            missing.push(format!("{}: {fresh:?} of {}", it.id, before + process));
        } else if !fresh.iter().any(|act| names_record(act, &reply)) {
            missing.push(format!("{}: {fresh:?} does not say of what: {}", it.id, reply.text()));
        }
    }
    assert!(missing.is_empty(), "{} acts leave no trace:\n{}", missing.len(), missing.join("\n"));
}

/// The record that was answered stands in the act; what answers with none names itself.
fn names_record(act: &Value, reply: &Reply) -> bool {
    let Ok(said) = serde_json::from_slice::<Value>(&reply.body) else { return true };
    let known = ["/id", "/key/id", "/binding/id", "/name", "/number", "/pack/digest"];
    let names: Vec<String> =
        known.iter().filter_map(|at| said.pointer(at)).map(|it| it.to_string().replace('"', "")).collect();
    names.is_empty() || names.iter().any(|name| act.to_string().contains(name.as_str()))
}

/// What one needs beforehand.
async fn prepared(cast: &Cast, it: &Operation) -> (Records, Option<Body>) {
    let stand = &cast.stand;
    let mut records = cast.shop.clone();
    let mut made = async |noun: &'static str, target: &str, at: &str, body: Value| {
        let id = stand.post(target, &body).await.expect(201).at(at);
        records.insert(noun, id);
    };
    let mut body = None;
    match it.id.as_str() {
        "key_revoke" | "key_rotate" => {
            made("key", "/v1/keys", "/key/id", json!({ "label": it.id, "role": "auditor" })).await;
        }
        "import_file" => {
            let mapping = json!({ "kind": "lead", "ticket": { "subject": "topic" } });
            made("import", "/v1/imports", "/id", json!({ "name": "for-the-audit", "mapping": mapping })).await;
        }
        "hold_set" => body = Some(Body::Json(json!({ "read_only": true, "why": "for the audit" }))),
        "export_restore" => {
            let as_operator = async |method: &str, target: &str, body: &str| {
                stand.send_as(&stand.operator, method, target, &[], body).await
            };
            as_operator("POST", "/v1/desks", r#"{"name":"empty"}"#).await.expect(201);
            let export = as_operator("GET", "/v1/export?desk=shop", "").await.expect(200);
            body = Some(Body::Bytes("application/jsonl", export.body));
        }
        _ => {}
    }
    (records, body)
}

/// The acts of that key, all pages.
async fn acts(cast: &Cast, more: &str, by: &str) -> Vec<Value> {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let target = format!("/v1/audit?by={by}&limit=200{more}{after}");
        let page = cast.stand.send_as(&cast.stand.operator, "GET", &target, &[], "").await.expect(200).json();
        found.extend(page["items"].as_array().expect("acts").iter().cloned());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return found,
        }
    }
}

#[tokio::test]
async fn the_audit_is_read_in_pages_by_who_and_since_and_by_those_alone_who_may() {
    let cast = Box::pin(Cast::gather()).await;
    let stand = &cast.stand;
    let whole = stand.get("/v1/audit?limit=200").await.expect(200).json();
    let whole = whole["items"].as_array().expect("acts");
    assert!(whole.len() > 15, "{}", whole.len());
    assert!(whole.iter().any(|act| act["name"] == "key.created" && act["log"] == "process"), "keys belong to it");
    assert!(whole.iter().any(|act| act["name"] == "pack.installed" && act["log"] == "desk"));
    assert!(!whole.iter().any(|act| act["name"] == "ticket.created"), "daily work is not administration");
    assert!(!Value::from(whole.clone()).to_string().contains(&cast.lab["webhook"]));
    // The same in pages of three.
    let (mut pages, mut after) = (Vec::new(), String::new());
    loop {
        let page = stand.get(&format!("/v1/audit?limit=3{after}")).await.expect(200).json();
        let items = page["items"].as_array().expect("acts");
        assert!(items.len() <= 3);
        pages.extend(items.iter().cloned());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(&pages, whole);
    let later = stand.get("/v1/audit?since=2040-01-01T00:00:00Z").await.expect(200);
    assert_eq!(later.at("/items"), "[]");
    let now = stand.get("/v1/audit?limit=200&since=2026-11-18T11:06:40Z").await.expect(200).json();
    assert_eq!(now["items"].as_array().map(Vec::len), Some(whole.len()));
    stand.get("/v1/audit?after=AAAA").await.problem(400, "invalid-parameter");
    stand.get("/v1/audit?who=me").await.problem(400, "unknown-parameter");
}
