//! One attempt at a delivery: what is sent, and what came of it.

use plugdesk_domain::{DeliveryId, Instant, SigningKey, WebhookId};

/// A delivery to be sent now. Its `Debug` shows neither keys nor the address, which may hold a secret of the receiver.
#[derive(Clone)]
pub struct Sending {
    /// The webhook.
    pub webhook: WebhookId,
    /// The delivery: `webhook-id`, the same in every attempt.
    pub delivery: DeliveryId,
    /// Where to; to be checked again before it is sent.
    pub url: String,
    /// The keys that sign, the newest first.
    pub keys: Vec<SigningKey>,
    /// The body.
    pub body: String,
    /// The moment of the attempt: `webhook-timestamp`.
    pub at: Instant,
    /// Whether the receiver failed last.
    pub failing: bool,
}

impl std::fmt::Debug for Sending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { webhook, delivery, .. } = self;
        f.debug_struct("Sending").field("webhook", webhook).field("delivery", delivery).finish_non_exhaustive()
    }
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The receiver's status; or why there is none.
    pub answer: Result<u16, String>,
    /// How long it took, in milliseconds.
    pub took_ms: u32,
}
