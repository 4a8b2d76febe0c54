//! What a store holds for one call, and the limits that wasmtime asks it about.

use std::sync::Arc;
use std::time::Duration;

use plugdesk_domain::ask::LogLine;
use plugdesk_domain::{Context, Limits};
use scoped_tls_hkt::scoped_thread_local;
use wasmtime::ResourceLimiter;

use crate::clock::{Ticker, thread_cpu};
use crate::engine::{MOST_CORE_INSTANCES, MOST_MEMORIES, MOST_TABLE_ELEMENTS, MOST_TABLES};
use crate::failure::Stop;

// What the running call may read. A store's data must be `'static`, a call's context is borrowed; the calling thread
// is the one on which host functions run, so it keeps the reference for exactly as long as the call lasts.
scoped_thread_local!(static CONTEXT: for<'a> &'a dyn Context);

/// Runs `call` with `context` within reach of the host functions.
pub(crate) fn with_context<R>(context: &dyn Context, call: impl FnOnce() -> R) -> R {
    CONTEXT.set(context, call)
}

/// Reads from the running call's context; none: there is none.
pub(crate) fn read_context<R>(read: impl FnOnce(&dyn Context) -> R) -> Option<R> {
    CONTEXT.is_set().then(|| CONTEXT.with(read))
}

/// The data of a store.
#[derive(Debug)]
pub(crate) struct State {
    /// What `settings.bytes` answers.
    pub(crate) settings: Arc<[u8]>,
    /// While a configuration is prepared there is nothing to read.
    pub(crate) preparing: bool,
    /// Reads so far.
    pub(crate) context_calls: u32,
    /// Lines so far.
    pub(crate) log: Vec<LogLine>,
    /// Lines dropped.
    pub(crate) log_dropped: u64,
    /// How many lines are kept.
    pub(crate) log_lines: usize,
    /// How long each may be.
    pub(crate) log_line_bytes: usize,
    /// Memories and tables.
    pub(crate) room: Room,
    /// The thread's processor time when the call began.
    pub(crate) began: Duration,
    /// How much more it may use.
    pub(crate) cpu: Duration,
    ticker: Ticker,
    /// The tick at which the host last looked at that time.
    looked: u64,
}

impl State {
    /// For a call that begins now.
    pub(crate) fn new(settings: Arc<[u8]>, limits: &Limits, preparing: bool, ticker: Ticker) -> Self {
        let room = Room { limit: limits.memory_bytes, used: 0 };
        Self {
            settings,
            preparing,
            context_calls: 0,
            log: Vec::new(),
            log_dropped: 0,
            log_lines: limits.log_lines,
            log_line_bytes: limits.log_line_bytes,
            room,
            began: thread_cpu(),
            cpu: Duration::from_millis(limits.cpu_ms.into()),
            looked: ticker.count(),
            ticker,
        }
    }

    /// For the next call in the same instance: everything anew, but what its memories hold.
    pub(crate) fn renew(&mut self, settings: Arc<[u8]>, limits: &Limits) {
        let used = self.room.used;
        *self = Self::new(settings, limits, false, self.ticker.clone());
        self.room.used = used;
    }

    /// The same in a call of the host, once for each tick: compiled code looks only where functions and loops begin, so
    /// a thousand calls in a row would else run as long as they like.
    pub(crate) fn check_time_in_host(&mut self) -> Result<(), Stop> {
        let now = self.ticker.count();
        if now == self.looked {
            return Ok(());
        }
        self.looked = now;
        self.check_time()
    }

    /// What the backstop looks at.
    pub(crate) fn check_time(&self) -> Result<(), Stop> {
        if thread_cpu().saturating_sub(self.began) > self.cpu {
            return Err(Stop::Backstop(self.cpu.as_millis()));
        }
        Ok(())
    }
}

/// How much memory the instance has, and may have.
#[derive(Debug)]
pub(crate) struct Room {
    limit: u64,
    pub(crate) used: u64,
}

impl ResourceLimiter for Room {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        self.used = self.used.saturating_add((desired as u64).saturating_sub(current as u64));
        if self.used > self.limit {
            return Err(Stop::Memory { wanted: self.used, limit: self.limit }.into());
        }
        Ok(true)
    }

    /// The pool's maximum, or the machine's. A guest that goes on after this would only fail somewhere less clear.
    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        Err(Stop::Memory { wanted: self.used, limit: self.limit }.into())
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        if desired > MOST_TABLE_ELEMENTS {
            return Err(Stop::Table { wanted: desired, limit: MOST_TABLE_ELEMENTS }.into());
        }
        Ok(true)
    }

    fn instances(&self) -> usize {
        MOST_CORE_INSTANCES as usize
    }

    fn tables(&self) -> usize {
        MOST_TABLES as usize
    }

    fn memories(&self) -> usize {
        MOST_MEMORIES as usize
    }
}
