//! Calendars: which minutes count. The arithmetic stands in [`crate::calendar`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::stored;
use crate::key::Key;
use crate::time::Instant;

/// The calendar that every desk has: every minute counts. It is not stored.
pub const ALWAYS: &str = "always";

/// Hours of a day in local time, `09:00` to `17:00`; `24:00` is the day's end. The end is later than the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// From, `HH:MM`.
    pub from: String,
    /// To, `HH:MM`.
    pub to: String,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Weekday {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Weekday {
    /// All of them, Monday first.
    pub const ALL: [Self; 7] = [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];
}

/// Business time. Its key is its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Calendar {
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// Its name, in targets and policies.
    pub name: String,
    /// What people read.
    pub title: String,
    /// An IANA name, such as `Europe/Warsaw`.
    pub time_zone: String,
    /// The hours of each day of the week, in order and apart; a day that is missing is free. A break is a gap
    /// (lesson 12).
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub week: BTreeMap<Weekday, Vec<Hours>>,
    /// Free days, `YYYY-MM-DD` → what is celebrated.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub holidays: BTreeMap<String, String>,
    /// Days with hours of their own, such as a working Saturday or a short day; they go before holidays.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub special: BTreeMap<String, Vec<Hours>>,
    /// The pack that brought it, as `publisher/name`; none: a person made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack: Option<String>,
}

stored!(Calendar, personal: [], key: |c| Key::from(c.name.as_str()), indexes: |_c| vec![]);
