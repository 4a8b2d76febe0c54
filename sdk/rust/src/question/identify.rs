//! `identify`: is this contact one of those?

use crate::bindings::identify::exports::plugdesk::desk::identify as contract;
pub use contract::{Candidate, Identification, Inquiry, Likeness, Relation};

use crate::desk::{Desk, Host};
use crate::policy::{Policy, load};
use crate::types::{Answer, Fault, Reason};

/// A policy that answers `identify`. Asked when a contact is created or its name or addresses change. Per candidate the greatest of
/// maybe < same < different counts, then the highest score.
pub trait Identify: Policy {
    /// What it says of the candidates; those left out it has no opinion of.
    fn identify(&self, inquiry: &Inquiry, desk: &impl Desk) -> Answer<Identification>;
}

impl Identification {
    /// What it says, candidate by candidate, each at most once.
    pub fn new(likenesses: Vec<Likeness>) -> Self {
        Self { likenesses, reasons: Vec::new(), facts: Vec::new(), signals: Vec::new() }
    }
}

impl Likeness {
    /// Of the candidate with that id: how the two are related, and the probability that they are one person, 0 to 10,000.
    pub fn new(contact: impl Into<String>, relation: Relation, score: u16) -> Self {
        Self { contact: contact.into(), relation, score, reasons: Vec::new() }
    }

    /// Adds why.
    #[must_use]
    pub fn because(mut self, reason: Reason) -> Self {
        self.reasons.push(reason);
        self
    }
}

/// The exported function.
#[doc(hidden)]
pub fn answer<P: Identify>(inquiry: &Inquiry) -> Result<Option<Identification>, Fault> {
    load::<P>()?.identify(inquiry, &Host)
}
