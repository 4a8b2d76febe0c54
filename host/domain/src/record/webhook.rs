//! Webhooks, and events on their way to them, by the Standard Webhooks specification.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::stored;
use crate::id::{DeliveryId, WebhookId};
use crate::key::{Index, Key, Table};
use crate::time::Instant;

/// The deliveries of a webhook, oldest first.
pub const DELIVERY_BY_WEBHOOK: Index = Index { table: Table::Delivery, code: 1, name: "webhook", unique: false };
/// The deliveries that wait, by webhook: first those in turn, in the order of the log, then those that stepped aside, by
/// the time of their next attempt. A webhook with many does not stand before another.
pub const DELIVERY_BY_NEXT: Index = Index { table: Table::Delivery, code: 2, name: "next attempt", unique: false };
/// In [`DELIVERY_BY_NEXT`], behind the webhook: a delivery in turn.
const IN_TURN: i64 = 0;
/// Likewise: one that stepped aside.
pub const ASIDE: i64 = 1;
/// A delivery that fails holds up what comes behind it for so many attempts, two and a half hours: outages are mostly
/// shorter, and nothing that a receiver can't take should silence its webhook for days.
const HOLDS_UP: u32 = 5;

/// The event by which a webhook is tried out.
pub const WEBHOOK_TESTED: &str = "webhook.tested";

/// A key that signs what is sent: `whsec_` and base64. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SigningKey(pub String);

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("whsec_…")
    }
}

/// A key that was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PreviousKey {
    /// The key.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub secret: SigningKey,
    /// Until when it signs too.
    pub until: Instant,
}

/// An address that events are sent to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// What it is for, in the words of whoever made it.
    pub title: String,
    /// Where events are sent: `https`, or `http` to a host that the operator allows.
    pub url: String,
    /// The names of events, such as `ticket.created`; `ticket.*` and `*` stand for more. None named: every.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
    /// The key that signs. It must be known to sign, so it is stored; it is shown once.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub secret: SigningKey,
    /// The key that was replaced and signs beside it for a while.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<PreviousKey>,
    /// Whether events are sent.
    pub active: bool,
    /// Why not, where the desk itself stopped: the receiver said 410, or failed for days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<String>,
    /// When the first attempt failed after which none succeeded; none: the last one succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Instant>,
}

impl Webhook {
    /// The keys that sign at that moment, the newest first: while a key is being replaced both do, so that a receiver
    /// can move over without losing anything (Standard Webhooks).
    pub fn signing_keys(&self, now: Instant) -> Vec<SigningKey> {
        let previous = self.previous.iter().filter(|it| now < it.until).map(|it| it.secret.clone());
        std::iter::once(self.secret.clone()).chain(previous).collect()
    }

    /// Whether it hears an event of that name about that subject. A test of a webhook is heard by it alone.
    pub fn hears(&self, name: &str, subject: &str) -> bool {
        if name == WEBHOOK_TESTED {
            return self.id.to_string() == subject;
        }
        self.events.is_empty() || crate::event::matches(&self.events, name)
    }
}

stored!(Webhook, personal: [], key: |w| Key::from(w.id), indexes: |_w| vec![]);

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryState {
    /// It waits for its next attempt.
    Pending,
    /// The receiver took it.
    Delivered,
    /// Given up; it can be replayed.
    Failed,
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Attempt {
    /// When.
    pub at: Instant,
    /// The receiver's status; none: there was no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How long it took, in milliseconds.
    pub took_ms: u32,
}

/// One event on its way to a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// Its id; the same in every attempt (`webhook-id`), so that a receiver knows a repetition.
    pub id: DeliveryId,
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// Where to.
    pub webhook: WebhookId,
    /// The event's place in the log.
    pub event: u64,
    /// The event's name.
    pub name: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// The newest tries, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// How often it was tried since it was made, or replayed last.
    pub tried: u32,
    /// When it is tried next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Instant>,
}

stored!(
    Delivery,
    personal: [],
    key: |d| Key::from(d.id),
    indexes: |d| {
        let mut entries = vec![DELIVERY_BY_WEBHOOK.entry(vec![d.webhook.into()])];
        entries.extend(d.next_attempt_at.map(|at| {
            let (turn, place) = if d.aside() { (ASIDE, at.millis()) } else { (IN_TURN, d.event as i64) };
            DELIVERY_BY_NEXT.entry(vec![d.webhook.into(), turn.into(), place.into()])
        }));
        entries
    },
);

impl Delivery {
    /// Whether later ones need not wait for it: the receiver answered and refuses this very one (4xx, but for 408 and 429,
    /// which ask for another time), it failed too often, or somebody sends it again by hand.
    pub fn aside(&self) -> bool {
        let refused = |status: u16| (400..500).contains(&status) && !matches!(status, 408 | 429);
        let last = self.attempts.last();
        let by_hand = self.attempts.len() as u64 > u64::from(self.tried);
        by_hand || self.tried >= HOLDS_UP || last.and_then(|it| it.status).is_some_and(refused)
    }
}
