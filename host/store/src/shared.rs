//! What readers, the committer and the maintenance of one store share.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, mpsc};

use plugdesk_domain::{Committed, DeskId, StoreError};

use crate::disk::Disk;
use crate::engine::Engine;
use crate::keyspace::Space;
use crate::numbers::Numbers;
use crate::prepare::{Prepared, Waiting};
use crate::queue::Queue;
use crate::scan::Reads;
use crate::watchers::{Watcher, Watchers};

/// What is said once the folder is not this process's any more.
pub(crate) const TAKEN_AWAY: &str =
    "its folder was removed or replaced while it was open; stop this process, nothing more is written";

/// A lock whose holder panicked protects state that is still whole here: every change to it is one assignment.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the parts of one open store share.
pub(crate) struct Shared {
    /// Held for an instant by whoever reads or writes. None: closed.
    engine: RwLock<Option<Arc<dyn Engine>>>,
    /// Held for writing while a batch is applied, so that a page is read at one moment. What needs no such moment does
    /// not take it: while a batch waits for the longest page, nobody else could begin to read.
    moment: RwLock<()>,
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
            moment: RwLock::new(()),
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

    /// Reads at one moment: no commit falls in between, and none is applied meanwhile. So `act` reads so much as fits a
    /// page, and makes records of it afterwards.
    pub(crate) fn read<T>(&self, act: impl FnOnce(&dyn Engine) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let _moment = self.moment.read().unwrap_or_else(PoisonError::into_inner);
        self.read_meanwhile(act)
    }

    /// Reads one key, while commits go on: it is as it was before one or after it. Who wants no more waits neither for a
    /// batch that is being applied nor for those that wait for it.
    pub(crate) fn read_meanwhile<T>(
        &self,
        act: impl FnOnce(&dyn Engine) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let engine = self.engine()?;
        self.noted(act(&*engine))
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
        let _alone = self.moment.write().unwrap_or_else(PoisonError::into_inner);
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

    /// Runs while nobody reads a page.
    pub(crate) fn apply<T>(&self, act: impl FnOnce() -> T) -> T {
        let _alone = self.moment.write().unwrap_or_else(PoisonError::into_inner);
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
        let _alone = self.moment.write().unwrap_or_else(PoisonError::into_inner);
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

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use plugdesk_domain::Direction;

    use super::*;
    use crate::engine::{Pair, Range};
    use crate::operation::Operation;

    /// An engine in which every scan takes as long as it is let.
    struct Slow {
        begun: mpsc::SyncSender<()>,
        goes_on: Mutex<mpsc::Receiver<()>>,
    }

    impl Engine for Slow {
        fn name(&self) -> &'static str {
            "slow"
        }
        fn get(&self, _: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
            Ok(None)
        }
        fn scan(&self, _: Range<'_>, _: usize, _: Direction) -> Result<Vec<Pair>, StoreError> {
            self.begun.send(()).unwrap();
            lock(&self.goes_on).recv().unwrap();
            Ok(Vec::new())
        }
        fn apply(&self, _: &[Operation], _: u64) -> Result<(), StoreError> {
            Ok(())
        }
        fn applied(&self) -> Result<u64, StoreError> {
            Ok(0)
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

    #[test]
    fn who_reads_one_key_waits_neither_for_a_long_page_nor_for_the_commit_that_waits_for_it() {
        let ((begun, begins), (go, goes_on)) = (mpsc::sync_channel(1), mpsc::sync_channel(1));
        let engine = Arc::new(Slow { begun, goes_on: Mutex::new(goes_on) });
        let shared = Arc::new(Shared::new(engine, None, 0, HashMap::new()));
        let spawn = |act: Box<dyn FnOnce(&Shared) + Send>| {
            let shared = shared.clone();
            thread::spawn(move || act(&shared))
        };
        let all = (std::ops::Bound::Unbounded, std::ops::Bound::Unbounded);
        let page = spawn(Box::new(move |it| drop(it.read(|engine| engine.scan(all, 1, Direction::Forward)).unwrap())));
        begins.recv().unwrap();
        let commit = spawn(Box::new(|it| it.apply(|| ())));
        // The commit begins to wait at some time during these.
        let (tell, hear) = mpsc::channel();
        let keys = spawn(Box::new(move |it| {
            (0..100_000).for_each(|_| drop(it.read_meanwhile(|engine| engine.get(b"key")).unwrap()));
            tell.send(()).unwrap();
        }));
        let heard = hear.recv_timeout(Duration::from_secs(60));
        go.send(()).unwrap();
        [page, commit, keys].into_iter().for_each(|it| it.join().unwrap());
        assert_eq!(heard, Ok(()), "a key was read only once the page was");
    }
}
