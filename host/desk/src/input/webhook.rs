//! Webhooks as commands take them.

use serde::{Deserialize, Serialize};

use super::not_null;

/// A webhook to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// What it is for, in a line.
    #[serde(default)]
    pub title: String,
    /// Where events are sent: `https`, to the open network; `http` and other hosts only where the operator allows them.
    pub url: String,
    /// The names of events, such as `ticket.created`; `ticket.*` and `*` stand for more. At most 64; none: every.
    #[serde(default)]
    pub events: Vec<String>,
}

/// A change to a webhook.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct WebhookPatch {
    /// What it is for.
    #[serde(deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub title: Option<String>,
    /// Where events are sent.
    #[serde(deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub url: Option<String>,
    /// Every name anew: this list is one setting.
    #[serde(deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Vec<String>))]
    pub events: Option<Vec<String>>,
    /// Whether events are sent. Switched on again it hears what happens from then on.
    #[serde(deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = bool))]
    pub active: Option<bool>,
}
