//! Where an open store's files are, and whether they are still there and have room.

use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::files::Files;

/// The file that says who has the folder.
pub(crate) const LOCK: &str = "LOCK";

/// Where the journal and its companions are.
pub(crate) struct Disk {
    pub(crate) files: Arc<dyn Files>,
    pub(crate) folder: PathBuf,
    /// Of the journal's segments.
    pub(crate) journal_bytes: AtomicU64,
    /// Of the snapshots.
    pub(crate) snapshot_bytes: AtomicU64,
    /// The tree holds, durably, everything up to here.
    pub(crate) checkpoint: AtomicU64,
    /// Less is never left free by a write.
    pub(crate) reserve_bytes: u64,
    /// The lock that this process holds, as the file system knows it.
    pub(crate) lock: Held,
}

/// A lock file that is held, by device and inode: its name alone may come to mean another folder's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Held {
    device: u64,
    inode: u64,
}

impl Held {
    pub(crate) fn of(file: &std::fs::Metadata) -> Self {
        Self { device: file.dev(), inode: file.ino() }
    }
}

impl Disk {
    /// Whether the folder was taken away from under this process: removed, or another one stands in its place. Nothing
    /// may be written by name then: it would land in a folder that is somebody else's.
    pub(crate) fn is_taken_away(&self) -> bool {
        let there = std::fs::symlink_metadata(self.folder.join(LOCK));
        // What can't be looked at for another reason is no proof that it is gone.
        there.map_or_else(|error| error.kind() == std::io::ErrorKind::NotFound, |it| Held::of(&it) != self.lock)
    }

    /// Why there is no room for a write; none: there is.
    pub(crate) fn no_space(&self) -> std::io::Result<Option<String>> {
        let (free, reserve) = (self.files.free_bytes(&self.folder)?, self.reserve_bytes);
        Ok((free < reserve).then(|| format!("{free} bytes are free, {reserve} are kept in reserve")))
    }
}
