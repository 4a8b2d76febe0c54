//! What policies decided: answers, reasons, outcomes and effects of all questions of one command, in one value.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Reason, stored};
use crate::ask::OutcomeClass;
use crate::digest::Digest;
use crate::id::{BindingId, DecisionId};
use crate::key::{Index, Key, Table};
use crate::time::Instant;

/// The decisions about a record, in the order of time. The decision that makes a record bears the record's own UUID and
/// has no entry: creating a ticket writes one key less.
pub const DECISION_BY_SUBJECT: Index = Index { table: Table::Decision, code: 1, name: "subject", unique: false };

/// What one policy answered to one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Opinion {
    /// The binding asked.
    pub binding: BindingId,
    /// The policy's name.
    pub policy: String,
    /// The pack's version.
    pub pack_version: String,
    /// The component.
    pub component: Digest,
    /// The configuration.
    pub configuration: Digest,
    /// Its rank.
    pub rank: u32,
    /// Whether it was asked in shadow: recorded, not counted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
    /// How the call ended.
    pub outcome: OutcomeClass,
    /// What went wrong, where something did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The answer, without its reasons; none: no opinion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Value))]
    pub answer: Option<Value>,
    /// Why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// Fuel used; deterministic for a version of the sandbox.
    pub fuel: u64,
    /// Time on the processor, in microseconds; differs from run to run.
    pub micros: u64,
}

/// One question of the command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Asked {
    /// Its name.
    pub question: String,
    /// The id of what was classified or qualified: a contact, a company or a ticket.
    pub about: String,
    /// What the answers joined to; none: nobody had an opinion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Value))]
    pub joined: Option<Value>,
    /// Whether a failure rule was applied.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub degraded: bool,
    /// What each policy answered, by rank.
    pub opinions: Vec<Opinion>,
}

/// How the command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DecisionOutcome {
    /// Its change was committed.
    Committed,
    /// A policy refused it; nothing but this decision was stored.
    Refused,
    /// It was asked what would happen; nothing is stored, this decision neither.
    Preview,
}

/// A record that was read to decide, and its version then. Advisory: never a precondition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReadVersion {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: u64,
}

/// What policies decided about one command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Decision {
    /// Its id.
    pub id: DecisionId,
    /// Grows by one per write.
    pub version: u64,
    /// When it was decided.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// The command, such as `ticket.create`.
    pub command: String,
    /// The id of what it was about.
    pub subject: String,
    /// Who acted.
    pub by: String,
    /// The generation that was asked.
    pub generation: u64,
    /// How it ended.
    pub outcome: DecisionOutcome,
    /// The questions, in the order in which they were asked.
    pub asked: Vec<Asked>,
    /// What the host did because of the answers, in words: `segment: company`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<String>,
    /// What was read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reads: Vec<ReadVersion>,
    /// Of the captured input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture: Option<Digest>,
}

stored!(
    Decision,
    personal: [],
    key: |d| Key::from(d.id),
    indexes: |d| {
        let own = d.id.to_string();
        let suffix = |id: &str| id.split_once('_').map(|(_, suffix)| suffix.to_owned());
        if suffix(&own) == suffix(&d.subject) {
            return Vec::new();
        }
        vec![DECISION_BY_SUBJECT.entry(vec![d.subject.as_str().into()])]
    },
);
