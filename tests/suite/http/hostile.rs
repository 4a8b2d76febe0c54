//! Clients that are slow, silent, greedy or lie: nobody else notices.

use std::time::Duration;

use plugdesk_server::Options;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::events::Listening;
use super::stand::Stand;
use super::wire::{exchange, raw, request, within};

/// Short enough for a test, long enough for a busy machine to send a request.
const SOON: Duration = Duration::from_millis(300);

fn impatient() -> Options {
    Options { header_timeout: SOON, body_timeout: SOON, stall_timeout: SOON, drain_timeout: SOON, ..Options::default() }
}

/// Reads until the server ends the connection.
async fn ended(stream: &mut TcpStream) -> Vec<u8> {
    let mut told = Vec::new();
    // An error is an end too: the server may reset a connection that still sends.
    let _ = within(stream.read_to_end(&mut told)).await;
    told
}

#[tokio::test]
async fn a_client_that_never_ends_its_head_is_cut_off() {
    let stand = Stand::with(impatient()).await;
    for beginning in ["", "P", "PRI * HT", "GET /v1", "GET /v1 HTTP/1.1\r\nhost: x\r\nx-slow: "] {
        let mut stream = TcpStream::connect(stand.address).await.expect("the server listens");
        stream.write_all(beginning.as_bytes()).await.expect("it takes the beginning");
        ended(&mut stream).await;
    }
    stand.get("/v1/me").await.expect(200);
}

#[tokio::test]
async fn a_body_that_never_comes_is_not_waited_for() {
    let stand = Stand::with(impatient()).await;
    let head = format!(
        "POST /v1/tickets HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         content-length: 100\r\nconnection: close\r\n\r\n{{",
        stand.admin
    );
    raw(stand.address, head.as_bytes()).await.problem(408, "request-timeout");
}

#[tokio::test]
async fn a_strangers_body_is_not_even_read() {
    let stand = Stand::start().await;
    let head = "POST /v1/tickets HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\
                connection: close\r\n\r\n";
    raw(stand.address, head.as_bytes()).await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn hostile_json_is_an_answer_and_never_a_crash() {
    let stand = Stand::start().await;
    let deep = format!("{{\"custom\":{{\"a\":{}1{}}}}}", "[".repeat(50_000), "]".repeat(50_000));
    let cases = [
        ("{\"subject\":\"x\",\"subject\":\"y\"}", 422),
        ("[]", 422),
        ("\n[\"lead\",\"x\"]", 422),
        ("null", 422),
        ("\u{feff}{}", 400),
        ("{\"subject\":\"\\ud800\"}", 400),
        ("{\"priority\":\"extreme\",\"subject\":\"x\"}", 422),
        ("{\"subject\":1e999}", 400),
        ("{\"subject\":\"x\"} trailing", 400),
        (deep.as_str(), 400),
    ];
    for (body, status) in cases {
        let reply = stand.send("POST", "/v1/tickets", &[], body).await;
        assert_eq!(reply.status, status, "{} for {}", reply.text(), body.chars().take(60).collect::<String>());
    }
    let mut bytes = request(
        "POST",
        "/v1/tickets",
        &[("authorization", &format!("Bearer {}", stand.admin)), ("content-type", "application/json")],
        b"0123456789abcde",
    );
    let at = bytes.len() - 15;
    bytes[at..].copy_from_slice(b"{\"subject\":\"\xff\"}");
    raw(stand.address, &bytes).await.problem(400, "malformed-json");
}

#[tokio::test]
async fn what_a_reader_of_json_would_lose_is_refused_with_its_place() {
    let stand = Stand::start().await;
    let cases = [
        ("POST", "/v1/tickets", r#"{"subject":"x","custom":{"a":1,"a":2}}"#, "/custom/a"),
        ("POST", "/v1/tickets", r#"{"subject":"x","custom":{"a":{"b":[{"c":1,"\u0063":2}]}}}"#, "/custom/a/b/0/c"),
        ("POST", "/v1/tickets", r#"{"subject":"x","external_ids":{"crm":"1","crm":"2"}}"#, "/external_ids/crm"),
        ("POST", "/v1/tickets", r#"{"subject":"x","custom":{"id":123456789012345678901}}"#, "/custom/id"),
        ("POST", "/v1/contacts", r#"{"name":"x","custom":{"":1,"":2}}"#, "/custom/"),
        ("PUT", "/v1/definitions/kind/support", r#"{"schema":{"type":"object","type":"array"}}"#, "/schema/type"),
        (
            "PUT",
            "/v1/calendars/office",
            r#"{"time_zone":"UTC","week":{},"holidays":{"2027-01-01":"a","2027-01-01":"b"}}"#,
            "/holidays/2027-01-01",
        ),
        (
            "POST",
            "/v1/imports",
            r#"{"name":"x","mapping":{"kind":"contact","contact":{"name":"Name"},"kind":"lead"}}"#,
            "/mapping/kind",
        ),
        (
            "POST",
            "/v1/bindings",
            r#"{"pack":"p","plugin":"q","question":"classify","rank":1,"overlay":{"deep":{"x":1,"x":2}}}"#,
            "/overlay/deep/x",
        ),
    ];
    for (method, target, body, pointer) in cases {
        let told = stand.send(method, target, &[], body).await.problem(422, "invalid");
        assert_eq!(told.at("/errors/0/pointer"), pointer, "{body}: {}", told.text());
    }
    let plain = r#"{"subject":"x","custom":{"a":{"b":1},"b":{"b":1},"id":9007199254740993,"n":0.1,"far":1e300}}"#;
    let made = stand.send("POST", "/v1/tickets", &[], plain).await.expect(201);
    assert_eq!((made.at("/custom/id"), made.at("/custom/n")), ("9007199254740993".into(), "0.1".into()));
}

#[tokio::test]
async fn a_head_that_is_too_large_or_ambiguous_is_refused() {
    let stand = Stand::start().await;
    let long = "x".repeat(40 << 10);
    raw(stand.address, &request("GET", "/v1", &[("x-long", &long)], b"")).await.expect(431);
    let many: Vec<_> = (0..80).map(|n| (format!("x-{n}"), "1")).collect();
    let many: Vec<_> = many.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    raw(stand.address, &request("GET", "/v1", &many, b"")).await.expect(431);
    let smuggled = b"POST /v1/tickets HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\nconnection: close\r\n\r\n01234";
    raw(stand.address, smuggled).await.expect(400);
    let query = format!("/v1/tickets?kind={}", "x".repeat(5 << 10));
    stand.get(&query).await.problem(400, "invalid-parameter");
}

/// A client that is at work: it reads events.
async fn at_work(stand: &Stand) -> Listening {
    let mut reader = Listening::open(stand, "/v1/events", &[]).await;
    assert!(reader.until("retry: 1000").await);
    reader
}

#[tokio::test]
async fn one_address_can_not_take_every_connection() {
    let stand = Stand::with(Options { connections_per_address: 2, ..Options::default() }).await;
    let _two = (at_work(&stand).await, at_work(&stand).await);
    let mut third = TcpStream::connect(stand.address).await.expect("the kernel takes it");
    assert_eq!(ended(&mut third).await, b"", "it is closed without a word");
}

#[tokio::test]
async fn silent_and_idle_clients_make_room_for_one_that_asks() {
    for options in
        [Options { connections: 4, ..Options::default() }, Options { connections_per_address: 4, ..Options::default() }]
    {
        let stand = Stand::with(options).await;
        let mut reader = at_work(&stand).await;
        let mut silent = Vec::new();
        for beginning in ["", "G", "GET /v1/me HTTP/1.1\r\nx-slow: ", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"].repeat(3) {
            let mut stream = TcpStream::connect(stand.address).await.expect("the server listens");
            stream.write_all(beginning.as_bytes()).await.expect("it takes the beginning");
            silent.push(stream);
            stand.get("/v1/me").await.expect(200);
        }
        // None of the times above has passed: each was closed for another.
        for stream in &mut silent[..4] {
            ended(stream).await;
        }
        let made = stand.post("/v1/companies", &serde_json::json!({ "name": "One" })).await.expect(201).at("/id");
        assert!(reader.until(&made).await, "who was at work noticed nothing");
    }
}

#[tokio::test]
async fn a_body_that_drips_is_no_better_than_one_that_never_comes() {
    let stand = Stand::with(Options { body_timeout: Duration::from_secs(60), ..impatient() }).await;
    for (target, kind) in [("/v1/tickets", "application/json"), ("/v1/packs", "application/x-tar")] {
        let head = format!(
            "POST {target} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: {kind}\r\n\
             content-length: 100000\r\nconnection: close\r\n\r\n{{",
            stand.admin
        );
        let (read, mut write) = TcpStream::connect(stand.address).await.expect("the server listens").into_split();
        write.write_all(head.as_bytes()).await.expect("it takes the head");
        let drip = tokio::spawn(async move {
            // Until nobody takes it any more.
            while write.write_all(b" ").await.is_ok() {
                tokio::time::sleep(SOON / 20).await;
            }
        });
        let mut answer = tokio::io::join(read, tokio::io::sink());
        exchange(&mut answer, b"").await.problem(408, "request-timeout");
        within(drip).await.expect("the connection is closed");
    }
}

#[tokio::test]
async fn the_end_lets_requests_finish_and_cuts_off_who_does_not() {
    let mut stand = Stand::with(impatient()).await;
    let mut idle = TcpStream::connect(stand.address).await.expect("the server listens");
    let held = exchange(&mut idle, &request("GET", "/livez", &[], b"")).await;
    held.expect(200);
    let mut stuck = TcpStream::connect(stand.address).await.expect("the server listens");
    stuck.write_all(b"GET /livez HTTP/1.1\r\n").await.expect("it takes the beginning");
    stand.stop().await;
    ended(&mut stuck).await;
    assert!(TcpStream::connect(stand.address).await.is_err(), "nobody listens any more");
}
