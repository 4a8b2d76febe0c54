//! One desk: an isolated tenant. Its handle cannot name another desk's keys.
//!
//! The methods are spread over the files of what they are about: commands in [`crate::command`], reads in
//! [`crate::query`], packs and bindings in theirs.

use std::sync::Arc;

use arc_swap::ArcSwap;
use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::record::Desk as DeskRecord;
use plugdesk_domain::{DeskId, EventDraft, Instant, Principal, Records};

use crate::error::Error;
use crate::generation::Live;
use crate::idempotency::{Keys, Once};
use crate::metrics::Metrics;
use crate::options::Options;
use crate::pool::Queue;
use crate::ports::Parts;
use crate::running::Running;
use crate::view::How;

/// A handle to one desk; cheap to clone, good for any thread.
#[derive(Clone)]
pub struct Desk {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    /// As it was opened: id, name, language and time zone never change meanwhile.
    pub(crate) record: DeskRecord,
    /// As it stands now.
    pub(crate) current: ArcSwap<DeskRecord>,
    pub(crate) records: Arc<dyn Records>,
    pub(crate) parts: Parts,
    pub(crate) options: Options,
    /// Where its commands wait for a thread.
    pub(crate) queue: Queue,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) running: Arc<Running>,
    pub(crate) live: ArcSwap<Live>,
    /// Calendars, definitions, agents and teams, as they were read last.
    pub(crate) setup: crate::setup::Shelf,
    /// The earliest moment at which something is to be done by itself; see [`crate::timer`].
    pub(crate) alarm: crate::timer::Alarm,
    /// How far each follower of the log looked; see [`crate::follow`].
    pub(crate) followers: crate::follow::Followers,
    /// Who looks at which ticket now.
    pub(crate) presence: crate::presence::Presence,
    /// Idempotency keys whose work is not done.
    pub(crate) keys: Keys,
    /// How far the kept answers were looked at for old ones.
    pub(crate) answers: crate::idempotency::Walk,
    /// Reason texts of installed packs, as far as they were read.
    pub(crate) texts: crate::locale::Shelf,
    /// Whether an import runs.
    pub(crate) importing: Arc<crate::turn::Turns>,
    /// Whether a pack is being examined.
    pub(crate) installing: Arc<crate::turn::Turns>,
}

impl Desk {
    /// Its record as it was opened: its settings may have changed since, see [`Desk::current`].
    pub fn record(&self) -> &DeskRecord {
        &self.inner.record
    }

    /// Its record as it stands now.
    pub fn current(&self) -> Arc<DeskRecord> {
        self.inner.current.load_full()
    }

    /// Its id.
    pub fn id(&self) -> DeskId {
        self.inner.record.id
    }

    /// The generation in force. Whoever holds it keeps asking it, whatever is swapped in meanwhile.
    pub fn live(&self) -> Arc<Live> {
        self.inner.live.load_full()
    }

    /// Puts a generation in force, unless a newer one is already.
    pub fn swap(&self, live: Live) {
        let live = Arc::new(live);
        self.inner.live.rcu(|now| if live.number() >= now.number() { Arc::clone(&live) } else { Arc::clone(now) });
    }
}

impl Inner {
    pub(crate) fn now(&self) -> Instant {
        self.parts.clock.now()
    }

    pub(crate) fn bits(&self) -> u128 {
        self.parts.entropy.bits()
    }

    /// Takes the command's idempotency key, if it has one. A preview stores nothing, so it needs none.
    pub(crate) fn once(&self, by: &Principal, how: &How) -> Result<Once, Error> {
        let key = how.idempotency.as_ref().filter(|_| !how.preview);
        Once::take(&self.keys, &self.records, by, key)
    }

    /// Whether the principal may act so in this desk. Another desk's principal hears that there is no such desk.
    pub(crate) fn authorise(&self, by: &Principal, area: Area, act: Act) -> Result<(), Error> {
        authorise(self.record.id, by, area, act)
    }

    /// An event by that principal, about `subject`, now.
    // Ids are handed over as they are; a reference at every call would help nobody.
    #[allow(clippy::needless_pass_by_value)]
    pub(crate) fn event(&self, name: &str, subject: impl ToString, by: &Principal) -> EventDraft {
        event_by(name, subject.to_string(), by, self.now())
    }
}

/// An event by that principal, about `subject`, that says no more so far.
pub(crate) fn event_by(name: &str, subject: String, by: &Principal, at: Instant) -> EventDraft {
    EventDraft {
        name: name.to_owned(),
        subject,
        at,
        by: named(by),
        role: Some(by.role),
        decision: None,
        depth: 0,
        data: serde_json::Map::new(),
    }
}

/// The name of a principal in events and decisions: its key, else its contact, else its name.
pub(crate) fn named(by: &Principal) -> String {
    let of_contact = || by.contact.map(|id| id.to_string());
    by.key.map(|id| id.to_string()).or_else(of_contact).unwrap_or_else(|| by.name.chars().take(128).collect())
}

pub(crate) fn authorise(desk: DeskId, by: &Principal, area: Area, act: Act) -> Result<(), Error> {
    if by.desk.is_some_and(|own| own != desk) || (by.desk.is_none() && by.role != plugdesk_domain::Role::Operator) {
        return Err(Error::not_found("desk", desk));
    }
    if by.may(area, act) {
        return Ok(());
    }
    let act = match act {
        Act::Read => "read",
        Act::Write => "change",
    };
    let area = match area {
        Area::Work => "tickets, contacts and companies",
        Area::Transfer => "imports and exports",
        Area::Record => "decisions and events",
        Area::Policy => "packs and bindings",
        Area::Access => "keys and settings",
        Area::Process => "desks, backups and the process",
    };
    Err(Error::Forbidden(format!("this key may not {act} {area}")))
}
