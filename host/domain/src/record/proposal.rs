//! Proposals: what policies suggest and a person decides. A new desk only proposes merges.

use serde::{Deserialize, Serialize};

use super::{Reason, stored};
use crate::id::{DecisionId, ProposalId};
use crate::key::{Index, Key, Table};
use crate::time::Instant;

/// The proposals of a state, oldest first.
pub const PROPOSAL_BY_STATE: Index = Index { table: Table::Proposal, code: 1, name: "state", unique: false };
/// The proposals about a record, as subject or option, oldest first.
pub const PROPOSAL_BY_RECORD: Index = Index { table: Table::Proposal, code: 2, name: "record", unique: false };

/// A proposal offers at most so many options: a person reads them.
pub const MOST_OPTIONS: usize = 8;

/// What is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ProposalKind {
    /// Two contacts are one person: accepting merges `subject` and the option.
    MergeContacts,
    /// A ticket is for one of these company nodes: accepting sets it (lesson 1).
    Affiliate,
}

impl ProposalKind {
    /// The word in JSON and addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::MergeContacts => "merge-contacts",
            Self::Affiliate => "affiliate",
        }
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ProposalState {
    /// Nobody decided yet.
    Open,
    /// It was done.
    Accepted,
    /// It was not; the same is not proposed again.
    Rejected,
    /// It no longer made sense.
    Withdrawn,
}

impl ProposalState {
    /// The word in JSON and indexes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// One way to accept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ProposalOption {
    /// The id of the contact or company.
    pub id: String,
    /// How sure, 0 to 10,000.
    pub score: u16,
    /// Whose opinion it is.
    pub policy: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

/// What a policy suggests and a person decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Proposal {
    /// Its id.
    pub id: ProposalId,
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// What.
    pub kind: ProposalKind,
    /// What became of it.
    pub state: ProposalState,
    /// The id of the contact or ticket it is about.
    pub subject: String,
    /// The ways to accept, the surest first; of a merge one.
    pub options: Vec<ProposalOption>,
    /// The decision behind it.
    #[serde(default, alias = "decision", skip_serializing_if = "Option::is_none")]
    pub decision_id: Option<DecisionId>,
    /// Who decided it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Instant>,
    /// What came of it: the id of a merge, or of the company that was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}

stored!(
    Proposal,
    personal: [],
    key: |p| Key::from(p.id),
    indexes: |p| {
        let mut entries = vec![
            PROPOSAL_BY_STATE.entry(vec![p.state.name().into()]),
            PROPOSAL_BY_RECORD.entry(vec![p.subject.as_str().into()]),
        ];
        if p.kind == ProposalKind::MergeContacts {
            entries.extend(p.options.iter().map(|it| PROPOSAL_BY_RECORD.entry(vec![it.id.as_str().into()])));
        }
        entries
    },
);
