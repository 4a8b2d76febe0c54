//! Secrets and people's data are looked for wherever they have no business: the program is run as it is, at its most
//! talkative, through what succeeds and what fails, and then everything that it wrote, logged, sent and answered is read.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::program::place::{Place, shipped};

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// What people said and are called: allowed in records, captures and decisions, nowhere else.
const PERSONAL: [&str; 5] =
    ["Zelda Plantedname", "zelda.planted@example.org", "PLANTEDSUBJECT", "PLANTEDWORDS", "+48600700800"];
/// What a client sends by mistake in the place of a key.
const STRAY: [&str; 3] = ["PLANTEDBEARERxyz", "UExBTlRFREJBU0lDeHl6", "PLANTEDCOOKIExyz"];
/// In the address of a webhook: a token of the receiver's.
const TOKEN: &str = "PLANTEDTOKENxyz";

struct Served {
    child: Child,
    url: String,
    /// Kept, because a program whose output nobody takes ends.
    _out: BufReader<ChildStdout>,
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    fn start(place: &Place, format: &str, log: File) -> Self {
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--log", "trace", "--log-format", format];
        let mut command = place.command(&arguments);
        command.args(["--webhook-allow", "127.0.0.1"]);
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("the program runs");
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        out.read_line(&mut line).expect("it says where it listens");
        let url = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("{line}")).to_owned();
        Self { child, url, _out: out }
    }

    fn ends(mut self) {
        let asked = std::process::Command::new("kill").arg(self.child.id().to_string()).status().expect("kill runs");
        assert!(asked.success());
        assert!(self.child.wait().expect("it ends").success());
    }
}

/// A client that keeps what it hears.
struct Client<'a> {
    url: &'a str,
    heard: Vec<String>,
}

impl Client<'_> {
    fn send(&mut self, authorization: &str, method: &str, path: &str, body: &str) -> (u16, Value) {
        let request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        let request = request.header("authorization", authorization).header("content-type", "application/json");
        let request = request.header("cookie", format!("session={}", STRAY[2]));
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let answer = match body {
            "" => agent.run(request.body(()).expect("a request")),
            body => agent.run(request.body(body.to_owned()).expect("a request")),
        };
        let mut answer = answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let text = answer.body_mut().read_to_string().expect("text");
        let value = serde_json::from_str(&text).unwrap_or(Value::Null);
        self.heard.push(format!("{method} {path}: {text}"));
        (answer.status().as_u16(), value)
    }

    /// A request whose answer is the one that shows a secret, and so is not kept.
    fn shown(&mut self, key: &str, path: &str, body: &Value, at: &str) -> (String, Value) {
        let (status, value) = self.send(&bearer(key), "POST", path, &body.to_string());
        assert!((200..300).contains(&status), "{path}: {value}");
        self.heard.pop();
        (value.pointer(at).and_then(Value::as_str).expect("a secret").to_owned(), value)
    }
}

fn bearer(key: &str) -> String {
    format!("Bearer {key}")
}

/// A receiver on a free port that answers 500 and hands on what it heard.
fn receiver() -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address").to_string();
    let (tell, heard) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            if tell.send(request(&mut stream)).is_err() {
                return;
            }
        }
    });
    (address, heard)
}

fn request(stream: &mut TcpStream) -> String {
    let (mut heard, mut piece) = (Vec::new(), [0; 4096]);
    // A webhook's body is JSON, so its last byte tells that it is here.
    while !heard.ends_with(b"}") {
        match stream.read(&mut piece) {
            Ok(read @ 1..) => heard.extend_from_slice(&piece[..read]),
            _ => break,
        }
    }
    let _ = stream.write_all(b"HTTP/1.1 500 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    String::from_utf8_lossy(&heard).into_owned()
}

/// Everything in a folder as (path, bytes).
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let all = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok).filter(|it| it.file_type().is_file());
    all.map(|it| (it.path().display().to_string(), std::fs::read(it.path()).expect("it can be read"))).collect()
}

fn holds(bytes: &[u8], what: &str) -> bool {
    bytes.windows(what.len()).any(|window| window == what.as_bytes())
}

/// None of the words stands in any of the places.
#[track_caller]
fn nowhere(words: &[&str], places: &[(String, Vec<u8>)]) {
    for (name, bytes) in places {
        for word in words {
            if holds(bytes, word) {
                let text = String::from_utf8_lossy(bytes);
                let line = text.lines().find(|line| line.contains(word)).unwrap_or_default();
                panic!("{word} stands in {name}: {}", line.chars().take(600).collect::<String>());
            }
        }
    }
}

fn through(format: &str) {
    let place = Place::empty();
    let segmentation = shipped("segmentation");
    let made = place.run(&["--json", "init", "--pack", &segmentation]).good().json();
    let admin = made["key"]["secret"].as_str().expect("a key").to_owned();
    let log = place.path("log");
    let served = Served::start(&place, format, File::create(&log).expect("a log"));
    let mut client = Client { url: &served.url, heard: Vec::new() };
    let (hook_at, sent) = receiver();

    // Keys: made, used, rotated, revoked, mistyped, of the wrong scheme.
    let new = json!({ "label": "console", "role": "agent" });
    let (agent, made) = client.shown(&admin, "/v1/keys", &new, "/secret");
    let id = made["key"]["id"].as_str().expect("an id").to_owned();
    let (rotated, made) =
        client.shown(&admin, &format!("/v1/keys/{id}/rotate"), &json!({ "overlap_ms": 60_000 }), "/secret");
    let second = made["key"]["id"].as_str().expect("an id").to_owned();
    let (gone, made) = client.shown(&admin, "/v1/keys", &new, "/secret");
    let third = made["key"]["id"].as_str().expect("an id").to_owned();
    let mut heard =
        |authorization: &str, method: &str, path: &str, body: &str| client.send(authorization, method, path, body);
    assert_eq!(heard(&bearer(&admin), "DELETE", &format!("/v1/keys/{third}"), "").0, 200);
    let mistyped = format!("{}{}", &agent[..agent.len() - 1], if agent.ends_with('0') { '1' } else { '0' });
    for (authorization, status) in [
        (bearer(&agent), 200),
        (bearer(&rotated), 200),
        (bearer(&gone), 401),
        (bearer(&mistyped), 401),
        (bearer(STRAY[0]), 401),
        (format!("Basic {}", STRAY[1]), 401),
    ] {
        assert_eq!(heard(&authorization, "GET", "/v1/me", "").0, status);
    }
    let held = json!({ "url": format!("https://user:{TOKEN}@example.org/") }).to_string();
    let refused = heard(&bearer(&admin), "POST", "/v1/webhooks", &held).1.to_string();
    assert!(refused.contains("/url") && !refused.contains(TOKEN), "{refused}");
    // A key in the wrong place: whoever sent it there hears which name is unknown, and nobody else hears of it.
    client.send(&bearer(&admin), "GET", &format!("/v1/tickets?{agent}=1"), "");
    client.heard.pop();

    // Webhooks, whose address holds a token, and whose receiver fails.
    let hook = json!({ "url": format!("http://{hook_at}/{TOKEN}?token={TOKEN}") });
    let (signing, made) = client.shown(&admin, "/v1/webhooks", &hook, "/secret");
    client.heard.pop();
    let webhook = made["id"].as_str().expect("an id").to_owned();
    let (turned, _) =
        client.shown(&admin, &format!("/v1/webhooks/{webhook}/rotate"), &json!({ "overlap_ms": 60_000 }), "/secret");

    // People and what they say; things go well and badly.
    let [name, email, subject, words, phone] = PERSONAL;
    let person = json!({ "name": name, "identities": [{ "kind": "email", "value": email }, { "kind": "phone", "value": phone }] });
    let ticket = json!({ "subject": subject, "contact": person, "entries": [{ "text": words }] }).to_string();
    let mut client_send = |method: &str, path: &str, body: &str| client.send(&bearer(&rotated), method, path, body);
    let (status, made) = client_send("POST", "/v1/tickets", &ticket);
    assert_eq!(status, 201, "{made}");
    let at = format!("/v1/tickets/{}", made["id"].as_str().expect("an id"));
    let contact = json!({ "name": name, "identities": [{ "kind": "email", "value": email }] }).to_string();
    assert_eq!(client_send("POST", "/v1/contacts", &contact).0, 409);
    client_send("POST", "/v1/tickets", &ticket.replace("\"subject\"", "\"sobject\""));
    client_send("POST", "/v1/tickets", &ticket[..ticket.len() - 5]);
    client_send(
        "PATCH",
        &at,
        &json!({ "subject": format!("{subject} again"), "assignee": "nobody known" }).to_string(),
    );
    client_send("POST", &format!("{at}/entries"), &json!({ "kind": "note", "text": words }).to_string());
    client_send("GET", &format!("/v1/contacts?identity=email:{email}"), "");
    client_send("GET", &format!("/v1/tickets?q={email}"), "");
    let until = Instant::now() + PATIENCE;
    let mut bodies = Vec::new();
    while bodies.is_empty() {
        assert!(Instant::now() < until, "nothing is sent");
        bodies.extend(sent.recv_timeout(Duration::from_secs(1)));
    }
    let told = |client: &mut Client<'_>, path: &str| client.send(&bearer(&admin), "GET", path, "").1.to_string();
    let thin: Vec<(String, Vec<u8>)> = ["/v1/events?limit=200", "/v1/audit?limit=200", "/v1/webhooks/", "/v1/keys"]
        .iter()
        .map(|path| {
            let path = if path.ends_with('/') { format!("{path}{webhook}/deliveries") } else { (*path).to_owned() };
            let said = told(&mut client, &path);
            assert!(said.len() > 20, "{path}: {said}");
            (path, said.into_bytes())
        })
        .collect();
    let decisions = client.send(&bearer(&admin), "GET", "/v1/decisions", "").1;
    for it in decisions["items"].as_array().expect("decisions") {
        told(&mut client, &format!("/v1/decisions/{}/vector", it["id"].as_str().expect("an id")));
    }
    // An operator's, through the socket.
    let export = place.run(&["export"]).good().out;
    let health = place.run(&["--json", "doctor"]);
    assert_eq!(client.send(&bearer(&admin), "DELETE", &format!("/v1/keys/{second}"), "").0, 200);
    let arguments = std::fs::read(format!("/proc/{}/cmdline", served.child.id())).unwrap_or_default();
    let answers: Vec<(String, Vec<u8>)> = client
        .heard
        .drain(..)
        .enumerate()
        .map(|(place, text)| (format!("answer {place}"), text.into_bytes()))
        .collect();
    served.ends();

    let logged = vec![("the log".to_owned(), std::fs::read(&log).expect("a log"))];
    assert!(holds(&logged[0].1, "TRACE") && holds(&logged[0].1, "/v1/tickets"), "it is logged at its most talkative");
    let keys = [admin.as_str(), &agent, &rotated, &gone, &mistyped];
    // The random part alone would open the door too.
    let random: Vec<&str> = keys.iter().filter_map(|key| key.rsplit('_').next()).map(|it| &it[..40]).collect();
    let signing = [&signing["whsec_".len()..], &turned["whsec_".len()..]];
    let outside = [
        ("export", export.into_bytes()),
        ("doctor", (health.out + &health.err).into_bytes()),
        ("arguments", arguments),
    ];
    let outside: Vec<(String, Vec<u8>)> = outside.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect();
    let heard: Vec<(String, Vec<u8>)> =
        bodies.iter().map(|it| ("a webhook".to_owned(), it.clone().into_bytes())).collect();
    let kept = files(&place.path("desk"));
    assert!(
        kept.iter().any(|(name, _)| name.contains("capture")),
        "{:?}",
        kept.iter().map(|it| &it.0).collect::<Vec<_>>()
    );
    let body_only: Vec<(String, Vec<u8>)> = bodies
        .iter()
        .filter_map(|it| it.split_once("\r\n\r\n"))
        .map(|(_, body)| ("a webhook's body".to_owned(), body.as_bytes().to_vec()))
        .collect();

    for places in [&logged, &kept, &answers, &outside, &heard, &thin] {
        nowhere(&random, places);
        nowhere(&STRAY, places);
    }
    // The keys that sign must be stored, so backups and exports hold them; nothing else does.
    for places in [&logged, &answers, &heard, &thin] {
        nowhere(&signing, places);
    }
    nowhere(&[TOKEN], &logged);
    nowhere(&[TOKEN], &thin);
    nowhere(&[TOKEN], &body_only);
    for places in [&logged, &thin, &body_only] {
        nowhere(&PERSONAL, places);
    }
}

#[test]
fn no_secret_and_no_name_stands_where_it_has_no_business() {
    through("json");
}

#[test]
fn nor_in_a_log_for_people() {
    through("text");
}
