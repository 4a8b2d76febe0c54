//! What an operator may turn, each with the default and its reason.

use crate::target::Allowed;

/// How the desks of one process run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Threads that prepare commands: policies are computation, so more threads than cores only add switches.
    pub workers: usize,
    /// Commands of all desks that may wait for a thread; one desk may have three times as many waiting as there are places
    /// free. Full: the next is answered *busy* at once.
    pub queue: usize,
    /// How often a command runs again when others changed what it writes.
    pub attempts: u32,
    /// Desks that one process opens.
    pub desks: usize,
    /// Hosts and networks that webhooks may lead to beside the open network, and by plain `http`.
    pub webhooks_allowed: Vec<Allowed>,
}

/// A prepared ticket takes about 100 µs, so a full queue is about a tenth of a second of waiting on one core: whoever
/// comes later is served sooner by trying again than by waiting.
pub const DEFAULT_QUEUE: usize = 1_024;
/// Two attempts settle almost every conflict; four keep a hot record from starving a writer; more hides a design fault.
pub const DEFAULT_ATTEMPTS: u32 = 4;
/// Every open desk keeps its generation's compiled policies in memory.
pub const DEFAULT_DESKS: usize = 256;

impl Default for Options {
    fn default() -> Self {
        let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            workers,
            queue: DEFAULT_QUEUE,
            attempts: DEFAULT_ATTEMPTS,
            desks: DEFAULT_DESKS,
            webhooks_allowed: Vec::new(),
        }
    }
}
