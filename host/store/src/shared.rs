//! What readers, the committer and the maintenance of one store share.

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, mpsc};

use plugdesk_domain::{Committed, DeskId, StoreError};

use crate::engine::Engine;
use crate::files::Files;
use crate::keyspace::Space;
use crate::numbers::Numbers;
use crate::prepare::{Prepared, Waiting};
use crate::queue::Queue;
use crate::scan::Reads;
use crate::watchers::{Watcher, Watchers};

/// The file that says who has the folder.
pub(crate) const LOCK: &str = "LOCK";
/// What is said once the folder is not this process's any more.
pub(crate) const TAKEN_AWAY: &str =
    "its folder was removed or replaced while it was open; stop this process, nothing more is written";

/// A lock whose holder panicked protects state that is still whole here: every change to it is one assignment.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

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

/// What the parts of one open store share.
pub(crate) struct Shared {
    /// Held for writing while a batch is applied, so that a page is read at one moment. None: closed.
    engine: RwLock<Option<Arc<dyn Engine>>>,
    engine_name: &'static str,
    pub(crate) queue: Queue,
    /// Desks whose place an imported space took.
    spaces: RwLock<HashMap<DeskId, Space>>,
    read_only: Mutex<Option<String>>,
    watchers: Mutex<Watchers>,
    pub(crate) numbers: Numbers,
    appended: AtomicU64,
    applied: AtomicU64,
    pub(crate) disk: Option<Disk>,
    closing: AtomicBool,
    /// What in the tree could not be read.
    damaged: Mutex<Option<String>>,
    /// Whether a snapshot is to be made after the next group, in a journal segment of its own.
    pub(crate) renew: AtomicBool,
    /// What scans read.
    pub(crate) reads: Reads,
    /// One dump, snapshot or `verify` at a time: each reads a great deal. Nobody holds it while waiting for a client.
    pub(crate) care: Mutex<()>,
    /// One import at a time: it ends by taking a place that must still be empty. A slow sender delays other imports
    /// and `verify`, and nothing else.
    pub(crate) importing: Mutex<()>,
    /// Cloned by each dump that is set aside, to count them.
    pub(crate) aside: Arc<()>,
}

impl Shared {
    pub(crate) fn new(
        engine: Arc<dyn Engine>,
        disk: Option<Disk>,
        sequence: u64,
        spaces: HashMap<DeskId, Space>,
    ) -> Self {
        Self {
            engine_name: engine.name(),
            engine: RwLock::new(Some(engine)),
            queue: Queue::default(),
            spaces: RwLock::new(spaces),
            read_only: Mutex::new(None),
            watchers: Mutex::default(),
            numbers: Numbers::default(),
            appended: AtomicU64::new(sequence),
            applied: AtomicU64::new(sequence),
            disk,
            closing: AtomicBool::new(false),
            damaged: Mutex::default(),
            renew: AtomicBool::new(false),
            reads: Reads::default(),
            care: Mutex::new(()),
            importing: Mutex::new(()),
            aside: Arc::new(()),
        }
    }

    pub(crate) fn engine_name(&self) -> &'static str {
        self.engine_name
    }

    /// Reads at one moment: no commit falls in between.
    pub(crate) fn read<T>(&self, act: impl FnOnce(&dyn Engine) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let engine = self.engine.read().unwrap_or_else(PoisonError::into_inner);
        match &*engine {
            Some(engine) => self.noted(act(&**engine)),
            None => Err(closed()),
        }
    }

    /// Remembers that something could not be read, so that the next opening builds the tree anew.
    pub(crate) fn noted<T>(&self, read: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(StoreError::Damaged(what)) = &read {
            lock(&self.damaged).get_or_insert_with(|| what.clone());
        }
        read
    }

    /// What in the tree could not be read; none: everything that was asked for could.
    pub(crate) fn damaged(&self) -> Option<String> {
        lock(&self.damaged).clone()
    }

    /// Puts another engine in the place of the old one, which is gone before the new one is opened. Readers wait
    /// meanwhile; if there is no new one, they hear that the store is closed.
    pub(crate) fn replace_engine(
        &self,
        open: impl FnOnce() -> Result<Arc<dyn Engine>, StoreError>,
    ) -> Result<Arc<dyn Engine>, StoreError> {
        let mut engine = self.engine.write().unwrap_or_else(PoisonError::into_inner);
        drop(engine.take());
        let opened = open()?;
        *engine = Some(opened.clone());
        lock(&self.damaged).take();
        Ok(opened)
    }

    /// The engine, for reads that need not fall together.
    pub(crate) fn engine(&self) -> Result<Arc<dyn Engine>, StoreError> {
        self.engine.read().unwrap_or_else(PoisonError::into_inner).clone().ok_or_else(closed)
    }

    /// Runs while nobody reads.
    pub(crate) fn apply<T>(&self, act: impl FnOnce() -> T) -> T {
        let _alone = self.engine.write().unwrap_or_else(PoisonError::into_inner);
        act()
    }

    /// Whether the store is being closed: long reading must end.
    pub(crate) fn check_closing(&self) -> Result<(), StoreError> {
        if self.closing.load(Ordering::Acquire) { Err(closed()) } else { Ok(()) }
    }

    /// Tells whoever reads for long to end.
    pub(crate) fn set_closing(&self) {
        self.closing.store(true, Ordering::Release);
    }

    /// Lets the engine go. Reads fail from now on.
    pub(crate) fn close_engine(&self) {
        drop(self.engine.write().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Where a desk's keys begin.
    pub(crate) fn space(&self, desk: DeskId) -> Space {
        let spaces = self.spaces.read().unwrap_or_else(PoisonError::into_inner);
        spaces.get(&desk).copied().unwrap_or_else(|| Space::of(desk))
    }

    /// Lets an imported space take a desk's place.
    pub(crate) fn set_space(&self, desk: DeskId, space: Space) {
        self.spaces.write().unwrap_or_else(PoisonError::into_inner).insert(desk, space);
    }

    /// Every space that stands for a desk other than its own.
    pub(crate) fn placed(&self) -> Vec<(DeskId, Space)> {
        self.spaces.read().unwrap_or_else(PoisonError::into_inner).iter().map(|(desk, space)| (*desk, *space)).collect()
    }

    /// The last journal sequence that is durable.
    pub(crate) fn appended(&self) -> u64 {
        self.appended.load(Ordering::Acquire)
    }

    /// The last journal sequence that the engine holds whole.
    pub(crate) fn applied(&self) -> u64 {
        self.applied.load(Ordering::Acquire)
    }

    pub(crate) fn set_appended(&self, sequence: u64) {
        self.appended.store(sequence, Ordering::Release);
    }

    pub(crate) fn set_applied(&self, sequence: u64) {
        self.applied.store(sequence, Ordering::Release);
    }

    /// Why nothing may be written; none: it may.
    pub(crate) fn read_only(&self) -> Option<String> {
        lock(&self.read_only).clone()
    }

    /// Takes no writes from now on. The first reason stays.
    pub(crate) fn set_read_only(&self, why: String) {
        lock(&self.read_only).get_or_insert(why);
    }

    /// Queues a change; `done` hears of it in any case.
    pub(crate) fn submit(&self, waiting: Waiting) {
        match self.read_only() {
            Some(why) => (waiting.done)(Err(StoreError::ReadOnly(why))),
            None => self.queue.push(waiting),
        }
    }

    /// Queues a change of the store's own and waits for it. Never on the committer's thread.
    pub(crate) fn submit_wait(&self, prepared: Prepared) -> Result<Committed, StoreError> {
        let (tell, hear) = mpsc::sync_channel(1);
        let done = Box::new(move |answer| drop(tell.send(answer)));
        self.submit(Waiting { prepared, desk: None, then: None, done });
        hear.recv().unwrap_or_else(|_| Err(StoreError::Unknown("the committer ended".to_owned())))
    }

    pub(crate) fn watch(&self, desk: DeskId, wake: Watcher) {
        lock(&self.watchers).add(desk, wake);
    }

    /// Wakes those who watch a desk; who answers false, or panics, is forgotten.
    pub(crate) fn wake(&self, desk: DeskId, last_event: u64) {
        lock(&self.watchers).wake(desk, last_event);
    }
}

fn closed() -> StoreError {
    StoreError::Io("the store is closed".to_owned())
}
