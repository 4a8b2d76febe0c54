//! Merges, links and decisions on proposals as commands take them.

use plugdesk_domain::{FieldPlan, LinkKind, MergeKind, TicketId};
use serde::{Deserialize, Serialize};

/// Two records to become one. Nothing is copied or moved: the loser points to the winner, and undoing is exact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewMerge {
    /// What they are.
    pub kind: MergeKind,
    /// The id of the record that is to stand for both.
    pub winner: String,
    /// The id of the record that is to point to it.
    pub loser: String,
    /// Whose value shows, by field: `name`, `locale`, `time_zone`, `segment`, `tier`, `worth`, `custom.<name>`. It
    /// overrules what policies plan; fields that nobody names show the winner's value, and the loser's where that is
    /// empty.
    #[serde(default)]
    pub plan: FieldPlan,
}

/// The ticket that a ticket is to be merged into.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TicketMerge {
    /// The ticket that is to stand for both.
    pub into: TicketId,
}

/// A link to be made between two tickets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    /// What the first is to the second.
    pub kind: LinkKind,
    /// The first ticket.
    pub from: TicketId,
    /// The second; of `same-problem` the lead ticket.
    pub to: TicketId,
}

/// A proposal to be accepted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Acceptance {
    /// The id of the chosen option; needed where there are several. Of a merge: the contact that is to stand for both;
    /// none: the older one.
    pub option: Option<String>,
}
