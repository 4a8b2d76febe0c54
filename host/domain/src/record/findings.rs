//! Facts and signals: the only state a policy has, kept for it by subject and source.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::stored;
use crate::id::DecisionId;
use crate::key::Key;
use crate::time::Instant;

/// One source keeps at most so many facts, and so many signals, about one subject: more is a database, not a memory.
pub const MOST_FINDINGS: usize = 32;

/// A typed statement about a subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Fact {
    /// `motive`, `need`, `concern`, `goal`, `preference`, …
    pub kind: String,
    /// What holds.
    #[cfg_attr(feature = "schema", schema(value_type = Value))]
    pub value: Value,
    /// 0 to 10,000.
    pub confidence: u16,
    /// When it was found.
    pub at: Instant,
}

/// A score or label, with its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Signal {
    /// `lead-score`, `health`, `sentiment`, `stress`, `risk`, …
    pub kind: String,
    /// 0 to 10,000.
    pub score: u16,
    /// A word for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// When it was found.
    pub at: Instant,
}

/// What one source holds of one subject. One value, because a policy's facts and signals are replaced together, and
/// because keys cost a write more than bytes do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Findings {
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// The id of what they are about.
    pub subject: String,
    /// The policy that found them, by name; `desk`: a person did.
    pub source: String,
    /// The decision in which they were found last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionId>,
    /// Statements, one per kind. Personal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
    /// Scores, one per kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Signal>,
}

stored!(
    Findings,
    personal: ["facts"],
    key: |f| Key(vec![f.subject.as_str().into(), f.source.as_str().into()]),
    indexes: |_f| vec![],
);
