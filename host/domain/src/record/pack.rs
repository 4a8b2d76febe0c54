//! Installed packs.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::stored;
use crate::digest::Digest;
use crate::key::{Index, Key, Table};
use crate::manifest::{Manifest, Needs};
use crate::time::Instant;

/// The versions of a pack, oldest first.
pub const PACK_BY_NAME: Index = Index { table: Table::Pack, code: 1, name: "name", unique: false };

/// One plugin of an installed pack, as it was found at installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PackPlugin {
    /// Its name.
    pub name: String,
    /// Its component.
    pub component: Digest,
    /// The questions its component really answers.
    pub questions: Vec<String>,
    /// The host functions its component really imports, such as `context.entries`.
    pub imports: Vec<String>,
    /// What it was granted.
    pub granted: Needs,
    /// The vendor's default configuration, by digest of its [`super::Configuration`].
    pub configuration: Digest,
    /// The JSON Schema of its configuration, by digest of its blob; none: any object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Digest>,
    /// How many vectors passed when it was installed.
    pub vectors: u32,
}

/// One version of a pack, installed. Upgrading adds another record; bindings name the version they use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Pack {
    /// Grows by one per write.
    pub version: u64,
    /// When it was installed.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// The manifest as shipped.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub manifest: Manifest,
    /// SHA-256 of every file's name and content, which a signature would state. Two builds of one version differ in it.
    pub digest: Digest,
    /// Its plugins as they were found.
    pub plugins: Vec<PackPlugin>,
    /// Reason texts: locale → the blob of its Fluent file.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub locales: std::collections::BTreeMap<String, Digest>,
    /// Anything else worth showing, such as the README's first paragraph.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    #[cfg_attr(feature = "schema", schema(value_type = Value))]
    pub about: Value,
    /// When it was removed; none: it is there. What it said in old decisions can still be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_at: Option<Instant>,
}

stored!(
    Pack,
    personal: [],
    key: |p| Key::from(p.digest.to_string().as_str()),
    indexes: |p| vec![PACK_BY_NAME.entry(vec![p.manifest.pack.name.as_str().into()])],
);
