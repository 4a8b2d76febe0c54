//! A desk that takes no writes: held by hand, on a full disk, after a failed fsync. Reads go on, everything says so, and
//! there is a way back.

use std::sync::atomic::Ordering::SeqCst;

use super::moody::Stand;
use super::serving::{Serving, key};
use crate::http::wire::Reply;
use crate::program::place::Place;

const TICKET: &str = r#"{"subject":"Heat pump"}"#;

/// Writes of every sort: each must be refused while no writes are taken.
const WRITES: &[(&str, &str, &str)] = &[
    ("POST", "/v1/tickets", TICKET),
    ("POST", "/v1/contacts", r#"{"name":"Ann"}"#),
    ("POST", "/v1/companies", r#"{"name":"Northgate"}"#),
    ("PUT", "/v1/calendars/office", r#"{"time_zone":"UTC","week":{"mon":[{"from":"09:00","to":"17:00"}]}}"#),
    ("POST", "/v1/agents", r#"{"name":"mia"}"#),
    ("POST", "/v1/webhooks", r#"{"title":"w","url":"https://hooks.example.com/x"}"#),
    ("POST", "/v1/keys", r#"{"label":"x","role":"admin"}"#),
    ("POST", "/v1/desks", r#"{"name":"second"}"#),
    ("PATCH", "/v1/desk", r#"{"merge_above":9000}"#),
];

const READS: &[&str] =
    &["/v1/tickets", "/v1/contacts", "/v1/events?after=0", "/v1/decisions", "/v1/keys", "/v1/health", "/metrics"];

/// What a probe and the metrics say.
fn word(reply: &Reply) -> String {
    reply.text().trim().to_owned()
}

#[test]
fn an_operator_holds_writes_and_takes_them_again_also_over_a_restart() {
    let place = Place::with_desk();
    let operator = key(&place, "operator");
    let bearer = format!("Bearer {operator}");
    let head = [("authorization", bearer.as_str()), ("plugdesk-desk", "main")];
    let mut serving = Serving::start(&place, &[]);
    serving.send("POST", "/v1/tickets", &head, TICKET).expect(201);
    let said = place.run(&["read-only", "on", "--why", "moving to a larger disk"]).good().out;
    assert!(said.contains("writes are held since") && said.contains("moving to a larger disk"), "{said}");
    for round in ["as it was held", "after a restart"] {
        for (method, path, body) in WRITES {
            let refused = serving.send(method, path, &head, body).problem(503, "read-only");
            assert_eq!(refused.header("retry-after"), "60", "{round}: {method} {path}");
            assert!(refused.at("/detail").contains("moving to a larger disk"), "{round}: {}", refused.text());
        }
        for path in READS {
            serving.send("GET", path, &head, "").expect(200);
        }
        serving.send("POST", "/v1/tickets?preview=true", &head, TICKET).expect(200);
        assert_eq!(word(&serving.send("GET", "/readyz", &[], "").expect(503)), "held");
        assert_eq!(word(&serving.send("GET", "/readyz?for=reads", &[], "").expect(200)), "held");
        let health = serving.send("GET", "/v1/health", &head, "").expect(200).json();
        assert_eq!((&health["ready"], &health["state"]), (&false.into(), &"held".into()), "{health}");
        assert_eq!(health["hold"]["by"], "operator", "{health}");
        let metrics = serving.send("GET", "/metrics", &head, "").expect(200).text();
        assert!(metrics.contains("plugdesk_state{state=\"held\"} 1"), "{metrics}");
        assert!(metrics.contains("plugdesk_state{state=\"ready\"} 0"), "{metrics}");
        serving.line("rest", |line| line["state"] == "held");
        place.run(&["backup", &format!("{}.backup", round.replace(' ', "-"))]).good();
        if round == "as it was held" {
            serving.signal("TERM");
            assert_eq!(serving.ended(super::serving::PATIENCE), Some(0));
            // Also where the folder is opened for one command.
            assert_eq!(place.run(&["agent", "add", "mia"]).exit, 6);
            serving = Serving::start(&place, &[]);
        }
    }
    place.run(&["read-only", "off"]).good();
    assert_eq!(word(&serving.send("GET", "/readyz", &[], "").expect(200)), "ready");
    serving
        .line("going on", |line| line["message"].as_str().is_some_and(|it| it.starts_with("writes are taken again")));
    for (method, path, body) in WRITES {
        let status = serving.send(method, path, &head, body).status;
        assert!((200..300).contains(&status), "{method} {path}: {status}");
    }
}

#[test]
fn only_an_operator_holds_writes() {
    let place = Place::with_desk();
    let bearer = format!("Bearer {}", key(&place, "admin"));
    let head = [("authorization", bearer.as_str())];
    let serving = Serving::start(&place, &[]);
    serving.send("PUT", "/v1/hold", &head, r#"{"read_only":true}"#).problem(403, "forbidden");
    serving.send("GET", "/v1/hold", &head, "").problem(403, "forbidden");
    serving.send("PUT", "/v1/hold", &[], r#"{"read_only":true}"#).problem(401, "unauthenticated");
    serving.send("POST", "/v1/tickets", &head, TICKET).expect(201);
}

#[tokio::test]
async fn a_full_disk_refuses_writes_and_goes_on_by_itself_when_there_is_room() {
    let stand = Stand::start().await;
    stand.send("POST", "/v1/tickets", &[], TICKET).await.expect(201);
    stand.moods.full.store(true, SeqCst);
    for (method, path, body) in WRITES {
        let refused = stand.send(method, path, &[], body).await.problem(507, "no-space");
        assert_eq!(refused.header("retry-after"), "60", "{method} {path}");
        assert!(refused.at("/detail").contains("makes room"), "{}", refused.text());
    }
    for path in READS {
        stand.send("GET", path, &[], "").await.expect(200);
    }
    assert_eq!(word(&stand.send("GET", "/readyz", &[], "").await.expect(503)), "no-space");
    assert_eq!(word(&stand.send("GET", "/readyz?for=reads", &[], "").await.expect(200)), "no-space");
    let health = stand.send("GET", "/v1/health", &[], "").await.expect(200).json();
    assert_eq!((&health["state"], &health["ready"]), (&"no-space".into(), &false.into()), "{health}");
    stand.moods.full.store(false, SeqCst);
    assert_eq!(word(&stand.send("GET", "/readyz", &[], "").await.expect(200)), "ready");
    for (method, path, body) in WRITES {
        let status = stand.send(method, path, &[], body).await.status;
        assert!((200..300).contains(&status), "{method} {path}: {status}");
    }
}

#[tokio::test]
async fn a_failed_fsync_ends_writing_until_a_restart_and_the_idempotency_key_settles_what_became_of_the_write() {
    let stand = Stand::start().await;
    let before = stand.send("POST", "/v1/tickets", &[("idempotency-key", "k-1")], TICKET).await.expect(201);
    stand.moods.fail(Some("k-2"));
    let unknown = stand.send("POST", "/v1/tickets", &[("idempotency-key", "k-2")], TICKET).await;
    let unknown = unknown.problem(503, "outcome-unknown");
    assert!(!unknown.text().contains("os error"), "{}", unknown.text());
    stand.moods.fail(None);
    for (method, path, body) in WRITES {
        let refused = stand.send(method, path, &[], body).await.problem(503, "read-only");
        assert!(!refused.text().contains("os error"), "what the disk said is for the log: {}", refused.text());
    }
    for path in READS {
        stand.send("GET", path, &[], "").await.expect(200);
    }
    assert_eq!(word(&stand.send("GET", "/readyz", &[], "").await.expect(503)), "read-only");
    let health = stand.send("GET", "/v1/health", &[], "").await.expect(200).json();
    assert!(health["why"].as_str().unwrap().contains("could not be synced"), "{health}");
    let stand = stand.restarted().await;
    assert_eq!(word(&stand.send("GET", "/readyz", &[], "").await.expect(200)), "ready");
    stand.send("GET", before.header("location"), &[], "").await.expect(200);
    stand.send("POST", "/v1/tickets", &[("idempotency-key", "k-2")], TICKET).await.expect(201);
    let found = stand.send("GET", "/v1/tickets", &[], "").await.expect(200).json();
    assert_eq!(found["items"].as_array().unwrap().len(), 2, "{found}");
}
