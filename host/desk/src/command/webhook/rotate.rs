//! `webhook.rotate`: another key signs, and for a while the one before it too.

use plugdesk_domain::principal::Area;
use plugdesk_domain::{PreviousKey, Principal, Webhook, WebhookId};
use serde_json::Map;

use super::super::existing;
use super::{found, signing_key};
use crate::access::overlap;
use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::path::Command;
use crate::view::{Done, How, WebhookView};

impl Desk {
    /// Gives a webhook another key. What is sent within `overlap_ms` milliseconds (at most 90 days) is signed by both, so
    /// that its receiver can be moved over without a gap. The new key is in the answer, this once.
    pub async fn webhook_rotate(
        &self,
        by: &Principal,
        id: WebhookId,
        overlap_ms: u64,
        how: &How,
    ) -> Result<Done<WebhookView>, Error> {
        self.submit(by, how, Rotate { id, overlap_ms }).await
    }
}

struct Rotate {
    id: WebhookId,
    overlap_ms: u64,
}

impl Command for Rotate {
    type Value = WebhookView;
    const NAME: &'static str = "webhook.rotate";
    const STATUS: u16 = 200;
    const AREA: Area = Area::Access;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<WebhookView, Error> {
        draft.subject = self.id.to_string();
        let until = draft.now.plus_millis(overlap(self.overlap_ms)?);
        let before: Webhook = existing(draft, "webhook", self.id, self.id)?;
        // A key that is replaced at once, because somebody saw it, must not sign once more.
        let previous = (until > draft.now).then(|| PreviousKey { secret: before.secret.clone(), until });
        draft.change(Webhook { secret: signing_key(draft), previous, ..before });
        let mut data = Map::new();
        data.insert("until".to_owned(), until.to_string().into());
        draft.tell("webhook.rotated", self.id, data);
        let webhook: Option<Webhook> = draft.peek(self.id)?;
        let webhook = webhook.ok_or_else(|| Error::not_found("webhook", self.id))?;
        let secret = (!draft.how.preview).then(|| webhook.secret.clone());
        Ok(WebhookView { secret, ..webhook.into() })
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<WebhookView, Error> {
        found(desk, subject)
    }
}
