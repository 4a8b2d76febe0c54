//! `verify`: records against their index entries and back, events without a gap, counters, files against their names;
//! and what the tree would be built from again: journal and snapshot.
//!
//! It runs while writing goes on: each page, and everything looked up for it, is read at one moment.

mod sources;

use std::collections::{HashMap, HashSet};

use plugdesk_domain::storage::Verified;
use plugdesk_domain::{Blobs, Digest, Direction, StoreError};

use self::sources::Sources;
use crate::blobs::BlobStore;
use crate::captures::CaptureStore;
use crate::disk::Disk;
use crate::engine::Engine;
use crate::envelope;
use crate::group::counter;
use crate::import;
use crate::keyspace::{self, Kind, Space};
use crate::named;
use crate::prepare::{read_record, stored_entries};
use crate::scan::{self, readable};
use crate::shared::Shared;

/// So many problems are told; a store with more needs its backup and no longer list.
const MOST_PROBLEMS: usize = 100;
/// Keys read at one moment: small, because nobody writes meanwhile.
const PAGE: usize = 128;

/// What brings a file back.
const REPAIRS: &str = "storing it again, or copying it from a restored backup, repairs it";

struct Verifying<'a> {
    blobs: &'a BlobStore,
    found: Verified,
    /// The last event seen of each space.
    heads: HashMap<Space, u64>,
    /// Files that records name.
    named: HashSet<Digest>,
}

/// Reads everything and compares.
pub(crate) fn verify(shared: &Shared, blobs: &BlobStore, captures: &CaptureStore) -> Result<Verified, StoreError> {
    let mut verifying = Verifying { blobs, found: Verified::default(), heads: HashMap::new(), named: HashSet::new() };
    let mut after: Option<Vec<u8>> = None;
    loop {
        let last = shared.read(|engine| {
            let page = scan::under(engine, &[], after.as_deref(), PAGE, Direction::Forward)?;
            for (key, value) in &page {
                if let Err(error) = shared.noted(verifying.pair(engine, key, value)) {
                    verifying.problem(error.to_string());
                }
            }
            Ok(page.last().map(|(key, _)| key.clone()))
        })?;
        if last.is_none() {
            break;
        }
        after = last;
    }
    for space in shared.placed().into_iter().map(|(_, space)| space) {
        if import::is_unfinished(shared, space)? {
            verifying.problem("a desk's place was taken by an unfinished import".to_owned());
        }
    }
    if let Some(disk) = &shared.disk {
        verifying.sources(shared, disk)?;
    }
    verifying.files()?;
    let (read, damaged) = captures.verify();
    verifying.found.captures = read;
    damaged.into_iter().for_each(|what| verifying.problem(what));
    Ok(verifying.found)
}

impl Verifying<'_> {
    fn problem(&mut self, what: String) {
        if self.found.problems.len() < MOST_PROBLEMS {
            self.found.problems.push(what);
        }
    }

    /// Journal and snapshot, which are made anew from the tree if they are damaged and it is not.
    fn sources(&mut self, shared: &Shared, disk: &Disk) -> Result<(), StoreError> {
        let Sources { records, damaged, unreadable } = sources::look(shared, disk)?;
        self.found.journal = records;
        let whole = self.found.problems.is_empty();
        unreadable.into_iter().for_each(|what| self.problem(what));
        if damaged.is_empty() {
            return Ok(());
        }
        let helps = match whole {
            true => match sources::renew(shared) {
                Ok(()) => "the tree is whole, so a new snapshot is being made in its place; verify again".to_owned(),
                Err(error) => format!("a new snapshot can't take its place: {error}"),
            },
            false => "the tree is damaged too: `plugdesk restore` brings back the newest backup".to_owned(),
        };
        damaged.into_iter().for_each(|what| self.problem(format!("{what}; {helps}")));
        Ok(())
    }

    fn pair(&mut self, engine: &dyn Engine, key: &[u8], stored: &[u8]) -> Result<(), StoreError> {
        let Some(space) = Space::from_key(key) else {
            self.problem(format!("the key {} belongs to nobody", envelope::hex(key)));
            return Ok(());
        };
        match keyspace::kind(key) {
            Some(Kind::Record) => self.record(engine, space, key, stored),
            Some(Kind::Entry) => self.entry(engine, space, key, stored),
            Some(Kind::Events) => self.events(space, key, stored),
            Some(Kind::Counter | Kind::Number) => counter(key, Some(stored)).map(drop),
            Some(Kind::Meta) => Ok(()),
            None => {
                self.problem(format!("the key {} is of no known kind", envelope::hex(key)));
                Ok(())
            }
        }
    }

    fn record(&mut self, engine: &dyn Engine, space: Space, key: &[u8], stored: &[u8]) -> Result<(), StoreError> {
        self.found.records += 1;
        let Some(table) = keyspace::table(key) else {
            self.problem(format!("the record at {} is of no known table", envelope::hex(key)));
            return Ok(());
        };
        let record = read_record(table, key, stored)?;
        let version = envelope::version(key, stored)?;
        if version != record.version() {
            self.problem(format!("{} has version {} in envelope {version}", readable(key), record.version()));
        }
        if keyspace::key_bytes(table, &record.key())?.as_slice() != keyspace::record_key(key) {
            self.problem(format!("{} stands at another record's key", readable(key)));
        }
        for entry in stored_entries(space, table, key, stored)? {
            match engine.get(&entry.key)? {
                Some(names) if names == entry.record => {}
                Some(_) => self.problem(format!("{} of {} names another record", entry.readable(), readable(key))),
                None => self.problem(format!("{} of {} is missing in its index", entry.readable(), readable(key))),
            }
        }
        self.named.extend(named::files(&record));
        Ok(())
    }

    fn entry(&mut self, engine: &dyn Engine, space: Space, key: &[u8], names: &[u8]) -> Result<(), StoreError> {
        self.found.index_entries += 1;
        let Some(table) = keyspace::table(key) else {
            self.problem(format!("the index entry at {} is of no known table", envelope::hex(key)));
            return Ok(());
        };
        let record_key = space.record_at(table, names);
        match engine.get(&record_key)? {
            None => self.problem(format!("an index entry names {}, which is missing", readable(&record_key))),
            Some(stored) => {
                let entries = stored_entries(space, table, &record_key, &stored)?;
                if !entries.iter().any(|entry| entry.key == key) {
                    self.problem(format!("an index entry names {}, which has no such entry", readable(&record_key)));
                }
            }
        }
        Ok(())
    }

    fn events(&mut self, space: Space, key: &[u8], stored: &[u8]) -> Result<(), StoreError> {
        for event in scan::read_events(key, stored)? {
            self.found.events += 1;
            let head = self.heads.entry(space).or_default();
            let expected = *head + 1;
            *head = event.sequence;
            if event.sequence != expected {
                self.problem(format!("event {} stands where {expected} belongs", event.sequence));
            }
        }
        Ok(())
    }

    fn files(&mut self) -> Result<(), StoreError> {
        for digest in self.blobs.list()? {
            self.found.blobs += 1;
            self.named.remove(&digest);
            match self.blobs.get(&digest) {
                Ok(_) => {}
                Err(error @ StoreError::Damaged(_)) => self.problem(error.to_string()),
                Err(error) => self.problem(format!("{error}; move it away, then {REPAIRS}")),
            }
        }
        // Listed after the records were read, so what is missing now was missing then.
        let mut missing: Vec<Digest> = std::mem::take(&mut self.named).into_iter().collect();
        missing.sort();
        missing
            .iter()
            .for_each(|digest| self.problem(format!("file {digest} is named by a record and missing; {REPAIRS}")));
        Ok(())
    }
}
