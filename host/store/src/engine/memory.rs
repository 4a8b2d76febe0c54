//! The engine without a disk: for tests, previews and scratch work. Everything is gone when the process ends.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use plugdesk_domain::{Direction, StoreError};

use super::{Engine, Pair, Range};
use crate::operation::Operation;

/// A sorted map.
#[derive(Debug, Default)]
pub(crate) struct MemoryEngine {
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    map: BTreeMap<Vec<u8>, Vec<u8>>,
    applied: u64,
}

impl MemoryEngine {
    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A range that `BTreeMap::range` would panic on holds nothing.
fn is_empty((from, to): &Range<'_>) -> bool {
    match (from, to) {
        (Bound::Included(a), Bound::Included(b)) => a > b,
        (Bound::Included(a) | Bound::Excluded(a), Bound::Included(b) | Bound::Excluded(b)) => a >= b,
        _ => false,
    }
}

impl Engine for MemoryEngine {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.state().map.get(key).cloned())
    }

    fn scan(&self, range: Range<'_>, limit: usize, direction: Direction) -> Result<Vec<Pair>, StoreError> {
        if is_empty(&range) {
            return Ok(Vec::new());
        }
        let state = self.state();
        let found = state.map.range::<[u8], _>(range).map(|(key, value)| (key.clone(), value.clone()));
        Ok(match direction {
            Direction::Forward => found.take(limit).collect(),
            Direction::Backward => found.rev().take(limit).collect(),
        })
    }

    fn apply(&self, operations: &[Operation], sequence: u64) -> Result<(), StoreError> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        for Operation { key, value } in operations {
            match value {
                Some(value) => drop(state.map.insert(key.clone(), value.clone())),
                None => drop(state.map.remove(key)),
            }
        }
        state.applied = sequence;
        Ok(())
    }

    fn applied(&self) -> Result<u64, StoreError> {
        Ok(self.state().applied)
    }

    fn sync(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn disk_bytes(&self) -> u64 {
        0
    }

    fn file_bytes(&self) -> u64 {
        0
    }
}
