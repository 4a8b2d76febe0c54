//! `affiliate`: which company node is this ticket for?

use crate::bindings::affiliate::exports::plugdesk::desk::affiliate as contract;
pub use contract::{Affiliation, Confidence, Inquiry, Node};

use crate::desk::{Desk, Host};
use crate::policy::{Policy, load};
use crate::types::{Answer, Fault};

/// A policy that answers `affiliate`. Asked when a ticket comes without a company that somebody named. The node that alone has the
/// highest confidence is taken if that is at least 6,000; otherwise a person is asked.
pub trait Affiliate: Policy {
    /// How sure it is of each node; those left out it has no opinion of.
    fn affiliate(&self, inquiry: &Inquiry, desk: &impl Desk) -> Answer<Affiliation>;
}

impl Affiliation {
    /// How sure it is, node by node, each at most once.
    pub fn new(nodes: Vec<Confidence>) -> Self {
        Self { nodes, reasons: Vec::new(), facts: Vec::new(), signals: Vec::new() }
    }
}

impl Confidence {
    /// Of the node with that id: 0 to 10,000.
    pub fn new(company: impl Into<String>, confidence: u16) -> Self {
        Self { company: company.into(), confidence }
    }
}

/// The exported function.
#[doc(hidden)]
pub fn answer<P: Affiliate>(inquiry: &Inquiry) -> Result<Option<Affiliation>, Fault> {
    load::<P>()?.affiliate(inquiry, &Host)
}
