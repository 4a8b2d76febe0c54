//! The bounded queue before the committer.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use plugdesk_domain::StoreError;

use crate::prepare::Waiting;
use crate::shared::lock;

/// So many changes may wait: sixteen full groups, about half a second of writing on a slow disk. More would only make
/// each client wait longer than it does.
const MOST_WAITING: usize = 4096;
/// And so many bytes of them.
const MOST_BYTES: usize = 64 << 20;
/// A group holds at most so many changes: while writers saturate two cores, a longer batch makes readers wait.
pub(crate) const MOST_IN_GROUP: usize = 256;
/// And so many bytes, unless a single change is larger with its index entries.
pub(crate) const MOST_GROUP_BYTES: usize = 1 << 20;

/// Where several write at once, a group waits so long for those that are being decided, as PostgreSQL does with its
/// `commit_delay`: each group costs a sync of the journal and a batch of the tree, however many changes it holds.
const DELAY: Duration = Duration::from_millis(1);
/// And for no more than so many.
const ENOUGH: usize = 8;

/// Changes that wait for the committer.
#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    filled: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Waiting>,
    bytes: usize,
    closed: bool,
    /// Whether the last group held several: whoever writes alone waits for nobody.
    several: bool,
    /// Whether the committer is up and waits for more, so that not each of them need wake it.
    gathers: bool,
}

impl Queue {
    /// Adds a change, or tells it at once why not.
    pub(crate) fn push(&self, waiting: Waiting) {
        let mut state = lock(&self.state);
        let refused = match () {
            () if state.closed => Some(StoreError::ReadOnly("it is closed".to_owned())),
            () if state.waiting.len() >= MOST_WAITING || state.bytes >= MOST_BYTES => Some(StoreError::Busy),
            () => None,
        };
        if let Some(error) = refused {
            drop(state);
            return (waiting.done)(Err(error));
        }
        state.bytes += waiting.prepared.bytes;
        state.waiting.push_back(waiting);
        let wake = !state.gathers || state.waiting.len() >= ENOUGH;
        drop(state);
        if wake {
            self.filled.notify_one();
        }
    }

    /// Waits for changes and takes a group of them; empty: the queue is closed and was emptied.
    pub(crate) fn take_group(&self) -> Vec<Waiting> {
        let mut state = lock(&self.state);
        while state.waiting.is_empty() {
            if state.closed {
                return Vec::new();
            }
            state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.several || state.waiting.len() > 1 {
            state.gathers = true;
            let few = |state: &mut State| state.waiting.len() < ENOUGH && !state.closed;
            state = self.filled.wait_timeout_while(state, DELAY, few).unwrap_or_else(PoisonError::into_inner).0;
            state.gathers = false;
        }
        let mut group = Vec::new();
        let mut bytes = 0;
        while let Some(next) = state.waiting.front().map(|waiting| waiting.prepared.bytes) {
            if group.len() == MOST_IN_GROUP || (!group.is_empty() && bytes + next > MOST_GROUP_BYTES) {
                break;
            }
            bytes += next;
            group.extend(state.waiting.pop_front());
        }
        state.bytes -= bytes.min(state.bytes);
        state.several = group.len() > 1;
        group
    }

    /// How many wait.
    pub(crate) fn length(&self) -> usize {
        lock(&self.state).waiting.len()
    }

    /// Takes no more; what waits is still taken out.
    pub(crate) fn close(&self) {
        lock(&self.state).closed = true;
        self.filled.notify_all();
    }
}
