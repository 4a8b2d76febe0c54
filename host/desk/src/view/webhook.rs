//! A webhook as it is shown.

use plugdesk_domain::{Instant, SigningKey, Webhook, WebhookId};
use serde::Serialize;

/// A webhook without the key that signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct WebhookView {
    /// Its id.
    pub id: WebhookId,
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// What it is for.
    pub title: String,
    /// Where events are sent.
    pub url: String,
    /// The names of events, such as `ticket.created`; `ticket.*` and `*` stand for more. None named: every.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
    /// Whether events are sent.
    pub active: bool,
    /// Why not, where the desk itself stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled: Option<String>,
    /// Since when every attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Instant>,
    /// Until when the key before the newest one signs too, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotating_until: Option<Instant>,
    /// The key that signs, `whsec_` and base64. Shown only when it is made, and not to a repeated request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub secret: Option<SigningKey>,
}

impl From<Webhook> for WebhookView {
    fn from(it: Webhook) -> Self {
        let Webhook {
            id,
            version,
            created_at,
            updated_at,
            title,
            url,
            events,
            secret: _,
            previous,
            active,
            disabled,
            failing_since,
        } = it;
        let rotating_until = previous.map(|it| it.until);
        Self {
            id,
            version,
            created_at,
            updated_at,
            title,
            url,
            events,
            active,
            disabled,
            failing_since,
            rotating_until,
            secret: None,
        }
    }
}
