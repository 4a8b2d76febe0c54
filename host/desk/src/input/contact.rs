//! People as commands take them.

use plugdesk_domain::{Attributes, ContactId, ExternalIds, IdentityKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Merge, not_null, present};

/// An address of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewIdentity {
    /// What it is.
    pub kind: IdentityKind,
    /// As it was given; it is stored in its one normal form. At most 254 bytes.
    pub value: String,
    /// Whether the person proved to hold it.
    #[serde(default)]
    pub verified: bool,
    /// Whether others use it too, as a shared mailbox or a switchboard: it is kept with the person and never tells who
    /// somebody is.
    #[serde(default)]
    pub shared: bool,
}

/// A person to be made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct NewContact {
    /// As the person writes it; may be empty. At most 256 characters.
    pub name: String,
    /// Addresses, at most 16; each unique in the desk.
    pub identities: Vec<NewIdentity>,
    /// Ids in other systems, at most 16; each unique in the desk.
    pub external_ids: ExternalIds,
    /// Custom fields.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub custom: Attributes,
    /// The language the person prefers; BCP 47.
    pub locale: Option<String>,
    /// The person's time zone; an IANA name.
    pub time_zone: Option<String>,
    /// The segment, if a person says so: policies don't change it then.
    pub segment: Option<String>,
}

/// A change to a person.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ContactPatch {
    /// The name.
    #[serde(deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub name: Option<String>,
    /// Addresses to add; one that the person has already may become verified.
    pub add_identities: Vec<NewIdentity>,
    /// Addresses to take away.
    pub remove_identities: Vec<NewIdentity>,
    /// Ids in other systems to set, or to remove by `null`.
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, Option<String>>))]
    pub external_ids: Merge<String>,
    /// Custom fields to set, or to remove by `null`.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub custom: Merge<Value>,
    /// The language.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub locale: Option<Option<String>>,
    /// The time zone.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub time_zone: Option<Option<String>>,
    /// The segment: policies don't change what a person set; `null` leaves it to them again.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub segment: Option<Option<String>>,
}

/// A person named within another command: by `id` alone, or by everything else: the person who has one of the
/// identities or external ids is taken, or a new one is made of what is given. Who is found is not changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ContactRef {
    /// The person's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<ContactId>,
    /// The name, for a new person.
    pub name: String,
    /// Addresses.
    pub identities: Vec<NewIdentity>,
    /// Ids in other systems.
    pub external_ids: ExternalIds,
    /// Custom fields, for a new person.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub custom: Attributes,
    /// The language, for a new person; BCP 47.
    pub locale: Option<String>,
    /// The time zone, for a new person; an IANA name.
    pub time_zone: Option<String>,
    /// The segment, for a new person, if somebody says so.
    pub segment: Option<String>,
}
