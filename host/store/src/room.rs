//! Room on the disk: what counts as full, and the reserve that long writes leave to the journal and the tree.

use std::io::{self, ErrorKind, Write};
use std::path::Path;

use plugdesk_domain::StoreError;

use crate::files::{Files, Output};

/// Two of sled's segments: the one it writes and the one it begins.
const PROBED_BYTES: usize = 16 << 20;

/// Whether an error says that there is no room: on the disk, in a quota, or in a file that may not grow.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge)
}

/// That less than the reserve is free.
#[derive(Debug, thiserror::Error)]
#[error("{free} bytes are free, {reserve} are kept in reserve")]
struct Reserved {
    free: u64,
    reserve: u64,
}

/// What a failed write means: no room, which passes, or a disk that failed. The first is told to clients, so it names no
/// place on the disk.
pub(crate) fn failed(what: &str, error: &io::Error) -> StoreError {
    let reserved = error.get_ref().and_then(|it| it.downcast_ref::<Reserved>());
    match (reserved, is_full(error)) {
        (Some(reserved), _) => StoreError::NoSpace(reserved.to_string()),
        (None, true) => StoreError::NoSpace(format!("{what}: {}", error.kind())),
        (None, false) => StoreError::Io(format!("{what}: {error}")),
    }
}

/// Whether `bytes` more leave the reserve free.
pub(crate) fn check(files: &dyn Files, folder: &Path, reserve: u64, bytes: u64) -> io::Result<()> {
    let free = files.free_bytes(folder)?;
    match free < reserve.saturating_add(bytes) {
        true => Err(io::Error::new(ErrorKind::StorageFull, Reserved { free, reserve })),
        false => Ok(()),
    }
}

/// Whether sled would find room for its next segments now: where a quota is what is used up, what is said to be free tells
/// nothing. What is written for it is gone again.
pub(crate) fn probe(files: &dyn Files, folder: &Path) -> io::Result<()> {
    let path = folder.join("room.tmp");
    let written = files.create(&path).and_then(|mut file| {
        let block = vec![0x5a; 1 << 20];
        (0..PROBED_BYTES).step_by(block.len()).try_for_each(|_| file.write_all(&block))?;
        file.sync()
    });
    files.remove(&path)?;
    written
}

/// So many bytes are made durable at a time. What a file system has to write for any file that grew, it writes before it
/// calls a record of the journal durable (ext4's `data=ordered`): a snapshot of a gigabyte, written in one go, would hold
/// up every commit for seconds at its end.
const STEP_BYTES: usize = 4 << 20;

/// A long write that stops before it takes the reserve, and goes to the disk in steps: a snapshot, a dump set aside.
pub(crate) struct Sparing<'a> {
    to: Box<dyn Output>,
    files: &'a dyn Files,
    folder: &'a Path,
    reserve: u64,
    unsynced: usize,
}

impl<'a> Sparing<'a> {
    /// Writes on to a file on the disk that holds `folder`.
    pub(crate) fn new(to: Box<dyn Output>, files: &'a dyn Files, folder: &'a Path, reserve: u64) -> Self {
        Self { to, files, folder, reserve, unsynced: 0 }
    }

    /// Makes the rest durable.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        self.unsynced = 0;
        self.to.sync()
    }
}

impl Write for Sparing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        check(self.files, self.folder, self.reserve, bytes.len() as u64)?;
        let written = self.to.write(bytes)?;
        self.unsynced += written;
        if self.unsynced >= STEP_BYTES {
            self.sync()?;
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::files::RealFiles;

    /// What was written since it was made durable last, and the most that ever was.
    #[derive(Clone, Default)]
    struct Dirty(std::sync::Arc<Mutex<(usize, usize)>>);

    impl Write for Dirty {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut dirty = self.0.lock().unwrap();
            dirty.0 += bytes.len();
            dirty.1 = dirty.1.max(dirty.0);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Output for Dirty {
        fn sync(&mut self) -> io::Result<()> {
            self.0.lock().unwrap().0 = 0;
            Ok(())
        }
        fn truncate(&mut self, _: u64) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_long_write_never_leaves_more_to_the_disk_than_a_commit_can_wait_for() {
        let (folder, dirty) = (tempfile::tempdir().unwrap(), Dirty::default());
        let mut sparing = Sparing::new(Box::new(dirty.clone()), &RealFiles, folder.path(), 0);
        let chunk = vec![7; 300_000];
        (0..200).for_each(|_| sparing.write_all(&chunk).unwrap());
        assert!(dirty.0.lock().unwrap().1 < STEP_BYTES + chunk.len());
        sparing.sync().unwrap();
        assert_eq!(dirty.0.lock().unwrap().0, 0);
    }
}
