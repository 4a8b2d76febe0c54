//! Receivers of webhooks that hang, flood, lie or break off: each is noted for what it did, within its time, and neither
//! another receiver nor the desk notices.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use plugdesk::desk::Desk;
use plugdesk::domain::{Attempt, DeliveryState, Principal, WebhookId};

use super::background::{PATIENCE, build, desk, hook, next, receiver, ticket};

/// The sender's own limit is 10 s; a busy machine needs some more to tell.
const ATTEMPT: Duration = Duration::from_secs(30);

/// What a receiver does once it has the request.
type Deed = fn(TcpStream);

/// Each with what its attempt is noted as: a status, or a word of the failure.
const DEEDS: &[(&str, Deed, Result<u16, &str>)] = &[
    ("says nothing", |stream| wait_for_end(stream), Err("timed out")),
    ("drips its head", |stream| drip(stream, "HTTP/1.1 200 OK\r\nx: ", "y"), Err("timed out")),
    ("drips a head without an end", |stream| drip(stream, "HTTP/1.1 200 OK\r\n", "x: y\r\n"), Err("timed out")),
    (
        "floods a head",
        |stream| flood(stream, "HTTP/1.1 200 OK\r\n", "x: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n"),
        Err("error"),
    ),
    ("never ends its first line", |stream| flood(stream, "HTTP/1.1 200 ", "OK"), Err("error")),
    ("promises and promises", |stream| flood(stream, "", "HTTP/1.1 102 Processing\r\n\r\n"), Err("")),
    ("talks nonsense", |stream| say(stream, b"\x16\x03\x01\x00\xff hello \0\0\0\r\n\r\n"), Err("error")),
    ("breaks off in its head", |stream| say(stream, b"HTTP/1.1 200 OK\r\ncontent-le"), Err("error")),
    ("breaks off before it", |stream| say(stream, b""), Err("error")),
    ("answers a number that is none", |stream| say(stream, b"HTTP/1.1 9999 ?\r\n\r\n"), Err("error")),
    (
        "answers two lengths",
        |stream| say(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n"),
        Err("error"),
    ),
    (
        "switches protocols",
        |stream| say(stream, b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
        Err(""),
    ),
    (
        "never ends its body",
        |stream| flood(stream, "HTTP/1.1 200 OK\r\n\r\n", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
        Ok(200),
    ),
    ("sends a bomb", |stream| bomb(stream), Ok(200)),
    (
        "leads inside",
        |stream| say(stream, b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n"),
        Ok(302),
    ),
    (
        "leads to itself",
        |stream| say(stream, b"HTTP/1.1 307 Again\r\nlocation: /\r\ncontent-length: 0\r\n\r\n"),
        Ok(307),
    ),
    (
        "asks for years",
        |stream| say(stream, b"HTTP/1.1 429 Slow\r\nretry-after: 99999999999\r\ncontent-length: 0\r\n\r\n"),
        Ok(429),
    ),
    ("fails", |stream| say(stream, b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n"), Ok(500)),
    ("is not modified", |stream| say(stream, b"HTTP/1.1 304 Same\r\n\r\n"), Ok(304)),
];

fn wait_for_end(mut stream: TcpStream) {
    // Until the sender gives up.
    let _ = stream.read(&mut [0; 64]);
}

fn say(mut stream: TcpStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    wait_for_end(stream);
}

fn drip(mut stream: TcpStream, first: &str, piece: &str) {
    let _ = stream.write_all(first.as_bytes());
    while stream.write_all(piece.as_bytes()).is_ok() {
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn flood(mut stream: TcpStream, first: &str, piece: &str) {
    let _ = stream.write_all(first.as_bytes());
    let many = piece.repeat(1_000);
    while stream.write_all(many.as_bytes()).is_ok() {}
}

/// Says that it is compressed: whoever unpacked it would get what never ends.
fn bomb(mut stream: TcpStream) {
    let _ =
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff");
    while stream.write_all(&[0; 64 << 10]).is_ok() {}
}

/// A receiver that does that to every request; its threads end with their connections.
fn listen(deed: Deed) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                let (mut stream, mut head) = (stream, Vec::new());
                let mut piece = [0; 4096];
                while !head.windows(4).any(|four| four == b"\r\n\r\n") {
                    match stream.read(&mut piece) {
                        Ok(read @ 1..) => head.extend_from_slice(&piece[..read]),
                        _ => return,
                    }
                }
                deed(stream);
            });
        }
    });
    url
}

/// The first attempt at a webhook, once there is one.
async fn first_attempt(desk: &Desk, hook: WebhookId) -> (Attempt, DeliveryState) {
    let begun = Instant::now();
    loop {
        let page = desk.delivery_list(&Principal::operator(), hook, None, &Default::default()).unwrap();
        let tried = page.records.into_iter().find(|it| !it.attempts.is_empty());
        if let Some(delivery) = tried {
            return (delivery.attempts[0].clone(), delivery.state);
        }
        assert!(begun.elapsed() < ATTEMPT, "no attempt after {:?}", begun.elapsed());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_receivers_are_noted_for_what_they_did_and_nobody_waits_for_them() {
    let plugdesk = build();
    let (here, there) = (desk(&plugdesk, "here").await, desk(&plugdesk, "there").await);
    let (url, mut heard) = receiver(StatusCode::NO_CONTENT).await;
    let mut hooks = Vec::new();
    for (_, deed, _) in DEEDS {
        hooks.push(hook(&here, &listen(*deed)).await.id);
    }
    // The last of its desk, so that every hostile one stands before it; and one of another desk.
    let good = [hook(&here, &url).await.id, hook(&there, &url).await.id];
    for desk in [&here, &there] {
        let begun = Instant::now();
        let id = ticket(desk).await;
        assert!(begun.elapsed() < PATIENCE / 6, "the desk's own work goes on");
        let (_, body) = next(&mut heard).await;
        assert!(String::from_utf8_lossy(&body).contains(&id));
    }
    for (hook, desk) in good.into_iter().zip([&here, &there]) {
        assert_eq!(first_attempt(desk, hook).await.1, DeliveryState::Delivered);
    }
    for (hook, (name, _, expected)) in hooks.into_iter().zip(DEEDS) {
        let (attempt, state) = first_attempt(&here, hook).await;
        match expected {
            Ok(status) => assert_eq!(attempt.status, Some(*status), "{name}: {attempt:?}"),
            Err(word) => {
                let error = attempt.error.clone().unwrap_or_default();
                assert!(attempt.status.is_none_or(|it| it < 200) && error.contains(word), "{name}: {attempt:?}");
            }
        }
        let delivered = matches!(expected, Ok(200..=299));
        assert_eq!(state == DeliveryState::Delivered, delivered, "{name}: {attempt:?}");
        assert!(attempt.took_ms < 15_000, "{name}: {attempt:?}");
    }
    plugdesk.shutdown().await.unwrap();
}

/// A receiver with a certificate that nobody signed but itself; says whether anybody finished the handshake with it.
fn untrusted() -> (String, std::sync::mpsc::Receiver<bool>) {
    let certificate = include_bytes!("receivers/certificate.der").to_vec().into();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(include_bytes!("receivers/key.der").to_vec()).into();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let (tell, hear) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut connection = rustls::ServerConnection::new(Arc::new(config)).unwrap();
        let mut tls = rustls::Stream::new(&mut connection, &mut stream);
        let _ = tell.send(tls.read(&mut [0; 1]).is_ok_and(|read| read > 0));
    });
    (url, hear)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_whose_certificate_nobody_trusts_is_told_nothing() {
    let plugdesk = build();
    let desk = desk(&plugdesk, "main").await;
    let (url, heard) = untrusted();
    let hook = hook(&desk, &url).await.id;
    ticket(&desk).await;
    let (attempt, state) = first_attempt(&desk, hook).await;
    assert!(attempt.error.as_deref().unwrap_or_default().contains("certificate"), "{attempt:?}");
    assert_eq!(state, DeliveryState::Pending);
    let read = tokio::task::spawn_blocking(move || heard.recv_timeout(PATIENCE)).await.unwrap().unwrap();
    assert!(!read, "not a byte of the request");
    plugdesk.shutdown().await.unwrap();
}
