//! A desk to be made.

use serde::{Deserialize, Serialize};

use super::present;

/// A desk to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewDesk {
    /// A short name for commands and addresses: 1 to 63 lower-case letters, digits and hyphens; unique in the process.
    pub name: String,
    /// What people read; none: the name.
    #[serde(default)]
    pub title: String,
    /// The language of reasons when nothing says otherwise; BCP 47.
    #[serde(default = "english")]
    pub locale: String,
    /// The time zone of its people; an IANA name.
    #[serde(default = "utc")]
    pub time_zone: String,
}

/// A change to a desk's settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct DeskPatch {
    /// Contacts that policies are at least so sure are one person are merged without asking anybody: 1 to 10,000; `null`:
    /// merges are only proposed.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<u16>))]
    pub merge_above: Option<Option<u16>>,
}

fn english() -> String {
    "en".to_owned()
}

fn utc() -> String {
    "UTC".to_owned()
}

impl NewDesk {
    /// An English desk of that name, in UTC.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), title: String::new(), locale: english(), time_zone: utc() }
    }
}
