//! What the handlers share: the desks, the limits, and the signal that the end has come.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use plugdesk_desk::Desks;
use plugdesk_domain::Principal;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::authenticated::{RequestId, counted};
use crate::limits::{
    MOST_KEY_READS, MOST_PROBES, MOST_STREAM_READS, MOST_UPLOADS, Options, READS_PARTS, WRONG_KEYS_BURST,
};
use crate::places::{Place, Places};
use crate::problem::{Code, Problem};
use crate::rate::Rates;
use crate::shares::Shares;

/// The HTTP face of a process's desks. A handle: cheap to clone, no global behind it.
#[derive(Clone)]
pub struct Server(Arc<Inner>);

struct Inner {
    desks: Desks,
    options: Options,
    rates: Rates,
    wrong_keys: Rates,
    reads: Arc<Semaphore>,
    shares: Shares,
    stream_reads: Arc<Semaphore>,
    probes: Arc<Semaphore>,
    key_reads: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
    bodies: Arc<Semaphore>,
    long: Arc<Semaphore>,
    event_streams: Arc<Semaphore>,
    listening: Places,
    closing: watch::Sender<bool>,
    boot: u32,
    requests: AtomicU64,
}

impl Server {
    /// The face of these desks.
    pub fn new(desks: Desks, options: Options) -> Self {
        Self(Arc::new(Inner {
            rates: Rates::new(options.rate_per_second, options.rate_burst),
            wrong_keys: Rates::new(options.wrong_keys_per_second, WRONG_KEYS_BURST),
            reads: Arc::new(Semaphore::new(options.reads.max(1))),
            shares: Shares::new((options.reads / READS_PARTS).max(1)),
            stream_reads: Arc::new(Semaphore::new(MOST_STREAM_READS)),
            probes: Arc::new(Semaphore::new(MOST_PROBES)),
            key_reads: Arc::new(Semaphore::new(MOST_KEY_READS)),
            uploads: Arc::new(Semaphore::new(MOST_UPLOADS)),
            bodies: Arc::new(Semaphore::new(options.body_bytes.min(Semaphore::MAX_PERMITS))),
            long: Arc::new(Semaphore::new(options.long.max(1))),
            event_streams: Arc::new(Semaphore::new(options.event_streams.max(1))),
            listening: Places::default(),
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

    /// Whether the end has begun.
    pub(crate) fn is_closing(&self) -> bool {
        *self.0.closing.borrow()
    }

    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.0.closing.subscribe()
    }

    pub(crate) fn rates(&self) -> &Rates {
        &self.0.rates
    }

    /// How often each address sent a key that opens nothing.
    pub(crate) fn wrong_keys(&self) -> &Rates {
        &self.0.wrong_keys
    }

    pub(crate) fn request_id(&self) -> RequestId {
        let number = self.0.requests.fetch_add(1, Ordering::Relaxed);
        RequestId(format!("req_{:08x}_{number}", self.0.boot))
    }

    /// A place among the reads under way.
    pub(crate) fn reading(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.0.reads).try_acquire_owned().map_err(|_| Problem::busy("the queue of reads"))
    }

    /// The part that each may have of the reads.
    pub(crate) fn shares(&self) -> &Shares {
        &self.0.shares
    }

    /// A place among the reads of streams, when it is this one's turn.
    pub(crate) async fn turn(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.0.stream_reads).acquire_owned().await.map_err(Problem::internal)
    }

    /// A place among those who look up a key, when it is this one's turn.
    pub(crate) async fn key_turn(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.0.key_reads).acquire_owned().await.map_err(Problem::internal)
    }

    /// A place among the probes, when it is this one's turn.
    pub(crate) async fn probing(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.0.probes).acquire_owned().await.map_err(Problem::internal)
    }

    /// A place among the uploads that are kept in memory whole.
    pub(crate) fn upload(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.0.uploads).try_acquire_owned().map_err(|_| Problem::busy("the list of uploads"))
    }

    /// So many bytes of the memory for bodies.
    pub(crate) fn body_bytes(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Problem> {
        let full = || Problem::busy("the memory for bodies");
        let bytes = u32::try_from(bytes).map_err(|_| full())?;
        Arc::clone(&self.0.bodies).try_acquire_many_owned(bytes).map_err(|_| full())
    }

    /// A place among the backups, exports and uploads under way.
    pub(crate) fn long(&self) -> Result<OwnedSemaphorePermit, Problem> {
        self.streaming(&self.0.long)
    }

    /// A place among the event streams, and among those of that principal.
    pub(crate) fn event_stream(&self, by: &Principal) -> Result<(OwnedSemaphorePermit, Place), Problem> {
        let most = self.0.options.event_streams_per_principal.max(1);
        let full = || {
            let text = format!("this principal has {most} event streams open, which is the most; end one first");
            // A reader that went away without a word is noticed at the next comment.
            Problem::new(Code::TooManyRequests, text).with_retry_after(self.0.options.heartbeat)
        };
        let own = self.0.listening.take(counted(by), most).ok_or_else(full)?;
        Ok((self.streaming(&self.0.event_streams)?, own))
    }

    fn streaming(&self, places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Problem> {
        if *self.0.closing.borrow() {
            return Err(Problem::new(Code::ShuttingDown, "connect again in a moment"));
        }
        Arc::clone(places).try_acquire_owned().map_err(|_| Problem::busy("the list of streams"))
    }
}
