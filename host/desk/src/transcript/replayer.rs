//! A context that answers from a transcript.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use plugdesk_domain::context::MOST_CONTEXT_CALLS;
use plugdesk_domain::question::shown::{
    ShownCommitment, ShownCompany, ShownContact, ShownEntry, ShownFact, ShownPerson, ShownSignal, ShownTicketDigest,
};
use plugdesk_domain::{Context, Instant, Refusal, Scope};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{Exchange, Heard, call};

/// Answers from a transcript, in any order and any number of times: the same call with the same arguments hears the
/// same. A call that is not in it is refused as `not-granted` and reported by [`Replayer::missing`].
pub struct Replayer<'a> {
    transcript: &'a [Exchange],
    calls: AtomicU32,
    missing: Mutex<Vec<String>>,
}

impl<'a> Replayer<'a> {
    /// Over that transcript.
    pub fn new(transcript: &'a [Exchange]) -> Self {
        Self { transcript, calls: AtomicU32::new(0), missing: Mutex::new(Vec::new()) }
    }

    /// The calls that the transcript does not answer, in words, such as `entries {"at_most":5}`. Not empty: the
    /// component asks differently from the one that was recorded.
    pub fn missing(&self) -> Vec<String> {
        self.missing.lock().map(|missing| missing.clone()).unwrap_or_default()
    }

    fn hear<T: DeserializeOwned>(&self, call: &str, arguments: &Value) -> Result<T, Refusal> {
        if self.calls.fetch_add(1, Ordering::Relaxed) >= MOST_CONTEXT_CALLS {
            return Err(Refusal::TooMany);
        }
        let found = self.transcript.iter().find(|it| it.call == call && it.arguments == *arguments);
        let report = |what: String| {
            if let Ok(mut missing) = self.missing.lock() {
                missing.push(what);
            }
            Err(Refusal::NotGranted)
        };
        match found.map(|exchange| &exchange.answer) {
            Some(Heard::Refused(refusal)) => Err(*refusal),
            Some(Heard::Ok(value)) => T::deserialize(value)
                .or_else(|error| report(format!("{call} {arguments}: the recorded answer can't be read: {error}"))),
            None => report(format!("{call} {arguments}")),
        }
    }
}

impl Context for Replayer<'_> {
    fn find_contact(&self) -> Result<Option<ShownContact>, Refusal> {
        self.hear(call::FIND_CONTACT, &json!({}))
    }

    fn find_company(&self) -> Result<Option<ShownCompany>, Refusal> {
        self.hear(call::FIND_COMPANY, &json!({}))
    }

    fn attributes_of(&self, of: &str, names: &[String]) -> Result<Vec<(String, Value)>, Refusal> {
        let set: Map<String, Value> = self.hear(call::ATTRIBUTES_OF, &json!({ "of": of, "names": names }))?;
        Ok(set.into_iter().collect())
    }

    fn entries(&self, at_most: u32) -> Result<Vec<ShownEntry>, Refusal> {
        self.hear(call::ENTRIES, &json!({ "at_most": at_most }))
    }

    fn tickets(&self, scope: Scope, at_most: u32) -> Result<Vec<ShownTicketDigest>, Refusal> {
        self.hear(call::TICKETS, &json!({ "scope": scope.name(), "at_most": at_most }))
    }

    fn facts(&self, of: &str, kind: Option<&str>) -> Result<Vec<ShownFact>, Refusal> {
        self.hear(call::FACTS, &json!({ "of": of, "kind": kind }))
    }

    fn signals(&self, of: &str, kind: Option<&str>) -> Result<Vec<ShownSignal>, Refusal> {
        self.hear(call::SIGNALS, &json!({ "of": of, "kind": kind }))
    }

    fn commitments(&self) -> Result<Vec<ShownCommitment>, Refusal> {
        self.hear(call::COMMITMENTS, &json!({}))
    }

    fn ancestors(&self) -> Result<Vec<ShownCompany>, Refusal> {
        self.hear(call::ANCESTORS, &json!({}))
    }

    fn people(&self) -> Result<Vec<ShownPerson>, Refusal> {
        self.hear(call::PEOPLE, &json!({}))
    }

    fn calendar_add(&self, calendar: &str, start: Instant, minutes: u32) -> Option<Instant> {
        let arguments = json!({ "calendar": calendar, "start": start, "minutes": minutes });
        self.hear(call::CALENDAR_ADD, &arguments).ok().flatten()
    }

    fn calendar_between(&self, calendar: &str, start: Instant, end: Instant) -> Option<i64> {
        let arguments = json!({ "calendar": calendar, "start": start, "end": end });
        self.hear(call::CALENDAR_BETWEEN, &arguments).ok().flatten()
    }

    fn calendar_add_working_days(&self, calendar: &str, start: Instant, days: u32) -> Option<Instant> {
        let arguments = json!({ "calendar": calendar, "start": start, "days": days });
        self.hear(call::CALENDAR_ADD_WORKING_DAYS, &arguments).ok().flatten()
    }
}
