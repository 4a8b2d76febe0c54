//! `correlate`: which tickets report the same problem, and does it come back?

use crate::bindings::correlate::exports::plugdesk::desk::correlate as contract;
pub use contract::{Correlation, Inquiry, Neighbour, Pair};

use crate::desk::{Desk, Host};
use crate::policy::{Policy, load};
use crate::types::{Answer, Fault};

/// A policy that answers `correlate`. Asked when a ticket is opened, and when its subject or company changes. Per pair the highest score
/// counts; from 6,000 on the tickets are gathered.
pub trait Correlate: Policy {
    /// What it says of the neighbours; those left out it has no opinion of.
    fn correlate(&self, inquiry: &Inquiry, desk: &impl Desk) -> Answer<Correlation>;
}

impl Correlation {
    /// How sure it is, neighbour by neighbour, each at most once.
    pub fn new(pairs: Vec<Pair>) -> Self {
        Self { pairs, cluster: None, recurring: false, reasons: Vec::new(), facts: Vec::new(), signals: Vec::new() }
    }
}

impl Pair {
    /// Of the ticket with that id: 0 to 10,000.
    pub fn new(ticket: impl Into<String>, score: u16) -> Self {
        Self { ticket: ticket.into(), score }
    }
}

/// The exported function.
#[doc(hidden)]
pub fn answer<P: Correlate>(inquiry: &Inquiry) -> Result<Option<Correlation>, Fault> {
    load::<P>()?.correlate(inquiry, &Host)
}
