//! `promise`: what is the customer promised, and by when?

use crate::bindings::promise::exports::plugdesk::desk::promise as contract;
pub use contract::{Inquiry, Promised, Target};

use crate::desk::{Desk, Host};
use crate::policy::{Policy, load};
use crate::types::{Answer, Category, Fault};

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
