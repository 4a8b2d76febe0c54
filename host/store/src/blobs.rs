//! Content-addressed files: `blobs/ab/<digest>`. Their name is their checksum.

use std::collections::HashMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use plugdesk_domain::{Blobs, Digest, StoreError};

use crate::files::{self, Files};
use crate::keyspace::too_large;
use crate::room;
use crate::shared::lock;

/// The largest file kept: a Python policy's component has 18 MB; what is larger belongs into a file store. Whoever
/// takes a file from a client to keep it here, an import's for example, takes no larger one.
pub const MOST_BLOB_BYTES: usize = 64 << 20;

/// Files in memory, or on disk.
pub(crate) enum BlobStore {
    Memory(Mutex<HashMap<Digest, Vec<u8>>>),
    Disk(DiskBlobs),
}

/// Files on disk.
pub(crate) struct DiskBlobs {
    files: Arc<dyn Files>,
    folder: PathBuf,
    bytes: AtomicU64,
    /// What must stay free for the journal and the tree.
    reserve_bytes: u64,
    /// One writer at a time: two that put the same bytes would write the same temporary file.
    writing: Mutex<()>,
}

fn failed(digest: &Digest) -> impl Fn(io::Error) -> StoreError + '_ {
    move |error| room::failed(&format!("file {digest}"), &error)
}

impl DiskBlobs {
    pub(crate) fn open(files: Arc<dyn Files>, store: &Path, reserve_bytes: u64) -> io::Result<Self> {
        let folder = store.join("blobs");
        files.create_folder(&folder)?;
        files.sync_folder(store)?;
        let blobs = Self { files, folder, bytes: AtomicU64::new(0), reserve_bytes, writing: Mutex::new(()) };
        for folder in blobs.files.list(&blobs.folder)?.into_iter().filter(|name| name.len() == 2) {
            files::remove_unfinished(&*blobs.files, &blobs.folder.join(folder))?;
        }
        for digest in blobs.list()? {
            blobs.bytes.fetch_add(blobs.files.length(&blobs.path(&digest))?.unwrap_or(0), Ordering::Relaxed);
        }
        Ok(blobs)
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        let name = digest.to_string();
        self.folder.join(name.get(..2).unwrap_or_default()).join(name)
    }

    /// Every file there is.
    fn list(&self) -> io::Result<Vec<Digest>> {
        let mut digests = Vec::new();
        for folder in self.files.list(&self.folder)?.into_iter().filter(|name| name.len() == 2) {
            let names = self.files.list(&self.folder.join(&folder))?;
            // One that stands in another's folder is found by nobody who looks for it.
            let own = names.iter().filter(|name| name.starts_with(&folder));
            digests.extend(own.filter_map(|name| name.parse::<Digest>().ok()));
        }
        digests.sort();
        Ok(digests)
    }

    fn put(&self, digest: &Digest, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(digest);
        let folder = path.parent().unwrap_or(&self.folder);
        let _alone = lock(&self.writing);
        if self.read(digest)?.is_some_and(|stored| stored == bytes) {
            // It may have been renamed right before a crash.
            return self.files.sync_folder(folder);
        }
        room::check(&*self.files, &self.folder, self.reserve_bytes, bytes.len() as u64)?;
        self.files.create_folder(folder)?;
        self.files.sync_folder(&self.folder)?;
        let replaced = self.files.length(&path)?.unwrap_or(0);
        files::replace(&*self.files, &path, bytes)?;
        self.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.bytes.fetch_sub(replaced, Ordering::Relaxed);
        Ok(())
    }

    fn read(&self, digest: &Digest) -> io::Result<Option<Vec<u8>>> {
        let path = self.path(digest);
        let Some(length) = self.files.length(&path)? else { return Ok(None) };
        let mut bytes = Vec::with_capacity((length as usize).min(MOST_BLOB_BYTES));
        self.files.read(&path)?.take(MOST_BLOB_BYTES as u64 + 1).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }
}

impl BlobStore {
    /// Every file there is, sorted.
    pub(crate) fn list(&self) -> Result<Vec<Digest>, StoreError> {
        match self {
            Self::Memory(files) => {
                let mut digests: Vec<Digest> = lock(files).keys().copied().collect();
                digests.sort();
                Ok(digests)
            }
            Self::Disk(disk) => {
                disk.list().map_err(|error| StoreError::Io(format!("the files can't be listed: {error}")))
            }
        }
    }

    pub(crate) fn disk_bytes(&self) -> u64 {
        match self {
            Self::Memory(_) => 0,
            Self::Disk(disk) => disk.bytes.load(Ordering::Relaxed),
        }
    }
}

impl Blobs for BlobStore {
    fn put(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        if bytes.len() > MOST_BLOB_BYTES {
            return Err(too_large("the file", bytes.len(), MOST_BLOB_BYTES));
        }
        let digest = Digest::of(bytes);
        match self {
            Self::Memory(files) => drop(lock(files).insert(digest, bytes.to_vec())),
            Self::Disk(disk) => disk.put(&digest, bytes).map_err(failed(&digest))?,
        }
        Ok(digest)
    }

    fn get(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let bytes = match self {
            Self::Memory(files) => lock(files).get(digest).cloned(),
            Self::Disk(disk) => disk.read(digest).map_err(failed(digest))?,
        };
        match bytes {
            Some(bytes) if Digest::of(&bytes) != *digest => {
                let helps = "storing it again, or copying it from a restored backup, repairs it";
                Err(StoreError::Damaged(format!("file {digest} does not match its name; {helps}")))
            }
            bytes => Ok(bytes),
        }
    }
}
