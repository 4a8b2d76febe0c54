//! Writes that an operator holds: a gate over the storage, so that nothing that writes can go around it.
//!
//! What is handed to the store before a hold is committed before the hold is; what comes later is refused. Reads,
//! backups, exports, `verify` and previews go on. The hold is a record, so it outlives the process.

use std::io::{Read, Write};
use std::sync::{Arc, PoisonError, RwLock};

use plugdesk_domain::storage::{Blobs, Captures, Commit, Verified};
use plugdesk_domain::{
    Change, DeskId, Digest, Event, Health, Hold, Key, Maintenance, Page, Record, Records, Scan, Storage, StoreError,
    Table,
};

/// Whether writes are held. Read with every commit, changed once in a blue moon.
#[derive(Default)]
pub(crate) struct Gate(RwLock<Option<Hold>>);

impl Gate {
    /// The hold in force.
    pub(crate) fn hold(&self) -> Option<Hold> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts a hold in force, or ends it. Gives back what was in force.
    pub(crate) fn set(&self, hold: Option<Hold>) -> Option<Hold> {
        std::mem::replace(&mut *self.0.write().unwrap_or_else(PoisonError::into_inner), hold)
    }

    /// Refuses while writes are held.
    pub(crate) fn pass(&self) -> Result<(), StoreError> {
        match &*self.0.read().unwrap_or_else(PoisonError::into_inner) {
            None => Ok(()),
            Some(hold) => Err(StoreError::Held(hold.why.clone())),
        }
    }
}

/// A storage behind a gate.
pub(crate) struct Gated {
    storage: Arc<dyn Storage>,
    gate: Arc<Gate>,
}

impl Gated {
    pub(crate) fn over(storage: Arc<dyn Storage>, gate: Arc<Gate>) -> Arc<dyn Storage> {
        Arc::new(Self { storage, gate })
    }
}

impl Storage for Gated {
    fn records(&self, desk: DeskId) -> Arc<dyn Records> {
        Arc::new(GatedRecords { records: self.storage.records(desk), gate: Arc::clone(&self.gate) })
    }

    fn blobs(&self) -> Arc<dyn Blobs> {
        Arc::new(GatedBlobs { blobs: self.storage.blobs(), gate: Arc::clone(&self.gate) })
    }

    fn captures(&self) -> Arc<dyn Captures> {
        // They follow what was committed.
        self.storage.captures()
    }

    fn maintenance(&self) -> Arc<dyn Maintenance> {
        Arc::new(GatedMaintenance { care: self.storage.maintenance(), gate: Arc::clone(&self.gate) })
    }

    fn close(&self) -> Result<(), StoreError> {
        self.storage.close()
    }
}

struct GatedRecords {
    records: Arc<dyn Records>,
    gate: Arc<Gate>,
}

impl Records for GatedRecords {
    fn get(&self, table: Table, key: &Key) -> Result<Option<Record>, StoreError> {
        self.records.get(table, key)
    }

    fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        self.records.scan(scan)
    }

    fn keys(&self, scan: &Scan) -> Result<Vec<Key>, StoreError> {
        self.records.keys(scan)
    }

    fn commit(&self, change: Change, done: Commit) {
        // Held while the change is handed over, not until it is durable: whoever sets a hold comes after it in the queue.
        let gate = self.gate.0.read().unwrap_or_else(PoisonError::into_inner);
        match gate.as_ref().map(|hold| StoreError::Held(hold.why.clone())) {
            None => self.records.commit(change, done),
            Some(held) => {
                drop(gate);
                done(Err(held));
            }
        }
    }

    fn counter(&self, name: &str) -> Result<i64, StoreError> {
        self.records.counter(name)
    }

    fn next_number(&self, sequence: &str) -> Result<u64, StoreError> {
        self.gate.pass()?;
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

struct GatedBlobs {
    blobs: Arc<dyn Blobs>,
    gate: Arc<Gate>,
}

impl Blobs for GatedBlobs {
    fn put(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        self.gate.pass()?;
        self.blobs.put(bytes)
    }

    fn get(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        self.blobs.get(digest)
    }
}

struct GatedMaintenance {
    care: Arc<dyn Maintenance>,
    gate: Arc<Gate>,
}

impl Maintenance for GatedMaintenance {
    fn backup(&self, to: &mut dyn Write) -> Result<u64, StoreError> {
        self.care.backup(to)
    }

    fn export(&self, desk: DeskId, to: &mut dyn Write) -> Result<u64, StoreError> {
        self.care.export(desk, to)
    }

    fn import(&self, desk: DeskId, from: &mut dyn Read) -> Result<u64, StoreError> {
        self.gate.pass()?;
        self.care.import(desk, from)
    }

    fn verify(&self) -> Result<Verified, StoreError> {
        self.care.verify()
    }

    fn health(&self) -> Health {
        self.care.health()
    }

    fn takes_writes(&self) -> Result<(), StoreError> {
        self.gate.pass()?;
        self.care.takes_writes()
    }
}
