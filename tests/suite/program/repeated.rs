//! A hundred requests with one idempotency key, and the program killed in the middle: one ticket, one answer.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use serde_json::Value;

use super::place::Place;

/// Requests at once with one key.
const MANY: usize = 100;
/// Nothing here takes longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer, whole; none: the server was killed first.
type Answer = Option<(u16, String, Value)>;

fn ask(address: SocketAddr, head: &str, body: &str) -> Answer {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let length = body.len();
    let request = format!("{head}host: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, head.to_ascii_lowercase(), serde_json::from_str(body).ok()?))
}

/// Asks a hundred times at once; each tells when its request is on its way or answered.
fn many(address: SocketAddr, head: &str, body: &str, tell: &Sender<()>) -> Vec<Answer> {
    std::thread::scope(|scope| {
        let one = || {
            let answer = ask(address, head, body);
            let _ = tell.send(());
            answer
        };
        let threads: Vec<_> = (0..MANY).map(|_| scope.spawn(one)).collect();
        threads.into_iter().map(|it| it.join().unwrap()).collect()
    })
}

#[test]
fn one_key_makes_one_ticket_whenever_the_program_is_killed() {
    let place = Place::empty();
    let made = place.run(&["--json", "init"]).good().json();
    let bearer = format!("authorization: Bearer {}\r\n", made["key"]["secret"].as_str().unwrap());
    let mut ids = Vec::new();
    // Killed at the first answer, and after the tenth.
    for (round, answers_before) in [1, 10].into_iter().enumerate() {
        let head = format!(
            "POST /v1/tickets HTTP/1.1\r\n{bearer}content-type: application/json\r\nidempotency-key: key-{round}\r\n"
        );
        let body = format!("{{\"subject\":\"round {round}\"}}");
        let served = place.serve();
        let address = served.address();
        let (tell, hear) = channel();
        let mut answers = std::thread::scope(|scope| {
            let asked = scope.spawn(|| many(address, &head, &body, &tell));
            for _ in 0..answers_before {
                hear.recv_timeout(PATIENCE).unwrap();
            }
            served.kill();
            asked.join().unwrap()
        });
        let served = place.serve();
        let (tell, _hear) = channel();
        answers.extend(many(served.address(), &head, &body, &tell));
        // Whoever met another's work under way asks again.
        answers.push(ask(served.address(), &head, &body));
        let mut fresh = 0;
        let mut made: Vec<String> = Vec::new();
        for (status, head, answer) in answers.into_iter().flatten() {
            match status {
                201 => {
                    fresh += usize::from(!head.contains("idempotency-replayed"));
                    made.push(answer["id"].as_str().unwrap().to_owned());
                }
                409 => assert!(
                    answer["code"] == "idempotency-in-flight" && head.contains("retry-after: 1"),
                    "{head} {answer}"
                ),
                other => panic!("{other}: {answer}"),
            }
        }
        made.sort();
        made.dedup();
        assert_eq!(made.len(), 1, "one ticket, whoever asks");
        assert!(fresh <= 1, "{fresh} were told that they made it");
        ids.extend(made);
        let other = ask(served.address(), &head, "{\"subject\":\"another\"}").unwrap();
        assert_eq!((other.0, &other.2["code"]), (422, &"idempotency-reused".into()));
        let get = format!("GET /v1/events?after=0&limit=200 HTTP/1.1\r\n{bearer}");
        let events = ask(served.address(), &get, "").unwrap().2;
        let created = events["items"].as_array().unwrap().iter().filter(|it| it["name"] == "ticket.created");
        let created: Vec<_> = created.map(|it| it["subject"].as_str().unwrap().to_owned()).collect();
        assert_eq!(created, ids, "told once each");
        served.kill();
    }
}
