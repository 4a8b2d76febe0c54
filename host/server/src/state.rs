//! What the handlers share: the desks, the limits, and the signal that the end has come.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use plugdesk_desk::Desks;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::authenticated::RequestId;
use crate::limits::{MOST_READS, Options};
use crate::problem::{Code, Problem};
use crate::rate::Rates;

/// The HTTP face of a process's desks. A handle: cheap to clone, no global behind it.
#[derive(Clone)]
pub struct Server(Arc<Inner>);

struct Inner {
    desks: Desks,
    options: Options,
    rates: Rates,
    reads: Arc<Semaphore>,
    long: Arc<Semaphore>,
    closing: watch::Sender<bool>,
    boot: u32,
    requests: AtomicU64,
}

impl Server {
    /// The face of these desks.
    pub fn new(desks: Desks, options: Options) -> Self {
        Self(Arc::new(Inner {
            rates: Rates::new(options.rate_per_second, options.rate_burst),
            reads: Arc::new(Semaphore::new(MOST_READS)),
            long: Arc::new(Semaphore::new(options.long.max(1))),
            closing: watch::Sender::new(false),
            // Tells the request ids of one start from those of the next; needs to differ, not to be secret.
            boot: RandomState::new().hash_one(0_u8) as u32,
            requests: AtomicU64::new(1),
            desks,
            options,
        }))
    }

    /// The desks.
    pub fn desks(&self) -> &Desks {
        &self.0.desks
    }

    /// The limits.
    pub fn options(&self) -> &Options {
        &self.0.options
    }

    /// Ends every event stream; [`crate::serve`] does so when it is asked to end.
    pub fn close(&self) {
        self.0.closing.send_replace(true);
    }

    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.0.closing.subscribe()
    }

    pub(crate) fn rates(&self) -> &Rates {
        &self.0.rates
    }

    pub(crate) fn request_id(&self) -> RequestId {
        let number = self.0.requests.fetch_add(1, Ordering::Relaxed);
        RequestId(format!("req_{:08x}_{number}", self.0.boot))
    }

    /// A place among the reads under way.
    pub(crate) fn reading(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.0.reads).try_acquire_owned().map_err(|_| Problem::busy("the queue of reads"))
    }

    /// A place among the streams under way.
    pub(crate) fn long(&self) -> Result<OwnedSemaphorePermit, Problem> {
        if *self.0.closing.borrow() {
            return Err(Problem::new(Code::ShuttingDown, "connect again in a moment"));
        }
        Arc::clone(&self.0.long).try_acquire_owned().map_err(|_| Problem::busy("the list of streams"))
    }
}
