//! Reading webhooks and deliveries.

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{
    DELIVERY_BY_WEBHOOK, Delivery, DeliveryId, DeliveryState, Page, Principal, RecordsExt, Scan, Webhook, WebhookId,
};

use url::Url;

use crate::desk::Desk;
use crate::error::Error;
use crate::view::{PageRequest, WebhookView};

/// A page of deliveries of one state reads at most so many pages of the store; then it is given back short.
const MOST_ROUNDS: usize = 10;

impl Desk {
    /// Every webhook, oldest first; there are few.
    pub fn webhook_list(&self, by: &Principal) -> Result<Vec<WebhookView>, Error> {
        self.inner.authorise(by, Area::Access, Act::Read)?;
        let hooks = crate::follow::webhooks(&self.inner)?;
        Ok(hooks.into_iter().map(|it| self.shown(by, it)).collect())
    }

    /// The webhook of that id, without its key.
    pub fn webhook(&self, by: &Principal, id: WebhookId) -> Result<WebhookView, Error> {
        self.inner.authorise(by, Area::Access, Act::Read)?;
        let found: Option<Webhook> = self.inner.records.find(id)?;
        found.map(|it| self.shown(by, it)).ok_or_else(|| Error::not_found("webhook", id))
    }

    /// Whoever may not change webhooks reads whom one is for, and not the whole address: it may be all that it takes to
    /// speak to the receiver.
    fn shown(&self, by: &Principal, webhook: Webhook) -> WebhookView {
        let mut view = WebhookView::from(webhook);
        if !by.may(Area::Access, Act::Write) {
            view.url = Url::parse(&view.url).map(|it| it.origin().ascii_serialization()).unwrap_or_default();
        }
        view
    }

    /// A webhook's deliveries, newest first; of one state, or all. A page may be short and still have a next one.
    pub fn delivery_list(
        &self,
        by: &Principal,
        webhook: WebhookId,
        state: Option<DeliveryState>,
        page: &PageRequest,
    ) -> Result<Page<Delivery>, Error> {
        self.webhook(by, webhook)?;
        let scan = Scan::index(DELIVERY_BY_WEBHOOK, vec![webhook.into()]).backward();
        let limit = page.limit();
        let mut found = Page { records: Vec::new(), next: page.after.clone() };
        for _ in 0..MOST_ROUNDS {
            let scan = scan.clone().with_limit(limit - found.records.len()).with_after(found.next.take());
            let read: Page<Delivery> = self.inner.records.list(&scan)?;
            found.records.extend(read.records.into_iter().filter(|it| state.is_none_or(|state| it.state == state)));
            found.next = read.next;
            if found.next.is_none() || found.records.len() >= limit {
                break;
            }
        }
        Ok(found)
    }

    /// One delivery with its attempts.
    pub fn delivery(&self, by: &Principal, webhook: WebhookId, id: DeliveryId) -> Result<Delivery, Error> {
        self.webhook(by, webhook)?;
        let found: Option<Delivery> = self.inner.records.find(id)?;
        found.filter(|it| it.webhook == webhook).ok_or_else(|| Error::not_found("delivery", id))
    }
}
