//! What was asked and what was answered: the only witness of what must be there after a crash.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::client::Answer;

/// What a write does, and so what is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sort {
    /// A ticket, known by its external id, which is the write's own.
    Ticket,
    /// An entry of a ticket.
    Entry,
    /// A promise with a short target.
    Commitment,
    /// Something done to a ticket.
    Action,
    /// One ticket into another.
    Merge {
        /// The ticket that points to the other afterwards.
        loser: String,
    },
    /// A change of what is bound.
    Swap,
}

/// One write.
#[derive(Debug, Clone)]
pub(super) struct Write {
    /// Its idempotency key, request id and, of a ticket, external id.
    pub(super) id: String,
    pub(super) sort: Sort,
    pub(super) path: String,
    pub(super) content_type: &'static str,
    pub(super) body: Vec<u8>,
    /// None: nobody knows what came of it.
    pub(super) answer: Option<Answer>,
}

impl Write {
    /// Whether the client was told that it is done.
    pub(super) fn acknowledged(&self) -> bool {
        self.answer.as_ref().is_some_and(Answer::good)
    }

    /// Whether the client can't know: no answer, or one that says so.
    pub(super) fn open(&self) -> bool {
        self.answer.as_ref().is_none_or(|answer| answer.status >= 500 && answer.json()["code"] == "outcome-unknown")
    }

    /// The answer's body.
    pub(super) fn said(&self) -> Value {
        self.answer.as_ref().map_or(Value::Null, Answer::json)
    }

    /// The number of the generation that a swap was told of.
    pub(super) fn generation(&self) -> Option<u64> {
        let said = self.said();
        said["number"].as_u64().or_else(|| said["generation"].as_u64())
    }
}

/// A page of events that was read.
#[derive(Debug, Clone)]
pub(super) struct PageRead {
    /// The request's id.
    pub(super) id: String,
    /// The last event on it.
    pub(super) last: u64,
}

#[derive(Debug, Default)]
struct Known {
    writes: Vec<Write>,
    events: BTreeMap<u64, Value>,
    pages: Vec<PageRead>,
}

/// What is known of a folder. Shared by those who write.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<Known>);

impl Ledger {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn note(&self, write: Write) {
        self.known().writes.push(write);
    }

    /// Every write from a place on.
    pub(super) fn writes(&self, from: usize) -> Vec<Write> {
        self.known().writes.get(from..).unwrap_or_default().to_vec()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.known().writes.len()
    }

    /// An answer that was found out later.
    pub(super) fn settle(&self, id: &str, answer: Answer) {
        if let Some(write) = self.known().writes.iter_mut().find(|write| write.id == id) {
            write.answer = Some(answer);
        }
    }

    /// A page of events that somebody read. What differs from what was read before is told.
    pub(super) fn read(&self, id: &str, page: &[Value]) -> Vec<String> {
        let mut known = self.known();
        let mut wrong = Vec::new();
        for event in page {
            let sequence = event["sequence"].as_u64().unwrap_or_default();
            let before = known.events.insert(sequence, event.clone());
            if before.is_some_and(|before| before != *event) {
                wrong.push(format!("torn: event {sequence} is another one than before: {event}"));
            }
            known.pages.push(PageRead { id: id.to_owned(), last: sequence });
        }
        wrong
    }

    /// The pages that were read.
    pub(super) fn pages(&self) -> Vec<PageRead> {
        self.known().pages.clone()
    }

    /// The events that somebody read, up to a sequence.
    pub(super) fn events(&self, until: u64) -> Vec<Value> {
        self.known().events.range(..=until).map(|(_, event)| event.clone()).collect()
    }

    /// The last event that somebody read.
    pub(super) fn last_event(&self) -> u64 {
        self.known().events.last_key_value().map_or(0, |(sequence, _)| *sequence)
    }
}
