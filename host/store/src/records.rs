//! One desk's records: the port that the core reads and writes through.

use std::sync::Arc;

use plugdesk_domain::{Change, Commit, DeskId, Event, Key, Page, Record, Records, Scan, StoreError, Table};

use crate::group;
use crate::keyspace::{Space, key_bytes};
use crate::numbers;
use crate::prepare::{Prepared, Waiting, read_record};
use crate::scan;
use crate::shared::Shared;

/// One desk of a store. It can name no other desk's keys.
pub(crate) struct DeskRecords {
    pub(crate) shared: Arc<Shared>,
    pub(crate) desk: DeskId,
}

impl DeskRecords {
    fn space(&self) -> Space {
        self.shared.space(self.desk)
    }
}

impl Records for DeskRecords {
    fn get(&self, table: Table, key: &Key) -> Result<Option<Record>, StoreError> {
        // A key that is too long to be kept has no record.
        let Ok(bytes) = key_bytes(table, key) else { return Ok(None) };
        let key = self.space().record_at(table, &bytes);
        let stored = self.shared.read_meanwhile(|engine| engine.get(&key))?;
        self.shared.noted(stored.map(|stored| read_record(table, &key, &stored)).transpose())
    }

    fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        let found = self.shared.read(|engine| scan::page(engine, self.space(), scan, &self.shared.reads))?;
        self.shared.noted(found.read(scan.table))
    }

    fn keys(&self, scan: &Scan) -> Result<Vec<Key>, StoreError> {
        self.shared.read_meanwhile(|engine| scan::keys(engine, self.space(), scan, &self.shared.reads))
    }

    fn commit(&self, change: Change, done: Commit) {
        let space = self.space();
        let prepared = self.shared.engine();
        let prepared = prepared.and_then(|engine| self.shared.noted(Prepared::new(space, &*engine, &change)));
        // Whoever hears of the commit may own its records alone by then.
        drop(change);
        match prepared {
            Ok(prepared) => self.shared.submit(Waiting { prepared, desk: Some(self.desk), then: None, done }),
            // A store that was closed says so in the words for writing.
            Err(error) => done(Err(self.shared.read_only().map_or(error, StoreError::ReadOnly))),
        }
    }

    fn counter(&self, name: &str) -> Result<i64, StoreError> {
        let key = self.space().counter(name)?;
        self.shared.read_meanwhile(|engine| group::counter(&key, engine.get(&key)?.as_deref()))
    }

    fn next_number(&self, sequence: &str) -> Result<u64, StoreError> {
        numbers::next(&self.shared, self.space(), sequence)
    }

    fn events(&self, after: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
        scan::events(&self.shared, self.space(), after, limit)
    }

    fn last_event(&self) -> Result<u64, StoreError> {
        self.shared.read(|engine| group::last_event(engine, self.space()))
    }

    fn watch(&self, wake: Box<dyn Fn(u64) -> bool + Send + Sync>) {
        self.shared.watch(self.desk, wake);
    }
}
