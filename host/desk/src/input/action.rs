//! What is done with a ticket, as the actions take it.

use plugdesk_domain::{Audience, Instant};
use serde::{Deserialize, Serialize};

/// To whom a ticket is given: a person, a team, or both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct AssignTicket {
    /// An active agent, by name.
    pub assignee: Option<String>,
    /// A team, by name.
    pub team: Option<String>,
    /// What the next person must know, 1 byte to 32 KiB; kept as a note. Required from the second handoff on.
    pub summary: Option<String>,
}

/// Taking a ticket oneself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct TakeTicket {
    /// What became of it so far; kept as a note. Required from the second handoff on.
    pub summary: Option<String>,
}

/// Resolving a ticket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ResolveTicket {
    /// The desk's own word for it; none: its first state of the category `resolved`.
    pub state: Option<String>,
    /// What helped; kept as a note.
    pub note: Option<String>,
}

/// Opening a ticket again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ReopenTicket {
    /// The desk's own word for it; none: its first state of the category `open`.
    pub state: Option<String>,
    /// Why; kept as a note.
    pub note: Option<String>,
}

/// Putting a ticket off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SnoozeTicket {
    /// Until then, at most a year ahead; it opens by itself.
    pub until: Instant,
    /// Why; kept as a note.
    #[serde(default)]
    pub note: Option<String>,
}

/// Asking for someone higher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EscalateTicket {
    /// Why, 1 byte to 32 KiB; kept as a note.
    pub note: String,
    /// Who is to hear of it, at most 16; none named: whom the policies name, else the team's lead.
    #[serde(default)]
    pub to: Vec<Audience>,
}
