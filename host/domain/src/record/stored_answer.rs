//! The answer kept for an idempotency key, so that a repeated request hears the same and does nothing.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::stored;
use crate::digest::Digest;
use crate::key::Key;
use crate::time::Instant;

/// An answer kept for an idempotency key (draft-ietf-httpapi-idempotency-key-header), committed in the same change as
/// what the request did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredAnswer {
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// The principal and the key it sent, so that two clients can't hear each other's answers.
    pub name: String,
    /// Of the command; the same key with another body is refused (422).
    pub request: Digest,
    /// The HTTP status.
    pub status: u16,
    /// The id of what was made; the answer is read again from it.
    pub subject: String,
    /// The whole answer where it can't be read again, such as a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

stored!(
    StoredAnswer,
    personal: ["body"],
    key: |a| Key::from(a.name.as_str()),
    indexes: |_a| vec![],
);
