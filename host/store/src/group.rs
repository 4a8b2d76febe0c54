//! Deciding a commit group: each change is checked against the state and against those before it in the group, and
//! what all of them write becomes one batch. Pure but for reads of the engine.

use std::collections::{BTreeMap, HashMap};

use plugdesk_domain::{Committed, Direction, StoreError};

use crate::engine::Engine;
use crate::envelope;
use crate::journal::MOST_PAYLOAD_BYTES;
use crate::keyspace::{self, Kind, Space};
use crate::operation::Operation;
use crate::prepare::{Entry, Expect, Prepared, PreparedWrite, stored_entries};
use crate::scan;

/// One change's writes with the index entries they take back; a change within its limit can't reach it, but a journal
/// record must stay readable whatever happens.
const MOST_STAGED_BYTES: usize = 4 << 20;

type Staged = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// A group being decided.
pub(crate) struct Group<'a> {
    engine: &'a dyn Engine,
    staged: Staged,
    /// The last event of each space that the group touched.
    heads: HashMap<Space, u64>,
    bytes: usize,
}

impl<'a> Group<'a> {
    pub(crate) fn new(engine: &'a dyn Engine) -> Self {
        Self { engine, staged: Staged::new(), heads: HashMap::new(), bytes: 0 }
    }

    /// How many bytes it writes so far.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The batch, one operation per key.
    pub(crate) fn into_operations(self) -> Vec<Operation> {
        self.staged.into_iter().map(|(key, value)| Operation { key, value }).collect()
    }

    /// Takes a change in, whole, or refuses it and stays as it was.
    pub(crate) fn add(&mut self, change: &Prepared) -> Result<Committed, StoreError> {
        let mut draft = Draft { group: self, own: Staged::new() };
        let committed = draft.decide(change)?;
        let own = draft.own;
        let bytes: usize = own.iter().map(|(key, value)| 6 + key.len() + value.as_ref().map_or(0, Vec::len)).sum();
        if bytes > MOST_STAGED_BYTES {
            return Err(keyspace::too_large("the change with its index entries", bytes, MOST_STAGED_BYTES));
        }
        if self.bytes + bytes > MOST_PAYLOAD_BYTES {
            // A group of changes that all take back far more index entries than they write. Another time, alone.
            return Err(StoreError::Busy);
        }
        self.bytes += bytes;
        self.staged.extend(own);
        self.heads.insert(change.space, committed.last_event);
        Ok(committed)
    }

    fn head(&self, space: Space) -> Result<u64, StoreError> {
        match self.heads.get(&space) {
            Some(head) => Ok(*head),
            None => last_event(self.engine, space),
        }
    }
}

/// The sequence of a space's last event; 0: none was told.
pub(crate) fn last_event(engine: &dyn Engine, space: Space) -> Result<u64, StoreError> {
    let prefix = space.prefix(Kind::Events);
    let last = scan::under(engine, &prefix, None, 1, Direction::Backward)?;
    Ok(last.first().and_then(|(key, _)| event_number(key)).unwrap_or(0))
}

/// The number in the key of events.
pub(crate) fn event_number(key: &[u8]) -> Option<u64> {
    keyspace::rest(key).try_into().ok().map(u64::from_be_bytes)
}

/// One change on top of its group.
struct Draft<'g, 'a> {
    group: &'g Group<'a>,
    own: Staged,
}

impl Draft<'_, '_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.own.get(key).or_else(|| self.group.staged.get(key)) {
            Some(value) => Ok(value.clone()),
            None => self.group.engine.get(key),
        }
    }

    fn decide(&mut self, change: &Prepared) -> Result<Committed, StoreError> {
        if let Some(space) = change.empty {
            let found = scan::under(self.group.engine, &space.0, None, 1, Direction::Forward)?;
            if !found.is_empty() || self.group.staged.keys().any(|key| key.starts_with(&space.0)) {
                return Err(StoreError::Exists {
                    table: plugdesk_domain::Table::Desk,
                    key: "to import into holds something".to_owned(),
                });
            }
        }
        for check in &change.checks {
            let stored = self.get(&check.key)?;
            let version = version(&check.key, stored.as_deref())?;
            if version != expected(check.expect) {
                return Err(StoreError::Conflict { table: check.table, key: check.readable.clone() });
            }
        }
        let mut new_entries = Vec::new();
        for write in &change.writes {
            self.write(change.space, write, &mut new_entries)?;
        }
        for (write, entry) in new_entries {
            self.enter(write, entry)?;
        }
        for (key, by) in &change.counters {
            let stands = counter(key, self.get(key)?.as_deref())?;
            let sum = stands.saturating_add(*by);
            self.own.insert(key.clone(), Some(envelope::seal(key, 0, &sum.to_le_bytes())));
        }
        for Operation { key, value } in &change.raw {
            self.own.insert(key.clone(), value.clone());
        }
        self.tell(change)
    }

    /// Checks and stages one record, and takes back the index entries that no longer hold.
    fn write<'w>(
        &mut self,
        space: Space,
        write: &'w PreparedWrite,
        new_entries: &mut Vec<(&'w PreparedWrite, &'w Entry)>,
    ) -> Result<(), StoreError> {
        let conflict = || StoreError::Conflict { table: write.table, key: write.readable.clone() };
        if self.own.contains_key(&write.key) {
            // A record stands in a change at most once.
            return Err(conflict());
        }
        let stored = self.get(&write.key)?;
        if version(&write.key, stored.as_deref())? != expected(write.expect) {
            return Err(match write.expect {
                Expect::Absent => StoreError::Exists { table: write.table, key: write.readable.clone() },
                Expect::Version(_) => conflict(),
            });
        }
        let new = write.new.as_ref().map_or(&[][..], |new| new.entries.as_slice());
        if let Some(stored) = stored {
            // The same version may have other content if the record was deleted and made again meanwhile.
            let derived;
            let old = match &write.old {
                Some((seen, entries)) if *seen == stored => entries,
                _ => {
                    derived = stored_entries(space, write.table, &write.key, &stored)?;
                    &derived
                }
            };
            for entry in old.iter().filter(|entry| !new.contains(entry)) {
                self.own.insert(entry.key.clone(), None);
            }
            new_entries.extend(new.iter().filter(|entry| !old.contains(entry)).map(|entry| (write, entry)));
        } else {
            new_entries.extend(new.iter().map(|entry| (write, entry)));
        }
        self.own.insert(write.key.clone(), write.new.as_ref().map(|new| new.stored.clone()));
        Ok(())
    }

    /// Stages an index entry; a unique one must be free.
    fn enter(&mut self, write: &PreparedWrite, entry: &Entry) -> Result<(), StoreError> {
        if entry.unique && self.get(&entry.key)?.is_some_and(|holder| holder != entry.record) {
            return Err(StoreError::Exists { table: write.table, key: entry.readable() });
        }
        self.own.insert(entry.key.clone(), Some(entry.record.clone()));
        Ok(())
    }

    /// Numbers the events. Those of one change stand under one key, the last one's number: keys cost, not bytes.
    fn tell(&mut self, change: &Prepared) -> Result<Committed, StoreError> {
        let head = self.group.head(change.space)?;
        let mut sequence = head;
        let mut json = Vec::new();
        for (place, draft) in change.events.iter().enumerate() {
            sequence += 1;
            json.extend_from_slice(if json.is_empty() { b"[" } else { b"," });
            // A draft is a JSON object with at least its name, so what follows its brace follows a comma too.
            json.extend_from_slice(format!("{{\"sequence\":{sequence},").as_bytes());
            json.extend_from_slice(draft.get(1..).unwrap_or_default());
            let next = change.events.get(place + 1).map_or(usize::MAX, |next| json.len() + next.len() + 64);
            if next > envelope::MOST_VALUE_BYTES {
                json.push(b']');
                let key = change.space.events(sequence);
                self.own.insert(key.clone(), Some(envelope::seal(&key, 0, &json)));
                json.clear();
            }
        }
        let first = if sequence == head { head } else { head + 1 };
        Ok(Committed { first_event: first, last_event: sequence })
    }
}

fn expected(expect: Expect) -> Option<u64> {
    match expect {
        Expect::Absent => None,
        Expect::Version(version) => Some(version),
    }
}

fn version(key: &[u8], stored: Option<&[u8]>) -> Result<Option<u64>, StoreError> {
    stored.map(|stored| envelope::version(key, stored)).transpose()
}

/// What a stored counter stands at.
pub(crate) fn counter(key: &[u8], stored: Option<&[u8]>) -> Result<i64, StoreError> {
    let Some(stored) = stored else { return Ok(0) };
    let (_, value) = envelope::open(key, stored)?;
    let bytes =
        value.as_ref().try_into().map_err(|_| StoreError::Damaged("a counter is not eight bytes".to_owned()))?;
    Ok(i64::from_le_bytes(bytes))
}
