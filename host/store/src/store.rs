//! A whole store: its threads, its ports, its beginning and its end.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;

use plugdesk_domain::{Blobs, Captures, DeskId, Direction, Maintenance, Records, Storage, StoreError};

use crate::blobs::{BlobStore, DiskBlobs};
use crate::captures::CaptureStore;
use crate::care::Care;
use crate::committer::{Committer, OnDisk};
use crate::disk::{Disk, Held};
use crate::engine::{Engine, MemoryEngine};
use crate::error::Error;
use crate::keyspace::{self, Space};
use crate::numbers;
use crate::opening;
use crate::options::Options;
use crate::records::DeskRecords;
use crate::shared::{Shared, lock};
use crate::snapshotter;
use crate::{envelope, import, scan};

/// A whole store: open it, take the ports, close it. Dropping it closes it too.
pub struct Store {
    shared: Arc<Shared>,
    blobs: Arc<BlobStore>,
    captures: Arc<CaptureStore>,
    care: Arc<Care>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    lock: Mutex<Option<File>>,
    closed: AtomicBool,
}

impl Store {
    /// Opens the store in a folder, or makes one. Takes as long as sled takes, plus what must be repaired;
    /// [`plugdesk_domain::Health::repaired`] says what was.
    ///
    /// # Errors
    /// [`Error::InUse`] when another process has it; [`Error::Journal`] and [`Error::Gap`] when what was acknowledged
    /// can't be found again without a backup: nothing is changed then.
    pub fn open(options: &Options) -> Result<Arc<Self>, Error> {
        let mut opened = opening::open(options)?;
        let failed = |what: &'static str| move |error: std::io::Error| Error::io(what, &error);
        let blobs = DiskBlobs::open(options.files.clone(), &options.folder, options.reserve_bytes)
            .map_err(failed("the files can't be opened"))?;
        let captures = CaptureStore::open(&options.folder, options.captures_bytes, options.reserve_bytes);
        let captures = captures.map_err(failed("the captures can't be opened"))?;
        if !opened.clean {
            opened.repaired.extend(captures.mend());
        }
        let sequence = opened.journal.sequence();
        let disk = Disk {
            files: options.files.clone(),
            folder: options.folder.clone(),
            journal_bytes: AtomicU64::new(opened.journal_bytes),
            snapshot_bytes: AtomicU64::new(opened.snapshot_bytes),
            checkpoint: AtomicU64::new(sequence),
            reserve_bytes: options.reserve_bytes,
            lock: Held::of(&opened.lock.metadata().map_err(failed("the lock can't be looked at"))?),
        };
        let spaces = spaces(&*opened.engine)?;
        let shared = Arc::new(Shared::new(opened.engine.clone(), Some(disk), sequence, spaces));
        let (ask_snapshot, asked) = mpsc::sync_channel(1);
        let on_disk = OnDisk { journal: opened.journal, boot: opened.boot, options: options.clone(), ask_snapshot };
        let store =
            Self::begin(shared, opened.engine, Some(on_disk), BlobStore::Disk(blobs), captures, opened.repaired)?;
        *lock(&store.lock) = Some(opened.lock);
        let shared = store.shared.clone();
        store.spawn("plugdesk-snapshots", move || snapshotter::run(&shared, &asked))?;
        match import::remove_unfinished(&store.shared) {
            // Nobody reads it; the next opening removes it when there is room.
            Ok(()) | Err(StoreError::NoSpace(_)) => Ok(Arc::new(store)),
            Err(error) => Err(error.into()),
        }
    }

    /// A store in memory: same records, same rules, gone when it is dropped.
    pub fn memory() -> Arc<Self> {
        let store = Self::over_memory(Arc::new(MemoryEngine::default()), BlobStore::Memory(Mutex::default()));
        // Without threads there is no store at all; nothing was asked of it yet.
        Arc::new(store.expect("a thread can be started"))
    }

    /// A store in memory with what a backup holds.
    pub fn memory_from(backup: &mut dyn Read) -> Result<Arc<Self>, Error> {
        let engine = Arc::new(MemoryEngine::default());
        let blobs = BlobStore::Memory(Mutex::default());
        crate::restore::into(backup, &*engine, &blobs)?;
        let store = Self::over_memory(engine, blobs)?;
        // The backup may have been made while an import went on.
        import::remove_unfinished(&store.shared)?;
        Ok(Arc::new(store))
    }

    /// What scans read since it was opened: scans, index entries or keys looked at, records read.
    pub fn scanned(&self) -> (u64, u64, u64) {
        let reads = &self.shared.reads;
        let load = |it: &AtomicU64| it.load(Ordering::Relaxed);
        (load(&reads.scans), load(&reads.entries), load(&reads.records))
    }

    fn over_memory(engine: Arc<MemoryEngine>, blobs: BlobStore) -> Result<Self, Error> {
        let spaces = spaces(&*engine)?;
        let sequence = engine.applied()?;
        let shared = Arc::new(Shared::new(engine.clone(), None, sequence, spaces));
        Self::begin(shared, engine, None, blobs, CaptureStore::memory(), Vec::new())
    }

    fn begin(
        shared: Arc<Shared>,
        engine: Arc<dyn Engine>,
        disk: Option<OnDisk>,
        blobs: BlobStore,
        captures: CaptureStore,
        repaired: Vec<String>,
    ) -> Result<Self, Error> {
        let (blobs, captures) = (Arc::new(blobs), Arc::new(captures));
        let care =
            Arc::new(Care { shared: shared.clone(), blobs: blobs.clone(), captures: captures.clone(), repaired });
        let committer = Committer::new(shared.clone(), engine, disk);
        let (threads, lock, closed) = (Mutex::default(), Mutex::default(), AtomicBool::new(false));
        let store = Self { shared, blobs, captures, care, threads, lock, closed };
        store.spawn("plugdesk-committer", move || committer.run())?;
        Ok(store)
    }

    fn spawn(&self, name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Error> {
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
        let thread = thread.map_err(|error| Error::io("a thread of the store can't be started", &error))?;
        lock(&self.threads).push(thread);
        Ok(())
    }
}

/// The desks whose place an imported space took.
pub(crate) fn spaces(engine: &dyn Engine) -> Result<HashMap<DeskId, Space>, StoreError> {
    let prefix = keyspace::meta(import::PLACE);
    let mut spaces = HashMap::new();
    for (key, stored) in scan::under(engine, &prefix, None, usize::MAX, Direction::Forward)? {
        let (_, value) = envelope::open(&key, &stored)?;
        let desk = key.get(prefix.len()..).and_then(|id| id.try_into().ok());
        if let (Some(desk), Some(space)) = (desk, Space::from_key(&value)) {
            spaces.insert(DeskId::from_uuid(uuid::Uuid::from_bytes(desk)), space);
        }
    }
    Ok(spaces)
}

impl Storage for Store {
    fn records(&self, desk: DeskId) -> Arc<dyn Records> {
        Arc::new(DeskRecords { shared: self.shared.clone(), desk })
    }

    fn blobs(&self) -> Arc<dyn Blobs> {
        self.blobs.clone()
    }

    fn captures(&self) -> Arc<dyn Captures> {
        self.captures.clone()
    }

    fn maintenance(&self) -> Arc<dyn Maintenance> {
        self.care.clone()
    }

    fn close(&self) -> Result<(), StoreError> {
        if self.closed.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        self.shared.set_closing();
        numbers::give_back(&self.shared);
        self.shared.queue.close();
        let threads = std::mem::take(&mut *lock(&self.threads));
        let own = std::thread::current().id();
        // Whoever closes the store from the committer's own thread can't wait for its end.
        for thread in threads.into_iter().filter(|thread| thread.thread().id() != own) {
            drop(thread.join());
        }
        self.captures.close();
        let failed = self.shared.read_only();
        self.shared.set_read_only("it is closed".to_owned());
        self.shared.close_engine();
        drop(lock(&self.lock).take());
        failed.map_or(Ok(()), |why| Err(StoreError::ReadOnly(why)))
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        drop(self.close());
    }
}
