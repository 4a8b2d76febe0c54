//! A run of an import: what it reads, how far it is, what it refused.

use serde::{Deserialize, Serialize};

use super::stored;
use crate::digest::Digest;
use crate::id::ImportId;
use crate::key::Key;
use crate::time::Instant;

/// At most so many refused rows are kept with their reasons; the rest are counted.
pub const MOST_REFUSED: usize = 100;

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ImportState {
    /// Waits for its file.
    Waiting,
    /// Reads every row and writes nothing.
    Checking,
    /// Writes row by row, each whole or not at all.
    Writing,
    /// All rows are in, but those that were refused and skipped.
    Done,
    /// Nothing was written, because rows were refused.
    Refused,
    /// It stopped and can be resumed with the same file: what is in is known by its row.
    Failed,
}

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RefusedRow {
    /// The line of the file it begins on, 1 the first.
    pub line: u64,
    /// The column or field.
    pub field: String,
    /// The rule it breaks.
    pub reason: String,
}

/// One run of an import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// What people call it; rows are known by it and their id or content, so a second run of the same name writes no row
    /// twice.
    pub name: String,
    /// `csv` or `json-lines`.
    pub format: String,
    /// Which column goes where.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub mapping: serde_json::Value,
    /// Whether rows that are refused are left out; otherwise one refused row refuses the whole file.
    pub skip_refused: bool,
    /// Whether to stop after checking.
    pub check_only: bool,
    /// Where it stands.
    pub state: ImportState,
    /// The file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Digest>,
    /// Rows in the file, as far as they were counted.
    pub rows: u64,
    /// Rows written.
    pub written: u64,
    /// Rows that were in already.
    pub repeated: u64,
    /// Rows that were in already with other content; they stay as they were.
    #[serde(default)]
    pub changed: u64,
    /// Rows refused.
    pub refused: u64,
    /// The first of them, with their reasons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused_rows: Vec<RefusedRow>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

stored!(
    Import,
    personal: [],
    key: |i| Key::from(i.id),
    indexes: |_i| vec![],
);
