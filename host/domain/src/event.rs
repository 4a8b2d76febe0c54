//! Facts in the log, past tense. The committer numbers them, gapless per desk; nothing is told before it is durable.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::DecisionId;
use crate::principal::Role;
use crate::time::Instant;

/// What a command tells; it becomes an [`Event`] when the change is committed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventDraft {
    /// Noun and past participle, such as `ticket.created`.
    pub name: String,
    /// The id of what it is about.
    pub subject: String,
    /// When the command was decided.
    pub at: Instant,
    /// Who caused it: the id of a key or contact, or `system`.
    pub by: String,
    /// The role in which it was caused; none: the desk itself. What reactions to it may do is bounded by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The decision behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionId>,
    /// How many causes deep it stands; 0: a person's or an importer's own act.
    #[serde(default)]
    pub depth: u8,
    /// What changed, small: never a whole record, never a personal field.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub data: Map<String, Value>,
}

/// An event as stored and sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Event {
    /// Its place in the desk's log: 1, 2, 3, … without a gap.
    pub sequence: u64,
    /// Noun and past participle, such as `ticket.created`.
    pub name: String,
    /// The id of what it is about.
    pub subject: String,
    /// When the command was decided.
    pub at: Instant,
    /// Who caused it: the id of a key or contact, or `system`.
    pub by: String,
    /// The role in which it was caused; none: the desk itself. What reactions to it may do is bounded by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The decision behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionId>,
    /// How many causes deep it stands.
    #[serde(default)]
    pub depth: u8,
    /// What changed.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub data: Map<String, Value>,
}

impl EventDraft {
    /// The event at its place in the log.
    pub fn numbered(self, sequence: u64) -> Event {
        let Self { name, subject, at, by, role, decision, depth, data } = self;
        Event { sequence, name, subject, at, by, role, decision, depth, data }
    }
}

/// Whether a name of an event or a command is meant by one of these: the name itself, `ticket.*` for all of a noun, or
/// `*` for every one.
pub fn matches(patterns: &[String], name: &str) -> bool {
    let noun = name.split_once('.').map_or(name, |(noun, _)| noun);
    patterns.iter().any(|it| match it.strip_suffix(".*") {
        Some(wanted) => wanted == noun,
        None => it == "*" || it == name,
    })
}
