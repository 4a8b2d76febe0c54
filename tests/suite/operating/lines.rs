//! What the log says: one line per request with the ids by which everything is found again, and nobody's name.

use std::io::Write;
use std::net::{Shutdown, TcpStream};

use serde_json::Value;

use super::planted::trapping_pack;
use super::serving::{Serving, key};
use crate::http::wire::request;
use crate::program::place::Place;

const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
/// What no line may hold.
const PERSONAL: [&str; 4] = ["Zuzanna", "zuzanna@example.org", "Leaking roof", "pd_"];

fn ticket() -> String {
    serde_json::json!({
        "kind": "lead", "subject": "Leaking roof",
        "contact": { "name": "Zuzanna", "identities": [{ "kind": "email", "value": "zuzanna@example.org" }] }
    })
    .to_string()
}

fn request_line<'a>(id: &'a str) -> impl Fn(&Value) -> bool + 'a {
    move |line| line["message"] == "request" && line["request_id"] == id
}

#[test]
fn every_request_has_one_line_with_its_ids_and_nobodys_name() {
    let place = Place::with_desk();
    place.run(&["pack", "install", &crate::program::place::shipped("segmentation"), "--approve"]).good();
    let bearer = format!("Bearer {}", key(&place, "admin"));
    let head = [("authorization", bearer.as_str()), ("traceparent", TRACE), ("x-request-id", "form-4711")];
    let serving = Serving::start(&place, &[]);
    let made = serving.send("POST", "/v1/tickets", &head, &ticket()).expect(201);
    assert_eq!((made.header("x-request-id"), made.header("traceparent")), ("form-4711", TRACE));
    let line = serving.line("the request", request_line("form-4711"));
    assert_eq!(
        (&line["method"], &line["route"], &line["status"]),
        (&"POST".into(), &"/v1/tickets".into(), &201.into())
    );
    assert_eq!((&line["desk"], &line["level"]), (&"main".into(), &"INFO".into()), "{line}");
    assert_eq!(line["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736", "{line}");
    assert_eq!(line["decision"], made.at("/decision/id"), "{line}");
    assert!(line["by"].as_str().unwrap().starts_with("key_") && line["micros"].is_u64(), "{line}");
    // A record's address is told as its route, and the line of a refusal bears the id of its problem.
    let path = format!("/v1/tickets/{}?include=contact", made.at("/id"));
    let seen = serving.send("GET", &path, &head[..1], "").expect(200);
    let line = serving.line("the reading", request_line(seen.header("x-request-id")));
    assert_eq!(line["route"], "/v1/tickets/{id}", "{line}");
    let refused = serving.send("PATCH", &path[..path.find('?').unwrap()], &head[..1], r#"{"colour":"red"}"#);
    let refused = refused.problem(422, "invalid");
    let line = serving.line("the refusal", request_line(&refused.at("/request_id")));
    assert_eq!((&line["status"], &line["code"]), (&422.into(), &"invalid".into()), "{line}");
    // Ids that are not well-formed are not taken over.
    let odd = [("x-request-id", "a b\"c"), ("traceparent", "00-1-2-3")];
    let probed = serving.send("GET", "/livez", &odd, "").expect(200);
    assert!(probed.header("x-request-id").starts_with("req_") && probed.header("traceparent").is_empty());
    let line = serving.line("the probe", request_line(probed.header("x-request-id")));
    assert!(line.get("trace_id").is_none() && line.get("by").is_none() && line.get("desk").is_none(), "{line}");
    // One line each, and none with what is personal or secret.
    let lines = serving.lines();
    let requests = lines.iter().filter(|line| line["message"] == "request").count();
    assert_eq!(requests, 4, "{lines:?}");
    for line in lines {
        let text = line.to_string();
        assert!(PERSONAL.iter().all(|word| !text.contains(word)), "{text}");
    }
}

#[test]
fn what_a_policy_fails_at_a_breaker_and_a_swap_stand_under_the_requests_id() {
    let place = Place::with_desk();
    let pack = trapping_pack(&place);
    let bearer = format!("Bearer {}", key(&place, "admin"));
    let serving = Serving::start(&place, &[]);
    place.run(&["pack", "install", &pack, "--approve"]).good();
    let swap = serving.line("the swap", |line| line["message"] == "a generation is in force");
    assert!(swap["generation"].is_u64() && swap["desk"] == "main", "{swap}");
    let mut decisions = Vec::new();
    for number in 0..5 {
        let id = format!("form-{number}");
        let head = [("authorization", bearer.as_str()), ("x-request-id", id.as_str())];
        decisions.push(serving.send("POST", "/v1/tickets", &head, &ticket()).expect(201).at("/decision/id"));
    }
    let failed = serving
        .line("the failing policy", |line| line["message"] == "a policy failed" && line["request_id"] == "form-0");
    assert_eq!(failed["decision"], decisions[0], "{failed}");
    let named = ["policy", "question", "class", "level"].map(|name| failed[name].as_str().unwrap_or_default());
    assert_eq!(named, ["trapping", "classify", "trap", "WARN"], "{failed}");
    let opened = serving
        .line("the breaker", |line| line["message"].as_str().is_some_and(|text| text.starts_with("a breaker opened")));
    let at = decisions.iter().position(|id| opened["decision"] == **id).unwrap_or_else(|| panic!("{opened}"));
    assert_eq!(opened["request_id"], format!("form-{at}"), "{opened}");
}

#[test]
fn a_client_that_breaks_its_body_off_leaves_the_line_of_its_request_and_no_error() {
    let place = Place::with_desk();
    let bearer = format!("Bearer {}", key(&place, "admin"));
    let serving = Serving::start(&place, &[]);
    let import = serde_json::json!({ "name": "cut", "format": "csv",
        "mapping": { "kind": "contact", "contact": { "name": "Name" } } });
    let import = serving.send("POST", "/v1/imports", &[("authorization", &bearer)], &import.to_string()).expect(201);
    let file = format!("{}/file", import.header("location"));
    let cut = [("POST", "/v1/tickets", "application/json"), ("PUT", &file, "text/csv")];
    for (number, (method, path, kind)) in cut.into_iter().enumerate() {
        let id = format!("cut-{number}");
        let head = [("authorization", bearer.as_str()), ("x-request-id", &id), ("content-type", kind)];
        let whole = String::from_utf8(request(method, path, &head, b"Name\n")).unwrap();
        let mut stream = TcpStream::connect(&serving.address).unwrap();
        stream.write_all(whole.replace("content-length: 5", "content-length: 50").as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let line = serving.line("the request that broke off", request_line(&id));
        assert_eq!((&line["level"], &line["status"]), (&"INFO".into(), &400.into()), "{line}");
        assert_eq!(line["code"], "body-broken", "{line}");
    }
    // Anybody can do that as often as it pleases them: it must not look like a fault of the desk.
    let lines = serving.lines();
    let loud: Vec<_> = lines.iter().filter(|it| it["level"] == "ERROR" || it["level"] == "WARN").collect();
    assert!(loud.is_empty(), "{loud:?}");
}

#[test]
fn the_log_for_people_bears_the_same_ids() {
    let place = Place::with_desk();
    let serving = Serving::with(&place, &[]);
    let id = serving.send("GET", "/livez", &[("x-request-id", "probe-1")], "").expect(200);
    assert_eq!(id.header("x-request-id"), "probe-1");
    let line = serving.text_line("the probe", |line| line.contains("probe-1"));
    for word in ["INFO", "request_id=\"probe-1\"", "method=GET", "route=\"/livez\"", "status=200"] {
        assert!(line.contains(word), "`{word}` is missing: {line}");
    }
}
