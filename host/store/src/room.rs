//! Room on the disk: what counts as full, and the reserve that long writes leave to the journal and the tree.

use std::io::{self, ErrorKind, Write};
use std::path::Path;

use plugdesk_domain::StoreError;

use crate::files::Files;

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

/// A long write that stops before it takes the reserve: a snapshot, a dump set aside.
pub(crate) struct Sparing<'a, W> {
    pub(crate) to: W,
    pub(crate) files: &'a dyn Files,
    pub(crate) folder: &'a Path,
    pub(crate) reserve: u64,
}

impl<W: Write> Write for Sparing<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        check(self.files, self.folder, self.reserve, bytes.len() as u64)?;
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
