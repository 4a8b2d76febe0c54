//! The storage ports: what the core needs of a store, whichever engine stands behind it.
//!
//! A [`Records`] belongs to one desk and cannot name another's keys, so isolation holds by construction.

use std::io::{Read, Write as IoWrite};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::change::Change;
use crate::digest::Digest;
use crate::event::Event;
use crate::id::{DecisionId, DeskId};
use crate::key::{Key, Page, Scan, Table};
use crate::record::{Record, Stored};

/// What a store may answer instead of the wanted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A precondition did not hold: run the command again on fresh reads, a bounded number of times.
    #[error("{} {key} was changed meanwhile", table.name())]
    Conflict {
        /// The table of what changed.
        table: Table,
        /// Its key, readable.
        key: String,
    },
    /// A create found the record, or a unique index entry, taken.
    #[error("{} {key} exists already", table.name())]
    Exists {
        /// The table of what is taken.
        table: Table,
        /// Its key or index entry, readable.
        key: String,
    },
    /// The queue of waiting changes is full: answer 503 at once.
    #[error("the store's queue is full")]
    Busy,
    /// The change, a value or a key is larger than the limits allow.
    #[error("{what} has {bytes} bytes, at most {most} are allowed")]
    TooLarge {
        /// What is too large.
        what: String,
        /// Its size.
        bytes: usize,
        /// The limit.
        most: usize,
    },
    /// A cursor that was not given out for this list.
    #[error("the cursor does not belong to this list")]
    Cursor,
    /// The store no longer takes writes, and says why. Reads go on.
    #[error("the store is read-only: {0}")]
    ReadOnly(String),
    /// An operator holds writes, and says why. Reads go on.
    #[error("writes are held: {0}")]
    Held(String),
    /// The disk has less free than the store keeps in reserve. Nothing was written; reads go on, and writing goes on by
    /// itself when there is room again.
    #[error("no space left on the disk: {0}")]
    NoSpace(String),
    /// The write may or may not be durable; a repeated request with the same idempotency key settles it.
    #[error("it is unknown whether the write was stored: {0}")]
    Unknown(String),
    /// What is stored can't be read; the text names the place and the command that helps.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// What is read in is not what an export or backup writes; the text names the line and the rule.
    #[error("{0}")]
    Import(String),
    /// The operating system said no.
    #[error("the store failed: {0}")]
    Io(String),
}

/// What a commit gives back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// The sequence of the change's first event; of the desk's last one if it told none.
    pub first_event: u64,
    /// The sequence of its last event, likewise.
    pub last_event: u64,
}

/// Told once, when a change is durable or refused. Called on the committer's thread: hand over and return.
pub type Commit = Box<dyn FnOnce(Result<Committed, StoreError>) + Send>;

/// One desk's records.
pub trait Records: Send + Sync {
    /// The record at that key, if there is one. Reads what is committed.
    fn get(&self, table: Table, key: &Key) -> Result<Option<Record>, StoreError>;

    /// A page of records, in order.
    fn scan(&self, scan: &Scan) -> Result<Page, StoreError>;

    /// The keys of the records that a scan of an index begins with, in order: the index alone is read. A scan of a table
    /// has none.
    fn keys(&self, scan: &Scan) -> Result<Vec<Key>, StoreError>;

    /// Hands a change to the committer and returns; `done` hears of it when it is durable.
    /// A full queue, or a store that is read-only, calls `done` at once.
    fn commit(&self, change: Change, done: Commit);

    /// What a counter stands at; 0 if nothing was ever added.
    fn counter(&self, name: &str) -> Result<i64, StoreError>;

    /// The next number of a sequence, such as `ticket`: unique, rising, gaps allowed after a crash.
    fn next_number(&self, sequence: &str) -> Result<u64, StoreError>;

    /// At most `limit` events behind `after`, in order.
    fn events(&self, after: u64, limit: usize) -> Result<Vec<Event>, StoreError>;

    /// The sequence of the desk's last event.
    fn last_event(&self) -> Result<u64, StoreError>;

    /// Calls `wake` with the last event after each commit that told events of this desk, until it answers false. It may
    /// also be called, with an event told before or 0, to hear whether anybody still listens.
    fn watch(&self, wake: Box<dyn Fn(u64) -> bool + Send + Sync>);
}

/// Typed reads over [`Records`].
pub trait RecordsExt: Records {
    /// The record of that type at that key.
    fn find<R: Stored>(&self, key: impl Into<Key>) -> Result<Option<R>, StoreError> {
        Ok(self.get(R::TABLE, &key.into())?.and_then(R::from_record))
    }

    /// A page of records of that type; the scan's table must be the type's.
    fn list<R: Stored>(&self, scan: &Scan) -> Result<Page<R>, StoreError> {
        let page = self.scan(scan)?;
        Ok(Page { records: page.records.into_iter().filter_map(R::from_record).collect(), next: page.next })
    }

    /// Commits and waits. For tools and tests; a request awaits [`Records::commit`] instead.
    fn commit_wait(&self, change: Change) -> Result<Committed, StoreError> {
        let (tell, hear) = std::sync::mpsc::sync_channel(1);
        self.commit(change, Box::new(move |answer| drop(tell.send(answer))));
        hear.recv().unwrap_or_else(|_| Err(StoreError::Unknown("the committer ended".to_owned())))
    }
}

impl<T: Records + ?Sized> RecordsExt for T {}

/// Content-addressed files: components, long bodies. Written, fsynced, renamed, directory fsynced before `put` returns.
pub trait Blobs: Send + Sync {
    /// Stores the bytes and names them. A store says how many it takes at most: ours 64 MiB.
    fn put(&self, bytes: &[u8]) -> Result<Digest, StoreError>;
    /// The bytes of that name, checked against it.
    fn get(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError>;
}

/// The captured inputs of decisions, which replay needs: a compressed log behind the answer. Losing its newest lines
/// in a crash loses no decision.
pub trait Captures: Send + Sync {
    /// Adds one, without waiting for the disk; drops it, counted, when the log's queue is full.
    fn append(&self, desk: DeskId, decision: DecisionId, capture: Vec<u8>);
    /// The capture of that decision, if it is still kept.
    fn get(&self, desk: DeskId, decision: DecisionId) -> Result<Option<Vec<u8>>, StoreError>;
}

/// How the store is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Health {
    /// `sled` or `memory`.
    pub engine: String,
    /// Why it takes no writes; none: it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only: Option<String>,
    /// Why there is no room for a write; none: there is. Writing goes on by itself when there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_space: Option<String>,
    /// What of the tree could not be read since it was opened; opening it again builds the tree anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damaged: Option<String>,
    /// What was repaired when it was opened, in sentences.
    pub repaired: Vec<String>,
    /// Changes waiting to be committed.
    pub queued: u64,
    /// Bytes on disk.
    pub disk_bytes: u64,
    /// Captures dropped because their queue was full.
    pub captures_dropped: u64,
}

/// What `verify` found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Verified {
    /// Records read.
    pub records: u64,
    /// Index entries compared.
    pub index_entries: u64,
    /// Events read.
    pub events: u64,
    /// Content-addressed files compared with their names.
    pub blobs: u64,
    /// Journal records read.
    #[serde(default)]
    pub journal: u64,
    /// Captured inputs read.
    #[serde(default)]
    pub captures: u64,
    /// What does not agree, in sentences; empty: all is well.
    pub problems: Vec<String>,
}

/// Care of a whole store, online.
pub trait Maintenance: Send + Sync {
    /// Writes a consistent backup of everything while writing goes on. Returns the records in it.
    fn backup(&self, to: &mut dyn IoWrite) -> Result<u64, StoreError>;
    /// Writes one desk's records and events as JSON lines. Returns their number.
    fn export(&self, desk: DeskId, to: &mut dyn IoWrite) -> Result<u64, StoreError>;
    /// Reads what `export` wrote into a desk that holds nothing yet; all of it or nothing. Returns the records read.
    fn import(&self, desk: DeskId, from: &mut dyn Read) -> Result<u64, StoreError>;
    /// Compares records, indexes, counters, events and files, and reads journal, snapshot and captures.
    fn verify(&self) -> Result<Verified, StoreError>;
    /// How it is.
    fn health(&self) -> Health;
    /// Whether a write would be taken now, else why not. Cheap: who works by itself asks before it begins.
    fn takes_writes(&self) -> Result<(), StoreError>;
}

/// A whole store.
pub trait Storage: Send + Sync {
    /// One desk's records.
    fn records(&self, desk: DeskId) -> Arc<dyn Records>;
    /// The content-addressed files.
    fn blobs(&self) -> Arc<dyn Blobs>;
    /// The captured inputs.
    fn captures(&self) -> Arc<dyn Captures>;
    /// Its care.
    fn maintenance(&self) -> Arc<dyn Maintenance>;
    /// Ends it cleanly: what is queued is committed, the clean-shutdown mark set. Writes afterwards are refused.
    fn close(&self) -> Result<(), StoreError>;
}
