//! What Plugdesk does by itself: events reach webhooks, signed, also of a desk that is made later; the example receiver
//! takes what is genuine and refuses the rest.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use plugdesk::Plugdesk;
use plugdesk::desk::{Clock, How, NewCommitment, NewDesk, NewTicket, NewWebhook, Options};
use plugdesk::domain::{DeliveryState, Instant, Principal};
use standardwebhooks::Webhook;
use tokio::sync::mpsc;

use super::place::debug;

/// Far longer than anything here takes; only a promise that is broken waits for it.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

pub(super) type Heard = (HeaderMap, Bytes);

/// A receiver on a free port that hands on what it hears, and its address.
pub(super) async fn receiver(answer: StatusCode) -> (String, mpsc::UnboundedReceiver<Heard>) {
    let (tell, heard) = mpsc::unbounded_channel();
    let app = axum::Router::new().route(
        "/",
        post(move |headers: HeaderMap, body: Bytes| {
            let _ = tell.send((headers, body));
            async move { answer }
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (address, heard)
}

pub(super) fn build() -> Plugdesk {
    let options = Options { webhooks_allowed: vec!["127.0.0.1".parse().unwrap()], ..Options::default() };
    Plugdesk::builder()
        .storage(plugdesk::store::Store::memory())
        .desk_options(options)
        .background(true)
        .build()
        .unwrap()
}

pub(super) async fn desk(plugdesk: &Plugdesk, name: &str) -> plugdesk::desk::Desk {
    let me = Principal::operator();
    plugdesk.desks().desk_create(&me, NewDesk::named(name), None).await.unwrap();
    plugdesk.desk(name).unwrap()
}

pub(super) async fn hook(desk: &plugdesk::desk::Desk, url: &str) -> plugdesk::desk::WebhookView {
    let new = NewWebhook { url: url.to_owned(), events: vec!["ticket.created".into()], ..NewWebhook::default() };
    desk.webhook_create(&Principal::operator(), new, &How::default()).await.unwrap().value
}

pub(super) async fn ticket(desk: &plugdesk::desk::Desk) -> String {
    let new = NewTicket { subject: "Heat pump".into(), ..NewTicket::default() };
    desk.ticket_create(&Principal::operator(), new, &How::default()).await.unwrap().value.id.to_string()
}

pub(super) async fn next(heard: &mut mpsc::UnboundedReceiver<Heard>) -> Heard {
    tokio::time::timeout(PATIENCE, heard.recv()).await.expect("it is sent").unwrap()
}

#[tokio::test]
async fn events_reach_a_webhook_signed_also_of_a_desk_that_is_made_later() {
    let plugdesk = build();
    let (url, mut heard) = receiver(StatusCode::NO_CONTENT).await;
    for name in ["first", "second"] {
        let desk = desk(&plugdesk, name).await;
        let hook = hook(&desk, &url).await;
        let id = ticket(&desk).await;
        let (headers, body) = next(&mut heard).await;
        let genuine = Webhook::new(&hook.secret.as_ref().unwrap().0).unwrap();
        genuine.verify(&body, &headers).unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(
            (body["type"].as_str(), body["data"]["subject"].as_str()),
            (Some("ticket.created"), Some(id.as_str()))
        );
    }
    plugdesk.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_disabled_by_itself() {
    let plugdesk = build();
    let (url, mut heard) = receiver(StatusCode::GONE).await;
    let desk = desk(&plugdesk, "main").await;
    let (hook, me) = (hook(&desk, &url).await, Principal::operator());
    let mut events = plugdesk.events("main", &me, 0).unwrap();
    ticket(&desk).await;
    next(&mut heard).await;
    let disabled = async { while events.next().await.unwrap().unwrap().name != "webhook.disabled" {} };
    tokio::time::timeout(PATIENCE, disabled).await.expect("it is told");
    assert!(!desk.webhook(&me, hook.id).unwrap().active);
    let failed = desk.delivery_list(&me, hook.id, Some(DeliveryState::Failed), &Default::default()).unwrap();
    assert_eq!(failed.records.len(), 1);
    plugdesk.shutdown().await.unwrap();
}

#[tokio::test]
async fn what_was_not_sent_before_the_end_is_sent_after_the_next_start() {
    let folder = tempfile::TempDir::new().unwrap();
    let (url, mut heard) = receiver(StatusCode::OK).await;
    let options = Options { webhooks_allowed: vec!["127.0.0.1".parse().unwrap()], ..Options::default() };
    let open = |background| {
        Plugdesk::builder().folder(folder.path()).desk_options(options.clone()).background(background).build().unwrap()
    };
    let plugdesk = open(false);
    let desk = desk(&plugdesk, "main").await;
    hook(&desk, &url).await;
    let id = ticket(&desk).await;
    plugdesk.shutdown().await.unwrap();
    drop((plugdesk, desk));
    let plugdesk = open(true);
    let (_, body) = next(&mut heard).await;
    assert!(String::from_utf8_lossy(&body).contains(&id));
    plugdesk.shutdown().await.unwrap();
    assert!(heard.try_recv().is_err(), "and once");
}

/// A clock turned by hand.
struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Instant {
        Instant::from_millis(self.0.load(Ordering::SeqCst))
    }
}

#[tokio::test]
async fn a_breach_is_told_by_itself_when_its_time_comes_also_after_the_process_was_down() {
    let folder = tempfile::TempDir::new().unwrap();
    let clock = Arc::new(HandClock(AtomicI64::new(1_795_000_000_000)));
    let open = || Plugdesk::builder().folder(folder.path()).clock(clock.clone()).background(true).build().unwrap();
    let me = Principal::operator();
    let promise = |minutes| NewCommitment { what: "call back".into(), minutes: Some(minutes), ..Default::default() };
    let breached = async |plugdesk: &Plugdesk, after: u64| {
        let mut events = plugdesk.events("main", &me, after).unwrap();
        let told = async {
            loop {
                let event = events.next().await.unwrap().unwrap();
                if event.name == "commitment.breached" {
                    break event.sequence;
                }
            }
        };
        tokio::time::timeout(PATIENCE, told).await.expect("it is told")
    };
    let plugdesk = open();
    let desk = desk(&plugdesk, "main").await;
    let ticket = ticket(&desk).await.parse().unwrap();
    desk.commitment_make(&me, ticket, promise(60), &How::default()).await.unwrap();
    desk.commitment_make(&me, ticket, promise(120), &How::default()).await.unwrap();
    clock.0.fetch_add(60 * 60_000, Ordering::SeqCst);
    let first = breached(&plugdesk, 0).await;
    plugdesk.shutdown().await.unwrap();
    drop((plugdesk, desk));
    clock.0.fetch_add(61 * 60_000, Ordering::SeqCst);
    let plugdesk = open();
    breached(&plugdesk, first).await;
    plugdesk.shutdown().await.unwrap();
}

#[test]
fn outside_of_a_runtime_it_says_that_nothing_runs_by_itself() {
    let built = Plugdesk::builder().storage(plugdesk::store::Store::memory()).background(true).build();
    assert_eq!(built.err().unwrap().to_string(), "timers, reactions and webhooks need a running tokio runtime");
    assert!(Plugdesk::builder().storage(plugdesk::store::Store::memory()).build().is_ok());
}

/// The example receiver, as its readers run it; ended when the test ends.
struct Example(Child, BufReader<std::process::ChildStdout>);

impl Example {
    fn run(secret: &str, listen: &str) -> Self {
        let example = debug().join("examples").join("webhook_receiver");
        assert!(example.exists(), "{} is not built; run `cargo xtask test`", example.display());
        let mut command = Command::new(example);
        let mut child = command.env("SECRET", secret).env("LISTEN", listen).stdout(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut example = Self(child, out);
        assert!(example.line().starts_with("listening"));
        example
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.1.read_line(&mut line).unwrap();
        line
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn while_a_signing_key_is_replaced_what_is_sent_bears_both_signatures() {
    let plugdesk = build();
    let (url, mut heard) = receiver(StatusCode::NO_CONTENT).await;
    let desk = desk(&plugdesk, "main").await;
    let made = hook(&desk, &url).await;
    let me = Principal::operator();
    let rotate = async |overlap_ms| {
        desk.webhook_rotate(&me, made.id, overlap_ms, &How::default()).await.unwrap().value.secret.unwrap().0
    };
    let (old, new) = (made.secret.clone().unwrap().0, rotate(3_600_000).await);
    let genuine = |key: &str, (headers, body): &Heard| Webhook::new(key).unwrap().verify(body, headers).is_ok();
    ticket(&desk).await;
    let sent = next(&mut heard).await;
    assert!(genuine(&old, &sent) && genuine(&new, &sent), "{:?}", sent.0.get("webhook-signature"));
    // Somebody saw it: not one more is signed by it.
    let newest = rotate(0).await;
    ticket(&desk).await;
    let sent = next(&mut heard).await;
    assert!(genuine(&newest, &sent) && !genuine(&new, &sent) && !genuine(&old, &sent));
    plugdesk.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_receiver_takes_what_is_genuine_and_refuses_the_rest() {
    let plugdesk = build();
    let desk = desk(&plugdesk, "main").await;
    // A port that was free a moment ago: the receiver needs the secret, and the webhook the address.
    let listen = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let hook = hook(&desk, &format!("http://{listen}/")).await;
    let secret = hook.secret.unwrap().0;
    let mut example = Example::run(&secret, &listen);
    let id = ticket(&desk).await;
    let heard = tokio::task::spawn_blocking(move || (example.line(), example)).await.unwrap();
    assert!(heard.0.contains("ticket.created") && heard.0.contains(&id), "{}", heard.0);
    let send = |at: i64, key: &str| {
        let signature = Webhook::new(key).unwrap().sign("msg_1", at, b"{}").unwrap();
        let request = ureq::post(format!("http://{listen}/")).config().http_status_as_error(false).build();
        let request = request.header("webhook-id", "msg_1").header("webhook-timestamp", at.to_string());
        request.header("webhook-signature", signature).send("{}").unwrap().status().as_u16()
    };
    let now =
        i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()).unwrap();
    assert_eq!(send(now, &secret), 204, "what is signed now is taken");
    assert_eq!(send(now - 3_600, &secret), 401, "what was signed an hour ago may be somebody's recording");
    assert_eq!(send(now, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), 401, "another key is not the desk's");
    plugdesk.shutdown().await.unwrap();
}
