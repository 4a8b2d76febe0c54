//! Commitments: anything with a due time. They stand in the ticket that they are about, because they depend on nothing
//! but it and its calendar, and because one value is read and written at once.

use serde::{Deserialize, Serialize};

use super::ticket::Category;
use crate::id::{CommitmentId, DecisionId};
use crate::time::Instant;

/// The customer hears from a person for the first time. Met by the first reply or call of an agent.
pub const FIRST_RESPONSE: &str = "first-response";
/// A lead is called for the first time (practice 10). Met likewise.
pub const FIRST_CONTACT: &str = "first-contact";
/// The customer's latest entry is answered. Met likewise; made anew by the customer's next entry.
pub const NEXT_RESPONSE: &str = "next-response";
/// The matter is resolved. Met when the ticket's category becomes resolved or closed.
pub const RESOLUTION: &str = "resolution";

/// A ticket has at most so many commitments, ended ones included; beyond that the oldest ended ones go.
pub const MOST_COMMITMENTS: usize = 16;

/// Where a commitment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CommitmentState {
    /// The clock runs.
    Pending,
    /// The clock stands: the ticket is in a category that pauses it.
    Paused,
    /// The time of warning has come.
    AtRisk,
    /// Kept in time.
    Met,
    /// The due time passed. It stays breached when it is kept after all; `met_at` tells when.
    Breached,
    /// Another one took its place.
    Renegotiated,
    /// No longer owed.
    Cancelled,
}

impl CommitmentState {
    /// The word in JSON and WIT.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Paused => "paused",
            Self::AtRisk => "at-risk",
            Self::Met => "met",
            Self::Breached => "breached",
            Self::Renegotiated => "renegotiated",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What is promised, before it has a clock: in a contract, in a segment's definition, in a policy's answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Target {
    /// `first-response`, `first-contact`, `next-response`, `resolution`, or a word of the desk's own.
    pub metric: String,
    /// Minutes of the calendar's time, 1 to 5,256,000 (ten years).
    pub minutes: u32,
    /// The calendar's name; `always`: every minute counts.
    pub calendar: String,
    /// The categories in which the clock stands (lesson 11).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Category>,
    /// So many minutes of the calendar's time before it is due it is at risk; none: no warning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn_minutes: Option<u32>,
}

/// Anything with a due time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Commitment {
    /// Its id.
    pub id: CommitmentId,
    /// What is promised.
    #[serde(flatten)]
    pub target: Target,
    /// In words, where a person promised it. Personal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// Whose word it is: a policy's name, `contract`, `desk` (the segment's targets), or a person's name.
    pub source: String,
    /// The decision in which it was made or last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionId>,
    /// Where it stands.
    pub state: CommitmentState,
    /// When its clock began.
    pub started_at: Instant,
    /// When it is due if the clock is not paused again; while it is paused, as it stood.
    pub due_at: Instant,
    /// When the warning is due, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn_at: Option<Instant>,
    /// Since when the clock stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_at: Option<Instant>,
    /// When the warning was told; each is told once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warned_at: Option<Instant>,
    /// When it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met_at: Option<Instant>,
    /// When it was found too late: within a second of `due_at`, or when the process came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breached_at: Option<Instant>,
}

impl Commitment {
    /// What a customer sees of it: what is owed by when, and whether it was kept. What people promised in words, and what
    /// was replaced or given up, is the desk's own; so is whose word it was and when somebody is warned.
    #[must_use]
    pub fn for_customer(self) -> Option<Self> {
        let gone = matches!(self.state, CommitmentState::Renegotiated | CommitmentState::Cancelled);
        if self.what.is_some() || gone {
            return None;
        }
        let state = match self.state {
            // Nobody has failed the customer yet.
            CommitmentState::AtRisk => CommitmentState::Pending,
            state => state,
        };
        let target = Target { pauses: Vec::new(), warn_minutes: None, ..self.target };
        let (source, decision, warn_at, warned_at) = (String::new(), None, None, None);
        Some(Self { target, state, source, decision, warn_at, warned_at, ..self })
    }

    /// Whether it is still owed: not kept, not replaced, not cancelled. A breached one that was not kept is.
    pub fn open(&self) -> bool {
        match self.state {
            CommitmentState::Pending | CommitmentState::Paused | CommitmentState::AtRisk => true,
            CommitmentState::Breached => self.met_at.is_none(),
            CommitmentState::Met | CommitmentState::Renegotiated | CommitmentState::Cancelled => false,
        }
    }

    /// Whether a person promised it, in words: policies and contracts leave it alone.
    pub fn by_person(&self) -> bool {
        self.what.is_some()
    }

    /// When something is to be done about it next; none: nothing, as long as nothing changes.
    pub fn next_wake(&self) -> Option<Instant> {
        match self.state {
            CommitmentState::Pending => Some(self.warn_at.map_or(self.due_at, |at| at.min(self.due_at))),
            CommitmentState::AtRisk => Some(self.due_at),
            CommitmentState::Paused
            | CommitmentState::Met
            | CommitmentState::Breached
            | CommitmentState::Renegotiated
            | CommitmentState::Cancelled => None,
        }
    }
}
