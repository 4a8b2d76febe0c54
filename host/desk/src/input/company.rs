//! Companies and memberships as commands take them.

use plugdesk_domain::{Attributes, CompanyId, ContactId, ExternalIds, Instant, Money, StakeholderRole};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Merge, not_null, present};

/// A company node to be made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct NewCompany {
    /// What it is called; 1 to 256 characters.
    pub name: String,
    /// The node above.
    pub parent: Option<CompanyId>,
    /// Ids in other systems, at most 16; each unique in the desk.
    pub external_ids: ExternalIds,
    /// Custom fields.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub custom: Attributes,
    /// The segment, if a person says so: policies don't change it then.
    pub segment: Option<String>,
    /// How much care it is owed, in the desk's words.
    pub tier: Option<String>,
    /// Yearly worth of the relation.
    pub worth: Option<Money>,
    /// Mail domains, at most 32; stored in lower case.
    pub domains: Vec<String>,
}

/// A change to a company node.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CompanyPatch {
    /// What it is called.
    #[serde(deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub name: Option<String>,
    /// The node above; never one below it.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<CompanyId>))]
    pub parent: Option<Option<CompanyId>>,
    /// Ids in other systems to set, or to remove by `null`.
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, Option<String>>))]
    pub external_ids: Merge<String>,
    /// Custom fields to set, or to remove by `null`.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub custom: Merge<Value>,
    /// The segment: policies don't change what a person set; `null` leaves it to them again.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub segment: Option<Option<String>>,
    /// How much care it is owed.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub tier: Option<Option<String>>,
    /// Yearly worth of the relation.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Money>))]
    pub worth: Option<Option<Money>>,
    /// Mail domains to add.
    pub add_domains: Vec<String>,
    /// Mail domains to take away.
    pub remove_domains: Vec<String>,
}

/// A company named within another command: by `id` alone, or by everything else: the one that has one of the external
/// ids is taken, else the only one of that name, or a new one is made of what is given. What is found is not changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CompanyRef {
    /// The company's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<CompanyId>,
    /// What it is called.
    pub name: String,
    /// Ids in other systems.
    pub external_ids: ExternalIds,
    /// Custom fields, for a new company.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub custom: Attributes,
    /// The segment, for a new company, if somebody says so.
    pub segment: Option<String>,
    /// How much care it is owed, for a new company.
    pub tier: Option<String>,
    /// Mail domains, for a new company.
    pub domains: Vec<String>,
}

/// A person's tie to a company node, to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewMembership {
    /// Who.
    pub contact: ContactId,
    /// Where.
    pub company: CompanyId,
    /// As what.
    #[serde(default)]
    pub role: Option<StakeholderRole>,
    /// The side of the matter the person answers for, such as `security`.
    #[serde(default)]
    pub aspect: Option<String>,
    /// What worries the person, at most 16.
    #[serde(default)]
    pub concerns: Vec<String>,
    /// Who says so, such as `desk` or another system's name.
    #[serde(default)]
    pub source: Option<String>,
    /// The node to assume when nothing else is known.
    #[serde(default)]
    pub primary: bool,
    /// Since when; none: always.
    #[serde(default)]
    pub valid_from: Option<Instant>,
    /// Until when; none: still.
    #[serde(default)]
    pub valid_to: Option<Instant>,
}

/// A change to a membership. Nothing is deleted: an end is a date. Tickets keep their company.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct MembershipPatch {
    /// As what.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<StakeholderRole>))]
    pub role: Option<Option<StakeholderRole>>,
    /// The side of the matter the person answers for.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub aspect: Option<Option<String>>,
    /// What worries the person from now on.
    pub add_concerns: Vec<String>,
    /// What worries the person no longer.
    pub remove_concerns: Vec<String>,
    /// Who says so.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub source: Option<Option<String>>,
    /// The node to assume when nothing else is known.
    #[serde(deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = bool))]
    pub primary: Option<bool>,
    /// Since when; `null`: always.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Instant>))]
    pub valid_from: Option<Option<Instant>>,
    /// Until when; `null`: still.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Instant>))]
    pub valid_to: Option<Option<Instant>>,
}
