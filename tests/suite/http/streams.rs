//! Long answers and long bodies: backup, export, restore, imports, packs.

use serde_json::json;

use super::stand::Stand;
use super::wire::{raw, request};

#[tokio::test]
async fn an_export_read_into_an_empty_desk_is_the_same_desk() {
    let stand = Stand::start().await;
    stand.post("/v1/companies", &json!({ "name": "Acme" })).await.expect(201);
    let contact = stand.post("/v1/contacts", &json!({ "name": "Ann" })).await.expect(201).at("/id");
    let operator =
        |method: &'static str, target: &'static str, headers: Vec<(&'static str, &'static str)>, body: String| {
            let stand = &stand;
            async move { stand.send_as(&stand.operator, method, target, &headers, &body).await }
        };
    let export = operator("GET", "/v1/export?desk=shop", vec![], String::new()).await.expect(200);
    assert_eq!(export.header("content-type"), "application/jsonl");
    assert_eq!(export.header("content-disposition"), "attachment; filename=\"shop.jsonl\"");
    operator("POST", "/v1/desks", vec![], r#"{"name":"copy"}"#.into()).await.expect(201);
    let kind = vec![("content-type", "application/jsonl")];
    let read = operator("PUT", "/v1/export?desk=copy", kind.clone(), export.text()).await.expect(200);
    assert!(read.at("/records").parse::<u64>().is_ok_and(|records| records >= 2), "{}", read.text());
    let target: &'static str = Box::leak(format!("/v1/contacts/{contact}?desk=copy").into_boxed_str());
    assert_eq!(operator("GET", target, vec![], String::new()).await.expect(200).at("/name"), "Ann");
    let twice = operator("PUT", "/v1/export?desk=copy", kind, export.text()).await;
    assert!((400..500).contains(&twice.status), "a desk that holds something is left alone: {}", twice.text());
    operator("PUT", "/v1/export?desk=copy", vec![], "{}".into()).await.problem(415, "unsupported-media-type");
}

#[tokio::test]
async fn a_file_that_is_no_export_is_refused_with_the_reason() {
    let stand = Stand::start().await;
    stand.send_as(&stand.operator, "POST", "/v1/desks", &[], r#"{"name":"copy"}"#).await.expect(201);
    let kind = [("content-type", "application/jsonl")];
    let own = format!("/v1/export?desk={}", stand.desk);
    let exported = stand.send_as(&stand.operator, "GET", &own, &[], "").await.expect(200).text();
    let cut: String = exported.lines().take(1).map(|line| format!("{line}\n")).collect();
    let no_line = "line 1 of the import: it is no line of an export";
    for (file, why) in [
        ("", "line 1 of the import: it ends without its last line, so something is missing"),
        ("Name,Mail\nAnn,a@example.org\n", no_line),
        ("{\"name\":\"Ann\"}\n", no_line),
        (&"x".repeat(1 << 20), no_line),
        (&cut, "line 2 of the import: it ends without its last line, so something is missing"),
    ] {
        let told = stand.send_as(&stand.operator, "PUT", "/v1/export?desk=copy", &kind, file).await;
        assert_eq!(told.problem(422, "invalid").at("/detail"), why);
    }
}

#[tokio::test]
async fn a_backup_is_streamed_and_the_store_is_verified() {
    let stand = Stand::start().await;
    let backup = stand.send_as(&stand.operator, "GET", "/v1/backup", &[], "").await.expect(200);
    assert!(!backup.body.is_empty());
    let verified = stand.send_as(&stand.operator, "POST", "/v1/verify", &[], "").await.expect(200);
    assert_eq!(verified.at("/problems"), "[]");
    let health = stand.send_as(&stand.operator, "GET", "/v1/health", &[], "").await.expect(200);
    assert_eq!((health.at("/ready"), health.at("/desks/0/desk/name")), ("true".into(), "shop".into()));
}

#[tokio::test]
async fn a_file_is_imported_and_its_refused_rows_are_named() {
    let stand = Stand::start().await;
    let new = json!({
        "name": "crm-1",
        "format": "csv",
        "mapping": { "kind": "contact", "contact": { "name": "Name", "email": "Mail" } },
        "skip_refused": true,
    });
    let import = stand.post("/v1/imports", &new).await.expect(201);
    let file = format!("{}/file", import.header("location"));
    let kind = [("content-type", "text/csv")];
    stand.send("PUT", &file, &kind, "Name,Mail\nAnn,ann@example.org\nBob,nonsense\n").await.expect(202);
    let done = loop {
        let now = stand.get(import.header("location")).await.expect(200);
        if !["waiting", "checking", "writing"].contains(&now.at("/state").as_str()) {
            break now;
        }
    };
    assert_eq!((done.at("/state"), done.at("/written"), done.at("/refused")), ("done".into(), "1".into(), "1".into()));
    assert_eq!(done.at("/refused_rows/0/line"), "3");
    let found = stand.get("/v1/contacts?identity=email:ANN@example.org").await.expect(200);
    assert_eq!(found.at("/items/0/name"), "Ann");
    assert_eq!(stand.get("/v1/contacts?identity=email:bob@example.org").await.expect(200).at("/items"), "[]");
}

#[tokio::test]
async fn an_upload_that_is_too_large_is_refused_before_it_is_sent() {
    let stand = Stand::start().await;
    let bearer = format!("Bearer {}", stand.admin);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/x-tar")];
    let mut head = request("POST", "/v1/packs", &headers, b"");
    let text = String::from_utf8_lossy(&head).replace("content-length: 0", "content-length: 999999999");
    head = text.into_bytes();
    raw(stand.address, &head).await.problem(413, "too-large");
}
