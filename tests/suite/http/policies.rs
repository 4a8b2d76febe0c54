//! Policies over HTTP: installed, asked, explained in the reader's language, turned off, rolled back.

use serde_json::json;

use super::stand::Stand;
use super::wire::{Reply, raw, request};

/// A tar archive (POSIX ustar) of these files.
fn tar(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, content) in files {
        let mut head = [0_u8; 512];
        let mut put = |at: usize, text: &str| head[at..at + text.len()].copy_from_slice(text.as_bytes());
        put(0, name);
        put(100, "0000644\0");
        put(108, "0000000\0");
        put(116, "0000000\0");
        put(124, &format!("{:011o}\0", content.len()));
        put(136, "00000000000\0");
        put(148, "        ");
        put(156, "0");
        put(257, "ustar\u{0}00");
        let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
        head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        archive.extend_from_slice(&head);
        archive.extend_from_slice(content.as_bytes());
        archive.resize(archive.len().next_multiple_of(512), 0);
    }
    archive.resize(archive.len() + 1024, 0);
    archive
}

/// A pack of that component.
pub(crate) fn pack(component: &str, version: &str) -> Vec<u8> {
    let manifest = format!(
        r#"
[pack]
name = "companies"
version = "{version}"
publisher = "tests"
licence = "MIT"
plugdesk = ">=0.1, <1"

[[plugin]]
name = "by-subject"
component = "plugin.wasm"
questions = ["classify"]

[[binding]]
plugin = "by-subject"
question = "classify"
rank = 10
"#
    );
    let en = "always-company = Everybody is a company here\n";
    let fa = "always-company = اینجا همه شرکت‌اند\n";
    tar(&[
        ("pack.toml", &manifest),
        ("plugin.wasm", component),
        ("locales/en.ftl", en),
        ("locales/fa.ftl", fa),
        ("README.md", "# companies\n\nCalls everybody a company.\n"),
    ])
}

/// Sends a pack that calls everybody a company.
pub(crate) async fn send_pack(stand: &Stand, version: &str, target: &str, key: &str) -> Reply {
    install_once(stand, &pack("by-subject", version), target, &[("idempotency-key", key)]).await
}

async fn install(stand: &Stand, archive: &[u8], target: &str) -> Reply {
    install_once(stand, archive, target, &[]).await
}

async fn install_once(stand: &Stand, archive: &[u8], target: &str, more: &[(&str, &str)]) -> Reply {
    let bearer = format!("Bearer {}", stand.admin);
    let mut headers = vec![("authorization", bearer.as_str()), ("content-type", "application/x-tar")];
    headers.extend_from_slice(more);
    raw(stand.address, &request("POST", target, &headers, archive)).await
}

#[tokio::test]
async fn a_decision_is_explained_in_the_readers_language() {
    let stand = Stand::start().await;
    install(&stand, &pack("by-subject", "0.1.0"), "/v1/packs").await.expect(201);
    let made = stand.send("POST", "/v1/tickets", &[("accept-language", "fa, en;q=0.5")], r#"{"subject":"x"}"#).await;
    let made = made.expect(201);
    assert_eq!((made.at("/segment"), made.at("/decision/asked/0/about")), ("company".into(), made.at("/id")));
    assert_eq!(made.at("/decision/asked/0/opinions/0/reasons/0/text"), "اینجا همه شرکت‌اند");
    let address = format!("/v1/decisions/{}", made.at("/decision/id"));
    let english = stand.get(&address).await.expect(200);
    assert_eq!(english.at("/asked/0/opinions/0/reasons/0/text"), "Everybody is a company here");
    let along = stand.get(&format!("{}?include=decisions,entries", made.header("location"))).await.expect(200);
    assert_eq!(along.at("/included/decisions/0/id"), made.at("/decision/id"));
    assert_eq!(along.at("/included/entries"), "[]");
    stand.get(&format!("{}?include=everything", made.header("location"))).await.problem(400, "invalid-parameter");
    let list = stand.get(&format!("/v1/decisions?subject={}", made.at("/id"))).await.expect(200);
    assert_eq!(list.at("/items/0/id"), made.at("/decision/id"));
    stand.get(&format!("{address}/vector")).await.expect(200);
}

#[tokio::test]
async fn the_decision_of_a_preview_says_that_it_is_one() {
    let stand = Stand::start().await;
    install(&stand, &pack("by-subject", "0.1.0"), "/v1/packs").await.expect(201);
    let new = json!({ "subject": "x" });
    let shown = stand.post("/v1/tickets?preview=true", &new).await.expect(200);
    assert_eq!((shown.at("/segment"), shown.at("/decision/outcome")), ("company".into(), "preview".into()));
    stand.get(&format!("/v1/decisions/{}", shown.at("/decision/id"))).await.problem(404, "not-found");
    assert_eq!(stand.post("/v1/tickets", &new).await.expect(201).at("/decision/outcome"), "committed");
}

#[tokio::test]
async fn a_pack_with_problems_is_refused_by_file_and_disturbs_nothing() {
    let stand = Stand::start().await;
    let bad = install(&stand, &pack("something else", "0.1.0"), "/v1/packs").await.problem(422, "pack-refused");
    assert_eq!(bad.at("/errors/0/file"), "plugin.wasm");
    install(&stand, b"no archive", "/v1/packs").await.problem(422, "pack-refused");
    assert_eq!(stand.get("/v1/packs").await.expect(200).at("/items"), "[]");
    stand.send("POST", "/v1/packs", &[], "{}").await.problem(415, "unsupported-media-type");
}

#[tokio::test]
async fn a_policy_is_turned_off_and_an_old_generation_brought_back() {
    let stand = Stand::start().await;
    let pack = pack("by-subject", "0.1.0");
    install(&stand, &pack, "/v1/packs?preview=true").await.expect(200);
    assert_eq!(stand.get("/v1/policies").await.expect(200).at("/items"), "[]");
    install(&stand, &pack, "/v1/packs").await.expect(201);
    assert_eq!(install(&stand, &pack, "/v1/packs").await.expect(200).at("/already"), "true");
    let segment =
        async || stand.post("/v1/tickets", &json!({ "subject": "x" })).await.expect(201).json()["segment"].clone();
    assert_eq!(segment().await, "company");
    let off = stand.post("/v1/policies/by-subject/mode", &json!({ "mode": "off" })).await.expect(200);
    assert_eq!(segment().await, json!(null));
    let number = off.at("/number").parse::<u64>().expect("a number");
    let stale = format!("\"{}\"", number - 1);
    let back = format!("/v1/generations/{}/rollback", number - 1);
    stand.send("POST", &back, &[("if-match", &stale)], "").await.problem(412, "version-mismatch");
    stand.send("POST", &back, &[], "").await.expect(200);
    assert_eq!(segment().await, "company");
    assert_eq!(stand.get("/v1/generations").await.expect(200).at("/items/0/number"), (number + 1).to_string());
    stand.post("/v1/policies/nobody/mode", &json!({ "mode": "off" })).await.problem(404, "not-found");
}

#[tokio::test]
async fn a_binding_is_changed_and_its_etag_is_the_generation() {
    let stand = Stand::start().await;
    install(&stand, &pack("by-subject", "0.1.0"), "/v1/packs").await.expect(201);
    let list = stand.get("/v1/bindings").await.expect(200);
    let address = format!("/v1/bindings/{}", list.at("/items/0/id"));
    let binding = stand.get(&address).await.expect(200);
    let tag = binding.header("etag").to_owned();
    let changed = stand.send("PATCH", &address, &[("if-match", &tag)], r#"{"rank":20}"#).await.expect(200);
    assert_eq!(changed.at("/rank"), "20");
    stand.send("PATCH", &address, &[("if-match", &tag)], r#"{"rank":30}"#).await.problem(412, "version-mismatch");
    stand.send("DELETE", &address, &[], "").await.expect(200);
    stand.get(&address).await.problem(404, "not-found");
}

#[tokio::test]
async fn the_policies_of_an_export_are_in_force_as_soon_as_it_is_read_in() {
    let stand = Stand::start().await;
    install(&stand, &pack("by-subject", "0.1.0"), "/v1/packs").await.expect(201);
    stand.send_as(&stand.operator, "POST", "/v1/desks", &[], r#"{"name":"lab"}"#).await.expect(201);
    let export = stand.send_as(&stand.operator, "GET", "/v1/export?desk=shop", &[], "").await.expect(200).text();
    let kind = [("content-type", "application/jsonl")];
    stand.send_as(&stand.operator, "PUT", "/v1/export?desk=lab", &kind, &export).await.expect(200);
    let made = stand.send_as(&stand.operator, "POST", "/v1/tickets?desk=lab", &[], r#"{"subject":"x"}"#).await;
    assert_eq!(made.expect(201).at("/segment"), "company");
    stand.send_as(&stand.operator, "PUT", "/v1/export?desk=lab", &kind, &export).await.problem(409, "exists");
}
