//! Escalations: a matter on its way up, step by step, until somebody acknowledges it (practice 114, lesson 13).

use serde::{Deserialize, Serialize};

use super::{Reason, stored};
use crate::id::{DecisionId, EscalationId, TicketId};
use crate::key::{Index, Key, Table};
use crate::time::Instant;

/// The escalations of a ticket, oldest first; at most one of them is open or acknowledged.
pub const ESCALATION_BY_TICKET: Index = Index { table: Table::Escalation, code: 1, name: "ticket", unique: false };
/// The escalations of a state, oldest first.
pub const ESCALATION_BY_STATE: Index = Index { table: Table::Escalation, code: 2, name: "state", unique: false };

/// The highest level there is.
pub const HIGHEST_LEVEL: u8 = 9;
/// An escalation keeps at most so many steps; a ladder has ten rungs.
pub const MOST_STEPS: usize = 32;

/// Who is to hear of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// An agent, by name.
    Agent(String),
    /// Everybody of a team, by name.
    Team(String),
    /// Every active agent with that role, such as `vice-president`.
    Role(String),
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum EscalationState {
    /// It climbs.
    Open,
    /// Somebody took it: it climbs no further.
    Acknowledged,
    /// The ticket was resolved, closed or merged.
    Ended,
}

impl EscalationState {
    /// The word in JSON and indexes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Ended => "ended",
        }
    }
}

/// One rung.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EscalationStep {
    /// When it was reached.
    pub at: Instant,
    /// The level.
    pub level: u8,
    /// What led to it: `at-risk`, `breached`, `reopened`, `handed-off`, `signal`, `executive`, `look`, `requested`.
    pub cause: String,
    /// Who is to hear of it.
    pub audience: Vec<Audience>,
    /// The agents that these were then, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<String>,
    /// Why, in the words of the policies that asked for this level.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// The decision behind it; none: a person asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionId>,
}

/// A matter on its way up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Escalation {
    /// Its id.
    pub id: EscalationId,
    /// Grows by one per write.
    pub version: u64,
    /// When it began.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// What climbs.
    pub ticket: TicketId,
    /// Where it stands.
    pub state: EscalationState,
    /// The highest level reached.
    pub level: u8,
    /// Whether a brief is asked for; it is made from the records when it is read.
    pub brief: bool,
    /// The rungs, lowest first.
    pub steps: Vec<EscalationStep>,
    /// Who took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Instant>,
}

stored!(
    Escalation,
    personal: [],
    key: |e| Key::from(e.id),
    indexes: |e| vec![
        ESCALATION_BY_TICKET.entry(vec![e.ticket.into()]),
        ESCALATION_BY_STATE.entry(vec![e.state.name().into()]),
    ],
);

/// What a ticket knows of its escalation: enough to ask and to show, without another read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Escalated {
    /// The escalation.
    pub id: EscalationId,
    /// Its level.
    pub level: u8,
    /// Whether somebody took it.
    pub acknowledged: bool,
    /// When the policies want to look again; none: they don't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look_again: Option<Instant>,
}
