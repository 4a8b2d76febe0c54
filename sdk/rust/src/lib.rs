//! Write a Plugdesk policy in Rust: a trait for each question, typed configuration, a pretend desk for tests.
//!
//! ```
//! use plugdesk_sdk::prelude::*;
//!
//! #[derive(Serialize, Deserialize)]
//! struct Eager { words: Vec<String> }
//!
//! impl Policy for Eager {}
//!
//! impl Qualify for Eager {
//!     fn qualify(&self, inquiry: &qualify::Inquiry, _desk: &impl Desk) -> Answer<Qualification> {
//!         let subject = words::fold(&inquiry.lead.subject);
//!         let Some(word) = self.words.iter().find(|word| subject.contains(word.as_str())) else { return Ok(None) };
//!         let mut answer = Qualification::new(6_000, Grade::B);
//!         answer.reasons.push(Reason::new("eager-word").with("word", word.as_str()));
//!         Ok(Some(answer))
//!     }
//! }
//!
//! plugdesk_sdk::plugin!(Eager: qualify);
//! # fn main() {}
//! ```
//!
//! A policy is a pure function of what it is told: no clock, no randomness, no network, no files, no memory of earlier
//! calls. What it wants to know again it returns as facts and signals.

// Generated code names this crate by its name, here as in a plugin.
extern crate self as plugdesk_sdk;

#[doc(hidden)]
pub mod bindings;
pub mod conditions;
pub mod desk;
#[cfg(test)]
mod every_question;
#[cfg(target_arch = "wasm32")]
mod heap;
mod packed;
mod plugin;
pub mod points;
pub mod policy;
pub mod pool;
pub mod pretend;
pub mod question;
#[cfg(any(target_arch = "wasm32", test))]
mod room;
pub mod rows;
pub mod types;
pub mod wording;
pub mod words;

pub use desk::Desk;
/// The same arithmetic natively and in wasm, to the last digit: use it instead of `f64::exp` and its like.
pub use libm;
pub use policy::{Policy, Problem};
pub use pretend::Pretend;
pub use question::{affiliate, classify, correlate, escalate, identify, merge, promise, qualify, react, track};
/// For deriving a policy's configuration.
pub use serde;
pub use types::*;

/// What a policy's file begins with.
pub mod prelude {
    pub use crate::desk::Desk;
    pub use crate::policy::{Policy, Problem};
    pub use crate::pretend::Pretend;
    pub use crate::question::affiliate::{self, Affiliate, Affiliation, Confidence, Node};
    pub use crate::question::classify::{self, Classification, Classify, Subject};
    pub use crate::question::correlate::{self, Correlate, Correlation, Neighbour, Pair};
    pub use crate::question::escalate::{self, Audience, Climb, Escalate};
    pub use crate::question::identify::{self, Candidate, Identification, Identify, Likeness, Relation};
    pub use crate::question::merge::{self, Merge, MergePlan, RecordOf, Side};
    pub use crate::question::promise::{self, Promise, Promised, Target};
    pub use crate::question::qualify::{self, Grade, Qualification, Qualify};
    pub use crate::question::react::{self, Happened, React, Reacted, Wanted};
    pub use crate::question::track::{self, Track, Tracking};
    pub use crate::types::*;
    pub use crate::words;
    pub use serde::{Deserialize, Serialize};
}
