//! Places for sending: so many at a time, of which some are always for receivers that are quick and well. So however
//! many of a desk, or of all desks, are slow or dead, they hold up no other.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use plugdesk_domain::WebhookId;
use tokio::sync::{Semaphore, SemaphorePermit};

/// So many are sent to at a time, in the whole process: each holds a connection, a few KiB and no thread.
const MOST_OF_PROCESS: usize = 64;
/// Of which so many to receivers that were slow or failed last.
const MOST_SLOW_OF_PROCESS: usize = 48;
/// The same for one desk, which has at most 32 webhooks: four desks full of slow ones leave places for a fifth.
const MOST_OF_DESK: usize = 16;
const MOST_SLOW_OF_DESK: usize = 12;
/// A receiver that takes longer to answer is slow: the specification advises to answer first and work then.
const SLOW: Duration = Duration::from_secs(1);
/// So many slow receivers are remembered; with more, all are taken for quick ones until they are met again.
const MOST_REMEMBERED: usize = 4_096;

/// Places, those for slow receivers counted apart.
pub(crate) struct Places {
    all: Semaphore,
    slow: Semaphore,
}

/// A place taken; free again when it is dropped.
pub(crate) struct Place<'a> {
    _slow: Option<SemaphorePermit<'a>>,
    _place: Option<SemaphorePermit<'a>>,
}

impl Places {
    pub(super) fn of_the_process() -> Self {
        Self { all: Semaphore::new(MOST_OF_PROCESS), slow: Semaphore::new(MOST_SLOW_OF_PROCESS) }
    }

    /// Those of one desk.
    pub(crate) fn of_a_desk() -> Self {
        Self { all: Semaphore::new(MOST_OF_DESK), slow: Semaphore::new(MOST_SLOW_OF_DESK) }
    }

    /// Waits for one. Neither is ever closed; should one be, the delivery is sent all the same.
    pub(super) async fn enter(&self, slow: bool) -> Place<'_> {
        let _slow = if slow { self.slow.acquire().await.ok() } else { None };
        Place { _slow, _place: self.all.acquire().await.ok() }
    }
}

/// The webhooks whose receivers were slow last.
#[derive(Default)]
pub(super) struct Slow(Mutex<HashSet<WebhookId>>);

impl Slow {
    pub(super) fn holds(&self, webhook: WebhookId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&webhook)
    }

    pub(super) fn note(&self, webhook: WebhookId, took: Duration) {
        let mut slow = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if took <= SLOW {
            slow.remove(&webhook);
            return;
        }
        if slow.len() >= MOST_REMEMBERED {
            slow.clear();
        }
        slow.insert(webhook);
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Waker};

    use plugdesk_domain::Instant;

    use super::*;

    #[test]
    fn slow_receivers_never_take_every_place() {
        for places in [Places::of_a_desk(), Places::of_the_process()] {
            let mut cx = Context::from_waker(Waker::noop());
            let mut taken = Vec::new();
            while let std::task::Poll::Ready(place) = pin!(places.enter(true)).poll(&mut cx) {
                taken.push(place);
            }
            assert!(pin!(places.enter(false)).poll(&mut cx).is_ready(), "after {} slow ones", taken.len());
        }
    }

    #[test]
    fn a_receiver_is_slow_until_it_is_quick_again_and_few_are_remembered() {
        let slow = Slow::default();
        let id = |number| WebhookId::new(Instant::from_millis(1), number);
        slow.note(id(1), SLOW * 2);
        assert!(slow.holds(id(1)) && !slow.holds(id(2)));
        slow.note(id(1), SLOW / 2);
        assert!(!slow.holds(id(1)));
        (0..2 * MOST_REMEMBERED as u128).for_each(|number| slow.note(id(number), SLOW * 2));
        assert!(slow.0.lock().unwrap().len() <= MOST_REMEMBERED);
    }
}
