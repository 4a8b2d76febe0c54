//! A write as one value: record changes, counters and events that are committed together or not at all.

use crate::event::EventDraft;
use crate::key::{Key, Table};
use crate::record::{Record, Stored};

/// One change to one record.
#[derive(Debug, Clone)]
pub enum Write {
    /// The record must not exist, nor may one that shares a unique index entry. Its version is 1.
    Create(Record),
    /// The stored version must be the record's version less one.
    Update(Record),
    /// The record must stand at this version.
    Delete {
        /// Its table.
        table: Table,
        /// Its key.
        key: Key,
        /// The version that was read.
        version: u64,
    },
}

/// A precondition on something that the change does not write.
#[derive(Debug, Clone)]
pub struct Check {
    /// Its table.
    pub table: Table,
    /// Its key.
    pub key: Key,
    /// The version it must have; none: it must not exist.
    pub version: Option<u64>,
}

/// Everything that one command does. Committed atomically, durable before the caller hears of it.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Records created, updated, deleted. A record stands here at most once.
    pub writes: Vec<Write>,
    /// What else must hold.
    pub checks: Vec<Check>,
    /// Counters by name, each with what is added; no precondition, summed by the committer.
    pub counters: Vec<(String, i64)>,
    /// What is told afterwards; the committer numbers them, gapless per desk.
    pub events: Vec<EventDraft>,
}

impl Change {
    /// One command may write 1 MiB: a commit group of 256 commands stays below the journal's record limit, and a
    /// journal record is read back whole.
    pub const MOST_BYTES: usize = 1 << 20;

    /// Adds a new record.
    pub fn create(&mut self, record: impl Stored) {
        self.writes.push(Write::Create(record.into_record()));
    }

    /// Changes a record whose version the caller already raised by one.
    pub fn update(&mut self, record: impl Stored) {
        self.writes.push(Write::Update(record.into_record()));
    }

    /// Deletes a record that was read as `record`.
    pub fn delete<R: Stored>(&mut self, record: &R) {
        self.writes.push(Write::Delete { table: R::TABLE, key: record.key(), version: record.version() });
    }

    /// Adds to a counter.
    pub fn count(&mut self, name: impl Into<String>, by: i64) {
        self.counters.push((name.into(), by));
    }

    /// Tells of something.
    pub fn tell(&mut self, event: EventDraft) {
        self.events.push(event);
    }
}
