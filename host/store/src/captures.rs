//! The captured inputs of decisions: a compressed log on its own thread, behind the answer.
//!
//! Segments `captures/<number>.log` of records:
//!
//! ```text
//! length of the rest (4), CRC-32C of the rest (4), desk (16), decision (16), raw length (4), lz4 block
//! ```
//!
//! Nothing here is waited for and nothing is fsynced: losing the newest captures in a crash loses no decision. What a
//! full queue or a failing disk drops is counted.

mod log;

use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

use plugdesk_domain::{Captures, DecisionId, DeskId, StoreError};

use self::log::{Log, Segment};
use crate::shared::lock;

/// So many captures may wait to be written: a second of a busy import.
const MOST_WAITING: usize = 2048;
/// And so many bytes of them.
const MOST_WAITING_BYTES: usize = 16 << 20;
/// The largest capture kept: an input with all its context answers is bounded well below.
pub(crate) const MOST_CAPTURE_BYTES: usize = 1 << 20;
/// A store in memory keeps so many bytes of them.
const MEMORY_BYTES: usize = 64 << 20;

pub(crate) type Name = (DeskId, DecisionId);

/// The log, its queue and its thread.
pub(crate) struct CaptureStore {
    inner: Arc<Inner>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Inner {
    queue: Mutex<Queue>,
    filled: Condvar,
    /// None: in memory the queue itself is the log.
    log: Option<Mutex<Log>>,
    dropped: AtomicU64,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<(Name, Arc<Vec<u8>>)>,
    bytes: usize,
    closed: bool,
}

impl CaptureStore {
    /// In memory; the oldest go when there are too many.
    pub(crate) fn memory() -> Self {
        let inner = Inner { queue: Mutex::default(), filled: Condvar::new(), log: None, dropped: AtomicU64::new(0) };
        Self { inner: Arc::new(inner), thread: Mutex::new(None) }
    }

    /// On disk, at most `most_bytes` of them, and none while less than `reserve_bytes` are free.
    pub(crate) fn open(store: &Path, most_bytes: u64, reserve_bytes: u64) -> io::Result<Self> {
        let log = Log::open(&store.join("captures"), most_bytes, reserve_bytes)?;
        let log = Some(Mutex::new(log));
        let inner = Inner { queue: Mutex::default(), filled: Condvar::new(), log, dropped: AtomicU64::new(0) };
        let inner = Arc::new(inner);
        let of_thread = inner.clone();
        let thread = std::thread::Builder::new().name("plugdesk-captures".into()).spawn(move || of_thread.run())?;
        Ok(Self { inner, thread: Mutex::new(Some(thread)) })
    }

    /// What a power cut tore is left out; see [`Log::mend`]. Returns what was, in words.
    pub(crate) fn mend(&self) -> Vec<String> {
        self.inner.log.as_ref().map_or_else(Vec::new, |log| lock(log).mend())
    }

    /// Captures dropped so far.
    pub(crate) fn dropped(&self) -> u64 {
        self.inner.dropped.load(Ordering::Relaxed)
    }

    pub(crate) fn disk_bytes(&self) -> u64 {
        self.inner.log.as_ref().map_or(0, |log| lock(log).bytes())
    }

    /// Reads all that is on disk. Returns how many there are, and what is damaged, in words.
    pub(crate) fn verify(&self) -> (u64, Vec<String>) {
        self.inner.log.as_ref().map_or((0, Vec::new()), |log| {
            let numbers = lock(log).numbers();
            let mut damaged = lock(log).left_out();
            let mut read = 0;
            for number in numbers {
                // Read beside the lock: decisions are captured meanwhile.
                let segment = lock(log).segment(number);
                let Some((records, what)) = segment.map(Segment::verify) else { continue };
                read += records;
                damaged.extend(what);
            }
            (read, damaged)
        })
    }

    /// Writes what waits and ends the thread.
    pub(crate) fn close(&self) {
        lock(&self.inner.queue).closed = true;
        self.inner.filled.notify_all();
        if let Some(thread) = lock(&self.thread).take() {
            drop(thread.join());
        }
    }
}

impl Inner {
    fn run(&self) {
        let Some(log) = &self.log else { return };
        loop {
            let mut queue = lock(&self.queue);
            while queue.waiting.is_empty() {
                if queue.closed {
                    return;
                }
                queue = self.filled.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
            let next = queue.waiting.front().cloned();
            drop(queue);
            if let Some((name, capture)) = next {
                if lock(log).append(name, &capture).is_err() {
                    self.dropped.fetch_add(1, Ordering::Relaxed);
                }
                // Only now: a reader finds it in the queue or in the log at any moment.
                let mut queue = lock(&self.queue);
                queue.waiting.pop_front();
                queue.bytes -= capture.len().min(queue.bytes);
            }
        }
    }
}

impl Captures for CaptureStore {
    fn append(&self, desk: DeskId, decision: DecisionId, capture: Vec<u8>) {
        let mut queue = lock(&self.inner.queue);
        let memory = self.inner.log.is_none();
        while memory && queue.bytes + capture.len() > MEMORY_BYTES && !queue.waiting.is_empty() {
            if let Some((_, oldest)) = queue.waiting.pop_front() {
                queue.bytes -= oldest.len().min(queue.bytes);
            }
        }
        let full = queue.waiting.len() >= MOST_WAITING || queue.bytes + capture.len() > MOST_WAITING_BYTES;
        if queue.closed || capture.len() > MOST_CAPTURE_BYTES || (full && !memory) {
            self.inner.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        queue.bytes += capture.len();
        queue.waiting.push_back(((desk, decision), Arc::new(capture)));
        drop(queue);
        self.inner.filled.notify_one();
    }

    fn get(&self, desk: DeskId, decision: DecisionId) -> Result<Option<Vec<u8>>, StoreError> {
        let name = (desk, decision);
        let waiting = lock(&self.inner.queue);
        if let Some((_, capture)) = waiting.waiting.iter().rev().find(|(of, _)| *of == name) {
            return Ok(Some(capture.to_vec()));
        }
        drop(waiting);
        match &self.inner.log {
            Some(log) => lock(log).get(name),
            None => Ok(None),
        }
    }
}
