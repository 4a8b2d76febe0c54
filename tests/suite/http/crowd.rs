//! Many at once, and clients that leave in the middle: what they take is bounded and comes back.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use futures_core::Stream;
use plugdesk_domain::Role;
use plugdesk_server::{Options, limits, router};
use serde_json::json;
use tokio::sync::oneshot;
use tower::ServiceExt;

use super::events::Listening;
use super::stand::Stand;
use super::wire::{exchange, raw, request, within};

/// A body of which one piece comes, and then nothing; tells when it was asked for more.
struct Beginning {
    piece: Option<&'static str>,
    taken: Option<oneshot::Sender<()>>,
}

impl Stream for Beginning {
    type Item = Result<&'static str, std::io::Error>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if let Some(piece) = this.piece.take() {
            return Poll::Ready(Some(Ok(piece)));
        }
        if let Some(taken) = this.taken.take() {
            let _ = taken.send(());
        }
        Poll::Pending
    }
}

/// Sends a request up to the middle of its body, runs `meanwhile`, and goes away.
async fn leave_in_the_middle<T>(
    stand: &Stand,
    method: &str,
    target: &str,
    piece: &'static str,
    meanwhile: impl Future<Output = T>,
) -> T {
    let (taken, was_taken) = oneshot::channel();
    let request = http::Request::builder()
        .method(method)
        .uri(target)
        .header("authorization", format!("Bearer {}", stand.admin))
        .header("content-type", "application/json")
        .body(Body::from_stream(Beginning { piece: Some(piece), taken: Some(taken) }))
        .expect("a request");
    let mut answer = Box::pin(router(stand.server.clone()).oneshot(request));
    within(async {
        tokio::select! {
            _ = &mut answer => panic!("answered before the body was there"),
            taken = was_taken => taken.expect("the piece was taken"),
        }
    })
    .await;
    tokio::select! {
        _ = &mut answer => panic!("answered before the body was there"),
        done = meanwhile => done,
    }
}

#[tokio::test]
async fn a_file_that_was_cut_off_is_never_taken_for_a_whole_one() {
    let stand = Stand::start().await;
    let mapping = json!({ "kind": "contact", "contact": { "name": "Name" } });
    let new = json!({ "name": "cut", "format": "csv", "mapping": mapping });
    let import = stand.post("/v1/imports", &new).await.expect(201).header("location").to_owned();
    let file = format!("{import}/file");
    leave_in_the_middle(&stand, "PUT", &file, "Name\nAnn\n", std::future::ready(())).await;
    // The place is free as soon as the reader of the half file has seen its end.
    let sent = loop {
        let sent = stand.send("PUT", &file, &[("content-type", "text/csv")], "Name\nAnn\nBob\n").await;
        if !matches!(sent.status, 409 | 503) {
            break sent;
        }
    };
    sent.expect(202);
    let done = loop {
        let now = stand.get(&import).await.expect(200);
        if !["waiting", "checking", "writing"].contains(&now.at("/state").as_str()) {
            break now;
        }
    };
    assert_eq!((done.at("/state"), done.at("/written")), ("done".into(), "2".into()), "{}", done.text());
}

#[tokio::test]
async fn all_bodies_together_are_bounded() {
    let stand = Stand::with(Options { body_bytes: 100, ..Options::default() }).await;
    let company = json!({ "name": "a name that has with its braces some more than fifty bytes" });
    let beginning = r#"{"name":"another name that has more than fifty bytes"#;
    let full = leave_in_the_middle(&stand, "POST", "/v1/companies", beginning, stand.post("/v1/companies", &company));
    let full = full.await.problem(503, "busy");
    assert_eq!(full.header("retry-after"), "1");
    stand.post("/v1/companies", &company).await.expect(201);
}

#[tokio::test]
async fn a_pack_from_who_may_not_install_it_is_not_even_read() {
    let stand = Stand::start().await;
    let agent = stand.key(Role::Agent, Some(stand.desk), None).await;
    let head = format!(
        "POST /v1/packs HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {agent}\r\ncontent-type: application/x-tar\r\n\
         content-length: 1000000\r\nconnection: close\r\n\r\n"
    );
    raw(stand.address, head.as_bytes()).await.problem(403, "forbidden");
}

#[tokio::test]
async fn who_sends_wrong_keys_again_and_again_is_kept_from_the_store() {
    // One a second: a busy machine must not give the address its next try between two requests of this test.
    let stand = Stand::with(Options { wrong_keys_per_second: 1, ..Options::default() }).await;
    stand.get("/v1/me").await.expect(200);
    let late = stand.key(Role::Agent, Some(stand.desk), None).await;
    let wrong = format!("{}x", stand.admin);
    let one = format!("GET /v1/me HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {wrong}\r\n\r\n");
    let many = one.repeat(2 * limits::WRONG_KEYS_BURST as usize);
    let last = request("GET", "/v1/me", &[("authorization", &format!("Bearer {wrong}"))], b"");
    let mut stream = tokio::net::TcpStream::connect(stand.address).await.expect("the server listens");
    let told = exchange(&mut stream, &[many.as_bytes(), &last].concat()).await.expect(401).text();
    assert!(told.contains("HTTP/1.1 429"), "and then it hears that it is too much");
    stand.send_as(&late, "GET", "/v1/me", &[], "").await.problem(429, "too-many-requests");
    stand.get("/v1/me").await.expect(200);
}

#[tokio::test]
async fn a_commit_that_wakes_every_reader_of_events_refuses_nobody() {
    // One place for ordinary reads: a stream that took it would be seen at once.
    let stand = Stand::with(Options { reads: 1, ..Options::default() }).await;
    let mut readers = Vec::new();
    for _ in 0..4 {
        let key = stand.key(Role::Agent, Some(stand.desk), None).await;
        for _ in 0..25 {
            readers.push(Listening::open_as(&stand, &key, "/v1/events", &[]).await);
        }
    }
    for reader in &mut readers {
        assert!(reader.until("retry: 1000").await);
    }
    for n in 0..10 {
        stand.post("/v1/companies", &json!({ "name": format!("c{n}") })).await.expect(201);
        stand.get("/v1/companies?limit=1").await.expect(200);
        raw(stand.address, &request("GET", "/readyz", &[], b"")).await.expect(200);
    }
    for reader in &mut readers {
        assert!(reader.until("id: 10\n").await, "everybody hears everything: {}", reader.told);
    }
}

#[test]
fn the_file_of_an_import_is_no_larger_than_the_store_keeps() {
    assert_eq!(limits::MOST_IMPORT_BYTES, plugdesk_store::MOST_BLOB_BYTES as u64);
}
