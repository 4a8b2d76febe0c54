//! What was said or done on a ticket.

use serde::{Deserialize, Serialize};

use super::stored;
use crate::digest::Digest;
use crate::id::{ContactId, EntryId, TicketId};
use crate::key::Key;
use crate::time::Instant;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// Goes to, or came from, the customer.
    Reply,
    /// Seen by the desk's own people only.
    Note,
    /// Something tried, and what came of it (practice 37).
    Step,
    /// A telephone call.
    Call,
    /// What the desk itself notes.
    System,
}

impl EntryKind {
    /// The word in JSON and WIT.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Note => "note",
            Self::Step => "step",
            Self::Call => "call",
            Self::System => "system",
        }
    }

    /// Whether a customer may see it.
    pub fn public(self) -> bool {
        matches!(self, Self::Reply | Self::Call)
    }
}

/// Whose entry it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Author {
    /// A person who is served.
    Contact(ContactId),
    /// A person who serves, by name.
    Agent(String),
    /// The desk itself.
    System,
}

/// The longest text kept in the entry itself, in bytes; a longer one is a content-addressed file (DESIGN section 3).
pub const MOST_INLINE_BYTES: usize = 32 << 10;
/// The longest text taken at all, in bytes: a book has about as many, a mail never.
pub const MOST_ENTRY_BYTES: usize = 1 << 20;

/// Something said or done on a ticket. Its key is the ticket's id and its own, so a ticket's entries stand together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// The ticket it is on.
    pub ticket: TicketId,
    /// What it is.
    pub kind: EntryKind,
    /// Whose it is.
    pub author: Author,
    /// When it was said or done; differs from `created_at` for imported history.
    pub at: Instant,
    /// What was said. Personal. Of a longer text only the beginning stands here.
    pub text: String,
    /// The file that holds the whole of a long text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Digest>,
    /// Its language; BCP 47.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

stored!(
    Entry,
    personal: ["text", "file"],
    key: |e| Key(vec![e.ticket.into(), e.id.into()]),
    indexes: |_e| vec![],
);
