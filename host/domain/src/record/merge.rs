//! Merges by pointer: the loser points to the winner, reads resolve the alias, nothing is copied or moved (lessons 8
//! and 10). So a merge with ten thousand tickets is one small write, and undoing it is exact.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::stored;
use crate::id::{DecisionId, MergeId, ProposalId};
use crate::key::{Index, Key, Table};
use crate::time::Instant;

/// The standing merges into a record, oldest first; undone ones are not among them.
pub const MERGE_BY_WINNER: Index = Index { table: Table::Merge, code: 1, name: "winner", unique: false };
/// The standing merge of a record into another: at most one.
pub const MERGE_BY_LOSER: Index = Index { table: Table::Merge, code: 2, name: "loser", unique: true };
/// Every merge that a record was ever the loser of, oldest first.
pub const MERGE_HISTORY: Index = Index { table: Table::Merge, code: 3, name: "history", unique: false };

/// A record stands for at most so many others, and points through at most so many: who has more is no person, and a
/// read of all of them must stay short.
pub const MOST_MERGED: usize = 64;

/// What is merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum MergeKind {
    /// Two records of one person.
    Contact,
    /// Two records of one company node.
    Company,
    /// Two tickets of one matter.
    Ticket,
}

/// Whose value shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The record that stands for both; the other's value where it has none.
    #[default]
    Winner,
    /// The record that points to it.
    Loser,
}

/// Field name → whose value shows. A field that is not named shows the winner's, and the loser's where that is empty.
pub type FieldPlan = BTreeMap<String, Side>;

/// One record pointing to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Merge {
    /// Its id.
    pub id: MergeId,
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// What.
    pub kind: MergeKind,
    /// The id of the record that stands for both.
    pub winner: String,
    /// The id of the record that points to it.
    pub loser: String,
    /// Which value shows.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub plan: FieldPlan,
    /// How sure the policies were, 0 to 10,000; none: a person said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u16>,
    /// Who did it.
    pub by: String,
    /// The decision behind it.
    #[serde(default, alias = "decision", skip_serializing_if = "Option::is_none")]
    pub decision_id: Option<DecisionId>,
    /// The proposal that it follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<ProposalId>,
    /// When it was undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_at: Option<Instant>,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_by: Option<String>,
}

stored!(
    Merge,
    personal: [],
    key: |m| Key::from(m.id),
    indexes: |m| {
        let mut entries = vec![MERGE_HISTORY.entry(vec![m.loser.as_str().into()])];
        if m.undone_at.is_none() {
            entries.push(MERGE_BY_WINNER.entry(vec![m.winner.as_str().into()]));
            entries.push(MERGE_BY_LOSER.entry(vec![m.loser.as_str().into()]));
        }
        entries
    },
);
