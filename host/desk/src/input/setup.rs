//! Calendars, contracts, agents, teams, definitions and promises as commands take them.

use std::collections::BTreeMap;

use plugdesk_domain::{
    ALWAYS, Category, CompanyId, Entitlement, ExternalIds, Hours, Instant, Priority, Target, Weekday,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Merge, not_null, present};

/// A calendar to be made or replaced. Its name stands in the address.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct NewCalendar {
    /// What people read, 1 to 128 characters; none: its name.
    pub title: Option<String>,
    /// An IANA name, such as `Europe/Warsaw`.
    pub time_zone: String,
    /// The hours of each day of the week (`mon` to `sun`), in order and apart, at most 8 a day; a day that is missing is
    /// free. A break is a gap. `24:00` is the day's end.
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, Vec<Hours>>))]
    pub week: BTreeMap<Weekday, Vec<Hours>>,
    /// Free days, `YYYY-MM-DD` → what is celebrated; at most 1,000.
    pub holidays: BTreeMap<String, String>,
    /// Days with hours of their own, `YYYY-MM-DD` → hours; at most 1,000. They go before holidays.
    pub special: BTreeMap<String, Vec<Hours>>,
}

/// What is promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTarget {
    /// `first-response`, `first-contact`, `next-response`, `resolution`, or a word of the desk's own.
    pub metric: String,
    /// Minutes of the calendar's time, 1 to 5,256,000 (ten years).
    pub minutes: u32,
    /// The calendar's name; none: `always`, in which every minute counts.
    #[serde(default)]
    pub calendar: Option<String>,
    /// The categories in which the clock stands. It always stands while the ticket is ended.
    #[serde(default)]
    pub pauses: Vec<Category>,
    /// So many minutes of the calendar's time before it is due it is at risk; none: no warning.
    #[serde(default)]
    pub warn_minutes: Option<u32>,
}

impl NewTarget {
    /// As it is kept.
    pub(crate) fn target(&self) -> Target {
        let mut pauses = self.pauses.clone();
        pauses.sort_unstable();
        pauses.dedup();
        Target {
            metric: self.metric.clone(),
            minutes: self.minutes,
            calendar: self.calendar.clone().unwrap_or_else(|| ALWAYS.to_owned()),
            pauses,
            warn_minutes: self.warn_minutes,
        }
    }
}

/// What a contract promises, and for which tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
// The target's fields stand here again: serde's `flatten` would let unknown fields through.
pub struct NewEntitlement {
    /// Tickets of that priority; none: of every.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// Tickets of that kind; none: of every.
    #[serde(default)]
    pub kind: Option<String>,
    /// `first-response`, `first-contact`, `next-response`, `resolution`, or a word of the desk's own.
    pub metric: String,
    /// Minutes of the calendar's time, 1 to 5,256,000 (ten years).
    pub minutes: u32,
    /// The calendar's name; none: `always`, in which every minute counts.
    #[serde(default)]
    pub calendar: Option<String>,
    /// The categories in which the clock stands. It always stands while the ticket is ended.
    #[serde(default)]
    pub pauses: Vec<Category>,
    /// So many minutes of the calendar's time before it is due it is at risk; none: no warning.
    #[serde(default)]
    pub warn_minutes: Option<u32>,
}

impl NewEntitlement {
    /// Its target, as it was sent.
    pub(crate) fn target(&self) -> NewTarget {
        let Self { metric, minutes, calendar, pauses, warn_minutes, .. } = self.clone();
        NewTarget { metric, minutes, calendar, pauses, warn_minutes }
    }

    /// As it is kept.
    pub(crate) fn entitlement(&self) -> Entitlement {
        Entitlement { priority: self.priority, kind: self.kind.clone(), target: self.target().target() }
    }
}

/// A contract to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewContract {
    /// With whom; it holds for the nodes below too, unless they have their own.
    pub company: CompanyId,
    /// What it is called, 1 to 128 characters.
    pub name: String,
    /// What is owed, 1 to 64. Of several that fit a ticket the narrowest holds.
    pub entitlements: Vec<NewEntitlement>,
    /// Since when; none: always.
    #[serde(default)]
    pub valid_from: Option<Instant>,
    /// Until when; none: still.
    #[serde(default)]
    pub valid_to: Option<Instant>,
    /// Ids in other systems, at most 16; each unique in the desk.
    #[serde(default)]
    pub external_ids: ExternalIds,
}

/// A change to a contract.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ContractPatch {
    /// What it is called.
    #[serde(deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub name: Option<String>,
    /// What is owed from now on, all of it: a contract's terms are agreed as a whole.
    #[serde(deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Vec<NewEntitlement>))]
    pub entitlements: Option<Vec<NewEntitlement>>,
    /// Since when.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Instant>))]
    pub valid_from: Option<Option<Instant>>,
    /// Until when.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Instant>))]
    pub valid_to: Option<Option<Instant>>,
    /// Ids in other systems to set, or to remove by `null`.
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, Option<String>>))]
    pub external_ids: Merge<String>,
}

/// A person who serves, to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewAgent {
    /// The name in the desk's words, unique: what `assignee` says; 1 to 128 characters.
    pub name: String,
    /// What people read; none: the name.
    #[serde(default)]
    pub title: Option<String>,
    /// Where the person is written to.
    #[serde(default)]
    pub email: Option<String>,
    /// The teams, by name; at most 32.
    #[serde(default)]
    pub teams: Vec<String>,
    /// What escalation ladders call for, such as `team-lead` or `vice-president`; at most 32.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Whether tickets may be given to the person; true when absent.
    #[serde(default = "yes")]
    pub active: bool,
}

/// A change to an agent. The name stays: tickets say it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct AgentPatch {
    /// What people read.
    #[serde(deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub title: Option<String>,
    /// Where the person is written to.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub email: Option<Option<String>>,
    /// Teams to join.
    pub add_teams: Vec<String>,
    /// Teams to leave.
    pub remove_teams: Vec<String>,
    /// Roles to take.
    pub add_roles: Vec<String>,
    /// Roles to give back.
    pub remove_roles: Vec<String>,
    /// Whether tickets may be given to the person.
    #[serde(deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = bool))]
    pub active: Option<bool>,
}

/// A team to be made or replaced. Its name stands in the address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct NewTeam {
    /// What people read; none: its name.
    pub title: Option<String>,
    /// Who leads it, by the agent's name.
    pub lead: Option<String>,
    /// The segments it serves, at most 32; none named: every.
    pub segments: Vec<String>,
}

/// A word of the desk to be defined. Its sort and name stand in the address.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct NewDefinition {
    /// What people read; none: its name.
    pub title: Option<String>,
    /// Of a state, and needed there: what it maps to.
    pub category: Option<Category>,
    /// Of a state: the states that may follow, at most 64; none named: every.
    pub next: Vec<String>,
    /// Of a kind or segment: the JSON Schema (2020-12) of a ticket's custom fields.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub schema: Option<Value>,
    /// Of a segment: what is promised when neither a policy nor a contract promises anything; at most 8.
    pub targets: Vec<NewTarget>,
}

/// A promise that a person makes. Either `due_at`, or `minutes` and perhaps a calendar.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct NewCommitment {
    /// A word for its sort; none: `promise`.
    pub metric: Option<String>,
    /// What is promised, in words; 1 to 512 characters.
    pub what: String,
    /// By when.
    pub due_at: Option<Instant>,
    /// Within so many minutes of the calendar's time, 1 to 5,256,000.
    pub minutes: Option<u32>,
    /// The calendar; none: `always`.
    pub calendar: Option<String>,
    /// The categories in which its clock stands.
    pub pauses: Vec<Category>,
    /// So many minutes before it is due it is at risk; none: no warning.
    pub warn_minutes: Option<u32>,
}

fn yes() -> bool {
    true
}
