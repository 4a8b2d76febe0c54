//! `track`: how carefully is this handled?

use crate::bindings::track::exports::plugdesk::desk::track as contract;
pub use contract::{Inquiry, Tracking};

use crate::desk::{Desk, Host};
use crate::policy::{Policy, load};
use crate::types::{Answer, Fault, TrackLevel};

/// A policy that answers `track`. Asked when a ticket is opened, and when what it rests on changes. The most conservative track
/// wins; checks and people unite.
pub trait Track: Policy {
    /// The track; `Ok(None)`: no opinion.
    fn track(&self, inquiry: &Inquiry, desk: &impl Desk) -> Answer<Tracking>;
}

impl Tracking {
    /// A track and the risk that it answers, 0 to 10,000.
    pub fn new(track: TrackLevel, risk: u16) -> Self {
        Self {
            track,
            risk,
            checks: Vec::new(),
            people: Vec::new(),
            reasons: Vec::new(),
            facts: Vec::new(),
            signals: Vec::new(),
        }
    }
}

/// The exported function.
#[doc(hidden)]
pub fn answer<P: Track>(inquiry: &Inquiry) -> Result<Option<Tracking>, Fault> {
    load::<P>()?.track(inquiry, &Host)
}
