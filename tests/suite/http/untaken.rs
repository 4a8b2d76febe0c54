//! Answers that their clients do not take: all that is in memory is counted until it is taken, on HTTP/1 too, where the
//! connection itself keeps a whole answer in its buffer.

use std::time::Duration;

use plugdesk_server::Options;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::stand::Stand;
use super::wire::{request, within};

/// Contacts whose page has more than a mebibyte: four times what the kernel takes of an answer by itself.
const CONTACTS: usize = 60;
const MOST_UNTAKEN: usize = 4 << 20;

/// A client that asks for a page and takes no more of it than its first byte: then it is made.
async fn asks(stand: &Stand) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4 << 10).expect("the kernel keeps little for it");
    let mut stream = socket.connect(stand.address).await.expect("the server listens");
    let bearer = format!("Bearer {}", stand.admin);
    let asked = request("GET", "/v1/contacts?limit=200", &[("authorization", &bearer)], b"");
    stream.write_all(&asked).await.expect("it takes the request");
    within(stream.read_exact(&mut [0])).await.expect("the answer begins");
    stream
}

/// Bytes of the rest.
async fn rest(mut stream: TcpStream) -> usize {
    let mut all = Vec::new();
    // One that was closed for others ends in the middle.
    let _ = within(stream.read_to_end(&mut all)).await;
    all.len()
}

#[tokio::test]
async fn an_answer_on_http_1_counts_until_it_is_taken() {
    // Nobody is cut off for being slow here.
    let long = Duration::from_secs(600);
    let options =
        Options { header_timeout: long, stall_timeout: long, answer_bytes: MOST_UNTAKEN, ..Options::default() };
    let stand = Stand::with(options).await;
    for number in 0..CONTACTS {
        let custom: serde_json::Map<_, _> =
            (0..4).map(|n| (format!("field {n}"), format!("{number} {}", "x".repeat(5_000)).into())).collect();
        stand.post("/v1/contacts", &json!({ "name": format!("{number}"), "custom": custom })).await.expect(201);
    }
    let whole = rest(asks(&stand).await).await;
    assert!(whole > 1 << 20, "the page has {whole} bytes");
    let mut untaken = Vec::new();
    for _ in 0..8 {
        untaken.push(asks(&stand).await);
    }
    let mut got = Vec::new();
    for stream in untaken {
        got.push(rest(stream).await);
    }
    let kept = got.iter().filter(|bytes| **bytes == whole).count();
    assert!(kept * whole <= MOST_UNTAKEN, "{kept} of {} answers were kept: {got:?} of {whole}", got.len());
    assert_eq!(got.last(), Some(&whole), "the newest is not the one that gives way: {got:?}");
    assert_eq!(rest(asks(&stand).await).await, whole, "what was taken counts no more");
}
