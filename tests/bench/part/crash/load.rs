//! A busy desk: people who write over HTTP, each one request after the other, until the server is gone.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use plugdesk_domain::Instant;
use serde_json::{Value, json};

use super::client::{Client, Request};
use super::disk::image::Dice;
use super::ledger::{Ledger, Sort, Write};
use crate::cast::lead;

/// Who only makes tickets.
const CREATORS: u64 = 4;
/// Those whose writes webhooks hear of that fail now and then pause so long: a failing receiver holds up its webhook for
/// five seconds, and what waits must be delivered before the end.
const PAUSE: Duration = Duration::from_millis(400);
/// A promise is due after so long: soon enough to be told before the kill or while the server is down.
const DUE: Duration = Duration::from_millis(1_200);
/// Every so many tickets one comes with a text as large as an entry keeps, so that journal segments and snapshots end.
const LARGE_EVERY: u64 = 6;
const LARGE_BYTES: usize = 30_000;
/// After a refusal nobody asks again at once.
const REFUSED: Duration = Duration::from_millis(20);

/// One person at work.
struct Person<'a> {
    client: Client,
    ledger: &'a Ledger,
    stop: &'a AtomicBool,
    name: String,
    done: u64,
    dice: Dice,
    gone: bool,
}

/// A pack's archive, sent now and then.
pub(super) struct Archive(pub(super) Vec<u8>);

/// Works until `stop`, or until nobody answers.
pub(super) fn run(client: &Client, ledger: &Ledger, stop: &AtomicBool, name: &str, seed: u64, archive: &Archive) {
    std::thread::scope(|scope| {
        let person = |place: u64| Person {
            client: client.clone(),
            ledger,
            stop,
            name: format!("{name}-{place}"),
            done: 0,
            dice: Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (place + 1)),
            gone: false,
        };
        for place in 0..CREATORS {
            let mut person = person(place);
            scope.spawn(move || person.while_there(|it| drop(it.ticket("lead"))));
        }
        let work: [fn(&mut Person<'_>); 5] =
            [|it| it.talks(), |it| it.promises(), |it| it.acts(), |it| it.merges(), |it| it.reads()];
        for (place, work) in work.into_iter().enumerate() {
            let mut person = person(CREATORS + place as u64);
            scope.spawn(move || person.while_there(|it| work(it)));
        }
        let mut person = person(99);
        scope.spawn(move || person.while_there(|it| it.swaps(archive)));
    });
}

/// The wall clock, in milliseconds.
pub(super) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

impl Person<'_> {
    fn while_there(&mut self, work: impl Fn(&mut Self)) {
        while !self.gone && !self.stop.load(Ordering::Acquire) {
            work(self);
        }
    }

    fn pause(&self, pause: Duration) {
        if !self.stop.load(Ordering::Acquire) {
            std::thread::sleep(pause);
        }
    }

    fn next_id(&mut self) -> String {
        self.done += 1;
        format!("{}-{}", self.name, self.done)
    }

    /// One write, noted with its answer. The answer's body, if it was done.
    fn write(
        &mut self,
        id: String,
        sort: Sort,
        path: String,
        content_type: &'static str,
        body: Vec<u8>,
    ) -> Option<Value> {
        let request = Request { method: "POST", path: &path, id: &id, content_type, body: &body };
        let answer = self.client.send(&request);
        self.gone = answer.is_none();
        let write = Write { id, sort, path, content_type, body, answer };
        let said = write.acknowledged().then(|| write.said());
        if said.is_none() && !self.gone {
            self.pause(REFUSED);
        }
        self.ledger.note(write);
        said
    }

    fn post(&mut self, sort: Sort, path: String, body: &Value) -> Option<Value> {
        let id = self.next_id();
        self.write(id, sort, path, "application/json", body.to_string().into_bytes())
    }

    fn ticket(&mut self, kind: &str) -> Option<String> {
        let id = self.next_id();
        let mut body: Value = serde_json::from_str(&lead(self.dice.roll(1 << 60))).unwrap_or_default();
        body["kind"] = kind.into();
        body["external_ids"] = json!({ "crash": id });
        if self.done.is_multiple_of(LARGE_EVERY) {
            body["entries"][0]["text"] = "A long story. ".repeat(LARGE_BYTES / 14).into();
        }
        let said =
            self.write(id, Sort::Ticket, "/v1/tickets".to_owned(), "application/json", body.to_string().into_bytes());
        said?["id"].as_str().map(str::to_owned)
    }

    fn talks(&mut self) {
        let Some(ticket) = self.ticket("request") else { return };
        for turn in 0..4 {
            let body = json!({ "text": format!("Turn {turn} of our talk about the heat pump.") });
            if self.gone || self.post(Sort::Entry, format!("/v1/tickets/{ticket}/entries"), &body).is_none() {
                return;
            }
        }
    }

    fn promises(&mut self) {
        let Some(ticket) = self.ticket("request") else { return };
        let id = self.next_id();
        let due = Instant::from_millis(now_ms()).plus_millis(DUE.as_millis() as i64);
        let body = json!({ "what": id, "due_at": due.to_string() }).to_string().into_bytes();
        self.write(id, Sort::Commitment, format!("/v1/tickets/{ticket}/commitments"), "application/json", body);
        self.pause(PAUSE);
    }

    fn acts(&mut self) {
        let Some(ticket) = self.ticket("request") else { return };
        for action in ["resolve", "reopen", "resolve"] {
            let path = format!("/v1/tickets/{ticket}/actions/{action}");
            if self.gone || self.post(Sort::Action, path, &json!({})).is_none() {
                return;
            }
        }
    }

    fn merges(&mut self) {
        let Some((winner, loser)) = self.ticket("request").zip(self.ticket("request")) else { return };
        let path = format!("/v1/tickets/{loser}/actions/merge");
        self.post(Sort::Merge { loser }, path, &json!({ "into": winner }));
        self.pause(PAUSE);
    }

    /// Changes what is bound: a mode, the same pack again, back to the generation before.
    fn swaps(&mut self, archive: &Archive) {
        let mode = if self.dice.roll(2) == 0 { "shadow" } else { "active" };
        let said = self.post(Sort::Swap, "/v1/policies/segmentation/mode".to_owned(), &json!({ "mode": mode }));
        self.pause(PAUSE / 2);
        // Where the change was refused nobody knows the generation before it; the first ones lack most policies.
        let before = said.and_then(|said| said["number"].as_u64()?.checked_sub(1));
        if let Some(before) = before.filter(|_| !self.gone && self.dice.roll(3) == 0) {
            self.post(Sort::Swap, format!("/v1/generations/{before}/rollback"), &json!({}));
        }
        if !self.gone && self.dice.roll(4) == 0 {
            let id = self.next_id();
            self.write(id, Sort::Swap, "/v1/packs".to_owned(), "application/x-tar", archive.0.clone());
        }
        self.pause(PAUSE / 2);
    }

    /// Follows the log, as a client does that relies upon it.
    fn reads(&mut self) {
        let id = self.next_id();
        let path = format!("/v1/events?limit=200&after={}", self.ledger.last_event());
        let Some(answer) = self.client.get(&path, &id) else {
            self.gone = true;
            return;
        };
        let items = answer.json()["items"].as_array().cloned().unwrap_or_default();
        // Nobody read these before, so nothing can differ.
        drop(self.ledger.read(&id, &items));
        if items.len() < 100 {
            self.pause(PAUSE / 8);
        }
    }
}
