//! Tickets as commands take them.

use plugdesk_domain::{Attributes, Category, CompanyId, ContactId, ExternalIds, Instant, NextAction, Priority};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{CompanyRef, ContactRef, Merge, NewEntry, not_null, present};

/// A ticket to be made, with everything that comes along, in one change.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct NewTicket {
    /// `support` (when it is empty), `lead`, `request`, `complaint`, `incident`, …; letters, digits and `- _ . /`.
    pub kind: String,
    /// One line; 1 to 512 characters.
    pub subject: String,
    /// Who brings it: known already, or made along with it. A customer's tickets are always the customer's own.
    pub contact: Option<ContactRef>,
    /// The company it is for: known already, or made along with it. Never derived from the contact.
    pub company: Option<CompanyRef>,
    /// Who else takes part, at most 32.
    pub participants: Vec<ContactId>,
    /// How soon it matters.
    pub priority: Priority,
    /// The segment, if a person says so: policies don't change it then.
    pub segment: Option<String>,
    /// The desk's own word for where it stands; none: `new`.
    pub state: Option<String>,
    /// What that state maps to; none: new.
    pub category: Option<Category>,
    /// Where it came in: `email`, `phone`, `web`, …; none: `api`.
    pub channel: Option<String>,
    /// Free words, at most 32; stored in lower case.
    pub tags: Vec<String>,
    /// The team that has it.
    pub team: Option<String>,
    /// Who works on it.
    pub assignee: Option<String>,
    /// Custom fields; the answers of a lead's form stand here.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub custom: Attributes,
    /// Ids in other systems, at most 16; each unique in the desk.
    pub external_ids: ExternalIds,
    /// What was said, oldest first; at most 64.
    pub entries: Vec<NewEntry>,
    /// Who does what next.
    pub next_action: Option<NextAction>,
    /// When it was opened, for tickets that are brought in; none: now. Never in the future.
    pub created_at: Option<Instant>,
    /// Where it stood since when, oldest first, for tickets that are brought in; at most 48. Where `category` is not
    /// given, the last one says where it stands.
    pub history: Vec<NewTurn>,
}

/// Where a ticket stood since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTurn {
    /// Since when; not before the ticket was opened, not in the future.
    pub at: Instant,
    /// Where.
    pub category: Category,
}

/// A change to a ticket.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct TicketPatch {
    /// The kind.
    #[serde(deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub kind: Option<String>,
    /// One line.
    #[serde(deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub subject: Option<String>,
    /// The desk's own word for where it stands; without it a new category's own name.
    #[serde(deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub state: Option<String>,
    /// What that state maps to; `merged` is not set by hand.
    #[serde(deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Category))]
    pub category: Option<Category>,
    /// How soon it matters.
    #[serde(deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Priority))]
    pub priority: Option<Priority>,
    /// The segment: policies don't change what a person set; `null` leaves it to them again.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub segment: Option<Option<String>>,
    /// The company it is for.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<CompanyId>))]
    pub company: Option<Option<CompanyId>>,
    /// Who brought it.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<ContactId>))]
    pub requester: Option<Option<ContactId>>,
    /// Who takes part from now on.
    pub add_participants: Vec<ContactId>,
    /// Who takes part no longer.
    pub remove_participants: Vec<ContactId>,
    /// The team that has it.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub team: Option<Option<String>>,
    /// Who works on it.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub assignee: Option<Option<String>>,
    /// Free words to add.
    pub add_tags: Vec<String>,
    /// Free words to take away.
    pub remove_tags: Vec<String>,
    /// Custom fields to set, or to remove by `null`.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub custom: Merge<Value>,
    /// Ids in other systems to set, or to remove by `null`.
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, Option<String>>))]
    pub external_ids: Merge<String>,
    /// Who does what next.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<NextAction>))]
    pub next_action: Option<Option<NextAction>>,
}
