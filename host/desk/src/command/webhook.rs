//! `webhook.create`, `webhook.update`, `webhook.delete`, `webhook.test`, `delivery.replay`: where events are sent. Beside
//! it `webhook.rotate`.

mod rotate;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use plugdesk_domain::principal::Area;
use plugdesk_domain::question::shown::check_name;
use plugdesk_domain::record::Stored;
use plugdesk_domain::{
    Cursor, Delivery, DeliveryId, DeliveryState, Principal, RecordsExt, SigningKey, WEBHOOK_TESTED, Webhook, WebhookId,
};
use serde_json::{Map, Value};

use super::existing;
use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::follow::{MOST_WEBHOOKS, made, webhook_cursor, webhooks};
use crate::input::check::Checks;
use crate::input::{NewWebhook, WebhookPatch};
use crate::path::Command;
use crate::target::Target;
use crate::view::{Done, How, WebhookView};

/// A title is a line.
const MOST_TITLE_CHARS: usize = 256;
/// So many patterns of events: with more of them, `*` is what is meant.
const MOST_EVENTS: usize = 64;
/// A key of 256 bits, within the 24 to 64 bytes of the Standard Webhooks specification.
const SECRET_BYTES: usize = 32;

impl Desk {
    /// Makes a webhook. It hears what happens from now on. The key that signs is in the answer, this once.
    pub async fn webhook_create(&self, by: &Principal, new: NewWebhook, how: &How) -> Result<Done<WebhookView>, Error> {
        self.submit(by, how, Create(new)).await
    }

    /// Changes a webhook. One that is switched on again hears what happens from then on.
    pub async fn webhook_update(
        &self,
        by: &Principal,
        id: WebhookId,
        patch: WebhookPatch,
        how: &How,
    ) -> Result<Done<WebhookView>, Error> {
        self.submit(by, how, Update { id, patch }).await
    }

    /// Deletes a webhook; what waits for it is never sent.
    pub async fn webhook_delete(&self, by: &Principal, id: WebhookId, how: &How) -> Result<Done<WebhookView>, Error> {
        self.submit(by, how, Delete(id)).await
    }

    /// Sends the event `webhook.tested` to this webhook alone.
    pub async fn webhook_test(&self, by: &Principal, id: WebhookId, how: &How) -> Result<Done<WebhookView>, Error> {
        self.submit(by, how, Test(id)).await
    }

    /// Sends a delivery again, as a new round of attempts under the same id.
    pub async fn delivery_replay(
        &self,
        by: &Principal,
        webhook: WebhookId,
        id: DeliveryId,
        how: &How,
    ) -> Result<Done<Delivery>, Error> {
        self.submit(by, how, Replay { webhook, id }).await
    }
}

struct Create(NewWebhook);

impl Command for Create {
    type Value = WebhookView;
    const NAME: &'static str = "webhook.create";
    const STATUS: u16 = 201;
    const AREA: Area = Area::Access;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<WebhookView, Error> {
        let NewWebhook { title, url, events } = &self.0;
        let url = checked(draft, Some(title), Some(url), Some(events))?.unwrap_or_default();
        if webhooks(draft.desk)?.len() >= MOST_WEBHOOKS {
            return Err(Error::invalid("", format!("a desk has at most {MOST_WEBHOOKS} webhooks")));
        }
        let webhook = Webhook {
            id: WebhookId::new(draft.now, draft.desk.bits()),
            version: 1,
            created_at: draft.now,
            updated_at: draft.now,
            title: title.trim().to_owned(),
            url,
            events: events.clone(),
            secret: signing_key(draft),
            previous: None,
            active: true,
            disabled: None,
            failing_since: None,
        };
        draft.subject = webhook.id.to_string();
        let head = draft.desk.records.last_event()?;
        draft.create(made(webhook_cursor(webhook.id), head, draft.now));
        draft.create(webhook.clone());
        draft.tell("webhook.created", webhook.id, told(&webhook));
        let secret = (!draft.how.preview).then(|| webhook.secret.clone());
        Ok(WebhookView { secret, ..webhook.into() })
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<WebhookView, Error> {
        found(desk, subject)
    }
}

struct Update {
    id: WebhookId,
    patch: WebhookPatch,
}

impl Command for Update {
    type Value = WebhookView;
    const NAME: &'static str = "webhook.update";
    const STATUS: u16 = 200;
    const AREA: Area = Area::Access;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<WebhookView, Error> {
        let WebhookPatch { title, url, events, active } = &self.patch;
        let url = checked(draft, title.as_deref(), url.as_deref(), events.as_deref())?;
        draft.subject = self.id.to_string();
        let before: Webhook = existing(draft, "webhook", self.id, self.id)?;
        let mut webhook = before.clone();
        if let Some(title) = title {
            webhook.title = title.trim().to_owned();
        }
        if let Some(url) = url {
            webhook.url = url;
        }
        if let Some(events) = events {
            webhook.events.clone_from(events);
        }
        if let Some(active) = *active {
            webhook.active = active;
            webhook.disabled = None;
            webhook.failing_since = webhook.failing_since.filter(|_| before.active && active);
        }
        if webhook == before {
            return Ok(before.into());
        }
        if webhook.active && !before.active {
            // What happened while it was off is not sent: the receiver asked for none of it.
            let head = draft.desk.records.last_event()?;
            if let Some(cursor) = draft.find::<Cursor>(webhook_cursor(self.id).as_str())? {
                draft.change(Cursor { sequence: head, ..cursor });
            }
        }
        draft.change(webhook.clone());
        draft.tell("webhook.updated", self.id, told(&webhook));
        Ok(draft.peek::<Webhook>(self.id)?.unwrap_or(webhook).into())
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<WebhookView, Error> {
        found(desk, subject)
    }
}

struct Delete(WebhookId);

impl Command for Delete {
    type Value = WebhookView;
    const NAME: &'static str = "webhook.delete";
    const STATUS: u16 = 200;
    const AREA: Area = Area::Access;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<WebhookView, Error> {
        draft.subject = self.0.to_string();
        let webhook: Webhook = existing(draft, "webhook", self.0, self.0)?;
        draft.delete(&webhook);
        if let Some(cursor) = draft.find::<Cursor>(webhook_cursor(self.0).as_str())? {
            draft.delete(&cursor);
        }
        draft.tell("webhook.deleted", self.0, Map::new());
        Ok(webhook.into())
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<WebhookView, Error> {
        found(desk, subject)
    }
}

struct Test(WebhookId);

impl Command for Test {
    type Value = WebhookView;
    const NAME: &'static str = "webhook.test";
    const STATUS: u16 = 202;
    const AREA: Area = Area::Access;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<WebhookView, Error> {
        draft.subject = self.0.to_string();
        let webhook: Webhook = existing(draft, "webhook", self.0, self.0)?;
        running(&webhook)?;
        draft.tell(WEBHOOK_TESTED, self.0, Map::new());
        Ok(webhook.into())
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<WebhookView, Error> {
        found(desk, subject)
    }
}

struct Replay {
    webhook: WebhookId,
    id: DeliveryId,
}

impl Command for Replay {
    type Value = Delivery;
    const NAME: &'static str = "delivery.replay";
    const STATUS: u16 = 202;
    const AREA: Area = Area::Access;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Delivery, Error> {
        draft.subject = self.id.to_string();
        let webhook: Option<Webhook> = draft.find(self.webhook)?;
        let webhook = webhook.ok_or_else(|| Error::not_found("webhook", self.webhook))?;
        let delivery: Option<Delivery> = draft.find(self.id)?;
        let delivery = delivery.filter(|it| it.webhook == self.webhook);
        let delivery = delivery.ok_or_else(|| Error::not_found("delivery", self.id))?;
        super::expected(draft, delivery.version())?;
        running(&webhook)?;
        draft.change(Delivery {
            state: DeliveryState::Pending,
            next_attempt_at: Some(draft.now),
            tried: 0,
            ..delivery.clone()
        });
        let mut data = Map::new();
        data.insert("webhook".to_owned(), self.webhook.to_string().into());
        draft.tell("delivery.replayed", self.id, data);
        Ok(draft.peek(self.id)?.unwrap_or(delivery))
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Delivery, Error> {
        let id: DeliveryId = subject.parse().map_err(|_| Error::not_found("delivery", subject))?;
        desk.records.find(id)?.ok_or_else(|| Error::not_found("delivery", id))
    }
}

/// A new key that signs.
fn signing_key(draft: &Draft<'_>) -> SigningKey {
    let mut bytes = [0; SECRET_BYTES];
    draft.desk.parts.entropy.fill(&mut bytes);
    SigningKey(format!("whsec_{}", STANDARD.encode(bytes)))
}

/// Only a webhook that is active is sent to.
fn running(webhook: &Webhook) -> Result<(), Error> {
    match webhook.active {
        true => Ok(()),
        false => Err(Error::invalid("", "the webhook is off; switch it on with {\"active\": true} first")),
    }
}

/// Looks at what was sent; gives the address in its normal form.
fn checked(
    draft: &Draft<'_>,
    title: Option<&str>,
    url: Option<&str>,
    events: Option<&[String]>,
) -> Result<Option<String>, Error> {
    let mut checks = Checks::default();
    if let Some(title) = title {
        checks.line("/title", title, 0, MOST_TITLE_CHARS);
    }
    let events = events.unwrap_or_default();
    checks.count("/events", events.len(), MOST_EVENTS);
    for (place, pattern) in events.iter().take(MOST_EVENTS).enumerate() {
        let name = pattern.strip_suffix(".*").unwrap_or(pattern);
        if pattern != "*" && check_name("", name).is_err() {
            checks.fail(format!("/events/{place}"), "an event's name such as `ticket.created`, `ticket.*` or `*`");
        }
    }
    let target = url.map(|url| Target::parse(url, &draft.desk.options.webhooks_allowed)).transpose();
    match target {
        Ok(target) => checks.done().map(|()| target.map(|it| it.to_string())),
        Err(rule) => {
            checks.fail("/url", rule);
            checks.done().map(|()| None)
        }
    }
}

/// What events tell of a webhook: its address may hold a secret of the receiver.
fn told(webhook: &Webhook) -> Map<String, Value> {
    let mut data = Map::new();
    data.insert("active".to_owned(), webhook.active.into());
    data
}

fn found(desk: &Inner, subject: &str) -> Result<WebhookView, Error> {
    let id: WebhookId = subject.parse().map_err(|_| Error::not_found("webhook", subject))?;
    let webhook: Option<Webhook> = desk.records.find(id)?;
    webhook.map(WebhookView::from).ok_or_else(|| Error::not_found("webhook", id))
}
