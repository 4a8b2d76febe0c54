//! What followers of the log keep: how far each has read, what policies do because of events, reports, and the words by
//! which tickets are found. None of it is written on a request.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::stored;
use crate::id::{BindingId, ContactId, DecisionId, ReactionId, TicketId};
use crate::key::{Index, Key, Table};
use crate::principal::Role;
use crate::time::Instant;

/// The reactions that wait, by the time of their next attempt and the event's place in the log.
pub const REACTION_BY_NEXT: Index = Index { table: Table::Reaction, code: 1, name: "next attempt", unique: false };
/// The reactions about a record, oldest first (lesson 16).
pub const REACTION_BY_SUBJECT: Index = Index { table: Table::Reaction, code: 2, name: "subject", unique: false };

/// How far a follower has read the log. Its key is its name, such as `search` or `reaction/binding_…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Cursor {
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// Whose.
    pub name: String,
    /// The last event that was worked off, its effects included.
    pub sequence: u64,
}

stored!(Cursor, personal: [], key: |c| Key::from(c.name.as_str()), indexes: |_c| vec![]);

/// What came of a command that a policy asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CommandOutcome {
    /// It waits.
    Queued,
    /// It was carried out.
    Done,
    /// The desk said no: a right, a rule, a policy.
    Refused,
    /// Given up after many attempts.
    Failed,
}

/// A command that a policy asks for, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReactionCommand {
    /// Noun and verb, such as `ticket.update`.
    pub name: String,
    /// Its body, as the REST call of the same meaning takes it.
    #[cfg_attr(feature = "schema", schema(value_type = Value))]
    pub body: Value,
    /// What came of it.
    pub outcome: CommandOutcome,
    /// In words, where it was not done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The id of what was made or changed, where it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

/// What a policy does because of an event. Each command is carried out once, keyed by event, binding and place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Reaction {
    /// Its id.
    pub id: ReactionId,
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// Whose opinion it is.
    pub binding: BindingId,
    /// The policy's name.
    pub policy: String,
    /// The event's place in the log.
    pub event: u64,
    /// The id of what the event was about.
    pub subject: String,
    /// How many causes deep the commands stand.
    pub depth: u8,
    /// Who caused the event, as events name it: the commands are carried out on that behalf.
    pub by: String,
    /// The role of whoever caused the event: the commands may do no more than that role may.
    pub role: Role,
    /// The customer who caused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
    /// The decision behind it.
    pub decision: DecisionId,
    /// What is to be done, in order.
    pub commands: Vec<ReactionCommand>,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next; none: it is done with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Instant>,
}

stored!(
    Reaction,
    personal: ["commands"],
    key: |r| Key::from(r.id),
    indexes: |r| {
        let mut entries = vec![REACTION_BY_SUBJECT.entry(vec![r.subject.as_str().into()])];
        entries.extend(r.next_attempt_at.map(|at| {
            REACTION_BY_NEXT.entry(vec![at.millis().into(), (r.event as i64).into()])
        }));
        entries
    },
);

/// A report: cells by name, such as `a:converted`, kept as events come. Its key is its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Report {
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// `conversion`, `calibration` or `commitments`.
    pub name: String,
    /// The counts, by row and column.
    pub cells: BTreeMap<String, i64>,
}

stored!(Report, personal: [], key: |r| Key::from(r.name.as_str()), indexes: |_r| vec![]);

/// Tickets whose subject had a word when events were read: one batch of the log, kept behind the write, so a search may be
/// a moment late. A batch costs one key per different word, however many tickets have it. Nothing is taken back: whoever
/// searches looks at the subject as it stands now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Posting {
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// The word, as [`crate::words::words_of`] gives it. Personal.
    pub word: String,
    /// The last event of the batch.
    pub sequence: u64,
    /// The tickets, in the order of the events; at most as many as a batch has events.
    pub tickets: Vec<TicketId>,
}

stored!(
    Posting,
    personal: ["word"],
    key: |p| Key(vec![p.word.as_str().into(), (p.sequence as i64).into()]),
    indexes: |_p| vec![],
);
