//! How a process is: whether it takes writes, what is degraded, what is late.

use plugdesk_domain::question::QUESTIONS;
use plugdesk_domain::{
    Cursor, Event, Instant, Mode, OutcomeClass, Records, RecordsExt, Scan, StoreError, TICKET_BY_WAKE, Ticket,
};

use super::Desks;
use crate::desk::Desk;
use crate::error::Error;
use crate::view::{DeskHealth, FailingBinding, FollowerLag, HealthView, State, Timers};

/// A timer is late after so long: the loop looks twice a second, and a batch of four thousand takes some seconds.
const LATE_MS: i64 = 60_000;
/// Late timers are counted up to here: more are not worse news.
const MOST_COUNTED: usize = 1_000;
/// A follower that is behind by fewer events just has not written down how far it came.
const LITTLE_LAG: u64 = 2 * crate::follow::LAG;

impl Desks {
    /// Whether it takes writes, and why not where it does not. Cheap: anybody's probe may ask once a second.
    pub fn state(&self) -> (State, Option<String>) {
        if self.inner.running.is_closed() {
            return (State::ShuttingDown, Some("it is shutting down".to_owned()));
        }
        match self.takes_writes() {
            Ok(()) => (State::Ready, None),
            Err(Error::NoSpace(why)) => (State::NoSpace, Some(why)),
            Err(Error::Held(why)) => (State::Held, Some(why)),
            Err(Error::ReadOnly(why)) => (State::ReadOnly, Some(why)),
            Err(other) => (State::ReadOnly, Some(other.to_string())),
        }
    }

    /// How the process is. For whoever watches over it: it names desks and policies.
    pub fn health(&self) -> HealthView {
        let store = self.inner.parts.storage.maintenance().health();
        let (state, why) = self.state();
        // What can't be read is not there; the desk's own reads say more.
        let process = self.process().ok().flatten();
        HealthView {
            ready: state == State::Ready,
            state,
            why,
            now: self.inner.parts.clock.now(),
            hold: self.inner.gate.hold(),
            last_backup: process.and_then(|process| process.last_backup),
            store,
            contract: self.inner.parts.ask.contract().to_owned(),
            queued: self.inner.pool.queued() as u64,
            in_flight: self.inner.running.count(),
            desks: self.all().iter().map(desk_health).collect(),
        }
    }
}

fn desk_health(desk: &Desk) -> DeskHealth {
    let live = desk.live();
    let answered = |question: &&str| {
        live.bindings().iter().any(|it| it.binding.question == **question && it.binding.mode == Mode::Active)
    };
    let failing = live.bindings().iter().filter_map(|it| {
        let (class, message) = match &it.ready {
            _ if it.binding.mode == Mode::Off => return None,
            Err((class, message)) => (*class, message.clone()),
            Ok(_) if it.breaker.is_open() => (OutcomeClass::BreakerOpen, "it failed too often lately".to_owned()),
            Ok(_) => return None,
        };
        Some(FailingBinding {
            policy: it.binding.policy.clone(),
            question: it.binding.question.clone(),
            class,
            message,
        })
    });
    let records = &*desk.inner.records;
    let last = records.last_event().unwrap_or_default();
    DeskHealth {
        desk: (*desk.current()).clone(),
        generation: live.number(),
        unbound: QUESTIONS.iter().filter(|question| !answered(question)).map(|&q| q.to_owned()).collect(),
        failing: failing.collect(),
        followers: desk.inner.followers.failing(),
        behind: behind(desk, last).unwrap_or_default(),
        timers: timers(records, desk.inner.now()).unwrap_or_default(),
        last_event_at: last_event(records, last).ok().flatten().map(|event| event.at),
    }
}

fn last_event(records: &dyn Records, last: u64) -> Result<Option<Event>, StoreError> {
    match last.checked_sub(1) {
        None => Ok(None),
        Some(before) => Ok(records.events(before, 1)?.pop()),
    }
}

/// The timers that should have gone off.
fn timers(records: &dyn Records, now: Instant) -> Result<Timers, StoreError> {
    let late = now.plus_millis(-LATE_MS);
    let (mut found, mut after) = (Timers::default(), None);
    loop {
        let page =
            records.list::<Ticket>(&Scan::index(TICKET_BY_WAKE, Vec::new()).with_limit(200).with_after(after))?;
        for at in page.records.iter().filter_map(Ticket::next_wake) {
            if at > late {
                return Ok(found);
            }
            found.late += 1;
            found.oldest.get_or_insert(at);
        }
        after = page.next;
        if after.is_none() || found.late as usize >= MOST_COUNTED {
            return Ok(found);
        }
    }
}

/// The followers of the log that have much of it before them.
fn behind(desk: &Desk, last: u64) -> Result<Vec<FollowerLag>, Error> {
    let mut lags = Vec::new();
    for name in desk.follower_names()? {
        let place = match desk.inner.followers.place(&name) {
            Some(place) => place,
            // Nobody serves the desk here: what is durable says how far it is.
            None => match desk.inner.records.find::<Cursor>(name.as_str())? {
                Some(cursor) => cursor.sequence,
                // It begins where the log ends, or reads a log from its beginning that nobody has served yet.
                None => continue,
            },
        };
        let events = last.saturating_sub(place);
        if events > LITTLE_LAG {
            lags.push(FollowerLag { follower: name, events });
        }
    }
    Ok(lags)
}
