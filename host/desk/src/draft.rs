//! What a command is about to do, while it is being decided: the records written so far over those in the store.
//!
//! Every question sees the store through the draft, so the second question of a command sees what the first one changed.
//! At the end the draft becomes one `Change`.

mod seen;

use std::sync::Arc;

use plugdesk_domain::record::Stored;

use plugdesk_domain::{
    Asked, Change, Check, DecisionId, EventDraft, Field, Instant, Key, Principal, ReadVersion, Record, Role, Scan,
    StoreError, Table, Write, uuid_of,
};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::capture::CapturedCall;
use crate::desk::{Inner, named};
use crate::generation::Live;
use crate::setup::Setup;
use crate::view::{Actor, How};

use seen::Seen;

/// At most so many reads are named in a decision: a command that reads more is a list, and lists decide nothing.
const MOST_READS: usize = 64;

/// A record of the draft.
#[derive(Debug, Clone)]
struct Pending {
    key: Key,
    record: Record,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The command makes it.
    Fresh,
    /// The command changes it.
    Changed,
    /// The command deletes it; the record is as it was read.
    Gone,
}

impl Pending {
    fn new(record: Record, state: State) -> Self {
        Self { key: record.key(), record, state }
    }

    /// Whether it is the record of that kind at that key.
    fn stands<R: Stored>(&self, key: &Key) -> bool {
        self.record.table() == R::TABLE && self.key == *key
    }
}

/// On whose behalf a command acts.
#[derive(Debug, Clone)]
pub(crate) struct Cause {
    /// As events name whoever caused it.
    pub(crate) by: String,
    /// In which role; none: the desk itself, so nothing that reacts to it is held down by one.
    pub(crate) role: Option<Role>,
    /// How many causes deep it stands.
    pub(crate) depth: u8,
}

/// A command while it is being decided.
pub(crate) struct Draft<'a> {
    pub(crate) desk: &'a Inner,
    pub(crate) live: Arc<Live>,
    /// The desk's calendars, definitions, agents and teams, at one moment.
    pub(crate) setup: Arc<Setup>,
    pub(crate) by: &'a Principal,
    pub(crate) how: &'a How,
    pub(crate) now: Instant,
    /// The decision's id, if one comes of it.
    pub(crate) decision: DecisionId,
    /// The id of what the command is about.
    pub(crate) subject: String,
    /// On whose behalf it acts: what its events tell.
    pub(crate) cause: Cause,
    /// Whether a failing policy may refuse it; never the creation of a customer's ticket.
    pub(crate) refusable: bool,
    pub(crate) asked: Vec<Asked>,
    pub(crate) captured: Vec<CapturedCall>,
    pub(crate) effects: Vec<String>,
    /// Bytes of findings put into the draft.
    pub(crate) findings_bytes: usize,
    /// Signals that the answers brought or raised.
    pub(crate) risen: usize,
    /// The questions asked, and whether each is to be asked again because a policy failed whose rule is `defer`.
    pub(crate) put_off: Vec<(&'static str, bool)>,
    /// The policy and question that refused it.
    pub(crate) refused: Option<(String, &'static str)>,
    pending: Vec<Pending>,
    /// The ids of what the command itself makes.
    fresh: Vec<Uuid>,
    events: Vec<EventDraft>,
    reads: Vec<ReadVersion>,
    checks: Vec<Check>,
    seen: Seen,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(desk: &'a Inner, by: &'a Principal, how: &'a How) -> Self {
        let now = desk.now();
        Self {
            desk,
            live: desk.live.load_full(),
            setup: desk.setup.load_full(),
            by,
            how,
            now,
            decision: DecisionId::new(now, desk.bits()),
            subject: String::new(),
            cause: Cause { by: named(by), role: (how.actor != Actor::System).then_some(by.role), depth: how.depth },
            refusable: true,
            asked: Vec::new(),
            captured: Vec::new(),
            effects: Vec::new(),
            findings_bytes: 0,
            risen: 0,
            put_off: Vec::new(),
            refused: None,
            pending: Vec::new(),
            fresh: Vec::new(),
            events: Vec::new(),
            reads: Vec::new(),
            checks: Vec::new(),
            seen: Seen::default(),
        }
    }

    /// Whether this is a row of an import that is only tried, and that no policy may refuse: whatever they would say, the
    /// row will be taken, so they are asked when it is written and not before.
    pub(crate) fn only_tried(&self) -> bool {
        self.how.preview && self.how.actor == Actor::Import && !self.refusable
    }

    /// The word that policies hear for who acts.
    pub(crate) fn actor(&self) -> &'static str {
        match self.how.actor {
            Actor::Principal => self.by.actor(),
            Actor::Import => "import",
            Actor::Policy => "policy",
            Actor::System => "system",
        }
    }

    /// The record as the command leaves it so far; read from the store, its version is noted.
    pub(crate) fn find<R: Stored + Clone>(&mut self, key: impl Into<Key>) -> Result<Option<R>, StoreError> {
        let key = key.into();
        if let Some(found) = self.pending_one::<R>(&key) {
            return Ok(found);
        }
        let found = self.peek::<R>(key)?;
        if let Some(record) = &found {
            self.note(R::TABLE, &record.key(), record.version());
        }
        Ok(found)
    }

    /// The record as the command leaves it so far, without a note: what policies look at.
    pub(crate) fn peek<R: Stored + Clone>(&self, key: impl Into<Key>) -> Result<Option<R>, StoreError> {
        let key = key.into();
        match self.pending_one::<R>(&key) {
            Some(found) => Ok(found),
            None if self.about_fresh(&key.0) => Ok(None),
            None => Ok(self.seen.get(&*self.desk.records, R::TABLE, key)?.and_then(R::from_record)),
        }
    }

    /// Whether a place in the store begins with the id of what the command itself makes: nothing can stand there, and it
    /// need not be looked for. An id has 74 random bits.
    fn about_fresh(&self, fields: &[Field]) -> bool {
        match fields.first() {
            Some(Field::Id(id)) => self.fresh.contains(id),
            Some(Field::Text(text)) => {
                !self.fresh.is_empty() && uuid_of(text).is_some_and(|id| self.fresh.contains(&id))
            }
            Some(Field::Int(_)) | None => false,
        }
    }

    /// The records of a scan as the command leaves them so far: those it changed in their new form, those it made at
    /// the end. `also` says which of the made ones belong to the scan.
    pub(crate) fn list<R: Stored + Clone>(&self, scan: &Scan, also: impl Fn(&R) -> bool) -> Result<Vec<R>, StoreError> {
        let nothing = self.about_fresh(&scan.prefix);
        let found = if nothing { Vec::new() } else { self.seen.scan(&*self.desk.records, scan)? };
        let mut found: Vec<R> = found.into_iter().filter_map(R::from_record).collect();
        for pending in &self.pending {
            let Some(record) = R::of_record(&pending.record) else { continue };
            let stored = found.iter().position(|other| other.key() == pending.key);
            match (stored, pending.state) {
                (Some(place), State::Gone) => drop(found.remove(place)),
                (Some(place), _) => found[place] = record.clone(),
                (None, State::Fresh | State::Changed) if also(record) => found.push(record.clone()),
                (None, _) => {}
            }
        }
        found.retain(|record| also(record));
        Ok(found)
    }

    /// The keys of the records of an index's scan, those that the command made or changed at the end: only the index is
    /// read.
    pub(crate) fn keys<R: Stored>(&self, scan: &Scan, also: impl Fn(&R) -> bool) -> Result<Vec<Key>, StoreError> {
        let nothing = self.about_fresh(&scan.prefix);
        let mut found = if nothing { Vec::new() } else { self.desk.records.keys(scan)? };
        for pending in &self.pending {
            let Some(record) = R::of_record(&pending.record) else { continue };
            found.retain(|key| *key != pending.key);
            if pending.state != State::Gone && also(record) {
                found.push(pending.key.clone());
            }
        }
        Ok(found)
    }

    /// Those that the command itself made or changed.
    pub(crate) fn written<R: Stored>(&self) -> Vec<R> {
        let of_type = self.pending.iter().filter(|it| it.record.table() == R::TABLE && it.state != State::Gone);
        of_type.filter_map(|it| R::from_record(it.record.clone())).collect()
    }

    /// Whether the command itself made that record: the store knows nothing of it then.
    pub(crate) fn made<R: Stored>(&self, key: &Key) -> bool {
        self.pending.iter().any(|it| it.state == State::Fresh && it.stands::<R>(key))
    }

    /// A new record, at version 1.
    pub(crate) fn create(&mut self, record: impl Stored) {
        self.create_record(record.into_record());
    }

    /// The same of a record that others hold too.
    pub(crate) fn create_record(&mut self, record: Record) {
        let pending = Pending::new(record, State::Fresh);
        if let [Field::Id(id)] = pending.key.0.as_slice() {
            self.fresh.push(*id);
        }
        self.pending.push(pending);
    }

    /// A record that was read and changed, by the command or one of its questions. Its version is raised once.
    pub(crate) fn change<R: Stored>(&mut self, mut record: R) {
        let key = record.key();
        match self.pending.iter_mut().find(|it| it.stands::<R>(&key)) {
            Some(pending) => pending.record = record.into_record(),
            None => {
                record.touch(self.now);
                self.pending.push(Pending { key, record: record.into_record(), state: State::Changed });
            }
        }
    }

    /// Deletes a record as it was read.
    pub(crate) fn delete<R: Stored + Clone>(&mut self, record: &R) {
        self.pending.push(Pending::new(record.clone().into_record(), State::Gone));
    }

    /// Tells of something about a record.
    // Ids are handed over as they are; a reference at every call would help nobody.
    #[allow(clippy::needless_pass_by_value)]
    pub(crate) fn tell(&mut self, name: &str, subject: impl ToString, mut data: Map<String, Value>) {
        let (name, subject, at) = (name.to_owned(), subject.to_string(), self.now);
        let Cause { by, role, depth } = self.cause.clone();
        if let Some(policy) = &self.how.policy {
            data.insert("by_policy".to_owned(), policy.as_str().into());
        }
        self.events.push(EventDraft { name, subject, at, by, role, decision: None, depth, data });
    }

    /// The command holds only if that record is still as it was read when everything is stored; otherwise it is decided
    /// again. What the command writes itself is looked at anyhow.
    pub(crate) fn require<R: Stored>(&mut self, record: &R) {
        let (table, key) = (R::TABLE, record.key());
        if !self.checks.iter().any(|it| it.table == table && it.key == key) {
            self.checks.push(Check { table, key, version: Some(record.version()) });
        }
    }

    /// Whether anything is to be written, told or recorded so far.
    pub(crate) fn acted(&self) -> bool {
        !(self.pending.is_empty() && self.events.is_empty() && self.asked.is_empty())
    }

    /// Says what the host did because of an answer.
    pub(crate) fn effect(&mut self, effect: String) {
        self.effects.push(effect);
    }

    /// What was read, for the decision.
    pub(crate) fn reads(&self) -> Vec<ReadVersion> {
        self.reads.clone()
    }

    /// Notes that a record was read at a version.
    pub(crate) fn note(&mut self, table: Table, key: &Key, version: u64) {
        let id = crate::query::show_key(table, key);
        if self.reads.len() < MOST_READS && !self.reads.iter().any(|read| read.id == id) {
            self.reads.push(ReadVersion { id, version });
        }
    }

    /// Everything as one change; its events name the decision, if there is one.
    pub(crate) fn into_change(self, decided: bool) -> Change {
        let decision = decided.then_some(self.decision);
        let write = |it: Pending| match it.state {
            State::Fresh => Write::Create(it.record),
            State::Changed => Write::Update(it.record),
            State::Gone => {
                Write::Delete { table: it.record.table(), key: it.record.key(), version: it.record.version() }
            }
        };
        let writes = &self.pending;
        let own = |it: &Check| writes.iter().any(|own| own.record.table() == it.table && own.record.key() == it.key);
        let checks = self.checks.into_iter().filter(|it| !own(it)).collect();
        Change {
            writes: self.pending.into_iter().map(write).collect(),
            checks,
            counters: Vec::new(),
            events: self.events.into_iter().map(|event| EventDraft { decision, ..event }).collect(),
        }
    }

    /// Forgets what was to be written; what was asked stays. A refused command stores its decision and nothing else.
    pub(crate) fn forget(&mut self) {
        self.pending.clear();
        self.checks.clear();
        self.effects.clear();
        self.events.retain(|event| event.name == crate::asking::POLICY_FAILED);
    }

    /// A look at the record as the command leaves it so far; none: the command did nothing to it, or deleted it.
    pub(crate) fn pending<R: Stored>(&self, key: &Key) -> Option<&R> {
        let found = self.pending.iter().find(|it| it.stands::<R>(key))?;
        if found.state == State::Gone { None } else { R::of_record(&found.record) }
    }

    /// What the command did to that record: none, nothing; none within, it deleted it.
    fn pending_one<R: Stored>(&self, key: &Key) -> Option<Option<R>> {
        let found = self.pending.iter().find(|it| it.stands::<R>(key))?;
        Some(if found.state == State::Gone { None } else { R::from_record(found.record.clone()) })
    }
}
