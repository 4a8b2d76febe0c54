//! How many commands are being worked on, so that an end can wait for them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_channel::oneshot;

use crate::error::Error;

#[derive(Default)]
struct State {
    closed: bool,
    count: u64,
    waiting: Vec<oneshot::Sender<()>>,
}

/// Counts what is being worked on.
#[derive(Default)]
pub(crate) struct Running {
    state: Mutex<State>,
    /// Work that the desks began by themselves, for its names in the log.
    own: AtomicU64,
}

/// One command being worked on; dropped at its very end, whoever still listens.
pub(crate) struct Guard(Arc<Running>);

impl Running {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name in the log of work that a desk begins by itself, such as `timer_17`; unique in this process.
    pub(crate) fn origin(&self, sort: &str) -> String {
        format!("{sort}_{}", self.own.fetch_add(1, Ordering::Relaxed))
    }

    /// One more, unless the desks are shutting down.
    pub(crate) fn enter(self: &Arc<Self>) -> Result<Guard, Error> {
        let mut state = self.lock();
        if state.closed {
            return Err(Error::Busy("the desk is shutting down".to_owned()));
        }
        state.count += 1;
        Ok(Guard(Arc::clone(self)))
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u64 {
        self.lock().count
    }

    /// Whether nothing more is let in.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Lets nothing more in and waits for the rest.
    pub(crate) async fn drain(&self) {
        let hear = {
            let mut state = self.lock();
            state.closed = true;
            if state.count == 0 {
                return;
            }
            let (tell, hear) = oneshot::channel();
            state.waiting.push(tell);
            hear
        };
        let _ = hear.await;
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.count = state.count.saturating_sub(1);
        if state.count == 0 && state.closed {
            for tell in state.waiting.drain(..) {
                let _ = tell.send(());
            }
        }
    }
}
