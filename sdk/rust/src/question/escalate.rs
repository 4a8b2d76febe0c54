//! `escalate`: does this need someone higher, now?

use crate::bindings::escalate::exports::plugdesk::desk::escalate as contract;
pub use contract::{Audience, Climb, Inquiry};

use crate::desk::{Desk, Host};
use crate::policy::{Policy, load};
use crate::types::{Answer, Fault};

/// A policy that answers `escalate`. Asked when a ticket is opened, reopened or handed off, when a commitment is at risk or breached,
/// when somebody asks for it, and when its time to look again has come. The highest level wins; audiences unite.
pub trait Escalate: Policy {
    /// The level and who is to hear of it; `Ok(None)`: no opinion.
    fn escalate(&self, inquiry: &Inquiry, desk: &impl Desk) -> Answer<Climb>;
}

impl Climb {
    /// The level that it needs, 0 to 9, and who is to hear of it.
    pub fn new(level: u8, audience: Vec<Audience>) -> Self {
        Self {
            level,
            audience,
            brief: false,
            look_again: None,
            reasons: Vec::new(),
            facts: Vec::new(),
            signals: Vec::new(),
        }
    }
}

/// The exported function.
#[doc(hidden)]
pub fn answer<P: Escalate>(inquiry: &Inquiry) -> Result<Option<Climb>, Fault> {
    load::<P>()?.escalate(inquiry, &Host)
}
