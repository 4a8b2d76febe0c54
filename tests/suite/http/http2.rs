//! HTTP/2 as attackers speak it, frame by frame: streams opened and reset at once (CVE-2023-44487), heads that never end,
//! heads that grow when they are unpacked, windows that never open. Each connection is ended, and nobody else notices.

use std::time::Duration;

use plugdesk_domain::Role;
use plugdesk_server::Options;
use plugdesk_server::limits::MOST_READS_PER_CONNECTION;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::stand::Stand;
use super::wire::within;

const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW: u8 = 8;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// One frame (RFC 9113, section 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u32).to_be_bytes();
    let mut bytes = vec![length[1], length[2], length[3], kind, flags];
    bytes.extend_from_slice(&stream.to_be_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

/// A header field as it is, kept in no table (RFC 7541, section 6.2.2); shorter than 127 bytes each.
fn field(name: &str, value: &str) -> Vec<u8> {
    let mut bytes = vec![0, name.len() as u8];
    bytes.extend_from_slice(name.as_bytes());
    bytes.push(value.len() as u8);
    bytes.extend_from_slice(value.as_bytes());
    bytes
}

/// The head of a GET.
fn get(path: &str, key: &str) -> Vec<u8> {
    let bearer = format!("Bearer {key}");
    let fields =
        [(":method", "GET"), (":scheme", "http"), (":path", path), (":authority", "x"), ("authorization", &bearer)];
    fields.iter().flat_map(|(name, value)| field(name, value)).collect()
}

/// A connection whose settings allow `window` bytes of each answer.
async fn connect(stand: &Stand, window: u32) -> TcpStream {
    let mut stream = TcpStream::connect(stand.address).await.expect("the server listens");
    let mut setting = vec![0, 4];
    setting.extend_from_slice(&window.to_be_bytes());
    let hello = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frame(SETTINGS, 0, 0, &setting)].concat();
    stream.write_all(&hello).await.expect("it takes the preface");
    stream.write_all(&frame(SETTINGS, 1, 0, &[])).await.expect("and the acknowledgement");
    stream
}

/// Sends until the server takes no more or `pieces` are sent, and reads until it closes; the kinds of its frames.
async fn flood(mut stream: TcpStream, pieces: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    for piece in pieces {
        // It may close in the middle.
        if within(stream.write_all(&piece)).await.is_err() {
            break;
        }
    }
    kinds(&mut stream).await
}

async fn kinds(stream: &mut TcpStream) -> Vec<u8> {
    let mut kinds = Vec::new();
    let mut head = [0; 9];
    while let Ok(Ok(_)) = tokio::time::timeout(Duration::from_secs(20), stream.read_exact(&mut head)).await {
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let mut payload = vec![0; length];
        if within(stream.read_exact(&mut payload)).await.is_err() {
            break;
        }
        kinds.push(head[3]);
    }
    kinds
}

/// So many records whose page is long.
async fn with_companies(stand: &Stand, count: u32) {
    for number in 0..count {
        stand.post("/v1/companies", &json!({ "name": format!("{number} {}", "x".repeat(240)) })).await.expect(201);
    }
}

/// The server's limits, and short times for tests.
fn impatient() -> Options {
    let soon = Duration::from_millis(400);
    Options {
        header_timeout: soon,
        stall_timeout: soon,
        rate_per_second: 100_000,
        rate_burst: 100_000,
        ..Options::default()
    }
}

#[tokio::test]
async fn streams_that_are_opened_and_reset_at_once_end_the_connection() {
    let stand = Stand::start().await;
    let head = get("/v1/tickets", &stand.admin);
    let stream = connect(&stand, 65_535).await;
    let pieces = (0..20_000_u32).map(|number| {
        let id = 2 * number + 1;
        [frame(HEADERS, END_STREAM | END_HEADERS, id, &head), frame(RESET, 0, id, &8_u32.to_be_bytes())].concat()
    });
    assert!(flood(stream, pieces).await.contains(&GOAWAY), "it is told that it is too much");
    stand.get("/v1/me").await.expect(200);
}

#[tokio::test]
async fn a_head_that_never_ends_ends_the_connection() {
    let stand = Stand::start().await;
    let piece = field("x-more", &"y".repeat(100)).repeat(100);
    for of_nothing in [false, true] {
        let stream = connect(&stand, 65_535).await;
        let begin = frame(HEADERS, END_STREAM, 1, &get("/v1/me", &stand.admin));
        let more = if of_nothing { Vec::new() } else { piece.clone() };
        let pieces = std::iter::once(begin).chain((0..5_000).map(move |_| frame(CONTINUATION, 0, 1, &more)));
        flood(stream, pieces).await;
    }
    stand.get("/v1/me").await.expect(200);
}

#[tokio::test]
async fn a_head_that_grows_when_it_is_unpacked_is_refused() {
    let stand = Stand::start().await;
    let mut stream = connect(&stand, 65_535).await;
    // Kept in the table once, and named by one byte two thousand times: 200 KB from 2.
    let mut kept = vec![0x40, 1, b'x', 100];
    kept.extend_from_slice(&[b'y'; 100]);
    let head = [get("/v1/me", &stand.admin), kept, vec![0x80 | 62; 2_000]].concat();
    let bomb = frame(HEADERS, END_STREAM | END_HEADERS, 1, &head);
    stream.write_all(&bomb).await.expect("it is small");
    let mut told = [0; 4096];
    let mut all = Vec::new();
    // Either the stream is refused with 431, or the connection is ended.
    within(async {
        while let Ok(read @ 1..) = stream.read(&mut told).await {
            all.extend_from_slice(&told[..read]);
            if all.windows(3).any(|it| it == b"431") || all.windows(4).any(|it| it == [0, 0, 0, 11]) {
                break;
            }
            if all.len() > 100 {
                break;
            }
        }
    })
    .await;
    assert!(!all.windows(4).any(|it| it == b"role"), "the request was not carried out");
    stand.get("/v1/me").await.expect(200);
}

#[tokio::test]
async fn who_opens_no_window_is_cut_off_however_little_was_to_be_sent() {
    let stand = Stand::with(impatient()).await;
    for number in 0..20 {
        let note = json!({ "name": format!("{number} {}", "x".repeat(200)) });
        stand.post("/v1/companies", &note).await.expect(201);
    }
    let page = frame(HEADERS, END_STREAM | END_HEADERS, 1, &get("/v1/companies", &stand.admin));
    let small = frame(HEADERS, END_STREAM | END_HEADERS, 3, &get("/v1/me", &stand.admin));
    let events = [get("/v1/events?after=0", &stand.admin), field("accept", "text/event-stream")].concat();
    let events = frame(HEADERS, END_STREAM | END_HEADERS, 5, &events);
    for asked in [vec![page.clone()], vec![small.clone()], vec![events.clone()], vec![page, small, events]] {
        let mut stream = connect(&stand, 0).await;
        stream.write_all(&asked.concat()).await.expect("it takes the requests");
        kinds(&mut stream).await;
    }
}

#[tokio::test]
async fn who_asks_for_a_hundred_pages_at_once_waits_and_is_not_refused() {
    // As many reads as one connection may have: one more at once would be answered 503.
    let stand = Stand::with(Options { reads: MOST_READS_PER_CONNECTION, ..Options::default() }).await;
    // Enough for a read to take longer than a request takes to come.
    with_companies(&stand, 200).await;
    hundred_pages(&stand, &stand.admin).await;
}

/// Asks for a hundred pages at once over a connection of its own, and is answered every one of them.
async fn hundred_pages(stand: &Stand, key: &str) {
    let mut stream = connect(stand, 1 << 20).await;
    stream.write_all(&frame(WINDOW, 0, 0, &(64_u32 << 20).to_be_bytes())).await.expect("it may send everything");
    let head = get("/v1/companies?limit=200", key);
    let asks: Vec<_> = (0..100).map(|number| frame(HEADERS, END_STREAM | END_HEADERS, 2 * number + 1, &head)).collect();
    stream.write_all(&asks.concat()).await.expect("it takes the requests");
    within(async {
        let mut answered = 0;
        let mut head = [0; 9];
        while answered < 100 {
            stream.read_exact(&mut head).await.expect("it answers");
            let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
            stream.read_exact(&mut payload).await.expect("the whole frame");
            if head[3] == HEADERS {
                // `:status: 200` is field 8 of the table that everybody has (RFC 7541, appendix A).
                assert_eq!(payload.first(), Some(&(0x80 | 8)), "answer {answered} is no success");
                answered += 1;
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_over_three_connections_takes_its_part_of_the_reads_and_nobody_is_refused() {
    // As many as a single connection may have: three of one key would take every place but for its part.
    let stand = Stand::with(Options { reads: MOST_READS_PER_CONNECTION, ..Options::default() }).await;
    with_companies(&stand, 200).await;
    let other = stand.key(Role::Admin, Some(stand.desk), None).await;
    let three = [(); 3].map(|()| hundred_pages(&stand, &stand.admin));
    let [one, two, three] = three;
    let meanwhile = async {
        for _ in 0..100 {
            stand.send_as(&other, "GET", "/v1/companies?limit=1", &[], "").await.expect(200);
        }
    };
    tokio::join!(one, two, three, meanwhile);
}

#[tokio::test]
async fn who_asks_for_much_at_once_and_takes_nothing_gives_its_memory_back() {
    // Nobody is cut off for being slow here.
    let long = Duration::from_secs(600);
    let options = Options { header_timeout: long, stall_timeout: long, answer_bytes: 1 << 20, ..Options::default() };
    let stand = Stand::with(options).await;
    with_companies(&stand, 50).await;
    let asked = |id| frame(HEADERS, END_STREAM | END_HEADERS, id, &get("/v1/companies?limit=50", &stand.admin));
    let mut few = connect(&stand, 0).await;
    few.write_all(&asked(1)).await.expect("it takes the request");
    let mut many = connect(&stand, 0).await;
    let asks: Vec<_> = (0..100).map(|number| asked(2 * number + 1)).collect();
    many.write_all(&asks.concat()).await.expect("it takes the requests");
    // It is closed, with a goodbye or without.
    let _ = within(many.read_to_end(&mut Vec::new())).await;
    stand.get("/v1/companies?limit=50").await.expect(200);
    few.write_all(&frame(WINDOW, 0, 1, &(1_u32 << 20).to_be_bytes())).await.expect("it is still open");
    few.write_all(&frame(WINDOW, 0, 0, &(1_u32 << 20).to_be_bytes())).await.expect("it is still open");
    within(async {
        let mut head = [0; 9];
        loop {
            few.read_exact(&mut head).await.expect("it gets its answer");
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
            few.read_exact(&mut vec![0; length]).await.expect("it gets its answer");
            let (data, end_stream) = (head[3] == 0, head[4] & END_STREAM == END_STREAM);
            if data && end_stream {
                break;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn who_opens_its_window_byte_by_byte_is_cut_off_too() {
    let stand = Stand::with(impatient()).await;
    for number in 0..100 {
        stand.post("/v1/companies", &json!({ "name": format!("{number} {}", "x".repeat(240)) })).await.expect(201);
    }
    let stream = connect(&stand, 0).await;
    let (mut read, mut write) = stream.into_split();
    let asked = frame(HEADERS, END_STREAM | END_HEADERS, 1, &get("/v1/companies?limit=100", &stand.admin));
    write.write_all(&asked).await.expect("it takes the request");
    let drip = tokio::spawn(async move {
        let byte = frame(WINDOW, 0, 1, &1_u32.to_be_bytes());
        let ping = frame(PING, 0, 0, &[0; 8]);
        while write.write_all(&[byte.clone(), ping.clone()].concat()).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let mut rest = Vec::new();
    let _ = within(read.read_to_end(&mut rest)).await;
    within(drip).await.expect("the connection is closed");
}

#[tokio::test]
async fn a_connection_that_only_pings_is_idle() {
    let stand = Stand::with(impatient()).await;
    let (mut read, mut write) = connect(&stand, 65_535).await.into_split();
    let pings = tokio::spawn(async move {
        while write.write_all(&frame(PING, 0, 0, &[7; 8])).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let mut rest = Vec::new();
    let _ = within(read.read_to_end(&mut rest)).await;
    within(pings).await.expect("the connection is closed");
}
