//! What is to be done by itself, and when. The timers are durable because they are an index over tickets
//! ([`plugdesk_domain::TICKET_BY_WAKE`]): whoever runs the desk calls [`Desk::wake_due`] at the moment that the last call
//! gave back, or as soon as [`Desk::alarm`] says that an earlier one came up.

pub(crate) mod sweep;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwapOption;
use plugdesk_domain::{
    Change, DeskId, Instant, Principal, Record, RecordsExt, Role, Scan, TICKET_BY_WAKE, Ticket, TicketId, Write,
};

use crate::command::ticket::wake::Wake;
use crate::desk::{Desk, Inner};
use crate::error::Error;
use crate::path::Hearing;
use crate::view::{Actor, How};

/// So many tickets are woken at a time: enough to keep every thread of the pool at work, and far less than its queue.
const BATCH: usize = 32;
/// One call wakes at most so many; what is left is due at once, and the caller hears that.
const MOST_WOKEN: usize = 4_096;
/// A ticket that can't be woken rests so long, twice as long each time, and at most so long.
const FIRST_REST_MS: i64 = 1_000;
const LONGEST_REST_MS: i64 = 10 * 60_000;
/// A ticket that wants to be woken again so soon after it was rests that long first, and longer if it goes on: whatever
/// made it wish that, it doesn't keep the desk busy. What is due within that second is still told within one.
const SOON_MS: i64 = 1_000;
/// At most so many rest: beyond that something else is wrong than single tickets, and the oldest are tried again.
const MOST_RESTING: usize = 10_000;

/// The earliest moment that a commit brought up since it was read last; and what is known of troublesome tickets.
pub(crate) struct Alarm {
    at: AtomicI64,
    /// Tickets that could not be woken: how often, and when they are tried again. They never block the others.
    resting: Mutex<BTreeMap<TicketId, (u32, Instant)>>,
    /// Whether a sweep may be waiting; a desk that was just opened looks.
    pub(crate) sweeps: AtomicBool,
    pub(crate) sweeping: Mutex<Option<sweep::Sweep>>,
    /// Why tickets that move are to be promised anew meanwhile: a sweep walks along their queues.
    pub(crate) walking: ArcSwapOption<&'static str>,
}

impl Default for Alarm {
    fn default() -> Self {
        Self {
            at: AtomicI64::new(i64::MAX),
            resting: Mutex::default(),
            sweeps: AtomicBool::new(true),
            sweeping: Mutex::default(),
            walking: ArcSwapOption::empty(),
        }
    }
}

impl Alarm {
    /// Something is to be done at `at`.
    pub(crate) fn set(&self, at: Instant) {
        self.at.fetch_min(at.millis(), Ordering::AcqRel);
    }

    fn take(&self) -> i64 {
        self.at.swap(i64::MAX, Ordering::AcqRel)
    }

    fn resting(&self) -> MutexGuard<'_, BTreeMap<TicketId, (u32, Instant)>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rests(&self, id: TicketId, now: Instant) -> Option<Instant> {
        self.resting().get(&id).map(|(_, until)| *until).filter(|until| *until > now)
    }

    fn rest(&self, id: TicketId, now: Instant) -> Instant {
        let mut resting = self.resting();
        if resting.len() >= MOST_RESTING {
            resting.pop_first();
        }
        let (times, until) = resting.entry(id).or_insert((0, now));
        let pause = FIRST_REST_MS << (*times).min(20);
        *times = times.saturating_add(1);
        *until = now.plus_millis(pause.min(LONGEST_REST_MS));
        *until
    }

    fn rested(&self, id: TicketId) {
        self.resting().remove(&id);
    }
}

/// When the tickets of a change want to be woken first, and whether it asks for a sweep.
pub(crate) fn noticed(change: &Change) -> (Option<Instant>, bool) {
    let written = change.writes.iter().filter_map(|it| match it {
        Write::Create(record) | Write::Update(record) => Some(record),
        Write::Delete { .. } => None,
    });
    let (mut wake, mut swept) = (None::<Instant>, false);
    for record in written {
        match record {
            Record::Ticket(ticket) => wake = wake.into_iter().chain(ticket.next_wake()).min(),
            Record::Cursor(cursor) => swept |= sweep::is_mark(&cursor.name),
            _ => {}
        }
    }
    (wake, swept)
}

/// Who acts when the desk itself does.
pub(crate) fn system(desk: DeskId) -> Principal {
    let (name, key, contact, agent) = ("system".to_owned(), None, None, None);
    Principal { desk: Some(desk), role: Role::Admin, name, key, contact, agent }
}

/// How it acts; `sort` and a number name the work in the log.
pub(crate) fn by_itself(desk: &Inner, sort: &str) -> How {
    How { actor: Actor::System, origin: Some(desk.running.origin(sort)), ..How::default() }
}

impl Desk {
    /// The earliest moment at which something is to be done that came up since the last call; none: nothing did.
    pub fn alarm(&self) -> Option<Instant> {
        Some(self.inner.alarm.take()).filter(|&at| at != i64::MAX).map(Instant::from_millis)
    }

    /// Does what is due by now, one command per ticket on the one path. Gives back when the next is due; none: nothing
    /// waits. Harmless to repeat: what was done is no longer due.
    pub async fn wake_due(&self) -> Result<Option<Instant>, Error> {
        // What could not be read after a change of the set-up is read before anything goes by it.
        if self.inner.setup.stale() {
            self.inner.setup.reload(self.inner.records.as_ref())?;
        }
        let next = self.wake_tickets().await?;
        let swept = self.sweep_on().await?;
        Ok(next.into_iter().chain(swept).min())
    }

    async fn wake_tickets(&self) -> Result<Option<Instant>, Error> {
        let (now, alarm) = (self.inner.now(), &self.inner.alarm);
        let mut next: Option<Instant> = None;
        let mut soonest = |at: Instant| next = Some(next.map_or(at, |next| next.min(at)));
        let (mut after, mut woken) = (None, 0);
        loop {
            let scan = Scan::index(TICKET_BY_WAKE, Vec::new()).with_limit(BATCH).with_after(after);
            let page = self.inner.records.list::<Ticket>(&scan)?;
            let (mut hearing, mut done) = (Vec::new(), page.next.is_none());
            for ticket in page.records {
                let Some(at) = ticket.next_wake() else { continue };
                if at > now {
                    soonest(at);
                    done = true;
                    break;
                }
                match alarm.rests(ticket.id, now) {
                    Some(until) => soonest(until),
                    None => hearing.push((ticket.id, self.wake(Wake::due(ticket.id))?)),
                }
            }
            woken += hearing.len();
            for (id, hear) in hearing {
                match hear.await.map(|done| done.map(|done| done.value)) {
                    // It was woken and still wants to be: something keeps it from getting on.
                    Ok(Ok(Some(at))) if at < now.plus_millis(SOON_MS) => soonest(alarm.rest(id, now)),
                    Ok(Ok(at)) => {
                        alarm.rested(id);
                        at.into_iter().for_each(&mut soonest);
                    }
                    Ok(Err(_)) | Err(_) => soonest(alarm.rest(id, now)),
                }
            }
            if done {
                return Ok(next);
            }
            if woken >= MOST_WOKEN {
                return Ok(Some(now));
            }
            after = page.next;
        }
    }

    /// Queues the waking of a ticket.
    fn wake(&self, wake: Wake) -> Result<Hearing<Option<Instant>>, Error> {
        self.enqueue(&system(self.id()), &by_itself(&self.inner, "timer"), wake)
    }
}
