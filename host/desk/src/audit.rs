//! The audit: what was done to a desk itself, to its keys and to the process, by whom and when; and who took personal
//! data out in bulk.
//!
//! It is no second log: what a desk is set up with tells events in the desk's log, and what belongs to no single desk
//! (desks, keys, backups) tells them in the process's. Here both are read in the order of time, without the daily work.

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{
    ApiKey, Change, DeskId, Event, EventDraft, Instant, KeyId, Principal, ROOT_DESK, Records, RecordsExt, event,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::desk::{authorise, event_by};
use crate::desks::Desks;
use crate::error::Error;

/// What is administration; everything else is daily work.
const ADMINISTRATIVE: [&str; 14] = [
    "agent.*",
    "audit.*",
    "binding.*",
    "calendar.*",
    "decision.*",
    "definition.*",
    "delivery.*",
    "desk.*",
    "generation.*",
    "import.*",
    "key.*",
    "pack.*",
    "team.*",
    "webhook.*",
];
/// One request looks through so many events of each log, some 3 MB; a page that found less has a next one all the same.
const MOST_READ: usize = 10_000;
/// As many as the store gives at a time.
const AT_A_TIME: usize = 1_000;

/// Which acts. Everything that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// By that key, contact or name, as events name it.
    pub by: Option<String>,
    /// Not before.
    pub since: Option<Instant>,
}

/// One act.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Audited {
    /// In whose log it stands.
    pub log: AuditLog,
    /// What the key was made for, where a key acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What was done.
    #[serde(flatten)]
    pub event: Event,
}

/// A log of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum AuditLog {
    /// The desk's own.
    Desk,
    /// That of what belongs to no single desk.
    Process,
}

/// A page of acts, oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditPage {
    /// The acts.
    pub items: Vec<Audited>,
    /// Where the next page goes on; none: that is all there is by now.
    pub next: Option<Vec<u8>>,
}

/// One log, read forward.
struct Reader<'a> {
    records: &'a dyn Records,
    log: AuditLog,
    /// The last event that was taken.
    after: u64,
    read: usize,
    ready: std::collections::VecDeque<Event>,
    ended: bool,
}

impl<'a> Reader<'a> {
    fn new(records: &'a dyn Records, log: AuditLog, after: u64) -> Self {
        Self { records, log, after, read: 0, ready: std::collections::VecDeque::new(), ended: false }
    }

    /// Sees to it that the next event is at hand, if there is one and it may still be read.
    fn fill(&mut self) -> Result<(), Error> {
        if self.ready.is_empty() && !self.ended && self.read < MOST_READ {
            let found = self.records.events(self.after, AT_A_TIME)?;
            self.read += found.len();
            self.ended = found.is_empty();
            self.ready.extend(found);
        }
        Ok(())
    }

    fn next_at(&self) -> Option<Instant> {
        self.ready.front().map(|event| event.at)
    }

    fn take(&mut self) -> Option<Event> {
        let event = self.ready.pop_front()?;
        self.after = event.sequence;
        Some(event)
    }

    /// Whether it was read as far as one request may, and there may be more.
    fn exhausted(&self) -> bool {
        self.ready.is_empty() && !self.ended
    }
}

impl Desks {
    /// What was done, oldest first: to a desk, what it is set up with and its keys; without one, in the whole process.
    /// For whoever may read keys and settings, and of the process for operators.
    pub fn audit(
        &self,
        by: &Principal,
        desk: Option<DeskId>,
        filter: &AuditFilter,
        limit: usize,
        after: Option<&[u8]>,
    ) -> Result<AuditPage, Error> {
        let desk = desk.or(by.desk);
        match desk {
            Some(desk) => authorise(desk, by, Area::Access, Act::Read)?,
            None => authorise(ROOT_DESK, by, Area::Process, Act::Read)?,
        }
        let own = desk.map(|desk| self.inner.parts.storage.records(desk));
        let root = self.inner.root.as_ref();
        let begin = |records: &dyn Records| filter.since.map_or(Ok(0), |since| first_since(records, since));
        let (of_desk, of_process) = match after {
            Some(after) => place(after)?,
            None => (own.as_deref().map_or(Ok(0), begin)?, begin(root)?),
        };
        let mut readers = vec![Reader::new(root, AuditLog::Process, of_process)];
        readers.extend(own.as_deref().map(|own| Reader::new(own, AuditLog::Desk, of_desk)));
        let mut items = Vec::new();
        let mut next = None;
        loop {
            for reader in &mut readers {
                reader.fill()?;
            }
            let full = items.len() >= limit;
            // What stands behind the end of one log may come before what the other goes on with.
            if full || readers.iter().any(Reader::exhausted) {
                let more = readers.iter().any(|it| !it.ready.is_empty() || it.exhausted());
                let at = |log| readers.iter().find(|it| it.log == log).map_or(0, |it| it.after);
                next = more.then(|| format!("{}.{}", at(AuditLog::Desk), at(AuditLog::Process)).into_bytes());
                break;
            }
            let first = readers.iter_mut().filter(|it| it.next_at().is_some()).min_by_key(|it| it.next_at());
            let Some(first) = first else { break };
            let log = first.log;
            let Some(event) = first.take() else { break };
            if wanted(&event, log, desk, filter) {
                items.push(Audited { log, label: None, event });
            }
        }
        for item in &mut items {
            item.label = self.label(&item.event.by, desk)?;
        }
        Ok(AuditPage { items, next })
    }

    /// What a key is called; of another desk's key nothing.
    fn label(&self, by: &str, desk: Option<DeskId>) -> Result<Option<String>, Error> {
        let Ok(id) = by.parse::<KeyId>() else { return Ok(None) };
        let key: Option<ApiKey> = self.inner.root.find(id)?;
        Ok(key.filter(|key| desk.is_none() || key.desk.is_none() || key.desk == desk).map(|key| key.label))
    }

    /// Notes in the process's log that somebody takes care of the store or takes data out in bulk, before it is done.
    pub async fn audited(&self, by: &Principal, name: &str, desk: Option<DeskId>) -> Result<(), Error> {
        let mut change = Change::default();
        change.tell(taken(name, desk.map_or_else(|| "process".to_owned(), |it| it.to_string()), desk, by, self.now()));
        unless_read_only(self.commit_root(change).await)
    }

    /// Notes that an export was read into a desk.
    pub(crate) fn restored(&self, by: &Principal, desk: DeskId) -> Result<(), Error> {
        let mut change = Change::default();
        change.tell(taken("desk.restored", desk.to_string(), Some(desk), by, self.now()));
        self.inner.root.commit_wait(change)?;
        Ok(())
    }

    /// Counts a request that was not let in: who tries keys, or what it may not do, shows there.
    pub fn answered(&self, status: u16) {
        let why = match status {
            401 => "unauthenticated",
            403 => "forbidden",
            429 => "too-many-requests",
            _ => return,
        };
        self.inner.metrics.refused(why);
    }

    fn now(&self) -> Instant {
        self.inner.parts.clock.now()
    }
}

/// That somebody took something out, or looked after the store.
pub(crate) fn taken(name: &str, subject: String, desk: Option<DeskId>, by: &Principal, at: Instant) -> EventDraft {
    let mut data = Map::new();
    data.extend(desk.map(|desk| ("desk".to_owned(), Value::from(desk.to_string()))));
    EventDraft { data, ..event_by(name, subject, by, at) }
}

/// A store that takes no writes is just what a backup is needed for: it is made, and the log of requests tells of it.
pub(crate) fn unless_read_only(noted: Result<(), Error>) -> Result<(), Error> {
    match noted {
        Err(Error::ReadOnly(_) | Error::Held(_) | Error::NoSpace(_)) => Ok(()),
        other => other,
    }
}

/// Notes that somebody read a captured case whole.
pub(crate) fn vector_read(root: &dyn Records, event: EventDraft) -> Result<(), Error> {
    let mut change = Change::default();
    change.tell(event);
    unless_read_only(root.commit_wait(change).map(drop).map_err(Error::from))
}

fn wanted(event: &Event, log: AuditLog, desk: Option<DeskId>, filter: &AuditFilter) -> bool {
    let patterns = ADMINISTRATIVE.map(str::to_owned);
    let about = |desk: DeskId| {
        let id = desk.to_string();
        event.subject == id || event.data.get("desk").and_then(Value::as_str) == Some(id.as_str())
    };
    let ours = match log {
        AuditLog::Desk => event::matches(&patterns, &event.name),
        AuditLog::Process => desk.is_none_or(about),
    };
    ours && filter.by.as_ref().is_none_or(|by| event.by == *by) && filter.since.is_none_or(|since| event.at >= since)
}

/// The place before the first event of a log that is not older than that: found by halving, since events come in the
/// order of time.
fn first_since(records: &dyn Records, since: Instant) -> Result<u64, Error> {
    let (mut low, mut high) = (0, records.last_event()?);
    while low < high {
        let middle = low + (high - low) / 2;
        let older = records.events(middle, 1)?.first().is_some_and(|event| event.at < since);
        if older { low = middle + 1 } else { high = middle }
    }
    Ok(low)
}

fn place(after: &[u8]) -> Result<(u64, u64), Error> {
    let text = std::str::from_utf8(after).map_err(|_| Error::Cursor)?;
    let (desk, process) = text.split_once('.').ok_or(Error::Cursor)?;
    let number = |text: &str| text.parse::<u64>().map_err(|_| Error::Cursor);
    Ok((number(desk)?, number(process)?))
}
