//! What policies are shown, and what they give back beside an answer: the contract's `types` as domain values.
//!
//! They are what the capture keeps and a vector holds, so their JSON is part of the pack format.

mod check;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::record::{Category, CommitmentState, Priority};
use crate::time::Instant;

pub(super) use check::check_parts;
pub use check::{
    MOST_NAME_CHARS, MOST_PARAM_BYTES, MOST_REASON_BYTES, MOST_REASON_PARTS, MOST_REASONS, check_name, check_reason,
    in_a_word,
};

/// An address of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownIdentity {
    /// `email`, `phone`, `handle`.
    pub kind: String,
    /// Normalised.
    pub value: String,
    /// Whether the person proved to hold it.
    pub verified: bool,
}

/// What a contact is to a company node today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownMembership {
    /// The node's id.
    pub company: String,
    /// The stakeholder role.
    pub role: Option<String>,
    /// The side of the matter the person answers for.
    pub aspect: Option<String>,
    /// The node to assume when nothing else is known.
    pub primary: bool,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownContact {
    /// The id.
    pub id: String,
    /// The name; may be empty.
    pub name: String,
    /// The segment.
    pub segment: Option<String>,
    /// The language.
    pub locale: Option<String>,
    /// The time zone.
    pub time_zone: Option<String>,
    /// The addresses, at most 16.
    pub identities: Vec<ShownIdentity>,
    /// The memberships that hold now, at most 16.
    pub memberships: Vec<ShownMembership>,
    /// When it was made.
    pub created_at: Instant,
}

/// A sum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownMoney {
    /// Minor units.
    pub minor: i64,
    /// ISO 4217.
    pub currency: String,
}

/// A company node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownCompany {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The node above.
    pub parent: Option<String>,
    /// The segment.
    pub segment: Option<String>,
    /// How much care it is owed.
    pub tier: Option<String>,
    /// Yearly worth.
    pub worth: Option<ShownMoney>,
    /// Mail domains.
    pub domains: Vec<String>,
}

/// A ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownTicket {
    /// The id.
    pub id: String,
    /// The number that people say.
    pub number: u64,
    /// The kind.
    pub kind: String,
    /// One line.
    pub subject: String,
    /// Where it stands.
    pub category: Category,
    /// How soon it matters.
    pub priority: Priority,
    /// The segment.
    pub segment: Option<String>,
    /// The company it is for.
    pub company: Option<String>,
    /// Who brought it.
    pub requester: Option<String>,
    /// The team that has it.
    pub team: Option<String>,
    /// Who works on it.
    pub assignee: Option<String>,
    /// Where it came in.
    pub channel: String,
    /// Free words.
    pub tags: Vec<String>,
    /// When it was opened.
    pub opened_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// Entries from or to the customer.
    pub touches: u32,
    /// Changes of assignee.
    pub handoffs: u32,
    /// Times it came back.
    pub reopens: u32,
}

/// A ticket as one of many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownTicketDigest {
    /// The id.
    pub id: String,
    /// The kind.
    pub kind: String,
    /// One line.
    pub subject: String,
    /// Where it stands.
    pub category: Category,
    /// How soon it matters.
    pub priority: Priority,
    /// Who brought it.
    pub requester: Option<String>,
    /// When it was opened.
    pub opened_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
}

/// Something said or done on a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownEntry {
    /// The id.
    pub id: String,
    /// `reply`, `note`, `step`, `call`, `system`.
    pub kind: String,
    /// Whether the customer said it.
    pub from_customer: bool,
    /// Whose it is: the id of a contact, or an agent's name.
    pub author: Option<String>,
    /// What was said; of a long text the beginning.
    pub text: String,
    /// Its language.
    pub locale: Option<String>,
    /// When.
    pub at: Instant,
}

/// Anything with a due time, as policies see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownCommitment {
    /// The id.
    pub id: String,
    /// `first-response`, `resolution`, …
    pub metric: String,
    /// Where it stands.
    pub state: CommitmentState,
    /// Whose word it is.
    pub source: String,
    /// When its clock began.
    pub started_at: Instant,
    /// When it is due.
    pub due_at: Instant,
    /// Milliseconds of its calendar's time left now, negative once late.
    pub left_ms: i64,
}

/// A person of a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownPerson {
    /// The contact's id.
    pub contact: String,
    /// The name.
    pub name: String,
    /// The node's id.
    pub company: String,
    /// The stakeholder role.
    pub role: Option<String>,
    /// The side of the matter the person answers for.
    pub aspect: Option<String>,
}

/// A statement about a subject, with who says so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShownFact {
    /// `motive`, `need`, …
    pub kind: String,
    /// What holds.
    pub value: Value,
    /// The policy that found it, or `desk`.
    pub source: String,
    /// 0 to 10,000.
    pub confidence: u16,
    /// When.
    pub at: Instant,
}

/// A score or label, with who says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownSignal {
    /// `lead-score`, …
    pub kind: String,
    /// 0 to 10,000.
    pub score: u16,
    /// A word for it.
    pub label: Option<String>,
    /// The policy that found it, or `desk`.
    pub source: String,
    /// When.
    pub at: Instant,
}

/// A statement that a policy wants kept. The host adds source and time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FoundFact {
    /// `motive`, `need`, …
    pub kind: String,
    /// What holds.
    pub value: Value,
    /// 0 to 10,000.
    pub confidence: u16,
}

/// A score that a policy wants kept. The host adds source and time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundSignal {
    /// `lead-score`, …
    pub kind: String,
    /// 0 to 10,000.
    pub score: u16,
    /// A word for it.
    pub label: Option<String>,
}
