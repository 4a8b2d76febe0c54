//! A bounded pool of threads on which commands are prepared, about one per core, never an embedder's own.
//!
//! Each desk has a queue of its own, and the desks take turns: one whose policies are slow holds up another by one command
//! at most on each thread. Only what computes runs here: a commit is awaited through a callback, so the number of threads
//! never bounds how many commands share a commit.

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use futures_channel::oneshot;
use plugdesk_domain::DeskId;

use crate::error::Error;

/// A desk may have so many times as many jobs waiting as there are places free: one alone has three quarters of all, two
/// have three sevenths each, and a desk of which nothing waits finds a place while there is any.
const MOST_TO_FREE: usize = 3;

type Job = Box<dyn FnOnce() + Send>;

struct Shared {
    state: Mutex<State>,
    wake: Condvar,
    most: usize,
}

#[derive(Default)]
struct State {
    /// What waits, by desk. Desks are opened and never closed, so an empty queue is kept for what comes next.
    queues: BTreeMap<DeskId, VecDeque<Job>>,
    /// The desks of which something waits, each once, as their turns come.
    turns: VecDeque<DeskId>,
    /// How many jobs wait in all.
    waiting: usize,
    stopped: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Puts a job into a desk's queue; its turn comes behind all others if nothing of it waited.
    fn put(&mut self, desk: DeskId, put: impl FnOnce(&mut VecDeque<Job>)) {
        let queue = self.queues.entry(desk).or_default();
        if queue.is_empty() {
            self.turns.push_back(desk);
        }
        put(queue);
        self.waiting += 1;
    }

    /// The next job of the desk whose turn it is; its next turn comes behind the others.
    fn take(&mut self) -> Option<Job> {
        let desk = self.turns.pop_front()?;
        let queue = self.queues.get_mut(&desk)?;
        let job = queue.pop_front()?;
        if !queue.is_empty() {
            self.turns.push_back(desk);
        }
        self.waiting -= 1;
        Some(job)
    }
}

/// The threads and what waits for them. The last handle stops them; they finish what is queued.
#[derive(Clone)]
pub(crate) struct Pool(Arc<Handle>);

struct Handle(Arc<Shared>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.lock().stopped = true;
        self.0.wake.notify_all();
    }
}

impl Pool {
    /// Starts the threads; `most` jobs may wait for them in all.
    pub(crate) fn start(workers: usize, most: usize) -> Result<Self, Error> {
        let shared = Arc::new(Shared { state: Mutex::default(), wake: Condvar::new(), most: most.max(1) });
        for number in 0..workers.max(1) {
            let shared = Arc::clone(&shared);
            std::thread::Builder::new()
                .name(format!("desk-{number}"))
                .spawn(move || work(&shared))
                .map_err(|error| Error::Internal(format!("a thread of the desk could not be started: {error}")))?;
        }
        Ok(Self(Arc::new(Handle(shared))))
    }

    /// The queue of a desk.
    pub(crate) fn queue(&self, desk: DeskId) -> Queue {
        Queue { pool: self.clone(), desk }
    }

    /// Jobs that wait, of all desks.
    pub(crate) fn queued(&self) -> usize {
        self.0.0.lock().waiting
    }
}

/// One desk's queue.
#[derive(Clone)]
pub(crate) struct Queue {
    pool: Pool,
    desk: DeskId,
}

impl Queue {
    fn shared(&self) -> &Shared {
        &self.pool.0.0
    }

    /// Queues a job, or says at once that there is no room.
    pub(crate) fn submit(&self, job: impl FnOnce() + Send + 'static) -> Result<(), Error> {
        let shared = self.shared();
        let mut state = shared.lock();
        let free = shared.most.saturating_sub(state.waiting);
        if state.stopped || free == 0 {
            return Err(Error::Busy("the queue of all desks is full".to_owned()));
        }
        if state.queues.get(&self.desk).map_or(0, VecDeque::len) >= MOST_TO_FREE.saturating_mul(free) {
            return Err(Error::Busy("this desk's share of the queue is full".to_owned()));
        }
        state.put(self.desk, |queue| queue.push_back(Box::new(job)));
        drop(state);
        shared.wake.notify_one();
        Ok(())
    }

    /// Queues again what was let in before: a command that met a conflict keeps its place among its desk's in flight.
    pub(crate) fn resubmit(&self, job: impl FnOnce() + Send + 'static) {
        let shared = self.shared();
        shared.lock().put(self.desk, |queue| queue.push_front(Box::new(job)));
        shared.wake.notify_one();
    }
}

/// Runs `f` on a thread of its own and gives back what it makes: for what takes seconds, as compiling a component does,
/// and must not hold up commands.
pub(crate) async fn aside<T: Send + 'static>(
    name: &str,
    f: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let (tell, hear) = oneshot::channel();
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || drop(tell.send(f())))
        .map_err(|error| Error::Internal(format!("the thread `{name}` could not be started: {error}")))?;
    hear.await.unwrap_or_else(|_| Err(Error::Internal(format!("the thread `{name}` ended without an answer"))))
}

fn work(shared: &Shared) {
    loop {
        let mut state = shared.lock();
        let job = loop {
            if let Some(job) = state.take() {
                break job;
            }
            if state.stopped {
                return;
            }
            state = shared.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
        };
        drop(state);
        // A job that panics must not take the thread along. Whoever waits for it hears that it ended.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}
