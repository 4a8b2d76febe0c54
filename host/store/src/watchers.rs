//! Who is told of a desk's new events, and how those who left without a word are found.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use plugdesk_domain::DeskId;

/// Called with the last event; false: it has enough.
pub(crate) type Watcher = Box<dyn Fn(u64) -> bool + Send + Sync>;

/// So many watchers of a desk may come before they are asked who still listens: few enough to keep, and a desk with
/// fewer is never asked.
const FIRST_ASKED: usize = 16;

/// The watchers of every desk.
#[derive(Default)]
pub(crate) struct Watchers(HashMap<DeskId, Watching>);

struct Watching {
    watchers: Vec<Watcher>,
    /// The event they were told of last.
    last: u64,
    /// At this number they are asked. Twice those that answered, so that asking costs each newcomer about one call.
    ask_at: usize,
}

impl Watchers {
    /// Adds one. On a desk where nothing happens nobody is woken, so those who left are found here.
    pub(crate) fn add(&mut self, desk: DeskId, watcher: Watcher) {
        let new = || Watching { watchers: Vec::new(), last: 0, ask_at: FIRST_ASKED };
        let watching = self.0.entry(desk).or_insert_with(new);
        if watching.watchers.len() >= watching.ask_at {
            watching.wake(watching.last);
            watching.ask_at = FIRST_ASKED.max(watching.watchers.len().saturating_mul(2));
        }
        watching.watchers.push(watcher);
    }

    /// Wakes those who watch a desk; who answers false, or panics, is forgotten.
    pub(crate) fn wake(&mut self, desk: DeskId, last: u64) {
        if let Some(watching) = self.0.get_mut(&desk) {
            watching.wake(last);
            if watching.watchers.is_empty() {
                self.0.remove(&desk);
            }
        }
    }
}

impl Watching {
    fn wake(&mut self, last: u64) {
        self.last = last;
        self.watchers.retain(|wake| catch_unwind(AssertUnwindSafe(|| wake(last))).unwrap_or(false));
    }
}
