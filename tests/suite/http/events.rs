//! The event log over HTTP: resumed without a gap, and nobody is waited for.

use std::time::Duration;

use plugdesk_domain::Role;
use plugdesk_server::Options;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::stand::Stand;
use super::wire::{request, within};

/// A stream of events that is read as it comes.
pub(crate) struct Listening {
    stream: TcpStream,
    pub(crate) told: String,
}

impl Listening {
    pub(crate) async fn open(stand: &Stand, target: &str, headers: &[(&str, &str)]) -> Self {
        Self::open_as(stand, &stand.admin, target, headers).await
    }

    pub(crate) async fn open_as(stand: &Stand, key: &str, target: &str, headers: &[(&str, &str)]) -> Self {
        let bearer = format!("Bearer {key}");
        let mut all = vec![("authorization", bearer.as_str()), ("accept", "text/event-stream")];
        all.extend_from_slice(headers);
        let mut stream = TcpStream::connect(stand.address).await.expect("the server listens");
        stream.write_all(&request("GET", target, &all, b"")).await.expect("it takes the request");
        Self { stream, told: String::new() }
    }

    /// Reads until the text stands there; false: the stream ended before.
    pub(crate) async fn until(&mut self, text: &str) -> bool {
        within(async {
            let mut piece = [0; 4096];
            while !self.told.contains(text) {
                match self.stream.read(&mut piece).await {
                    Ok(read @ 1..) => self.told.push_str(&String::from_utf8_lossy(&piece[..read])),
                    _ => return false,
                }
            }
            true
        })
        .await
    }
}

#[tokio::test]
async fn a_reader_that_comes_back_misses_nothing_and_hears_nothing_twice() {
    let stand = Stand::start().await;
    let mut first = Listening::open(&stand, "/v1/events", &[]).await;
    assert!(first.until("retry: 1000").await);
    let one = stand.post("/v1/companies", &json!({ "name": "One" })).await.expect(201).at("/id");
    assert!(first.until(&one).await && first.told.contains("event: company.created"), "{}", first.told);
    let last = first.told.split("id: ").last().and_then(|rest| rest.split('\n').next()).expect("an id").to_owned();
    drop(first);
    let two = stand.post("/v1/companies", &json!({ "name": "Two" })).await.expect(201).at("/id");
    let mut again = Listening::open(&stand, "/v1/events", &[("last-event-id", &last)]).await;
    assert!(again.until(&two).await);
    assert!(!again.told.contains(&one), "{}", again.told);
    assert!(again.told.contains("content-type: text/event-stream"));
}

#[tokio::test]
async fn the_log_is_read_page_by_page_as_json() {
    let stand = Stand::start().await;
    for name in ["a", "b", "c"] {
        stand.post("/v1/companies", &json!({ "name": name })).await.expect(201);
    }
    let first = stand.get("/v1/events?limit=2").await.expect(200);
    assert_eq!((first.at("/items/0/sequence"), first.at("/next")), ("1".into(), first.at("/items/1/sequence")));
    let rest = stand.get(&format!("/v1/events?after={}", first.at("/next"))).await.expect(200);
    assert_eq!(rest.at("/items/0/sequence"), "3");
    assert!(!rest.text().contains("\"name\":\"a\""), "an event holds no personal field");
    stand.get("/v1/events?after=x").await.problem(400, "invalid-parameter");
    let ahead = [("accept", "text/event-stream"), ("last-event-id", "999")];
    stand.send("GET", "/v1/events", &ahead, "").await.problem(400, "invalid-parameter");
}

#[tokio::test]
async fn silence_is_told_and_the_number_of_readers_is_bounded() {
    let heartbeat = Duration::from_millis(50);
    let stand = Stand::with(Options { heartbeat, event_streams: 1, ..Options::default() }).await;
    let mut one = Listening::open(&stand, "/v1/events", &[]).await;
    assert!(one.until("\n:\n\n").await, "a comment after the silence");
    let full = stand.send("GET", "/v1/events", &[("accept", "text/event-stream")], "").await.problem(503, "busy");
    assert_eq!(full.header("retry-after"), "1");
}

#[tokio::test]
async fn one_key_opens_its_share_of_streams_and_leaves_the_rest_to_others() {
    let stand = Stand::start().await;
    let mut readers = Vec::new();
    for _ in 0..32 {
        let mut reader = Listening::open(&stand, "/v1/events", &[]).await;
        assert!(reader.until("retry: 1000").await, "{}", reader.told);
        readers.push(reader);
    }
    let asked = [("accept", "text/event-stream")];
    let full = stand.send("GET", "/v1/events", &asked, "").await.problem(429, "too-many-requests");
    assert_eq!(full.at("/detail"), "this principal has 32 event streams open, which is the most; end one first");
    assert_eq!(full.header("retry-after"), "15", "a reader that is gone is found by the next comment");
    stand.get("/v1/events").await.expect(200);
    let other = stand.key(Role::Agent, Some(stand.desk), None).await;
    let mut theirs = Listening::open_as(&stand, &other, "/v1/events", &[]).await;
    assert!(theirs.until("retry: 1000").await, "another key has its own: {}", theirs.told);
    drop(readers.pop());
    // The place comes back as soon as the server sees that the connection is closed.
    while !Listening::open(&stand, "/v1/events", &[]).await.until("retry: 1000").await {}
}

#[tokio::test]
async fn a_reader_that_takes_nothing_is_cut_off() {
    let options = Options { stall_timeout: Duration::from_millis(200), connections: 1, ..Options::default() };
    let stand = Stand::with(options).await;
    let note = "x".repeat(30 << 10);
    let ticket = stand.post("/v1/tickets", &json!({ "subject": "long" })).await.expect(201).at("/id");
    for _ in 0..50 {
        stand.post(&format!("/v1/tickets/{ticket}/entries"), &json!({ "text": note })).await.expect(201);
    }
    // Asked for again and again on one connection, and nothing read: 300 MB, more than any socket's buffers hold.
    let bearer = format!("authorization: Bearer {}", stand.admin);
    let page = format!("GET /v1/tickets/{ticket}/entries HTTP/1.1\r\nhost: x\r\n{bearer}\r\n\r\n");
    let mut deaf = TcpStream::connect(stand.address).await.expect("the server listens");
    deaf.write_all(page.repeat(200).as_bytes()).await.expect("the questions are small");
    // The server has room for one connection, so the next is answered only when the deaf one is gone.
    stand.get("/v1/me").await.expect(200);
}

#[tokio::test]
async fn a_stream_ends_with_the_key_that_opened_it() {
    let heartbeat = Duration::from_millis(50);
    let stand = Stand::with(Options { heartbeat, ..Options::default() }).await;
    let new = json!({ "label": "screen", "role": "agent" });
    let made = stand.post("/v1/keys", &new).await.expect(201);
    let mut reader = Listening::open_as(&stand, &made.at("/secret"), "/v1/events", &[]).await;
    let mut other = Listening::open(&stand, "/v1/events", &[]).await;
    assert!(reader.until("\n:\n\n").await && other.until("retry: 1000").await);
    stand.send("DELETE", &format!("/v1/keys/{}", made.at("/key/id")), &[], "").await.expect(200);
    let late = stand.post("/v1/companies", &json!({ "name": "Late" })).await.expect(201).at("/id");
    assert!(!reader.until("never told").await, "the stream ended");
    assert!(!reader.told.contains(&late), "{}", reader.told);
    assert!(other.until(&late).await, "and no other one");
}

#[tokio::test]
async fn a_place_in_the_log_that_can_not_be_is_refused_by_its_header() {
    let stand = Stand::start().await;
    for wrong in ["", "x", "-1", "1.5", "0x10", "1 2", "18446744073709551616", "1;", "%31", "９", "999"] {
        let headers = [("accept", "text/event-stream"), ("last-event-id", wrong)];
        let told = stand.send("GET", "/v1/events", &headers, "").await;
        assert_eq!(told.status, 400, "{wrong:?}: {}", told.text());
        assert!(["Last-Event-ID", "after"].contains(&told.at("/parameter").as_str()), "{wrong:?}: {}", told.text());
    }
}

#[tokio::test]
async fn streams_end_when_the_server_does() {
    let mut stand = Stand::start().await;
    let mut reader = Listening::open(&stand, "/v1/events", &[]).await;
    assert!(reader.until("retry: 1000").await);
    stand.stop().await;
    assert!(!reader.until("never told").await, "the stream ended");
    assert!(reader.told.ends_with("0\r\n\r\n"), "and ended properly: {}", reader.told);
}
