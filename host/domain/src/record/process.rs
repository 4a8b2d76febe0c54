//! What a process remembers of itself: whether an operator holds writes, and when everything was last backed up.

use serde::{Deserialize, Serialize};

use super::stored;
use crate::key::Key;
use crate::time::Instant;

/// The name of the one record of this kind; in the root namespace.
pub const PROCESS: &str = "process";

/// Why nothing is written, by an operator's own will.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Hold {
    /// In the operator's words; every refused write tells it.
    pub why: String,
    /// Who holds them.
    pub by: String,
    /// Since when.
    pub since: Instant,
}

/// A backup that was sent whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LastBackup {
    /// When it was begun: what it holds is of that time or later.
    pub at: Instant,
    /// The records in it.
    pub records: u64,
    /// Who asked for it.
    pub by: String,
}

/// What a process remembers of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Process {
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// Always [`PROCESS`].
    pub name: String,
    /// Why nothing is written; none: writes are taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
    /// The last backup; none: there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_backup: Option<LastBackup>,
}

stored!(Process, personal: [], key: |p| Key::from(p.name.as_str()), indexes: |_p| vec![]);

impl Process {
    /// One that remembers nothing yet.
    pub fn new(now: Instant) -> Self {
        let name = PROCESS.to_owned();
        Self { version: 1, created_at: now, updated_at: now, name, hold: None, last_backup: None }
    }
}
