//! What goes on over one connection: which requests are under way, and which of them wait for their client.
//!
//! A connection whose client is waited for may be closed for another; one that waits for us may not.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::limits::LEAST_BYTES_PER_SECOND;

/// How long a client is waited for: waiting spends it, and what the client sends or takes earns it, never above the
/// whole. So a slow line is served to its end, and a client that drips is cut off like one that is silent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    whole: Duration,
    left: Duration,
}

impl Patience {
    pub(super) fn new(whole: Duration) -> Self {
        Self { whole, left: whole }
    }

    pub(super) fn left(&self) -> Duration {
        self.left
    }

    pub(super) fn spend(&mut self, waited: Duration) {
        self.left = self.left.saturating_sub(waited);
    }

    pub(super) fn earn(&mut self, bytes: usize) {
        let micros = (bytes as u64).saturating_mul(1_000_000) / LEAST_BYTES_PER_SECOND;
        self.left = self.left.saturating_add(Duration::from_micros(micros)).min(self.whole);
    }
}

/// One connection's.
#[derive(Debug)]
pub(super) struct Activity {
    state: Mutex<State>,
    patience: Duration,
    dismissed: Notify,
}

#[derive(Debug)]
struct State {
    turns: HashMap<u64, Wait>,
    next: u64,
    /// Since when no request is under way, and nothing of an answer was taken.
    idle_since: Instant,
    /// Whether a request was ever answered.
    proven: bool,
}

/// One request's waiting for its client.
#[derive(Debug, Clone, Copy)]
struct Wait {
    since: Option<Instant>,
    /// Whether it is for the client to take something; who waits for something to be sent has a clock of its own.
    to_take: bool,
    patience: Patience,
}

/// Why a connection is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overdue {
    /// No request is under way.
    Idle,
    /// A client takes no more of its answer.
    Stalled,
}

/// How much a connection deserves its place: the least is closed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Merit {
    /// Whether a request was ever answered on it.
    proven: bool,
    /// Since when its client is waited for.
    since: Instant,
}

impl Activity {
    /// A connection that was just opened; `patience` is what each of its requests begins with.
    pub(super) fn new(patience: Duration, now: Instant) -> Self {
        let state = State { turns: HashMap::new(), next: 0, idle_since: now, proven: false };
        Self { state: Mutex::new(state), patience, dismissed: Notify::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request begins.
    pub(super) fn begin(self: &Arc<Self>) -> Turn {
        let mut state = self.lock();
        let number = state.next;
        state.next = state.next.wrapping_add(1);
        let wait = Wait { since: None, to_take: false, patience: Patience::new(self.patience) };
        state.turns.insert(number, wait);
        Turn { activity: Arc::clone(self), number }
    }

    /// The client took something of an answer.
    pub(super) fn taken(&self) {
        let now = Instant::now();
        self.lock().idle_since = now;
    }

    /// How much it deserves its place while its client is waited for; none: it waits for us.
    pub(super) fn merit(&self) -> Option<Merit> {
        let state = self.lock();
        let mut since = state.idle_since;
        for wait in state.turns.values() {
            since = since.max(wait.since?);
        }
        Some(Merit { proven: state.proven, since })
    }

    /// Whether its client was waited for too long.
    pub(super) fn overdue(&self, now: Instant, idle: Duration) -> Option<Overdue> {
        let state = self.lock();
        if state.turns.is_empty() {
            return (now.saturating_duration_since(state.idle_since) >= idle).then_some(Overdue::Idle);
        }
        let stalled = |wait: &Wait| {
            let long = |since: Instant| now.saturating_duration_since(since) >= wait.patience.left();
            wait.to_take && wait.since.is_some_and(long)
        };
        state.turns.values().any(stalled).then_some(Overdue::Stalled)
    }

    /// Ends the connection in favour of another.
    pub(super) fn dismiss(&self) {
        self.dismissed.notify_one();
    }

    /// Ready when it was dismissed.
    pub(super) async fn dismissed(&self) {
        self.dismissed.notified().await;
    }
}

/// A request under way, until its answer was given out whole.
#[derive(Debug)]
pub(super) struct Turn {
    activity: Arc<Activity>,
    number: u64,
}

impl Turn {
    /// From now on the client is to send more; gives back how long it may take for that.
    pub(super) fn is_to_send(&self) -> Duration {
        self.waits(false)
    }

    /// From now on the client is to take what it was given.
    pub(super) fn is_to_take(&self) {
        self.waits(true);
    }

    fn waits(&self, to_take: bool) -> Duration {
        let now = Instant::now();
        let mut state = self.activity.lock();
        let Some(wait) = state.turns.get_mut(&self.number) else { return Duration::ZERO };
        wait.to_take = to_take;
        wait.since.get_or_insert(now);
        wait.patience.left()
    }

    /// It is answered: however long the request took to come, the answer has its own time.
    pub(super) fn is_answered(&self) {
        let whole = self.activity.patience;
        let mut state = self.activity.lock();
        if let Some(wait) = state.turns.get_mut(&self.number) {
            (wait.since, wait.patience) = (None, Patience::new(whole));
        }
    }

    /// The client sent or took so many bytes, and it goes on.
    pub(super) fn goes_on(&self, bytes: usize) {
        let mut state = self.activity.lock();
        let Some(wait) = state.turns.get_mut(&self.number) else { return };
        if let Some(since) = wait.since.take() {
            wait.patience.spend(since.elapsed());
        }
        wait.patience.earn(bytes);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let now = Instant::now();
        let mut state = self.activity.lock();
        state.turns.remove(&self.number);
        state.proven = true;
        state.idle_since = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Duration = Duration::from_secs(10);

    #[test]
    fn a_drip_spends_more_than_it_earns_and_a_slow_line_does_not() {
        let mut drip = Patience::new(WHOLE);
        let seconds = (0..100).take_while(|_| {
            drip.spend(Duration::from_secs(1));
            drip.earn(1);
            drip.left() > Duration::from_millis(100)
        });
        assert_eq!(seconds.count(), 9, "one byte a second is no better than none");
        let mut line = Patience::new(WHOLE);
        for _ in 0..1_000 {
            line.spend(Duration::from_secs(1));
            line.earn(LEAST_BYTES_PER_SECOND as usize);
        }
        assert_eq!(line.left(), WHOLE, "and nobody saves up more than the whole");
    }

    #[test]
    fn who_waits_for_us_keeps_its_place_and_who_is_waited_for_may_lose_it() {
        let activity = Arc::new(Activity::new(WHOLE, Instant::now()));
        let silent = activity.merit().expect("nothing came yet");
        let turn = activity.begin();
        assert_eq!(activity.merit(), None);
        turn.is_to_take();
        assert!(activity.merit().is_some());
        assert_eq!(activity.overdue(Instant::now() + WHOLE, WHOLE), Some(Overdue::Stalled));
        turn.goes_on(0);
        assert_eq!((activity.merit(), activity.overdue(Instant::now() + WHOLE, WHOLE)), (None, None));
        drop(turn);
        let proven = activity.merit().expect("nothing is under way");
        assert!(silent < proven, "who was answered once stays longer than who never asked");
        assert_eq!(activity.overdue(Instant::now(), WHOLE), None);
        assert_eq!(activity.overdue(Instant::now() + WHOLE, WHOLE), Some(Overdue::Idle));
    }
}
