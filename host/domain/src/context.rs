//! What a policy may read while it answers: the port behind the contract's `context` and `calendar`.
//!
//! The core implements it over the store, within the grants; a replay implements it over a transcript.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::question::shown::{
    ShownCommitment, ShownCompany, ShownContact, ShownEntry, ShownFact, ShownPerson, ShownSignal, ShownTicketDigest,
};
use crate::time::Instant;

/// Why something is not shown. *Not granted* and *none* are different answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// The manifest's `needs` does not name it, or the operator did not grant it.
    NotGranted,
    /// More was asked for than is granted, or the call asked too often.
    TooMany,
}

/// Whose tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The subject's contact's.
    Contact,
    /// The subject's company's.
    Company,
    /// The whole desk's.
    Desk,
}

impl Scope {
    /// The word in manifests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Company => "company",
            Self::Desk => "desk",
        }
    }
}

/// A policy may ask so many times a call: twice for each of 50 candidates, and some.
pub const MOST_CONTEXT_CALLS: u32 = 104;

/// What surrounds the subject, read when asked for.
///
/// Every method may be called in any order, any number of times; the implementation bounds and records the answers.
/// A failure of the store is not the policy's business: the implementation keeps it, answers *none* or nothing, and
/// the core runs the command into that error afterwards.
pub trait Context: Send + Sync {
    /// The contact the subject is, or was brought by.
    fn find_contact(&self) -> Result<Option<ShownContact>, Refusal>;
    /// The company the subject is, or is for.
    fn find_company(&self) -> Result<Option<ShownCompany>, Refusal>;
    /// Custom fields by name, sorted; a field that is not set is left out. `of` must be the subject, its contact, its
    /// company or a candidate of the question; of any other id nothing is set.
    fn attributes_of(&self, of: &str, names: &[String]) -> Result<Vec<(String, Value)>, Refusal>;
    /// The ticket's entries, newest first.
    fn entries(&self, at_most: u32) -> Result<Vec<ShownEntry>, Refusal>;
    /// Tickets of that scope, newest first, without the subject.
    fn tickets(&self, scope: Scope, at_most: u32) -> Result<Vec<ShownTicketDigest>, Refusal>;
    /// Facts about the subject, its contact or its company; of one kind, or all.
    fn facts(&self, of: &str, kind: Option<&str>) -> Result<Vec<ShownFact>, Refusal>;
    /// Signals likewise.
    fn signals(&self, of: &str, kind: Option<&str>) -> Result<Vec<ShownSignal>, Refusal>;
    /// What is owed on the ticket, and was, oldest first.
    fn commitments(&self) -> Result<Vec<ShownCommitment>, Refusal>;
    /// The nodes above the subject's company, the nearest first.
    fn ancestors(&self) -> Result<Vec<ShownCompany>, Refusal>;
    /// The people of the subject's company and the nodes above whose memberships hold, deciders first; at most 64.
    fn people(&self) -> Result<Vec<ShownPerson>, Refusal>;
    /// The instant that is `minutes` of the calendar's time after `start`; none: no such calendar.
    fn calendar_add(&self, calendar: &str, start: Instant, minutes: u32) -> Option<Instant>;
    /// Whole minutes of the calendar's time from `start` to `end`, negative when `end` is earlier.
    fn calendar_between(&self, calendar: &str, start: Instant, end: Instant) -> Option<i64>;
    /// When the `days`-th working day after that of `start` closes; none: no such calendar, or not so many days.
    fn calendar_add_working_days(&self, calendar: &str, start: Instant, days: u32) -> Option<Instant>;
}
