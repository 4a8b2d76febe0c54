//! What can be done to a change before it stands in the committer's queue: serialising, keys, index entries, limits.
//!
//! This is the one place where index entries are derived ([`entries`]); `verify` compares against it.

use plugdesk_domain::{Change, Commit, DeskId, Field, Key, Record, StoreError, Table, Write};

use crate::engine::Engine;
use crate::envelope;
use crate::keyspace::{self, MOST_KEY_BYTES, Space, key_bytes, too_large};
use crate::operation::Operation;
use crate::shared::Shared;
use crate::tuple;

/// A change ready for the committer.
pub(crate) struct Prepared {
    pub(crate) space: Space,
    pub(crate) writes: Vec<PreparedWrite>,
    pub(crate) checks: Vec<PreparedCheck>,
    pub(crate) counters: Vec<(Vec<u8>, i64)>,
    /// Each draft as JSON; the committer writes the number into it.
    pub(crate) events: Vec<Vec<u8>>,
    /// Keys set as they are: what the store notes for itself, and what an import brings.
    pub(crate) raw: Vec<Operation>,
    /// For an import that takes a desk's place: nothing may stand there yet.
    pub(crate) empty: Option<Space>,
    pub(crate) bytes: usize,
}

/// One record write.
pub(crate) struct PreparedWrite {
    pub(crate) table: Table,
    pub(crate) readable: String,
    pub(crate) key: Vec<u8>,
    pub(crate) expect: Expect,
    /// None: the record is deleted.
    pub(crate) new: Option<NewValue>,
    /// What stood there when the change was prepared, and its index entries, so that the committer need not parse it.
    pub(crate) old: Option<(Vec<u8>, Vec<Entry>)>,
}

/// What a record becomes.
pub(crate) struct NewValue {
    /// In its envelope.
    pub(crate) stored: Vec<u8>,
    /// How long it is before it is compressed: what limits go by, so that they do not depend on how well a text can be.
    pub(crate) json_bytes: usize,
    pub(crate) entries: Vec<Entry>,
}

impl NewValue {
    fn bytes(&self) -> usize {
        let entries = self.entries.iter().map(|entry| entry.key.len() + entry.record.len());
        envelope::HEAD_BYTES + self.json_bytes + entries.sum::<usize>()
    }
}

/// What must stand at a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expect {
    Absent,
    Version(u64),
}

/// A precondition on a record that is not written.
pub(crate) struct PreparedCheck {
    pub(crate) table: Table,
    pub(crate) readable: String,
    pub(crate) key: Vec<u8>,
    pub(crate) expect: Expect,
}

/// One index entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: Vec<u8>,
    /// The bytes of the record's key: what the entry's value is.
    pub(crate) record: Vec<u8>,
    pub(crate) unique: bool,
    index: &'static str,
    fields: Vec<Field>,
}

impl Entry {
    /// Its index and fields, for a message.
    pub(crate) fn readable(&self) -> String {
        format!("{} {}", self.index, tuple::readable(&self.fields))
    }
}

/// A change in the queue, and who waits for it.
pub(crate) struct Waiting {
    pub(crate) prepared: Prepared,
    /// Whose it is; none: the store's own.
    pub(crate) desk: Option<DeskId>,
    /// Done together with the commit, before anybody reads what it wrote.
    pub(crate) then: Option<Then>,
    pub(crate) done: Commit,
}

/// What is done together with a commit.
pub(crate) type Then = Box<dyn FnOnce(&Shared) + Send>;

/// Every index entry of a record whose key has these bytes.
pub(crate) fn entries(space: Space, record: &Record, key: &[u8]) -> Result<Vec<Entry>, StoreError> {
    let table = record.table();
    let mut entries: Vec<Entry> = Vec::new();
    for entry in record.indexes() {
        let bytes = space.entry(entry.index, &entry.fields, key);
        let bytes = bytes.filter(|bytes| bytes.len() <= MOST_KEY_BYTES).ok_or_else(|| {
            let what = format!("the {} of a {}, which is indexed,", entry.index.name, table.name());
            too_large(&what, tuple::readable(&entry.fields).len(), tuple::MOST_TEXT_BYTES)
        })?;
        // Two fields of one record may come to the same entry; it stands once.
        if !entries.iter().any(|known| known.key == bytes) {
            let (index, unique) = (entry.index.name, entry.index.unique);
            entries.push(Entry { key: bytes, record: key.to_vec(), unique, index, fields: entry.fields });
        }
    }
    Ok(entries)
}

/// The record that stands in an envelope.
pub(crate) fn read_record(table: Table, key: &[u8], stored: &[u8]) -> Result<Record, StoreError> {
    let (_, json) = envelope::open(key, stored)?;
    Record::from_json(table, &json).map_err(|error| {
        StoreError::Damaged(format!("the {} at {} is not readable: {error}", table.name(), envelope::hex(key)))
    })
}

/// The index entries of a stored record.
pub(crate) fn stored_entries(space: Space, table: Table, key: &[u8], stored: &[u8]) -> Result<Vec<Entry>, StoreError> {
    entries(space, &read_record(table, key, stored)?, keyspace::record_key(key))
}

/// A record's value in its envelope and its index entries.
pub(crate) fn new_value(space: Space, record: &Record, key: &[u8]) -> Result<NewValue, StoreError> {
    let table = record.table();
    let written = |record: &Record| {
        record.to_json().map_err(|error| StoreError::Io(format!("a {} can't be written: {error}", table.name())))
    };
    let mut json = written(record)?;
    let mut shorter = None;
    while json.len() > envelope::MOST_VALUE_BYTES {
        let shorter = shorter.get_or_insert_with(|| record.clone());
        if !shorter.shorten() {
            break;
        }
        json = written(shorter)?;
    }
    let record = shorter.as_ref().unwrap_or(record);
    if json.len() > envelope::MOST_VALUE_BYTES {
        return Err(too_large(&format!("the {}", table.name()), json.len(), envelope::MOST_VALUE_BYTES));
    }
    let entries = entries(space, record, keyspace::record_key(key))?;
    Ok(NewValue { stored: envelope::seal(key, record.version(), &json), json_bytes: json.len(), entries })
}

fn locate(space: Space, table: Table, key: &Key) -> Result<(Vec<u8>, String), StoreError> {
    Ok((space.record_at(table, &key_bytes(table, key)?), tuple::readable(&key.0)))
}

fn wrong_version(table: Table, readable: &str, version: u64) -> StoreError {
    StoreError::Io(format!(
        "{} {readable} was handed over with version {version}, which no write can have",
        table.name()
    ))
}

fn write(space: Space, engine: &dyn Engine, write: &Write) -> Result<PreparedWrite, StoreError> {
    let (table, key, expect, record) = match write {
        Write::Create(record) if record.version() == 1 => (record.table(), record.key(), Expect::Absent, Some(record)),
        Write::Update(record) if record.version() > 1 => {
            (record.table(), record.key(), Expect::Version(record.version() - 1), Some(record))
        }
        Write::Create(record) | Write::Update(record) => {
            let readable = tuple::readable(&record.key().0);
            return Err(wrong_version(record.table(), &readable, record.version()));
        }
        Write::Delete { table, key, version } => (*table, key.clone(), Expect::Version(*version), None),
    };
    let (key, readable) = locate(space, table, &key)?;
    let new = record.map(|record| new_value(space, record, &key)).transpose()?;
    let old = match expect {
        Expect::Absent => None,
        Expect::Version(_) => engine.get(&key)?,
    };
    let old = match old {
        Some(stored) => {
            let entries = stored_entries(space, table, &key, &stored)?;
            Some((stored, entries))
        }
        None => None,
    };
    Ok(PreparedWrite { table, readable, key, expect, new, old })
}

impl Prepared {
    /// A change that sets keys as they are.
    pub(crate) fn raw(space: Space, raw: Vec<Operation>) -> Self {
        let bytes = raw.iter().map(Operation::bytes).sum();
        Self { space, writes: vec![], checks: vec![], counters: vec![], events: vec![], raw, empty: None, bytes }
    }

    /// Prepares a change, or says which limit it breaks.
    pub(crate) fn new(space: Space, engine: &dyn Engine, change: &Change) -> Result<Self, StoreError> {
        let mut prepared = Self::raw(space, Vec::new());
        for one in &change.writes {
            prepared.writes.push(write(space, engine, one)?);
        }
        for check in &change.checks {
            let (key, readable) = locate(space, check.table, &check.key)?;
            let expect = check.version.map_or(Expect::Absent, Expect::Version);
            prepared.checks.push(PreparedCheck { table: check.table, readable, key, expect });
        }
        for (name, by) in &change.counters {
            prepared.counters.push((space.counter(name)?, *by));
        }
        for draft in &change.events {
            let json = serde_json::to_vec(draft);
            let json = json.map_err(|error| StoreError::Io(format!("an event can't be written: {error}")))?;
            if json.len() > envelope::MOST_VALUE_BYTES / 2 {
                return Err(too_large("an event", json.len(), envelope::MOST_VALUE_BYTES / 2));
            }
            prepared.events.push(json);
        }
        prepared.bytes = prepared.measure();
        if prepared.bytes > Change::MOST_BYTES {
            return Err(too_large("the change", prepared.bytes, Change::MOST_BYTES));
        }
        Ok(prepared)
    }

    /// The bytes it will write, but for index entries taken back.
    fn measure(&self) -> usize {
        let writes = self.writes.iter().map(|write| write.key.len() + write.new.as_ref().map_or(0, NewValue::bytes));
        let counters = self.counters.iter().map(|(key, _)| key.len() + envelope::HEAD_BYTES + 8);
        let events = self.events.iter().map(|event| event.len() + 64);
        writes.chain(counters).chain(events).sum()
    }
}
