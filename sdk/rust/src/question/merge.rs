//! `merge`: which values show when two records become one, or why must they not?

use crate::bindings::merge::exports::plugdesk::desk::merge as contract;
pub use contract::{Inquiry, MergePlan, RecordOf, Side};

use crate::desk::{Desk, Host};
use crate::policy::{Policy, load};
use crate::types::{Answer, Fault, Reason};

/// A policy that answers `merge`. Asked before two records are merged. Refusal wins; else the first plan by rank.
pub trait Merge: Policy {
    /// The plan; `Ok(None)`: no opinion.
    fn merge(&self, inquiry: &Inquiry, desk: &impl Desk) -> Answer<MergePlan>;
}

impl MergePlan {
    /// A plan that names no field: each shows the winner's value, and the loser's where the winner has none.
    pub fn new() -> Self {
        Self { refused: false, fields: Vec::new(), reasons: Vec::new(), facts: Vec::new(), signals: Vec::new() }
    }

    /// They must not be merged, and why.
    pub fn refuse(why: Reason) -> Self {
        Self { refused: true, reasons: vec![why], ..Self::new() }
    }

    /// Says whose value of that field shows; of a field that was named before, the later word counts.
    #[must_use]
    pub fn show(mut self, field: &str, side: Side) -> Self {
        self.fields.retain(|(name, _)| name != field);
        self.fields.push((field.to_owned(), side));
        self
    }
}

impl Default for MergePlan {
    fn default() -> Self {
        Self::new()
    }
}

/// The exported function.
#[doc(hidden)]
pub fn answer<P: Merge>(inquiry: &Inquiry) -> Result<Option<MergePlan>, Fault> {
    load::<P>()?.merge(inquiry, &Host)
}
