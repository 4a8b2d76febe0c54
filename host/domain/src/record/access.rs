//! API keys: shown once, stored as a hash with a lookup prefix, scoped by role.

use serde::{Deserialize, Serialize};

use super::stored;
use crate::digest::Digest;
use crate::id::{ContactId, DeskId, KeyId};
use crate::key::{Index, Key, Table};
use crate::principal::Role;
use crate::time::Instant;

/// Finds a key by the prefix that its secret shows.
pub const KEY_BY_PREFIX: Index = Index { table: Table::ApiKey, code: 1, name: "prefix", unique: true };
/// The keys of a desk, oldest first.
pub const KEY_BY_DESK: Index = Index { table: Table::ApiKey, code: 2, name: "desk", unique: false };

/// An API key. The secret itself is shown once and never stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ApiKey {
    /// Its id.
    pub id: KeyId,
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// The desk it opens; none: the whole process (role `operator`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<DeskId>,
    /// What it is for, in the words of whoever made it.
    pub label: String,
    /// What it may do.
    pub role: Role,
    /// The customer it stands for (role `customer`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
    /// The agent it stands for, by name (role `agent` or `admin`): whom `assignee=me` means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The first characters of the secret, by which it is found.
    pub prefix: String,
    /// SHA-256 of the whole secret, which has 256 random bits: a slow hash would protect nothing more.
    pub hash: Digest,
    /// From when on it is refused; none: it does not expire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Instant>,
}

stored!(
    ApiKey,
    personal: [],
    key: |k| Key::from(k.id),
    indexes: |k| {
        let mut entries = vec![KEY_BY_PREFIX.entry(vec![k.prefix.as_str().into()])];
        entries.extend(k.desk.map(|desk| KEY_BY_DESK.entry(vec![desk.into()])));
        entries
    },
);

impl ApiKey {
    /// Whether it opens anything at `now`.
    pub fn alive(&self, now: Instant) -> bool {
        self.revoked_at.is_none_or(|at| now < at) && self.expires_at.is_none_or(|at| now < at)
    }
}
