//! `react`: what follows from an event?

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bindings::react::exports::plugdesk::desk::react as contract;
pub use contract::{Happened, Inquiry, Reacted, Wanted};

use crate::desk::{Desk, Host};
use crate::policy::{Policy, load};
use crate::types::{Answer, Fault};

/// A policy that answers `react`. Asked after the write, from the log, at least once for each event that the manifest's `needs.events`
/// names. All commands are carried out, each policy's in its order.
pub trait React: Policy {
    /// The commands; `Ok(None)`: nothing follows.
    fn react(&self, inquiry: &Inquiry, desk: &impl Desk) -> Answer<Reacted>;
}

impl Reacted {
    /// What is to be done, in this order; at most 8.
    pub fn new(commands: Vec<Wanted>) -> Self {
        Self { commands, reasons: Vec::new(), facts: Vec::new(), signals: Vec::new() }
    }
}

impl Wanted {
    /// A command by its name, such as `ticket.update`, and its body: a value that serialises to a JSON object of at most
    /// 8 KiB, with the id of what it changes as `id`.
    pub fn new(name: impl Into<String>, body: &impl Serialize) -> Self {
        // What does not serialise becomes a text that is no object, which the host refuses by field.
        Self { name: name.into(), body: serde_json::to_string(body).unwrap_or_else(|error| error.to_string()) }
    }
}

impl Happened {
    /// What changed, in the shape that the policy looks for; none: it is not of that shape.
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.data).ok()
    }
}

/// The exported function.
#[doc(hidden)]
pub fn answer<P: React>(inquiry: &Inquiry) -> Result<Option<Reacted>, Fault> {
    load::<P>()?.react(inquiry, &Host)
}
