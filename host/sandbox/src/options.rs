//! What an operator may choose, with defaults tuned for latency.

use std::path::PathBuf;
use std::time::Duration;

use plugdesk_domain::ask::MOST_COMPONENT_BYTES;

/// So many instances may live at once: calls run on about one thread per core, which leaves ample room for reused
/// instances and for several desks in one process. Each reserves a little more than 4 GiB of address space, together
/// one percent of what x86-64 has.
const POOL: u32 = 256;
/// A slot keeps so much of its memory resident between calls, if the last one touched it. A small policy needs 128 KiB
/// (64 KiB costs it 2 µs more a call in page faults); one that compares 50 contacts touches several times as much, and
/// 128 KiB cost it 100 µs of 660.
const RESIDENT_BYTES: usize = 1 << 20;
/// The largest linear memory that any call's limits may allow.
const MEMORY_BYTES: u64 = 64 << 20;
/// How long one component may take to compile: a policy in Python takes 13 s on two cores that do nothing else.
const COMPILE_TIME: Duration = Duration::from_secs(120);

/// How a [`Sandbox`](crate::Sandbox) is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How many instances may live at once; a call beyond them ends as `capacity`.
    pub pool: u32,
    /// Bytes of a memory kept resident between calls.
    pub resident_bytes: usize,
    /// The largest linear memory, in bytes; a call's own limit applies below it.
    pub memory_bytes: u64,
    /// The largest component that is compiled, in bytes.
    pub component_bytes: usize,
    /// How long a component may take to compile.
    pub compile_time: Duration,
    /// The folder of compiled code; none: everything is compiled at each start. It is made with mode 0700, and nobody
    /// else may write to it, because what lies there is run as native code.
    pub cache: Option<PathBuf>,
    /// Whether instances are used again for later calls. Faster for heavy guest runtimes, but what a policy left in
    /// its memory is there the next time.
    pub reuse: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            pool: POOL,
            resident_bytes: RESIDENT_BYTES,
            memory_bytes: MEMORY_BYTES,
            component_bytes: MOST_COMPONENT_BYTES,
            compile_time: COMPILE_TIME,
            cache: None,
            reuse: false,
        }
    }
}
