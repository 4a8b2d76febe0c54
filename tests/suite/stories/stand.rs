//! A desk as its users have it, through the public API: the real server, the real sandbox, the shipped packs. Only the
//! clock is turned by hand, and the store is in memory.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use plugdesk_desk::pack::Files;
use plugdesk_desk::{Clock, Desk, Desks, NewDesk, NewKey, Parts};
use plugdesk_domain::{Ask, ContactId, Instant, Principal, Role};
use plugdesk_sandbox::Sandbox;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::http::doubles::CountedEntropy;

use crate::desk::watched::{Seen, Watched};

/// Monday, 2026-11-16, 09:00 UTC.
pub(crate) const MONDAY_NINE: i64 = 1_794_819_600_000;
const MINUTE: i64 = 60_000;
/// Work that makes more work ends: a story that goes on for longer is one that never ends.
const MOST_ROUNDS: usize = 1_000;

/// Turned by hand.
pub(crate) struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Instant {
        Instant::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// One sandbox for all stories, with its cache of compiled code, as the program has it.
fn sandbox() -> Arc<dyn Ask> {
    static SANDBOX: OnceLock<(Arc<Sandbox>, tempfile::TempDir)> = OnceLock::new();
    let made = || {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let cache = Some(folder.path().join("compiled"));
        let options = plugdesk_sandbox::Options { cache, ..plugdesk_sandbox::Options::default() };
        (Sandbox::new(options).expect("the sandbox starts"), folder)
    };
    Arc::clone(&SANDBOX.get_or_init(made).0) as Arc<dyn Ask>
}

/// A desk called `shop`, whose admin asks.
pub(crate) struct Story {
    runtime: tokio::runtime::Runtime,
    app: Router,
    clock: Arc<HandClock>,
    pub(crate) desks: Desks,
    pub(crate) desk: Desk,
    pub(crate) admin: String,
    /// What was written and read.
    pub(crate) seen: Arc<Seen>,
}

impl Story {
    /// A fresh desk with these shipped packs installed, and nothing else.
    pub(crate) fn new(packs: &[&str]) -> Self {
        let clock = Arc::new(HandClock(AtomicI64::new(MONDAY_NINE)));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let seen = Arc::new(Seen::default());
        let parts = Parts {
            storage: Arc::new(Watched { store: plugdesk_store::Store::memory(), seen: Arc::clone(&seen) }),
            ask: sandbox(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            entropy: Arc::new(CountedEntropy::default()),
        };
        let desks = Desks::open(parts, plugdesk_desk::Options::default()).expect("an empty memory store opens");
        let by = Principal::operator();
        let made = runtime.block_on(desks.desk_create(&by, NewDesk::named("shop"), None));
        let desk = desks.desk(made.expect("a desk is made").value.id).expect("it is there");
        let server = plugdesk_server::Server::new(desks.clone(), plugdesk_server::Options::default());
        let app = plugdesk_server::router(server);
        let mut story = Self { runtime, app, clock, desks, desk, admin: String::new(), seen };
        story.admin = story.key(Role::Admin, None);
        packs.iter().for_each(|pack| story.install(pack));
        story
    }

    /// A fresh key of that role.
    pub(crate) fn key(&self, role: Role, contact: Option<ContactId>) -> String {
        let new = json!({ "desk": self.desk.id(), "label": "story", "role": role, "contact": contact });
        let new: NewKey = serde_json::from_value(new).expect("a key");
        let made = self.runtime.block_on(self.desks.key_create(&Principal::operator(), new, None));
        made.expect("a key is made").value.secret.expect("it is shown once").to_string()
    }

    /// Installs a shipped pack.
    pub(crate) fn install(&self, pack: &str) {
        self.install_files(&files(&plugdesk_tests::pack(pack)));
    }

    /// Installs a pack.
    pub(crate) fn install_files(&self, pack: &Files) {
        let archive = pack.to_tar().expect("an archive");
        let by = Principal::operator();
        let installed = self.desk.pack_install(&by, archive, Default::default(), None);
        self.runtime.block_on(installed).unwrap_or_else(|error| panic!("{error:?}"));
    }

    /// What the clock shows.
    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Turns the clock on, stopping at every moment at which the desk has something to do by itself.
    pub(crate) fn wait(&self, minutes: i64) {
        let end = self.now().plus_millis(minutes * MINUTE);
        for _ in 0..MOST_ROUNDS {
            let next = self.work();
            let stop = next.filter(|at| *at < end).unwrap_or(end);
            if self.now() >= end {
                return;
            }
            self.clock.0.store(stop.millis().max(self.now().millis() + 1), Ordering::SeqCst);
        }
        panic!("the desk still has work after {MOST_ROUNDS} rounds");
    }

    /// Does what is due now, and what follows from the log; when the next is due.
    pub(crate) fn work(&self) -> Option<Instant> {
        self.runtime.block_on(async {
            let due = self.desk.wake_due().await.expect("what is due is done");
            for _ in 0..MOST_ROUNDS {
                let followed = self.desk.follow().await.expect("the log is read");
                let reacted = self.desk.react_due().await.expect("policies' commands are carried out");
                let waits = reacted.is_none_or(|at| at > self.now());
                if !followed.more && waits && !self.desk.follow().await.expect("the log is read").more {
                    return [due, reacted, followed.again].into_iter().flatten().min();
                }
            }
            panic!("what follows from the log never ends")
        })
    }

    /// Sends a request with that key.
    pub(crate) fn send_as(&self, key: &str, method: &str, target: &str, body: Option<&Value>) -> (StatusCode, Value) {
        self.runtime.block_on(self.client(key).send(method, target, body))
    }

    /// Somebody else who asks, from any thread.
    pub(crate) fn client(&self, key: &str) -> Client {
        Client { app: self.app.clone(), key: key.to_owned(), idempotency: None, if_match: None }
    }

    /// What comes of something that goes on by itself.
    pub(crate) fn finish<T>(&self, what: impl Future<Output = T>) -> T {
        self.runtime.block_on(what)
    }

    /// Sends a request as the admin; it must succeed.
    #[track_caller]
    pub(crate) fn send(&self, method: &str, target: &str, body: Option<&Value>) -> Value {
        let (status, answer) = self.send_as(&self.admin, method, target, body);
        assert!(status.is_success(), "{method} {target}: {status} {answer:#}");
        answer
    }

    /// Sends a request as the admin; it must be refused with that status. Gives back the problem.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, method: &str, target: &str, body: Option<&Value>) -> Value {
        let (got, answer) = self.send_as(&self.admin, method, target, body);
        assert_eq!(got.as_u16(), status, "{method} {target}: {answer:#}");
        answer
    }

    #[track_caller]
    pub(crate) fn get(&self, target: &str) -> Value {
        self.send("GET", target, None)
    }

    #[track_caller]
    pub(crate) fn post(&self, target: &str, body: &Value) -> Value {
        self.send("POST", target, Some(body))
    }

    #[track_caller]
    pub(crate) fn patch(&self, target: &str, body: &Value) -> Value {
        self.send("PATCH", target, Some(body))
    }

    /// Changes what was read at that version.
    #[track_caller]
    pub(crate) fn patch_read(&self, target: &str, version: &Value, body: &Value) -> Value {
        let client = Client { if_match: Some(format!("\"{version}\"")), ..self.client(&self.admin) };
        let (status, answer) = self.runtime.block_on(client.send("PATCH", target, Some(body)));
        assert!(status.is_success(), "PATCH {target}: {status} {answer:#}");
        answer
    }

    #[track_caller]
    pub(crate) fn put(&self, target: &str, body: &Value) -> Value {
        self.send("PUT", target, Some(body))
    }
}

/// The text at an RFC 6901 pointer; a number or a flag as JSON writes it.
#[track_caller]
pub(crate) fn at<'a>(value: &'a Value, pointer: &str) -> std::borrow::Cow<'a, str> {
    match value.pointer(pointer) {
        Some(Value::String(text)) => text.as_str().into(),
        Some(other) => other.to_string().into(),
        None => panic!("no {pointer} in {value:#}"),
    }
}

/// A pack's folder as files.
pub(crate) fn files(folder: &Path) -> Files {
    altered(folder, |_, bytes| Some(bytes))
}

/// The same, each file as `alter` makes it; none: without it.
pub(crate) fn altered(folder: &Path, alter: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>) -> Files {
    fn walk(root: &Path, folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
        for entry in std::fs::read_dir(folder).expect("a folder").map(|it| it.expect("an entry").path()) {
            if entry.is_dir() {
                walk(root, &entry, found);
            } else {
                let name = entry.strip_prefix(root).expect("below").to_string_lossy().into_owned();
                found.push((name, std::fs::read(&entry).expect("a file")));
            }
        }
    }
    let (mut found, mut files) = (Vec::new(), Files::default());
    walk(folder, folder, &mut found);
    for (name, bytes) in found {
        if let Some(bytes) = alter(&name, bytes) {
            files.insert(&name, bytes).expect("a pack's file");
        }
    }
    files
}

/// Somebody with a key.
#[derive(Clone)]
pub(crate) struct Client {
    app: Router,
    key: String,
    /// Sent with every request.
    pub(crate) idempotency: Option<String>,
    /// The version that everything is held against.
    if_match: Option<String>,
}

impl Client {
    /// Sends a request.
    pub(crate) async fn send(&self, method: &str, target: &str, body: Option<&Value>) -> (StatusCode, Value) {
        let request = Request::builder().method(method).uri(format!("/v1{target}"));
        let request = request.header("authorization", format!("Bearer {}", self.key));
        let request = match &self.idempotency {
            Some(key) => request.header("idempotency-key", key),
            None => request,
        };
        let request = match &self.if_match {
            Some(version) => request.header("if-match", version),
            None => request,
        };
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = request.header("content-type", "application/json").body(body).expect("a request");
        let response = self.app.clone().oneshot(request).await.expect("the router never fails");
        let status = response.status();
        let bytes = response.into_body().collect().await.expect("a body").to_bytes();
        let text = || Value::String(String::from_utf8_lossy(&bytes).into_owned());
        (status, serde_json::from_slice(&bytes).unwrap_or_else(|_| text()))
    }
}
