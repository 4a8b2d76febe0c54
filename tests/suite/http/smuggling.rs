//! Requests that two readers could take for different ones: refused, or read in the one way that leaves nothing over.

use super::stand::Stand;
use super::wire::{Reply, raw};

/// Sends it as it is, with the admin's key put in for `KEY`; everything that comes back until the server closes.
async fn said(stand: &Stand, text: &str) -> Reply {
    raw(stand.address, text.replace("KEY", &format!("authorization: Bearer {}", stand.admin)).as_bytes()).await
}

/// A request hidden in the body of another; it would make a company.
const HIDDEN: &str = "POST /v1/companies HTTP/1.1\r\nhost: x\r\nKEY\r\ncontent-type: application/json\r\n\
                      content-length: 19\r\nconnection: close\r\n\r\n{\"name\":\"smuggled\"}";

#[tokio::test]
async fn a_length_that_can_be_read_in_two_ways_lets_no_second_request_through() {
    let stand = Stand::start().await;
    let head = "POST /v1/tickets HTTP/1.1\r\nhost: x\r\nKEY\r\ncontent-type: application/json\r\n";
    let chunked = format!("{:x}\r\n{{}}\r\n0\r\n\r\n", 2);
    let cases = [
        // Both lengths: the chunks count, and the connection ends with them (RFC 9112, section 6.3).
        format!("{head}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{chunked}{HIDDEN}"),
        format!("{head}transfer-encoding: chunked\r\ncontent-length: {}\r\n\r\n{chunked}{HIDDEN}", 10_000),
        // Encodings that one reader knows and the other does not.
        format!("{head}transfer-encoding: xchunked\r\n\r\n{chunked}{HIDDEN}"),
        format!("{head}transfer-encoding: chunked, identity\r\n\r\n{chunked}{HIDDEN}"),
        format!("{head}transfer-encoding: gzip\r\n\r\n{chunked}{HIDDEN}"),
        format!("{head}transfer-encoding : chunked\r\n\r\n{chunked}{HIDDEN}"),
        format!("{head}transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n{chunked}{HIDDEN}"),
        format!("{head}x: y\r\n transfer-encoding: chunked\r\n\r\n{chunked}{HIDDEN}"),
        // Two lengths, and lengths that are no number.
        format!("{head}content-length: 2\r\ncontent-length: 3\r\n\r\n{{}}{HIDDEN}"),
        format!("{head}content-length: 2, 3\r\n\r\n{{}}{HIDDEN}"),
        format!("{head}content-length: +2\r\n\r\n{{}}{HIDDEN}"),
        format!("{head}content-length: -1\r\n\r\n{{}}{HIDDEN}"),
        format!("{head}content-length: 0x2\r\n\r\n{{}}{HIDDEN}"),
        format!("{head}content-length: 2 \t2\r\n\r\n{{}}{HIDDEN}"),
        format!("{head}content-length: 18446744073709551618\r\n\r\n{{}}{HIDDEN}"),
        // Chunks whose size is none, is too great, or ends otherwise.
        format!("{head}transfer-encoding: chunked\r\n\r\n-2\r\n{{}}\r\n0\r\n\r\n{HIDDEN}"),
        format!("{head}transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n{{}}\r\n0\r\n\r\n{HIDDEN}"),
        format!("{head}transfer-encoding: chunked\r\n\r\n2\n{{}}\n0\n\n{HIDDEN}"),
        format!("{head}transfer-encoding: chunked\r\n\r\n2;{}\r\n{{}}\r\n0\r\n\r\n{HIDDEN}", "x".repeat(64 << 10)),
        format!("{head}transfer-encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n{}\r\n{HIDDEN}", "a: b\r\n".repeat(20_000)),
        // Lines that end or go on otherwise, and a head that is none.
        format!("{head}content-length: 2\r\n x: folded\r\n\r\n{{}}{HIDDEN}"),
        format!("{head}\0content-length: 2\r\n\r\n{{}}{HIDDEN}"),
        format!("{head}content-length\r\n\r\n{{}}{HIDDEN}"),
        format!("{head}x: a\rcontent-length: 2\r\n\r\n{{}}{HIDDEN}"),
        format!("POST  /v1/tickets HTTP/1.1\r\nhost: x\r\n\r\n{HIDDEN}"),
        format!("POST /v1/tickets HTTP/1.2\r\nhost: x\r\n\r\n{HIDDEN}"),
        format!("POST /v1/tic kets HTTP/1.1\r\nhost: x\r\n\r\n{HIDDEN}"),
        format!("POST /v1/tickets HTTP/1.0\r\ntransfer-encoding: chunked\r\nKEY\r\n\r\n{chunked}{HIDDEN}"),
    ];
    for case in &cases {
        let reply = said(&stand, case).await;
        let shown: String = case.chars().skip(head.len()).take(60).collect();
        assert!((400..500).contains(&reply.status), "{shown:?}: {} {}", reply.status, reply.text());
        assert!(!reply.text().contains("HTTP/1.1 201"), "{shown:?}: the hidden request was carried out");
    }
    let companies = stand.get("/v1/companies").await.expect(200);
    assert_eq!(companies.at("/items"), "[]", "nothing came through");
    said(&stand, HIDDEN).await.expect(201);
}

#[tokio::test]
async fn a_host_is_named_once_and_what_counts_stands_once() {
    let stand = Stand::start().await;
    let get = |more: &str| format!("GET /v1/me HTTP/1.1\r\nKEY\r\nconnection: close\r\n{more}\r\n");
    said(&stand, &get("host: x\r\n")).await.expect(200);
    said(&stand, &get("")).await.problem(400, "invalid-header");
    said(&stand, "GET /v1/me HTTP/1.0\r\nKEY\r\n\r\n").await.expect(200);
    for twice in [
        "host: y",
        "authorization: Bearer x",
        "plugdesk-desk: shop\r\nplugdesk-desk: lab",
        "content-type: a\r\ncontent-type: b",
    ] {
        let told = said(&stand, &get(&format!("host: x\r\n{twice}\r\n"))).await.problem(400, "invalid-header");
        assert!(twice.starts_with(&told.at("/parameter")), "{twice}: {}", told.text());
    }
    // A proxy's form of the address, and hosts that lie, change nothing: nothing here goes by the host.
    let proxied = "GET http://evil.example/v1/me HTTP/1.1\r\nhost: x\r\nKEY\r\nconnection: close\r\n\r\n";
    said(&stand, proxied).await.expect(200);
    for odd in [
        "OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        "CONNECT evil.example:443 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        "GET /v1/../../etc/passwd HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        "GET /v1/%2e%2e/%00 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        "GET /v1/tickets/%ff%fe HTTP/1.1\r\nhost: x\r\nKEY\r\nconnection: close\r\n\r\n",
        "TRACE /v1/me HTTP/1.1\r\nhost: x\r\nKEY\r\nconnection: close\r\n\r\n",
        "GET //v1/me HTTP/1.1\r\nhost: x\r\nKEY\r\nconnection: close\r\n\r\n",
    ] {
        let reply = said(&stand, odd).await;
        assert!((400..500).contains(&reply.status), "{odd:?}: {} {}", reply.status, reply.text());
    }
}

#[tokio::test]
async fn what_is_too_long_is_refused_before_it_is_read() {
    let stand = Stand::start().await;
    let long = "x".repeat(70 << 10);
    let address = said(&stand, &format!("GET /v1/{long} HTTP/1.1\r\nhost: x\r\n\r\n")).await;
    assert!(matches!(address.status, 414 | 431), "{}", address.status);
    said(&stand, &format!("GET /v1 HTTP/1.1\r\nhost: x\r\nx: {long}\r\n\r\n")).await.expect(431);
    let body = format!("{{\"subject\":\"{}\"}}", "x".repeat(3 << 20));
    stand.send("POST", "/v1/tickets", &[], &body).await.problem(413, "too-large");
    // Announced, and never sent.
    let announced = "POST /v1/tickets HTTP/1.1\r\nhost: x\r\nKEY\r\ncontent-type: application/json\r\n\
                     content-length: 3000000\r\nconnection: close\r\n\r\n";
    said(&stand, announced).await.problem(413, "too-large");
}

#[tokio::test]
async fn a_body_in_other_clothes_is_refused_by_them() {
    let stand = Stand::start().await;
    let body = r#"{"name":"Acme"}"#;
    for (header, value) in [
        ("content-encoding", "gzip"),
        ("content-encoding", "br"),
        ("content-encoding", "identity, gzip"),
        ("content-type", "application/json; charset=utf-16"),
        ("content-type", "application/json;charset=\"iso-8859-1\""),
        ("content-type", "text/plain"),
        ("content-type", "application/json-seq"),
    ] {
        let told = stand.send("POST", "/v1/companies", &[(header, value)], body).await;
        told.problem(415, "unsupported-media-type");
    }
    for (header, value) in [
        ("content-type", "application/json; charset=UTF-8"),
        ("content-type", "Application/JSON;charset=\"utf-8\""),
        ("content-encoding", "identity"),
    ] {
        stand.send("POST", "/v1/companies", &[(header, value)], body).await.expect(201);
    }
}
