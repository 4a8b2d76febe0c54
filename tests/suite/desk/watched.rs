//! A store that remembers what was committed, and refuses as often as it is told to.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use plugdesk_domain::storage::Commit;
use plugdesk_domain::{
    Blobs, Captures, Change, DeskId, Event, Key, Maintenance, Page, Record, Records, Scan, Storage, StoreError, Table,
    Write,
};
use plugdesk_store::Store;

/// A store that remembers what was committed, and refuses as often as it is told to.
pub(crate) struct Watched {
    pub(crate) store: Arc<Store>,
    pub(crate) seen: Arc<Seen>,
}

#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) changes: Mutex<Vec<Change>>,
    pub(crate) conflicts: AtomicU32,
    pub(crate) scans: AtomicU32,
    /// Records read, by key and by scans.
    pub(crate) read: AtomicU32,
    /// So many more scans fail.
    pub(crate) unreadable: AtomicU32,
    /// After so many more commits the process is dead; whether the last one is stored.
    death: Mutex<Option<(u32, bool)>>,
    /// What is done right behind so many more reads.
    meanwhile: Mutex<Option<(u32, Act)>>,
}

type Act = Box<dyn FnOnce() + Send>;

impl Seen {
    /// Lets the process die after so many more commits. The one in which it dies is stored or it is not; nobody hears.
    pub(crate) fn die_after(&self, commits: u32, stored: bool) {
        *self.death.lock().unwrap() = Some((commits, stored));
    }

    /// Does something right behind so many more reads, by key or by a scan: what another command may do at that moment.
    pub(crate) fn behind_reads(&self, reads: u32, act: impl FnOnce() + Send + 'static) {
        *self.meanwhile.lock().unwrap() = Some((reads, Box::new(act)));
    }

    /// Whether it was not done, because so many reads never came.
    pub(crate) fn undone(&self) -> bool {
        self.meanwhile.lock().unwrap().take().is_some()
    }

    fn has_read(&self) {
        let mut meanwhile = self.meanwhile.lock().unwrap();
        let act = match &mut *meanwhile {
            Some((left, _)) if *left > 1 => {
                *left -= 1;
                None
            }
            due => due.take(),
        };
        drop(meanwhile);
        if let Some((_, act)) = act {
            act();
        }
    }

    /// Whether it died.
    pub(crate) fn died(&self) -> bool {
        self.death.lock().unwrap().is_some_and(|(left, _)| left == 0)
    }

    /// Lets it live again.
    pub(crate) fn live(&self) {
        *self.death.lock().unwrap() = None;
    }

    /// Counts one commit; none: the process lives. Otherwise whether this one is stored all the same.
    fn dying(&self) -> Option<bool> {
        let mut death = self.death.lock().unwrap();
        match *death {
            None => None,
            Some((0, stored)) => {
                *death = Some((0, false));
                Some(stored)
            }
            Some((left, stored)) => {
                *death = Some((left - 1, stored));
                None
            }
        }
    }
}

/// Keys that a change writes: records, index entries, events, counters.
pub(crate) fn keys(change: &Change) -> usize {
    let of = |write: &Write| match write {
        Write::Create(record) | Write::Update(record) => 1 + record.indexes().len(),
        Write::Delete { .. } => 1,
    };
    change.writes.iter().map(of).sum::<usize>() + change.events.len() + change.counters.len()
}

struct WatchedRecords {
    records: Arc<dyn Records>,
    seen: Arc<Seen>,
}

impl Storage for Watched {
    fn records(&self, desk: DeskId) -> Arc<dyn Records> {
        Arc::new(WatchedRecords { records: self.store.records(desk), seen: Arc::clone(&self.seen) })
    }
    fn blobs(&self) -> Arc<dyn Blobs> {
        self.store.blobs()
    }
    fn captures(&self) -> Arc<dyn Captures> {
        self.store.captures()
    }
    fn maintenance(&self) -> Arc<dyn Maintenance> {
        self.store.maintenance()
    }
    fn close(&self) -> Result<(), StoreError> {
        self.store.close()
    }
}

impl Records for WatchedRecords {
    fn get(&self, table: Table, key: &Key) -> Result<Option<Record>, StoreError> {
        self.seen.read.fetch_add(1, Ordering::SeqCst);
        let found = self.records.get(table, key);
        self.seen.has_read();
        found
    }
    fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        self.seen.scans.fetch_add(1, Ordering::SeqCst);
        let again = |left: u32| left.checked_sub(1);
        if self.seen.unreadable.fetch_update(Ordering::SeqCst, Ordering::SeqCst, again).is_ok() {
            return Err(StoreError::Io("pretended".into()));
        }
        let page = self.records.scan(scan)?;
        self.seen.has_read();
        self.seen.read.fetch_add(u32::try_from(page.records.len()).unwrap_or(u32::MAX), Ordering::SeqCst);
        Ok(page)
    }
    fn keys(&self, scan: &Scan) -> Result<Vec<Key>, StoreError> {
        self.seen.scans.fetch_add(1, Ordering::SeqCst);
        let keys = self.records.keys(scan);
        self.seen.has_read();
        keys
    }
    fn commit(&self, change: Change, done: Commit) {
        let again = |left: u32| left.checked_sub(1);
        if self.seen.conflicts.fetch_update(Ordering::SeqCst, Ordering::SeqCst, again).is_ok() {
            return done(Err(StoreError::Conflict { table: Table::Ticket, key: "pretended".into() }));
        }
        if let Some(stored) = self.seen.dying() {
            if stored {
                self.records.commit(change, Box::new(|_| {}));
            }
            return done(Err(StoreError::ReadOnly("the process is dead".into())));
        }
        self.seen.changes.lock().unwrap().push(change.clone());
        self.records.commit(change, done);
    }
    fn counter(&self, name: &str) -> Result<i64, StoreError> {
        self.records.counter(name)
    }
    fn next_number(&self, sequence: &str) -> Result<u64, StoreError> {
        self.records.next_number(sequence)
    }
    fn events(&self, after: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.records.events(after, limit)
    }
    fn last_event(&self) -> Result<u64, StoreError> {
        self.records.last_event()
    }
    fn watch(&self, wake: Box<dyn Fn(u64) -> bool + Send + Sync>) {
        self.records.watch(wake);
    }
}
