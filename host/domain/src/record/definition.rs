//! Definitions: the ticket kinds, ticket states and segments of a desk, with the schemas of their custom fields.
//!
//! As long as a desk defines none of a sort, every word is taken; from the first one on, only those defined.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::commitment::Target;
use super::stored;
use super::ticket::Category;
use crate::key::Key;
use crate::time::Instant;

/// What is defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DefinitionSort {
    /// A ticket's kind.
    Kind,
    /// A ticket's state.
    State,
    /// A segment.
    Segment,
}

impl DefinitionSort {
    /// The word in JSON, keys and addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::State => "state",
            Self::Segment => "segment",
        }
    }
}

/// A word of the desk, and what it means. Its key is its sort and its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Definition {
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// What is defined.
    pub sort: DefinitionSort,
    /// The word.
    pub name: String,
    /// What people read.
    pub title: String,
    /// Of a state: what it maps to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// Of a state: the states that may follow; none named: every.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<String>,
    /// Of a kind or segment: the JSON Schema (2020-12) of a ticket's custom fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub schema: Option<Value>,
    /// Of a segment: what is promised when neither a policy nor a contract promises anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Target>,
    /// The pack that brought it, as `publisher/name`; none: a person made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack: Option<String>,
}

stored!(
    Definition,
    personal: [],
    key: |d| Key(vec![d.sort.name().into(), d.name.as_str().into()]),
    indexes: |_d| vec![],
);
