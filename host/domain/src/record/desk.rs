//! A desk: one isolated tenant with its own records, policies, keys and settings.

use serde::{Deserialize, Serialize};

use super::stored;
use crate::id::DeskId;
use crate::key::Key;
use crate::time::Instant;

/// One isolated tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Desk {
    /// Its id.
    pub id: DeskId,
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// A short name for commands and addresses: lower-case letters, digits, hyphens; unique in the process.
    pub name: String,
    /// What people read.
    pub title: String,
    /// The language of reasons when nothing says otherwise; BCP 47.
    pub locale: String,
    /// The time zone of its people; an IANA name.
    pub time_zone: String,
    /// Contacts that policies are at least so sure are one person are merged without asking anybody, 0 to 10,000; none:
    /// merges are only proposed, as a new desk does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge_above: Option<u16>,
}

stored!(Desk, personal: [], key: |d| Key::from(d.id), indexes: |_d| vec![]);
