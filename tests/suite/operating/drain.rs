//! How a server ends under load: what is in flight is answered, nobody new is begun with, and nothing holds it up for longer
//! than its limit.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use super::serving::{PATIENCE, Serving, exchange, key, until};
use crate::http::wire::request;
use crate::program::place::Place;

const TICKET: &str = r#"{"subject":"Heat pump"}"#;

/// What one connection of the load came to.
#[derive(Default)]
struct Load {
    created: AtomicUsize,
    closes: AtomicUsize,
    torn: AtomicUsize,
    ending: AtomicBool,
}

/// Creates tickets over one kept connection until it is told to close.
fn load(address: &str, bearer: &str, load: &Load) {
    let Ok(mut stream) = TcpStream::connect(address) else { return };
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let request = format!(
        "POST /v1/tickets HTTP/1.1\r\nhost: desk\r\nauthorization: {bearer}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{TICKET}",
        TICKET.len()
    );
    loop {
        if stream.write_all(request.as_bytes()).is_err() {
            return;
        }
        let answer = match answer(&mut stream) {
            Ok(Some(answer)) => answer,
            // It was closed before the request was taken: a client sends it again elsewhere.
            Ok(None) => return,
            Err(()) => {
                load.torn.fetch_add(1, SeqCst);
                return;
            }
        };
        assert!(answer.starts_with("HTTP/1.1 201") || answer.contains("shutting-down"), "{answer}");
        if answer.starts_with("HTTP/1.1 201") {
            load.created.fetch_add(1, SeqCst);
        }
        if answer.to_lowercase().contains("connection: close") {
            load.closes.fetch_add(1, SeqCst);
            assert!(load.ending.load(SeqCst), "nobody is sent away before the end");
            return;
        }
    }
}

/// One whole answer; none: the connection ended before its first byte.
fn answer(stream: &mut TcpStream) -> Result<Option<String>, ()> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let read = stream.read(&mut piece).unwrap_or(0);
        if read == 0 {
            return if bytes.is_empty() { Ok(None) } else { Err(()) };
        }
        bytes.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some(end) = text.find("\r\n\r\n") else { continue };
        let length = text[..end].lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
        });
        if bytes.len() >= end + 4 + length.unwrap_or(0) {
            return Ok(Some(text));
        }
    }
}

#[test]
fn a_server_that_is_asked_to_end_under_load_answers_what_is_in_flight_and_loses_nothing() {
    let place = Place::with_desk();
    let bearer = format!("Bearer {}", key(&place, "admin"));
    let mut serving =
        Serving::start(&place, &["--log", "warn", "--drain", "20", "--linger", "2000", "--rate", "100000"]);
    let loads = Arc::new(Load::default());
    let threads: Vec<_> = (0..64)
        .map(|_| {
            let (address, bearer, loads) = (serving.address.clone(), bearer.clone(), Arc::clone(&loads));
            std::thread::spawn(move || load(&address, &bearer, &loads))
        })
        .collect();
    let mut events = TcpStream::connect(&serving.address).unwrap();
    events.set_read_timeout(Some(PATIENCE)).unwrap();
    let stream = format!(
        "GET /v1/events HTTP/1.1\r\nhost: desk\r\naccept: text/event-stream\r\nauthorization: {bearer}\r\n\r\n"
    );
    events.write_all(stream.as_bytes()).unwrap();
    until("the load creates", || loads.created.load(SeqCst) > 64);
    loads.ending.store(true, SeqCst);
    let asked = Instant::now();
    serving.signal("TERM");
    // At once, while it still lets in who is on the way.
    until("a probe hears of the end", || {
        let reply = exchange(&serving.address, &request("GET", "/readyz", &[], b""));
        reply.status == 503 && reply.text() == "shutting-down\n" && reply.header("connection") == "close"
    });
    assert_eq!(serving.ended(PATIENCE), Some(0));
    assert!(asked.elapsed() < Duration::from_secs(25), "{:?}", asked.elapsed());
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(loads.torn.load(SeqCst), 0, "no answer is cut in two");
    assert!(loads.closes.load(SeqCst) > 0, "kept connections are told to close");
    let mut rest = String::new();
    events.read_to_string(&mut rest).expect("the stream of events ends in peace");
    assert!(rest.ends_with("0\r\n\r\n"), "the stream ends whole: {}", &rest[rest.len().saturating_sub(200)..]);
    assert!(TcpStream::connect(&serving.address).is_err(), "nobody listens any more");
    let listed = place.run(&["--json", "verify"]).good().json();
    assert_eq!(listed["problems"], serde_json::json!([]), "{listed}");
    let exported = place.run(&["export"]).good().out;
    let stored = exported.lines().filter(|line| line.contains("\"ticket.created\"")).count();
    let answered = loads.created.load(SeqCst);
    assert!(stored >= answered, "{stored} are stored, {answered} were acknowledged");
}

#[test]
fn a_client_that_hangs_does_not_hold_the_end_up_beyond_the_limit() {
    let place = Place::with_desk();
    let bearer = format!("Bearer {}", key(&place, "admin"));
    let mut serving = Serving::start(&place, &["--drain", "1"]);
    // Half a request's body; the rest never comes.
    let mut hanging = TcpStream::connect(&serving.address).unwrap();
    let half = request(
        "POST",
        "/v1/tickets",
        &[("authorization", &bearer), ("content-type", "application/json")],
        TICKET.as_bytes(),
    );
    hanging.write_all(&half[..half.len() - 4]).unwrap();
    // It is there: a request that was sent after it is answered.
    serving.send("GET", "/livez", &[], "").expect(200);
    let asked = Instant::now();
    serving.signal("TERM");
    assert_eq!(serving.ended(PATIENCE), Some(0));
    assert!(asked.elapsed() >= Duration::from_secs(1), "it has its second: {:?}", asked.elapsed());
    serving.line("the cut", |line| {
        line["message"].as_str().is_some_and(|text| text.contains("cut off at the drain limit"))
    });
    serving.line("the end", |line| line["message"] == "ended");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let place = Place::with_desk();
    let bearer = format!("Bearer {}", key(&place, "admin"));
    let mut serving = Serving::start(&place, &["--drain", "600"]);
    let made = serving.send("POST", "/v1/tickets", &[("authorization", &bearer)], TICKET).expect(201);
    let mut hanging = TcpStream::connect(&serving.address).unwrap();
    hanging.write_all(b"POST /v1/tickets HTTP/1.1\r\nhost: desk\r\ncontent-length: 100\r\n").unwrap();
    serving.send("GET", "/livez", &[], "").expect(200);
    serving.signal("TERM");
    serving.line("the first", |line| line["message"].as_str().is_some_and(|text| text.starts_with("asked to end")));
    serving.signal("TERM");
    assert_eq!(serving.ended(PATIENCE), Some(9));
    serving.line("the second", |line| line["message"] == "ended at once");
    // What was answered is there.
    place.run(&["ticket", "show", &made.at("/id")]).good();
}
