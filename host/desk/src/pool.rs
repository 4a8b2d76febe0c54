//! A bounded pool of threads on which commands are prepared, about one per core, never an embedder's own.
//!
//! Only what computes runs here: a commit is awaited through a callback, so the number of threads never bounds how many
//! commands share a commit.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use futures_channel::oneshot;

use crate::error::Error;

type Job = Box<dyn FnOnce() + Send>;

struct Queue {
    state: Mutex<State>,
    wake: Condvar,
    most: usize,
}

struct State {
    jobs: VecDeque<Job>,
    stopped: bool,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The threads and their queue. The last handle stops them; they finish what is queued.
#[derive(Clone)]
pub(crate) struct Pool(Arc<Handle>);

struct Handle(Arc<Queue>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.lock().stopped = true;
        self.0.wake.notify_all();
    }
}

impl Pool {
    /// Starts the threads.
    pub(crate) fn start(workers: usize, most: usize) -> Result<Self, Error> {
        let state = Mutex::new(State { jobs: VecDeque::new(), stopped: false });
        let queue = Arc::new(Queue { state, wake: Condvar::new(), most: most.max(1) });
        for number in 0..workers.max(1) {
            let queue = Arc::clone(&queue);
            std::thread::Builder::new()
                .name(format!("desk-{number}"))
                .spawn(move || work(&queue))
                .map_err(|error| Error::Internal(format!("a thread of the desk could not be started: {error}")))?;
        }
        Ok(Self(Arc::new(Handle(queue))))
    }

    /// Queues a job, or says at once that there is no room.
    pub(crate) fn submit(&self, job: impl FnOnce() + Send + 'static) -> Result<(), Error> {
        let mut state = self.0.0.lock();
        if state.stopped || state.jobs.len() >= self.0.0.most {
            return Err(Error::Busy("the desk's queue is full".to_owned()));
        }
        state.jobs.push_back(Box::new(job));
        drop(state);
        self.0.0.wake.notify_one();
        Ok(())
    }

    /// Queues again what was let in before: a command that met a conflict keeps its place among those in flight.
    pub(crate) fn resubmit(&self, job: impl FnOnce() + Send + 'static) {
        self.0.0.lock().jobs.push_front(Box::new(job));
        self.0.0.wake.notify_one();
    }

    /// Jobs that wait.
    pub(crate) fn queued(&self) -> usize {
        self.0.0.lock().jobs.len()
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

fn work(queue: &Queue) {
    loop {
        let mut state = queue.lock();
        let job = loop {
            if let Some(job) = state.jobs.pop_front() {
                break job;
            }
            if state.stopped {
                return;
            }
            state = queue.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
        };
        drop(state);
        // A job that panics must not take the thread along. Whoever waits for it hears that it ended.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}
