//! Webhooks: each event that one hears becomes a delivery, and deliveries are given out one at a time per webhook, in
//! the order of the log. What carries them is outside; it reports back what the receiver said.

mod sending;

use plugdesk_domain::record::Stored;
use plugdesk_domain::{
    ASIDE, Attempt, DELIVERY_BY_NEXT, DELIVERY_BY_WEBHOOK, Delivery, DeliveryId, DeliveryState, Event, Field, Instant,
    RecordsExt, Scan, Table, Webhook, WebhookId,
};
use serde_json::json;
use uuid::Uuid;

use super::{Follower, by_itself, itself};
use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::path::Command;

pub use sending::{Sending, Sent};

/// A desk has at most so many webhooks: each reads the whole log.
pub(crate) const MOST_WEBHOOKS: usize = 32;
/// Of each webhook so many deliveries wait at most. What happens beyond stays in the log, which is there anyway, and is
/// taken from it in its order as they are sent: a slow or dead receiver fills no store. Two batches, so that a quick one
/// never waits for the log.
pub const MOST_WAITING: usize = 2 * super::BATCH;
/// When the next attempt follows, after the first, the second, …: the schedule of the Standard Webhooks specification.
/// Ten attempts in three days.
const SCHEDULE_MS: [i64; 9] =
    [5_000, 5 * 60_000, 30 * 60_000, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS, 14 * HOUR_MS, 20 * HOUR_MS, 24 * HOUR_MS];
const HOUR_MS: i64 = 3_600_000;
/// A receiver that failed for so long, whatever was sent, is sent no more: about as long as one delivery is tried.
const GIVEN_UP_MS: i64 = 72 * HOUR_MS;
/// A delivery keeps its newest attempts: two rounds of the schedule.
const MOST_ATTEMPTS_KEPT: usize = 20;
/// What a receiver's failure is told in.
const MOST_ERROR_CHARS: usize = 300;
/// What is waiting is looked for at so many webhooks in one go: all that a desk has, and as many deleted ones.
const MOST_HEARD: usize = 2 * MOST_WEBHOOKS;
/// What was delivered or given up is kept so long, for whoever looks into it.
const KEPT_MS: i64 = 30 * 24 * HOUR_MS;
/// Beside as many as are made, so many old deliveries are deleted at a time: the shelf shrinks while others are added.
const CLEARED_BESIDE: usize = 16;
/// Of a webhook that is not active, so many deliveries are given up at a time.
const DROPPED_AT_A_TIME: usize = 256;
/// The status by which a receiver says that it wants no more (Standard Webhooks).
const GONE: u16 = 410;

/// The name of a webhook's cursor.
pub(crate) fn cursor_name(id: WebhookId) -> String {
    format!("webhook/{id}")
}

/// Every webhook of a desk.
pub(crate) fn all(desk: &Inner) -> Result<Vec<Webhook>, Error> {
    Ok(desk.records.list(&Scan::table(Table::Webhook).with_limit(MOST_WEBHOOKS))?.records)
}

pub(super) struct Hook(pub(super) WebhookId);

impl Follower for Hook {
    const NAME: &'static str = "webhook.deliver";

    fn name(&self) -> String {
        cursor_name(self.0)
    }

    fn reads_whole_log(&self) -> bool {
        false
    }

    fn follow(&self, draft: &mut Draft<'_>, events: &[Event]) -> Result<usize, Error> {
        let Some(webhook) = draft.find::<Webhook>(self.0)?.filter(|it| it.active) else { return Ok(events.len()) };
        // Nothing is delivered to what was disabled meanwhile.
        draft.require(&webhook);
        let mut room = None;
        let mut made = 0;
        for (place, event) in events.iter().enumerate() {
            if !webhook.hears(&event.name, &event.subject) {
                continue;
            }
            // What waits is counted once per batch, and only if the webhook hears any of it.
            let room = match room {
                Some(room) => room,
                None => *room.insert(self.room(draft)?),
            };
            if made == room {
                clear(draft, webhook.id, made + CLEARED_BESIDE)?;
                return Ok(place);
            }
            let now = draft.now;
            made += 1;
            draft.create(Delivery {
                id: DeliveryId::new(now, draft.desk.bits()),
                version: 1,
                created_at: now,
                updated_at: now,
                webhook: webhook.id,
                event: event.sequence,
                name: event.name.clone(),
                state: DeliveryState::Pending,
                attempts: Vec::new(),
                tried: 0,
                next_attempt_at: Some(now),
            });
        }
        if made > 0 {
            clear(draft, webhook.id, made + CLEARED_BESIDE)?;
        }
        Ok(events.len())
    }
}

impl Hook {
    /// How many deliveries more may wait.
    fn room(&self, draft: &Draft<'_>) -> Result<usize, Error> {
        let waiting = Scan::index(DELIVERY_BY_NEXT, vec![self.0.into()]).with_limit(MOST_WAITING);
        Ok(MOST_WAITING.saturating_sub(draft.desk.records.list::<Delivery>(&waiting)?.records.len()))
    }
}

/// Deletes the oldest deliveries of a webhook that nothing is waiting for.
fn clear(draft: &mut Draft<'_>, webhook: WebhookId, most: usize) -> Result<(), Error> {
    let oldest = Scan::index(DELIVERY_BY_WEBHOOK, vec![webhook.into()]).with_limit(most);
    let found: Vec<Delivery> = draft.desk.records.list(&oldest)?.records;
    let old = |it: &Delivery| it.created_at.plus_millis(KEPT_MS) < draft.now && it.next_attempt_at.is_none();
    let old: Vec<Delivery> = found.into_iter().filter(old).collect();
    for delivery in old {
        draft.note(Table::Delivery, &delivery.key(), delivery.version);
        draft.delete(&delivery);
    }
    Ok(())
}

impl Desk {
    /// What is to be sent now, at most one delivery per webhook, without the webhooks that are `busy`; and when more is
    /// due.
    pub async fn deliveries_due(&self, busy: &[WebhookId]) -> Result<(Vec<Sending>, Option<Instant>), Error> {
        let now = self.inner.now();
        let (mut due, mut next) = (Vec::new(), None::<Instant>);
        let hooks = all(&self.inner)?;
        let mut after = None;
        // From one webhook to the next, those among them that are deleted.
        for _ in 0..MOST_HEARD {
            let first = Scan::index(DELIVERY_BY_NEXT, Vec::new()).with_limit(1);
            let first = match after {
                Some(after) => first.from(vec![Field::Id(after)]),
                None => first,
            };
            let Some(delivery) = self.inner.records.list::<Delivery>(&first)?.records.pop() else {
                return Ok((due, next));
            };
            let id = delivery.webhook;
            after = Some(Uuid::from_u128(id.uuid().as_u128().saturating_add(1)));
            if busy.contains(&id) {
                continue;
            }
            let Some(webhook) = hooks.iter().find(|it| it.id == id && it.active) else {
                let dropped = self.submit(&itself(&self.inner), &by_itself(&self.inner), Drop(id)).await?.value;
                next = if dropped { Some(now) } else { next };
                continue;
            };
            // While one that failed holds up its turn, one that stepped aside may have its time.
            let at = |it: &Delivery| it.next_attempt_at.unwrap_or(now);
            let aside = if delivery.aside() { None } else { self.first_aside(id)? };
            match [Some(delivery), aside].into_iter().flatten().min_by_key(|it| (at(it).max(now), it.aside())) {
                Some(first) if at(&first) > now => next = Some(next.map_or(at(&first), |other| other.min(at(&first)))),
                Some(first) => due.push(self.sending(webhook, &first, now)?),
                None => {}
            }
        }
        // More webhooks were deleted than are looked at in one go.
        Ok((due, Some(now)))
    }

    /// Of a webhook's deliveries that stepped aside, the one whose time comes first.
    fn first_aside(&self, webhook: WebhookId) -> Result<Option<Delivery>, Error> {
        let aside = Scan::index(DELIVERY_BY_NEXT, vec![webhook.into(), ASIDE.into()]).with_limit(1);
        Ok(self.inner.records.list::<Delivery>(&aside)?.records.pop())
    }

    fn sending(&self, webhook: &Webhook, delivery: &Delivery, now: Instant) -> Result<Sending, Error> {
        let event = self.inner.records.events(delivery.event.saturating_sub(1), 1)?.pop();
        let event = event.filter(|event| event.sequence == delivery.event);
        let event = event.ok_or_else(|| Error::Damaged(format!("event {} is not stored", delivery.event)))?;
        Ok(Sending {
            webhook: webhook.id,
            delivery: delivery.id,
            url: webhook.url.clone(),
            keys: webhook.signing_keys(now),
            body: payload(&self.inner, &event),
            at: now,
            failing: webhook.failing_since.is_some(),
        })
    }

    /// Notes what came of an attempt: delivered, tried again later, or given up. A receiver that says 410, or failed for
    /// days, is disabled.
    pub async fn delivery_sent(&self, id: DeliveryId, sent: Sent) -> Result<(), Error> {
        self.submit(&itself(&self.inner), &by_itself(&self.inner), Note { id, sent }).await.map(drop)
    }
}

/// What of an event's data is a person's own words or name: of keys and imports what they are called, of generations
/// why they came.
const PEOPLES_WORDS: [&str; 3] = ["name", "label", "why"];
const PEOPLES_EVENTS: [&str; 3] = ["key.*", "import.*", "generation.*"];

/// The body: thin, without a person's data; whoever wants more asks the API.
fn payload(desk: &Inner, event: &Event) -> String {
    let mut data = event.data.clone();
    let peoples = PEOPLES_EVENTS.map(str::to_owned);
    if plugdesk_domain::event::matches(&peoples, &event.name) {
        PEOPLES_WORDS.iter().for_each(|it| drop(data.remove(*it)));
    }
    json!({
        "type": event.name,
        "timestamp": event.at,
        "data": {
            "desk": desk.record.id,
            "sequence": event.sequence,
            "subject": event.subject,
            "depth": event.depth,
            "decision": event.decision,
            "data": data,
        },
    })
    .to_string()
}

struct Note {
    id: DeliveryId,
    sent: Sent,
}

impl Command for Note {
    type Value = ();
    const NAME: &'static str = "delivery.note";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        draft.subject = self.id.to_string();
        let Some(mut delivery) = draft.find::<Delivery>(self.id)? else { return Ok(()) };
        let now = draft.now;
        let status = self.sent.answer.as_ref().ok().copied();
        let error = match &self.sent.answer {
            Ok(200..=299) => None,
            Ok(300..=399) => Some("it leads elsewhere, and redirects are not followed".to_owned()),
            Ok(status) => Some(format!("the receiver answered {status}")),
            Err(why) => Some(why.chars().take(MOST_ERROR_CHARS).collect()),
        };
        let good = error.is_none();
        delivery.attempts.push(Attempt { at: now, status, error, took_ms: self.sent.took_ms });
        let more = delivery.attempts.len().saturating_sub(MOST_ATTEMPTS_KEPT);
        delivery.attempts.drain(..more);
        delivery.tried = delivery.tried.saturating_add(1);
        let wait = usize::try_from(delivery.tried).ok().and_then(|tried| SCHEDULE_MS.get(tried.saturating_sub(1)));
        let webhook: Option<Webhook> = draft.find(delivery.webhook)?;
        let over = status == Some(GONE) || webhook.is_none();
        (delivery.state, delivery.next_attempt_at) = match wait {
            _ if good => (DeliveryState::Delivered, None),
            Some(wait) if !over => (DeliveryState::Pending, Some(now.plus_millis(*wait))),
            _ => (DeliveryState::Failed, None),
        };
        draft.change(delivery);
        if let Some(webhook) = webhook {
            judge(draft, webhook, good, status);
        }
        Ok(())
    }

    fn again(&self, _desk: &Inner, _subject: &str) -> Result<(), Error> {
        Ok(())
    }
}

/// What an attempt says of its receiver.
fn judge(draft: &mut Draft<'_>, webhook: Webhook, good: bool, status: Option<u16>) {
    let since = webhook.failing_since;
    let now = draft.now;
    let failed_for = since.map_or(0, |since| now.millis().saturating_sub(since.millis()));
    let why = match status {
        _ if good || !webhook.active => None,
        Some(GONE) => Some("the receiver answered 410, which says that it wants no more".to_owned()),
        _ if failed_for >= GIVEN_UP_MS => Some(format!("the receiver failed for {} hours", failed_for / HOUR_MS)),
        _ => None,
    };
    let failing_since = if good { None } else { since.or(Some(now)) };
    if let Some(why) = why {
        let mut data = serde_json::Map::new();
        data.insert("why".to_owned(), why.as_str().into());
        draft.tell("webhook.disabled", webhook.id, data);
        draft.change(Webhook { active: false, disabled: Some(why), failing_since, ..webhook });
    } else if failing_since != since {
        draft.change(Webhook { failing_since, ..webhook });
    }
}

/// Gives up what waits for a webhook that is not active.
struct Drop(WebhookId);

impl Command for Drop {
    /// Whether more may be left.
    type Value = bool;
    const NAME: &'static str = "delivery.drop";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<bool, Error> {
        draft.subject = self.0.to_string();
        if draft.find::<Webhook>(self.0)?.is_some_and(|it| it.active) {
            return Ok(true);
        }
        let waiting = Scan::index(DELIVERY_BY_NEXT, vec![self.0.into()]).with_limit(DROPPED_AT_A_TIME);
        let found: Vec<Delivery> = draft.desk.records.list(&waiting)?.records;
        let more = found.len() == DROPPED_AT_A_TIME;
        for delivery in found {
            draft.change(Delivery { state: DeliveryState::Failed, next_attempt_at: None, ..delivery });
        }
        Ok(more)
    }

    fn again(&self, _desk: &Inner, _subject: &str) -> Result<bool, Error> {
        Ok(false)
    }
}
