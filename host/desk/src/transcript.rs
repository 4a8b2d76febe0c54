//! What a policy asked of its context and what it heard, written down and played back.
//!
//! A [`Recorder`] stands between a policy and the store: it enforces the grants and the bounds and keeps every
//! exchange. A [`Replayer`] answers from such a list, so that a replay hears the same, byte for byte. Captures, test
//! vectors and the SDK's pretend desk share the form of [`Exchange`].

mod recorder;
mod replayer;

use plugdesk_domain::Refusal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use recorder::Recorder;
pub use replayer::Replayer;

/// One question to the context and its answer:
/// `{"call": "entries", "arguments": {"at_most": 5}, "answer": {"ok": […]}}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// `find-contact`, `find-company`, `attributes-of`, `entries`, `tickets`, `facts`, `signals`,
    /// `commitments`, `ancestors`, `people`, `calendar-add`, `calendar-between` or `calendar-add-working-days`.
    pub call: String,
    /// By name; an empty object where there are none.
    #[serde(default = "nothing")]
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub arguments: Value,
    /// What was heard.
    pub answer: Heard,
}

/// An answer of the context.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Heard {
    /// It was shown; `null`: there is none. The attributes of a record are an object, everything else is as the
    /// domain's shown types write it.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    Ok(Value),
    /// It was refused: `not-granted` or `too-many`.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    Refused(Refusal),
}

fn nothing() -> Value {
    Value::Object(serde_json::Map::new())
}

/// The calls by name, as an [`Exchange`] writes them.
pub(crate) mod call {
    pub(crate) const FIND_CONTACT: &str = "find-contact";
    pub(crate) const FIND_COMPANY: &str = "find-company";
    pub(crate) const ATTRIBUTES_OF: &str = "attributes-of";
    pub(crate) const ENTRIES: &str = "entries";
    pub(crate) const TICKETS: &str = "tickets";
    pub(crate) const FACTS: &str = "facts";
    pub(crate) const SIGNALS: &str = "signals";
    pub(crate) const COMMITMENTS: &str = "commitments";
    pub(crate) const ANCESTORS: &str = "ancestors";
    pub(crate) const PEOPLE: &str = "people";
    pub(crate) const CALENDAR_ADD: &str = "calendar-add";
    pub(crate) const CALENDAR_BETWEEN: &str = "calendar-between";
    pub(crate) const CALENDAR_ADD_WORKING_DAYS: &str = "calendar-add-working-days";
}
