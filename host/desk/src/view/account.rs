//! What is shown of a company as a whole.

use plugdesk_domain::{
    Commitment, Company, CompanyId, ContactId, Contract, Entry, Membership, Proposal, Ticket, TicketId,
};
use serde::{Deserialize, Serialize};

use super::CompanyView;

/// A node of a company tree, as one of many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TreeNode {
    /// Which.
    pub id: CompanyId,
    /// What it is called.
    pub name: String,
    /// The node above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<CompanyId>,
    /// How much care it is owed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// How far below the node that was asked for; 0: that node, or one above it.
    pub level: u32,
}

/// The tree around a company node, merged nodes resolved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TreeView {
    /// The nodes above, the nearest first.
    pub above: Vec<TreeNode>,
    /// The node and those below, nearest first; at most 256.
    pub nodes: Vec<TreeNode>,
    /// There are more below than are shown.
    pub more: bool,
}

/// A person of an account. What several say of one person stands side by side, each with its source and dates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AccountPerson {
    /// Who.
    pub id: ContactId,
    /// The name.
    pub name: String,
    /// Roles, aspects and concerns, those that ended too.
    pub memberships: Vec<Membership>,
}

/// What is owed to an account on one ticket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AccountPromise {
    /// The ticket.
    pub ticket: TicketId,
    /// Its number.
    pub number: u64,
    /// What, and until when.
    pub commitment: Commitment,
}

/// A company node and everything below it, in one view.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AccountView {
    /// The node.
    pub company: CompanyView,
    /// The nodes above, the nearest first.
    pub above: Vec<Company>,
    /// Who belongs to it or to a node below, deciders first; at most 128.
    pub people: Vec<AccountPerson>,
    /// Who decides.
    pub deciders: Vec<ContactId>,
    /// Tickets that are not ended, by anyone, newest first; of the newest 100.
    pub open: Vec<Ticket>,
    /// Tickets that ended, newest first; at most 20.
    pub recent: Vec<Ticket>,
    /// What was tried on the newest 10 open tickets, newest first.
    pub steps: Vec<Entry>,
    /// What is owed on open tickets, what is due first first.
    pub promises: Vec<AccountPromise>,
    /// The contracts that hold, the node's own first, then those of the nodes above.
    pub contracts: Vec<Contract>,
    /// What waits for a person's decision about open tickets.
    pub proposals: Vec<Proposal>,
    /// There are more nodes below, or more people, than are shown.
    pub more: bool,
}
