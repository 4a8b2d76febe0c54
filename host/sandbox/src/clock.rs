//! The backstop's two clocks: a thread that advances the engine's epoch, and the processor time of the calling thread.
//!
//! The limit is processor time, not wall-clock time: on a busy machine an honest call may wait for its turn far longer
//! than it computes, and must not be stopped for that.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use wasmtime::Engine;

/// How often running calls look at their processor time.
const TICK: Duration = Duration::from_millis(1);
/// How often the thread wakes while nothing is called: a quiet desk should let the processor sleep, and the first call
/// after a pause is looked at ten milliseconds late at worst, a fifth of its limit.
const IDLE_TICK: Duration = Duration::from_millis(10);

/// Advances the epoch as long as the engine lives.
#[derive(Debug, Clone)]
pub(crate) struct Ticker(Arc<Ticks>);

#[derive(Debug)]
struct Ticks {
    /// Whether anybody ran since the last one.
    called: AtomicBool,
    /// How many there were: the epoch itself can only be compared by compiled code.
    count: AtomicU64,
}

impl Ticker {
    /// Starts the thread. It ends by itself when the engine is dropped.
    pub(crate) fn start(engine: &Engine) -> std::io::Result<Self> {
        let ticks = Arc::new(Ticks { called: AtomicBool::new(true), count: AtomicU64::new(0) });
        let (seen, engine) = (Arc::clone(&ticks), engine.weak());
        std::thread::Builder::new().name("plugdesk-epoch".into()).spawn(move || {
            while let Some(engine) = engine.upgrade() {
                engine.increment_epoch();
                drop(engine);
                seen.count.fetch_add(1, Ordering::Relaxed);
                let busy = seen.called.swap(false, Ordering::Relaxed);
                std::thread::sleep(if busy { TICK } else { IDLE_TICK });
            }
        })?;
        Ok(Self(ticks))
    }

    /// Says that somebody runs. Read first, so that calls on several cores do not fight for the line.
    pub(crate) fn keep_ticking(&self) {
        if !self.0.called.load(Ordering::Relaxed) {
            self.0.called.store(true, Ordering::Relaxed);
        }
    }

    /// How many ticks there were.
    pub(crate) fn count(&self) -> u64 {
        self.0.count.load(Ordering::Relaxed)
    }
}

/// Processor time that the calling thread has used since it began.
pub(crate) fn thread_cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}
