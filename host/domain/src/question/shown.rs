//! What policies are shown, and what they give back beside an answer: the contract's `types` as domain values.
//!
//! They are what the capture keeps and a vector holds, so their JSON is part of the pack format.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Parts;
use crate::record::findings::MOST_FINDINGS;
use crate::record::{Category, CommitmentState, Priority, Reason};
use crate::time::Instant;

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

/// An answer gives at most so many reasons: nobody reads more.
pub const MOST_REASONS: usize = 32;
/// A reason has at most so many parameters, and so many pieces of evidence.
pub const MOST_REASON_PARTS: usize = 16;
/// A name (segment, kind, code) has at most so many bytes.
pub const MOST_NAME_BYTES: usize = 64;
/// A parameter or a piece of evidence has at most so many bytes.
pub const MOST_PARAM_BYTES: usize = 512;
/// A reason's parameters and evidence have at most so many bytes together. A lead keeps its next question on the ticket,
/// one value of at most 64 KiB with up to 50 KiB of the customer's own: no reason may crowd those out.
pub const MOST_REASON_BYTES: usize = 4 << 10;

/// A word that the host stores and others compare: letters, digits and `- _ . /`, 1 to 64 bytes.
pub fn check_name(field: &str, name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if name.is_empty() || name.len() > MOST_NAME_BYTES || !name.chars().all(plain) {
        let shown: String = name.chars().take(40).collect();
        return Err(format!(
            "{field}: `{}` is not a name of 1 to {MOST_NAME_BYTES} letters, digits and - _ . /",
            shown.escape_debug()
        ));
    }
    Ok(())
}

/// A reason within its limits.
pub fn check_reason(field: &str, reason: &Reason) -> Result<(), String> {
    check_name(&format!("{field}.code"), &reason.code)?;
    if reason.params.len() > MOST_REASON_PARTS || reason.evidence.len() > MOST_REASON_PARTS {
        return Err(format!("{field}: more than {MOST_REASON_PARTS} parameters or pieces of evidence"));
    }
    let long = |text: &String| text.len() > MOST_PARAM_BYTES;
    if reason.params.iter().any(|(name, value)| name.len() > MOST_NAME_BYTES || long(value))
        || reason.evidence.iter().any(long)
    {
        return Err(format!("{field}: a parameter or a piece of evidence has more than {MOST_PARAM_BYTES} bytes"));
    }
    let params = reason.params.iter().flat_map(|(name, value)| [name, value]);
    let (mut bytes, mut control) = (0, false);
    for text in params.chain(&reason.evidence) {
        bytes += text.len();
        // In JSON one of them takes six bytes, and on a terminal it may do anything.
        control |= text.chars().any(char::is_control);
    }
    if bytes > MOST_REASON_BYTES {
        return Err(format!(
            "{field}: {bytes} bytes of parameters and evidence, at most {MOST_REASON_BYTES} are taken"
        ));
    }
    if control {
        return Err(format!("{field}: a parameter or a piece of evidence holds a control character"));
    }
    Ok(())
}

/// The common parts of an answer within their limits.
pub(super) fn check_parts(parts: Parts<'_>) -> Result<(), String> {
    if parts.reasons.len() > MOST_REASONS {
        return Err(format!("reasons: {}, at most {MOST_REASONS} are taken", parts.reasons.len()));
    }
    for (place, reason) in parts.reasons.iter().enumerate() {
        check_reason(&format!("reasons[{place}]"), reason)?;
    }
    if parts.facts.len() > MOST_FINDINGS || parts.signals.len() > MOST_FINDINGS {
        return Err(format!("facts, signals: at most {MOST_FINDINGS} of each are taken"));
    }
    for (place, fact) in parts.facts.iter().enumerate() {
        check_name(&format!("facts[{place}].kind"), &fact.kind)?;
        if fact.confidence > 10_000 {
            return Err(format!("facts[{place}].confidence: {} is above 10,000", fact.confidence));
        }
        if parts.facts[..place].iter().any(|earlier| earlier.kind == fact.kind) {
            return Err(format!("facts[{place}].kind: `{}` stands twice", fact.kind));
        }
    }
    for (place, signal) in parts.signals.iter().enumerate() {
        check_name(&format!("signals[{place}].kind"), &signal.kind)?;
        if let Some(label) = &signal.label {
            check_name(&format!("signals[{place}].label"), label)?;
        }
        if signal.score > 10_000 {
            return Err(format!("signals[{place}].score: {} is above 10,000", signal.score));
        }
        if parts.signals[..place].iter().any(|earlier| earlier.kind == signal.kind) {
            return Err(format!("signals[{place}].kind: `{}` stands twice", signal.kind));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(evidence: Vec<String>) -> Reason {
        Reason { code: "said".to_owned(), params: Default::default(), evidence, text: None }
    }

    #[test]
    fn a_reason_can_neither_crowd_out_the_ticket_nor_hide_control_characters_in_it() {
        assert_eq!(check_reason("r", &reason(vec!["entry_1".to_owned()])), Ok(()));
        let flood = check_reason("r", &reason(vec!["x".repeat(MOST_PARAM_BYTES); MOST_REASON_PARTS]));
        assert!(flood.unwrap_err().contains("at most 4096"));
        let bell = check_reason("r", &reason(vec!["\u{1}".repeat(3)]));
        assert!(bell.unwrap_err().contains("control character"));
    }
}
