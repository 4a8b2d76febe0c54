//! People who serve, and their teams.

use serde::{Deserialize, Serialize};

use super::stored;
use crate::id::AgentId;
use crate::key::{Index, Key, Table};
use crate::time::Instant;

/// Finds an agent by name.
pub const AGENT_BY_NAME: Index = Index { table: Table::Agent, code: 1, name: "name", unique: true };
/// The agents of a team, by their ids.
pub const AGENT_BY_TEAM: Index = Index { table: Table::Agent, code: 2, name: "team", unique: false };

/// A person who serves. As soon as a desk has one agent, a ticket's assignee must be an active one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Agent {
    /// Its id.
    pub id: AgentId,
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// The name in the desk's words, unique: what `assignee` says.
    pub name: String,
    /// What people read. Personal.
    pub title: String,
    /// Where the person is written to. Personal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The teams, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<String>,
    /// What escalation ladders call for, such as `team-lead`, `vice-president`, `chief-executive`, `desk-owner`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Whether tickets may be given to the person, and the person's keys open anything.
    pub active: bool,
}

stored!(
    Agent,
    personal: ["title", "email"],
    key: |a| Key::from(a.id),
    indexes: |a| {
        let mut entries = vec![AGENT_BY_NAME.entry(vec![a.name.as_str().into()])];
        entries.extend(a.teams.iter().map(|team| AGENT_BY_TEAM.entry(vec![team.as_str().into()])));
        entries
    },
);

/// A team. Its key is its name. As soon as a desk has one, a ticket's team must be one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Team {
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// Its name: what `team` says.
    pub name: String,
    /// What people read.
    pub title: String,
    /// Who leads it, by the agent's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<String>,
    /// The segments it serves; none named: every (practice 4).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<String>,
    /// The pack that brought it, as `publisher/name`; none: a person made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack: Option<String>,
}

stored!(Team, personal: [], key: |t| Key::from(t.name.as_str()), indexes: |_t| vec![]);
