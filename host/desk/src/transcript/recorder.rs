//! A context that keeps within the grants and writes everything down.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use plugdesk_domain::context::MOST_CONTEXT_CALLS;
use plugdesk_domain::question::shown::{
    ShownCommitment, ShownCompany, ShownContact, ShownEntry, ShownFact, ShownPerson, ShownSignal, ShownTicketDigest,
};
use plugdesk_domain::{Context, Instant, Needs, Refusal, Scope};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Exchange, Heard, call};

/// At most so many names of custom fields are looked up in one call, as the contract says.
const MOST_NAMES: usize = plugdesk_domain::attributes::MOST_ATTRIBUTES;

/// Stands between a policy and what it may read: refuses what is not granted and what is too much, keeps every
/// exchange, and fills granted calls from an inner reader.
pub struct Recorder<'a> {
    inner: &'a dyn Context,
    needs: &'a Needs,
    calls: AtomicU32,
    kept: Mutex<Vec<Exchange>>,
}

impl<'a> Recorder<'a> {
    /// For one call of one policy with these grants.
    pub fn new(inner: &'a dyn Context, needs: &'a Needs) -> Self {
        Self { inner, needs, calls: AtomicU32::new(0), kept: Mutex::new(Vec::new()) }
    }

    /// What was asked and heard, in order. Calls beyond the bound are not kept: they were all refused alike.
    pub fn into_transcript(self) -> Vec<Exchange> {
        self.kept.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn hear<T: Serialize>(
        &self,
        call: &str,
        arguments: Value,
        granted: Result<(), Refusal>,
        ask: impl FnOnce() -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        if self.calls.fetch_add(1, Ordering::Relaxed) >= MOST_CONTEXT_CALLS {
            return Err(Refusal::TooMany);
        }
        let heard = granted.and_then(|()| ask());
        let answer = match &heard {
            // Shown values hold texts and integers and always serialise.
            Ok(value) => Heard::Ok(serde_json::to_value(value).unwrap_or(Value::Null)),
            Err(refusal) => Heard::Refused(*refusal),
        };
        if let Ok(mut kept) = self.kept.lock() {
            kept.push(Exchange { call: call.to_owned(), arguments, answer });
        }
        heard
    }
}

fn if_granted(granted: bool) -> Result<(), Refusal> {
    if granted { Ok(()) } else { Err(Refusal::NotGranted) }
}

fn within(granted: u32, asked: u32) -> Result<(), Refusal> {
    match (granted, asked) {
        (0, _) => Err(Refusal::NotGranted),
        (granted, asked) if asked > granted => Err(Refusal::TooMany),
        _ => Ok(()),
    }
}

impl Context for Recorder<'_> {
    fn find_contact(&self) -> Result<Option<ShownContact>, Refusal> {
        self.hear(call::FIND_CONTACT, json!({}), if_granted(self.needs.contact), || self.inner.find_contact())
    }

    fn find_company(&self) -> Result<Option<ShownCompany>, Refusal> {
        self.hear(call::FIND_COMPANY, json!({}), if_granted(self.needs.company), || self.inner.find_company())
    }

    fn attributes_of(&self, of: &str, names: &[String]) -> Result<Vec<(String, Value)>, Refusal> {
        let granted = match if_granted(self.needs.attributes) {
            Ok(()) if names.len() > MOST_NAMES => Err(Refusal::TooMany),
            granted => granted,
        };
        // What is too much is not written down either.
        let shown = names.get(..names.len().min(MOST_NAMES)).unwrap_or_default();
        let arguments = json!({ "of": of, "names": shown });
        let heard = self.hear(call::ATTRIBUTES_OF, arguments, granted, || {
            self.inner.attributes_of(of, names).map(|set| set.into_iter().collect::<Map<_, _>>())
        });
        heard.map(|set| set.into_iter().collect())
    }

    fn entries(&self, at_most: u32) -> Result<Vec<ShownEntry>, Refusal> {
        let granted = within(self.needs.entries, at_most);
        self.hear(call::ENTRIES, json!({ "at_most": at_most }), granted, || self.inner.entries(at_most))
    }

    fn tickets(&self, scope: Scope, at_most: u32) -> Result<Vec<ShownTicketDigest>, Refusal> {
        let granted = within(self.needs.tickets.get(scope.name()).copied().unwrap_or(0), at_most);
        let arguments = json!({ "scope": scope.name(), "at_most": at_most });
        self.hear(call::TICKETS, arguments, granted, || self.inner.tickets(scope, at_most))
    }

    fn facts(&self, of: &str, kind: Option<&str>) -> Result<Vec<ShownFact>, Refusal> {
        let arguments = json!({ "of": of, "kind": kind });
        self.hear(call::FACTS, arguments, if_granted(self.needs.facts), || self.inner.facts(of, kind))
    }

    fn signals(&self, of: &str, kind: Option<&str>) -> Result<Vec<ShownSignal>, Refusal> {
        let arguments = json!({ "of": of, "kind": kind });
        self.hear(call::SIGNALS, arguments, if_granted(self.needs.signals), || self.inner.signals(of, kind))
    }

    fn commitments(&self) -> Result<Vec<ShownCommitment>, Refusal> {
        self.hear(call::COMMITMENTS, json!({}), if_granted(self.needs.commitments), || self.inner.commitments())
    }

    fn ancestors(&self) -> Result<Vec<ShownCompany>, Refusal> {
        self.hear(call::ANCESTORS, json!({}), if_granted(self.needs.account), || self.inner.ancestors())
    }

    fn people(&self) -> Result<Vec<ShownPerson>, Refusal> {
        self.hear(call::PEOPLE, json!({}), if_granted(self.needs.account), || self.inner.people())
    }

    fn calendar_add(&self, calendar: &str, start: Instant, minutes: u32) -> Option<Instant> {
        let arguments = json!({ "calendar": calendar, "start": start, "minutes": minutes });
        let add = || Ok(self.inner.calendar_add(calendar, start, minutes));
        self.hear(call::CALENDAR_ADD, arguments, if_granted(self.needs.calendar), add).ok().flatten()
    }

    fn calendar_between(&self, calendar: &str, start: Instant, end: Instant) -> Option<i64> {
        let arguments = json!({ "calendar": calendar, "start": start, "end": end });
        let between = || Ok(self.inner.calendar_between(calendar, start, end));
        self.hear(call::CALENDAR_BETWEEN, arguments, if_granted(self.needs.calendar), between).ok().flatten()
    }

    fn calendar_add_working_days(&self, calendar: &str, start: Instant, days: u32) -> Option<Instant> {
        let arguments = json!({ "calendar": calendar, "start": start, "days": days });
        let add = || Ok(self.inner.calendar_add_working_days(calendar, start, days));
        self.hear(call::CALENDAR_ADD_WORKING_DAYS, arguments, if_granted(self.needs.calendar), add).ok().flatten()
    }
}
