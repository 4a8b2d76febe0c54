//! `promise`: what is the customer promised, and by when?

use crate::bindings::promise::exports::plugdesk::desk::promise as contract;
pub use contract::{Inquiry, Promised, Target};

use crate::desk::{Desk, Host};
use crate::policy::{Policy, load};
use crate::types::{Answer, Category, Fault, Instant};

/// The contract's limit of a target's minutes: ten years.
const MOST_MINUTES: u32 = 5_256_000;

/// A policy that answers `promise`. Asked when a ticket is opened or reopened, and when what the promise rests on changes. Per metric
/// the earliest due time counts.
pub trait Promise: Policy {
    /// The targets; `Ok(None)`: no opinion.
    fn promise(&self, inquiry: &Inquiry, desk: &impl Desk) -> Answer<Promised>;
}

impl Promised {
    /// What is promised, each metric once, at most 8.
    pub fn new(targets: Vec<Target>) -> Self {
        Self { targets, reasons: Vec::new(), facts: Vec::new(), signals: Vec::new() }
    }
}

impl Target {
    /// So many minutes of that calendar's time, from 1 to 5,256,000; its clock never stands, and nobody is warned.
    pub fn new(metric: impl Into<String>, minutes: u32, calendar: impl Into<String>) -> Self {
        Self { metric: metric.into(), minutes, calendar: calendar.into(), pauses: Vec::new(), warn_minutes: None }
    }

    /// As many minutes of that calendar's time as lie between `start` and the end of the `days`-th working day after it,
    /// so that it is due when that day closes. `start` is when the ticket was opened: asked again, it says the same. None:
    /// no such calendar, or not so many days. Needs `calendar`.
    pub fn within_working_days(
        metric: impl Into<String>,
        days: u32,
        calendar: impl Into<String>,
        start: Instant,
        desk: &impl Desk,
    ) -> Option<Self> {
        let calendar = calendar.into();
        let closing = desk.working_days_later(&calendar, start, days)?;
        let minutes = desk.minutes_between(&calendar, start, closing)?;
        let minutes = u32::try_from(minutes).ok().filter(|minutes| (1..=MOST_MINUTES).contains(minutes))?;
        Some(Self::new(metric, minutes, calendar))
    }

    /// The categories in which its clock stands.
    #[must_use]
    pub fn pausing(mut self, pauses: &[Category]) -> Self {
        self.pauses = pauses.to_vec();
        self
    }

    /// So many minutes before it is due it is at risk; fewer than its own minutes.
    #[must_use]
    pub fn warning(mut self, minutes: u32) -> Self {
        self.warn_minutes = Some(minutes);
        self
    }
}

/// The exported function.
#[doc(hidden)]
pub fn answer<P: Promise>(inquiry: &Inquiry) -> Result<Option<Promised>, Fault> {
    load::<P>()?.promise(inquiry, &Host)
}
