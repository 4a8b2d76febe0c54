//! `qualify`: how good is this lead, and what moves the person?

use crate::bindings::qualify::exports::plugdesk::desk::qualify as contract;
pub use contract::{Grade, Inquiry, Qualification};

use crate::desk::{Desk, Host};
use crate::policy::{Policy, load};
use crate::types::{Answer, Fault};

/// A policy that answers `qualify`. Asked when a lead is created, changed, or its time to look again has come; the first
/// policy by rank that answers counts.
pub trait Qualify: Policy {
    /// The qualification; `Ok(None)`: no opinion.
    fn qualify(&self, inquiry: &Inquiry, desk: &impl Desk) -> Answer<Qualification>;
}

impl Qualification {
    /// A probability of conversion, 0 to 10,000, and a grade.
    pub fn new(score: u16, grade: Grade) -> Self {
        Self {
            score,
            grade,
            motive: None,
            horizon_days: None,
            next_question: None,
            look_again: None,
            reasons: Vec::new(),
            facts: Vec::new(),
            signals: Vec::new(),
        }
    }
}

/// The exported function.
#[doc(hidden)]
pub fn answer<P: Qualify>(inquiry: &Inquiry) -> Result<Option<Qualification>, Fault> {
    load::<P>()?.qualify(inquiry, &Host)
}
