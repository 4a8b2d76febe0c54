//! `classify`: which segment is this?

use crate::bindings::classify::exports::plugdesk::desk::classify as contract;
pub use contract::{Classification, Inquiry, Subject};

use crate::desk::{Desk, Host};
use crate::policy::{Policy, load};
use crate::types::{Answer, Fault};

/// A policy that answers `classify`. Asked when a contact, company or ticket is created or changed; the answer with the
/// highest confidence wins.
pub trait Classify: Policy {
    /// The segment; `Ok(None)`: no opinion.
    fn classify(&self, inquiry: &Inquiry, desk: &impl Desk) -> Answer<Classification>;
}

impl Classification {
    /// A segment, and how sure: 0 to 10,000.
    pub fn new(segment: impl Into<String>, confidence: u16) -> Self {
        Self { segment: segment.into(), confidence, reasons: Vec::new(), facts: Vec::new(), signals: Vec::new() }
    }
}

/// The exported function.
#[doc(hidden)]
pub fn answer<P: Classify>(inquiry: &Inquiry) -> Result<Option<Classification>, Fault> {
    load::<P>()?.classify(inquiry, &Host)
}
