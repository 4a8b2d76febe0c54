//! What the desks do by themselves: timers, the followers of the log, reactions, webhooks. One loop for all desks of a
//! process, on the embedder's runtime; it sleeps until something is due or was committed.
//!
//! The loop itself only looks at clocks and flags. What reads the store runs on threads that may wait, so that none of
//! the embedder's workers does. Nothing is lost when it ends at any moment: what was not done is due at the next start.

mod jobs;
#[cfg(feature = "webhooks")]
mod send;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jobs::Jobs;
use plugdesk_desk::target::Allowed;
use plugdesk_desk::{Clock, Desks};
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// The loop looks at the clock at least so often: a machine that slept, or whose clock was set, is no longer late than
/// this. Twice a second costs nothing that can be measured.
const TICK: Duration = Duration::from_millis(500);
/// At the end, what is being done has so long to finish.
const DRAIN: Duration = Duration::from_secs(5);

/// The running loop. Dropped without [`Engine::end`] it is cut off, which loses nothing.
pub(crate) struct Engine {
    stop: watch::Sender<bool>,
    task: Mutex<Option<JoinHandle<()>>>,
}

/// Rings when something happened that the loop should look at.
#[derive(Default)]
pub(crate) struct Bell {
    notify: Notify,
    /// Whether a desk was opened.
    opened: AtomicBool,
}

impl Bell {
    fn ring(&self) {
        self.notify.notify_one();
    }
}

impl Engine {
    /// Starts the loop on that runtime.
    pub(crate) fn start(desks: Desks, clock: Arc<dyn Clock>, allowed: Vec<Allowed>, runtime: &Handle) -> Self {
        let (stop, stopped) = watch::channel(false);
        let bell = Arc::new(Bell::default());
        let weak = Arc::downgrade(&bell);
        bell.opened.store(true, Ordering::Release);
        desks.on_opened(Box::new(move || {
            let Some(bell) = weak.upgrade() else { return false };
            bell.opened.store(true, Ordering::Release);
            bell.ring();
            true
        }));
        let task = runtime.spawn(run(Jobs::new(desks, clock, allowed, Arc::clone(&bell)), bell, stopped));
        Self { stop, task: Mutex::new(Some(task)) }
    }

    /// Begins nothing more.
    pub(crate) fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Begins nothing more, and waits a little for what is being done.
    pub(crate) async fn end(&self) {
        self.stop.send_replace(true);
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task
            && let Err(error) = task.await
        {
            tracing::warn!(%error, "the loop of timers, followers and webhooks did not end well");
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(task) = self.task.lock().unwrap_or_else(PoisonError::into_inner).take() {
            task.abort();
        }
    }
}

async fn run(mut jobs: Jobs, bell: Arc<Bell>, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        if bell.opened.swap(false, Ordering::AcqRel) {
            jobs.look_for_desks();
        }
        jobs.begin_due();
        let wait = jobs.wait().min(TICK);
        tokio::select! {
            _ = stopped.changed() => {}
            () = bell.notify.notified() => {}
            () = jobs.ended() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
    jobs.drain(DRAIN).await;
}
