//! How a store is opened.

use std::path::PathBuf;
use std::sync::Arc;

use crate::files::{Files, RealFiles};

/// How a store on disk is opened. [`Options::new`] is what production takes; the rest is for machines that differ
/// and for tests.
#[derive(Clone)]
pub struct Options {
    /// The folder that holds the store; made if it is not there. One process at a time.
    pub folder: PathBuf,
    /// Memory for sled's page cache, in bytes. A million records of 1 kB took 270 MB in all with 256 MiB.
    pub cache_bytes: u64,
    /// A journal segment ends when it reaches so many bytes: small enough to be read whole when the store is opened,
    /// large enough that segments are few.
    pub segment_bytes: u64,
    /// A snapshot is made when the journal reaches so many bytes and twice the size of what was snapshot last.
    pub snapshot_bytes: u64,
    /// The checkpoint moves when so many bytes were journalled since; this is what opening after a kill reads again.
    pub checkpoint_bytes: u64,
    /// The captured inputs take at most so many bytes; the oldest go first.
    pub captures_bytes: u64,
    /// Writes are refused, and reads go on, while the disk has less free than this: sled takes space in segments of
    /// 8 MiB after the journal's record is already durable, and must not be the one who finds the disk full.
    pub reserve_bytes: u64,
    /// What names this run of the machine; another name than last time means that the page cache is gone. `None`:
    /// nothing does, so every unclean end counts as a power cut.
    pub boot: Option<String>,
    /// Whether a copy of a folder, made while the store was open, is known as one: its tree is built anew then. Tests that
    /// copy what nobody writes to say no.
    pub know_copies: bool,
    /// The file layer under journal, checkpoint, snapshots and blobs.
    pub files: Arc<dyn Files>,
    /// The tree that holds everything for reading.
    pub tree: Tree,
}

/// The tree behind the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tree {
    /// sled, in the store's folder.
    #[default]
    Sled,
    /// Memory, built from snapshot and journal at each opening: durable, but only for what fits. Tests of the journal
    /// use it.
    Memory,
}

impl Options {
    /// What production takes.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            cache_bytes: 256 << 20,
            segment_bytes: 32 << 20,
            snapshot_bytes: 128 << 20,
            checkpoint_bytes: 8 << 20,
            captures_bytes: 1 << 30,
            reserve_bytes: 64 << 20,
            boot: boot(),
            know_copies: true,
            files: Arc::new(RealFiles),
            tree: Tree::Sled,
        }
    }

    /// Memory for sled's page cache, in bytes.
    #[must_use]
    pub fn with_cache_bytes(self, cache_bytes: u64) -> Self {
        Self { cache_bytes, ..self }
    }
}

/// Linux names each boot (proc_sys_kernel(5), `random/boot_id`).
fn boot() -> Option<String> {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(id.trim().to_owned()).filter(|id| !id.is_empty())
}
