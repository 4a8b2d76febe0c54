//! Bindings, their configurations, and the generation that holds all bindings of a desk at one moment.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::stored;
use crate::digest::Digest;
use crate::id::{BindingId, CompanyId};
use crate::key::Key;
use crate::time::Instant;

/// Where a binding holds. The most specific of a policy's matching bindings is the one asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum BindingScope {
    /// Everywhere.
    #[default]
    Desk,
    /// Subjects of this segment.
    Segment(String),
    /// Tickets of this kind.
    Kind(String),
    /// This company's tickets, and the company itself.
    Company(CompanyId),
}

/// What follows when a policy fails, in any phase. No rule stops a customer's ticket from being created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FailureRule {
    /// As if it had no opinion.
    Skip,
    /// The operation is refused; never the creation of a customer's ticket.
    Refuse,
    /// A named built-in answer stands in.
    Fallback(String),
    /// Go on; ask the whole question again later.
    Defer,
}

/// How much a binding counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Its answers join.
    #[default]
    Active,
    /// It is asked and recorded; its answers don't count.
    Shadow,
    /// It is not asked.
    Off,
}

/// One policy bound to one question in one scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Binding {
    /// Its id; stays the same over generations.
    pub id: BindingId,
    /// The policy's name in this desk.
    pub policy: String,
    /// The pack that brought it, by name.
    pub pack: String,
    /// The pack's version.
    pub pack_version: String,
    /// The plugin within the pack.
    pub plugin: String,
    /// The component's digest.
    pub component: Digest,
    /// The question it answers.
    pub question: String,
    /// Where.
    pub scope: BindingScope,
    /// Its place among the policies of its question; lower comes first; unique among those that can meet.
    pub rank: u32,
    /// How much it counts.
    pub mode: Mode,
    /// What follows when it fails.
    pub on_failure: FailureRule,
    /// Names of policies that are not asked where this one is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<String>,
    /// The pack whose manifest made it, where the plugin is another's; none: the plugin's pack, or a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brought_by: Option<String>,
    /// What the manifest that made it lays over the plugin's configuration, under the customer's overlay; by digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Digest>,
    /// The customer's overlay over the vendor's configuration (RFC 7396), kept over upgrades; by digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlay: Option<Digest>,
    /// The configuration that results, by digest.
    pub configuration: Digest,
}

/// A JSON document that bindings name by its digest. At most 60 KiB, because it is one stored value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Configuration {
    /// Grows by one per write; it is written once.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// Of the document's canonical JSON.
    pub digest: Digest,
    /// The document.
    pub document: Value,
}

stored!(
    Configuration,
    personal: [],
    key: |c| Key::from(c.digest.to_string().as_str()),
    indexes: |_c| vec![],
);

/// All bindings of a desk at one moment. Never changed; a change makes the next one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Generation {
    /// Grows by one per write; it is written once.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// 1, 2, 3, …; the highest is the one in force.
    pub number: u64,
    /// Who made it.
    pub by: String,
    /// What it was made for, in a sentence.
    pub why: String,
    /// The bindings, sorted by question, rank and id.
    pub bindings: Vec<Binding>,
}

/// A desk has at most so many bindings: a generation is one stored value.
pub const MOST_BINDINGS: usize = 64;
/// They have together at most so many bytes as JSON: a stored value of 96 KiB holds who made the generation and why, too.
pub const MOST_BINDINGS_BYTES: usize = 92 << 10;

stored!(
    Generation,
    personal: [],
    key: |g| Key::from(g.number as i64),
    indexes: |_g| vec![],
);
