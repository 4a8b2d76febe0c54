//! Tickets. A lead is a ticket whose kind is `lead`.

use serde::{Deserialize, Serialize};

use super::{ExternalIds, Reason, external_entries, stored};
use crate::attributes::Attributes;
use crate::id::{CompanyId, ContactId, DecisionId, TicketId};
use crate::key::{Index, Key, Table};
use crate::time::Instant;

/// Finds a ticket by the number that people say.
pub const TICKET_BY_NUMBER: Index = Index { table: Table::Ticket, code: 1, name: "number", unique: true };
/// The tickets of a contact, in the order of creation.
pub const TICKET_BY_REQUESTER: Index = Index { table: Table::Ticket, code: 2, name: "requester", unique: false };
/// The tickets of a company node, in the order of creation.
pub const TICKET_BY_COMPANY: Index = Index { table: Table::Ticket, code: 3, name: "company", unique: false };
/// The tickets of a kind; leads with the best score first (practices 8 and 9), then in the order of creation.
pub const TICKET_BY_KIND: Index = Index { table: Table::Ticket, code: 4, name: "kind", unique: false };
/// Finds a ticket by another system's id.
pub const TICKET_BY_EXTERNAL: Index = Index { table: Table::Ticket, code: 5, name: "external id", unique: true };

/// What every custom state maps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Nobody looked at it yet.
    New,
    /// Somebody works on it.
    Open,
    /// The customer's turn.
    WaitingCustomer,
    /// Somebody else's turn.
    WaitingThirdParty,
    /// Nobody's turn.
    OnHold,
    /// Answered; it may be reopened.
    Resolved,
    /// Ended.
    Closed,
    /// Points to another ticket.
    Merged,
}

/// How soon it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Priority {
    /// Can wait.
    Low,
    /// As usual.
    #[default]
    Normal,
    /// Sooner.
    High,
    /// At once.
    Urgent,
}

/// The grade of a lead, `a` the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// Call within minutes.
    A,
    /// Call today.
    B,
    /// Keep warm.
    C,
    /// Leave alone.
    D,
}

/// What `qualify` said of a lead last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Qualified {
    /// Calibrated probability of conversion, 0 to 10,000.
    pub score: u16,
    /// The grade.
    pub grade: Grade,
    /// 0 fully emotional to 10,000 fully rational; none: nothing points either way (practice 12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motive: Option<u16>,
    /// Expected days until the person decides (practice 11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon_days: Option<u16>,
    /// What to ask next (practice 13).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_question: Option<Reason>,
    /// When to ask the policy again though nothing changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look_again: Option<Instant>,
    /// The decision that says why.
    pub decision: DecisionId,
}

/// Who does what next, and by when (practice 79).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NextAction {
    /// What is to be done.
    pub what: String,
    /// By whom: a name in the desk's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Instant>,
}

/// How often it went back and forth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Counters {
    /// Entries from the customer or to the customer (practice 103).
    pub touches: u32,
    /// Changes of assignee (practice 110).
    pub handoffs: u32,
    /// Times it was resolved and came back.
    pub reopens: u32,
    /// Times a stage was entered again (practice 71).
    pub rework: u32,
}

/// A matter that somebody brought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Ticket {
    /// Its id.
    pub id: TicketId,
    /// Grows by one per write.
    pub version: u64,
    /// When it was opened.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// Ids in other systems.
    #[serde(default, skip_serializing_if = "ExternalIds::is_empty")]
    pub external_ids: ExternalIds,
    /// Custom fields; the answers of a lead's form stand here.
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub custom: Attributes,
    /// The number that people say; unique, rising, gaps allowed.
    pub number: u64,
    /// `support`, `lead`, `request`, `complaint`, `incident`, …
    pub kind: String,
    /// One line. Personal.
    pub subject: String,
    /// The desk's own word for where it stands.
    pub state: String,
    /// What that state maps to.
    pub category: Category,
    /// How soon it matters.
    pub priority: Priority,
    /// `consumer`, `company`, …, as `classify` decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// The company it is for: chosen for the ticket, never only derived from the requester (lesson 1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<CompanyId>,
    /// Who brought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester: Option<ContactId>,
    /// Who else takes part (lesson 6).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub participants: Vec<ContactId>,
    /// The team that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Who works on it: a name in the desk's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// `email`, `phone`, `web`, `import`, `api`, …
    pub channel: String,
    /// Free words, lower case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Who does what next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_action: Option<NextAction>,
    /// How often it went back and forth.
    #[serde(default)]
    pub counters: Counters,
    /// What `qualify` said of it last; leads only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualified: Option<Qualified>,
}

/// The kind of a ticket that is a lead.
pub const KIND_LEAD: &str = "lead";

stored!(
    Ticket,
    personal: ["subject", "custom", "external_ids"],
    key: |t| Key::from(t.id),
    indexes: |t| {
        let mut entries = external_entries(TICKET_BY_EXTERNAL, &t.external_ids);
        let best_first = 10_000 - t.qualified.as_ref().map_or(0, |q| i64::from(q.score));
        entries.push(TICKET_BY_NUMBER.entry(vec![(t.number as i64).into()]));
        entries.push(TICKET_BY_KIND.entry(vec![t.kind.as_str().into(), best_first.into()]));
        entries.extend(t.requester.map(|id| TICKET_BY_REQUESTER.entry(vec![id.into()])));
        entries.extend(t.company.map(|id| TICKET_BY_COMPANY.entry(vec![id.into()])));
        entries
    },
);

impl Ticket {
    /// Whether it is a lead.
    pub fn is_lead(&self) -> bool {
        self.kind == KIND_LEAD
    }
}
