//! sled 0.34.7 as the tree that holds and serves everything. Durability is the journal's business, not sled's.
//!
//! Its rules, each measured before it was believed
//! - `flush` is `sync_file_range`, not an fsync: [`SledEngine::sync`] adds our own `fdatasync` of its `db` file.
//! - A tree page above a quarter segment goes to a blob file that is never synced: segments are 8 MiB, chosen on the
//!   first day because they can never be changed.
//! - `flush_async` deadlocks: never called. Its own flushing thread is off.
//! - Damage makes it panic rather than return an error: every call is contained.
//! - Damage in the part of its log that it reads when it opens it skips without a word, and what was written there is
//!   gone: so that part is read by ourselves first, in `sled/log.rs`.
//! - An error of the disk stays until it is opened anew.

mod log;

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use plugdesk_domain::{Direction, StoreError};

use super::{Engine, Pair, Range};
use crate::keyspace;
use crate::operation::Operation;
use crate::room;

/// Chosen so that a page full of our largest values stays out of blob files (0 of 100 power cuts lost); sled refuses
/// to open a folder with any other size.
const SEGMENT_BYTES: usize = 8 << 20;
/// sled's file lock outlives its handle by some milliseconds while its threads end; a store that was closed and is
/// opened again in one process waits so often, so long.
const LOCK_TRIES: u32 = 100;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// A folder of sled's.
pub(crate) struct SledEngine {
    tree: sled::Tree,
    db: sled::Db,
    file: File,
    applied_key: Vec<u8>,
}

impl SledEngine {
    /// Opens or makes the folder. A damaged one makes sled panic; that panic is returned as [`StoreError::Damaged`],
    /// unless the program was built with `panic = "abort"`, where nothing can be contained.
    pub(crate) fn open(folder: &Path, cache_bytes: u64) -> Result<Self, StoreError> {
        let skips = log::skips(folder, SEGMENT_BYTES);
        if let Some(what) = skips.map_err(|error| room::failed("sled's folder can't be read", &error))? {
            return Err(StoreError::Damaged(what));
        }
        contained(|| {
            let db = open_unlocked(folder, cache_bytes)?;
            let tree = db.open_tree("records").map_err(failed)?;
            let file = File::options().read(true).write(true).open(folder.join("db"));
            let file = file.map_err(|error| StoreError::Io(format!("sled's db file can't be opened: {error}")))?;
            Ok(Self { tree, db, file, applied_key: keyspace::meta("applied") })
        })
    }
}

fn open_unlocked(folder: &Path, cache_bytes: u64) -> Result<sled::Db, StoreError> {
    let config = || {
        sled::Config::new()
            .path(folder)
            .cache_capacity(cache_bytes)
            .segment_size(SEGMENT_BYTES)
            .flush_every_ms(None)
            .mode(sled::Mode::HighThroughput)
    };
    for _ in 1..LOCK_TRIES {
        match config().open() {
            Err(sled::Error::Io(error)) if error.to_string().contains("could not acquire lock") => {
                std::thread::sleep(LOCK_PAUSE);
            }
            other => return other.map_err(failed),
        }
    }
    config().open().map_err(failed)
}

fn failed(error: sled::Error) -> StoreError {
    match error {
        sled::Error::Io(error) => room::failed("sled", &error),
        other => StoreError::Damaged(format!("sled: {other}; closing and opening the store rebuilds it")),
    }
}

/// Turns a panic of sled's into an error.
fn contained<T>(act: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(act)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
        let text: String = text.chars().take(200).collect();
        Err(StoreError::Damaged(format!("sled panicked ({text}); closing and opening the store rebuilds it")))
    })
}

fn pair(found: sled::Result<(sled::IVec, sled::IVec)>) -> Result<Pair, StoreError> {
    found.map(|(key, value)| (key.to_vec(), value.to_vec())).map_err(failed)
}

impl Engine for SledEngine {
    fn name(&self) -> &'static str {
        "sled"
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        contained(|| Ok(self.tree.get(key).map_err(failed)?.map(|value| value.to_vec())))
    }

    fn scan(&self, range: Range<'_>, limit: usize, direction: Direction) -> Result<Vec<Pair>, StoreError> {
        contained(|| {
            let found = self.tree.range::<&[u8], _>(range);
            match direction {
                Direction::Forward => found.take(limit).map(pair).collect(),
                Direction::Backward => found.rev().take(limit).map(pair).collect(),
            }
        })
    }

    fn apply(&self, operations: &[Operation], sequence: u64) -> Result<(), StoreError> {
        let mut batch = sled::Batch::default();
        for Operation { key, value } in operations {
            match value {
                Some(value) => batch.insert(key.as_slice(), value.as_slice()),
                None => batch.remove(key.as_slice()),
            }
        }
        batch.insert(self.applied_key.as_slice(), &sequence.to_le_bytes());
        contained(|| self.tree.apply_batch(batch).map_err(failed))
    }

    fn applied(&self) -> Result<u64, StoreError> {
        let value = self.get(&self.applied_key)?;
        Ok(value.and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes))
    }

    fn sync(&self) -> Result<(), StoreError> {
        contained(|| self.db.flush().map(drop).map_err(failed))?;
        rustix::fs::fdatasync(&self.file).map_err(|error| room::failed("fdatasync of sled's db file", &error.into()))
    }

    fn disk_bytes(&self) -> u64 {
        contained(|| self.db.size_on_disk().map_err(failed)).unwrap_or(0)
    }

    fn file_bytes(&self) -> u64 {
        self.file.metadata().map_or(0, |metadata| metadata.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_folder_is_an_error_and_no_panic() {
        let folder = tempfile::tempdir().unwrap();
        {
            let engine = SledEngine::open(folder.path(), 8 << 20).unwrap();
            for sequence in 1..50u64 {
                let put = Operation::put(sequence.to_be_bytes().to_vec(), vec![7; 2000]);
                engine.apply(&[put], sequence).unwrap();
            }
            engine.sync().unwrap();
        }
        let path = folder.path().join("db");
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[1000..1016].fill(0xa5);
        bytes[3000..3016].fill(0xa5);
        std::fs::write(&path, bytes).unwrap();
        match SledEngine::open(folder.path(), 8 << 20) {
            Err(_) => {}
            Ok(engine) => {
                let whole =
                    (1..50u64).all(|key| matches!(engine.get(&key.to_be_bytes()), Ok(Some(v)) if v == vec![7; 2000]));
                assert!(!whole || engine.applied() == Ok(49), "damage went unnoticed");
            }
        }
    }
}
