//! What is said or done on a ticket, as commands take it.

use plugdesk_domain::{Author, EntryKind, Instant};
use serde::{Deserialize, Serialize};

/// An entry to be added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewEntry {
    /// What it is; none: a reply.
    #[serde(default = "reply")]
    pub kind: EntryKind,
    /// Whose it is; none: whoever sends it. A customer's entries are always the customer's own replies.
    #[serde(default)]
    pub author: Option<Author>,
    /// What was said; 1 byte to 1 MiB.
    pub text: String,
    /// Its language; BCP 47.
    #[serde(default)]
    pub locale: Option<String>,
    /// When it was said, for history that is brought in; none: now. Never in the future.
    #[serde(default)]
    pub at: Option<Instant>,
}

fn reply() -> EntryKind {
    EntryKind::Reply
}

impl NewEntry {
    /// A reply with that text.
    pub fn reply(text: impl Into<String>) -> Self {
        Self { kind: EntryKind::Reply, author: None, text: text.into(), locale: None, at: None }
    }
}
