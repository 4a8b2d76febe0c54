//! What a command looked at in the store, kept until it is decided: policies ask for the same contact, company and
//! merges one after another, and all of them see the desk as it was when the first one looked. What the command changes
//! is read here too: were it read anew, its version could be younger than the lists that the decision rests upon, and
//! the check at the commit would pass over what happened in between.

use std::sync::{Mutex, MutexGuard, PoisonError};

use plugdesk_domain::{Key, Record, Records, Scan, StoreError, Table};

/// So many records and so many scans are kept, each. Whoever looks at more reads everything anew from then on, lists too:
/// a list must never be older than the record that is checked.
const MOST_KEPT: usize = 256;
/// Only scans that found so few records are kept: the long ones are each asked for once.
const MOST_FOUND: usize = 8;

#[derive(Default)]
pub(super) struct Seen(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    records: Vec<(Table, Key, Option<Record>)>,
    scans: Vec<(Scan, Vec<Record>)>,
}

impl Seen {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The record at that key.
    pub(super) fn get(&self, records: &dyn Records, table: Table, key: Key) -> Result<Option<Record>, StoreError> {
        if let Some((.., found)) = self.lock().records.iter().find(|it| it.0 == table && it.1 == key) {
            return Ok(found.clone());
        }
        let found = records.get(table, &key)?;
        let mut kept = self.lock();
        if kept.records.len() < MOST_KEPT {
            kept.records.push((table, key, found.clone()));
        } else {
            kept.scans.clear();
        }
        Ok(found)
    }

    /// The first page of a scan.
    pub(super) fn scan(&self, records: &dyn Records, scan: &Scan) -> Result<Vec<Record>, StoreError> {
        if let Some((_, found)) = self.lock().scans.iter().find(|(of, _)| of == scan) {
            return Ok(found.clone());
        }
        let found = records.scan(scan)?.records;
        let mut kept = self.lock();
        if found.len() <= MOST_FOUND && kept.scans.len() < MOST_KEPT && kept.records.len() < MOST_KEPT {
            kept.scans.push((scan.clone(), found.clone()));
        }
        Ok(found)
    }
}
