//! The followers of the log: what follows from a write is done behind it, from the events, each follower at its own pace.
//!
//! A follower keeps a [`Cursor`] that is moved in the same change as what it did, so events are read at least once and
//! their effects happen exactly once, also over a crash. It reads in batches and takes the one path like every command.
//! A follower that fails waits and tries again, longer each time; it is named in the desk's health and holds up no other.
//!
//! Whoever runs the desk calls [`Desk::follow`] when something was committed, [`Desk::react_due`] for the commands that
//! policies asked for, and sends what [`Desk::deliveries_due`] gives.

mod act;
mod react;
mod report;
mod search;
mod table;
mod webhook;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use plugdesk_domain::{Cursor, Event, Instant, Principal, Role};

use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::path::Command;
use crate::view::{FailingFollower, How};

pub(crate) use react::heads;
pub(crate) use report::{BETWEEN, CALIBRATION, COMMITMENTS, CONVERSION};
pub use webhook::{MOST_WAITING, Sending, Sent};
pub(crate) use webhook::{MOST_WEBHOOKS, all as webhooks, cursor_name as webhook_cursor};

/// Events of one batch: what a command writes because of 256 events stays below its 1 MiB.
pub const BATCH: usize = 256;
/// A follower whose events had no effect writes how far it came only every so often: after a crash it looks at so many
/// again, which costs less than a write per batch.
pub(crate) const LAG: u64 = 1_024;
/// A follower that failed waits so long, twice as long after each further failure, and at most 5 minutes.
const FIRST_PAUSE_MS: i64 = 1_000;
const LONGEST_PAUSE_MS: i64 = 300_000;
/// A follower that waits for room is asked again after this time: soon enough that a receiver that takes its events
/// quickly is never left without, and not with every commit. Twice as long each time that there still is none, and at
/// most 5 s: 32 dead receivers must not keep a core busy with counting.
const FULL_PAUSE_MS: i64 = 100;
const LONGEST_FULL_PAUSE_MS: i64 = 5_000;
/// The longest message of a failure that health shows.
const MOST_MESSAGE_CHARS: usize = 500;

/// One of those who follow the log.
pub(crate) trait Follower: Send + Sync + 'static {
    /// The word in metrics and decisions.
    const NAME: &'static str;

    /// The name of its cursor.
    fn name(&self) -> String;

    /// Whether it reads the log from its beginning; otherwise from where it was first seen.
    fn reads_whole_log(&self) -> bool;

    /// Puts into the draft what follows from these events, in their order. Gives back how many it worked off, from the
    /// first on; none: it has no room for more now, and is asked again.
    fn follow(&self, draft: &mut Draft<'_>, events: &[Event]) -> Result<usize, Error>;
}

/// What came of a call of [`Desk::follow`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Followed {
    /// Whether events are left that somebody has not read.
    pub more: bool,
    /// When a follower that failed tries again.
    pub again: Option<Instant>,
}

/// How far each follower looked, and how it fares; what is durable of it are the cursors.
#[derive(Default)]
pub(crate) struct Followers(Mutex<BTreeMap<String, State>>);

#[derive(Debug, Clone, Default)]
struct State {
    /// The last event it looked at, with or without an effect.
    place: u64,
    /// Whether it looked at all since the process began: one that is new has a cursor to be made.
    looked: bool,
    failures: u32,
    /// How often in a row it had no room.
    full: u32,
    again: Option<Instant>,
    message: String,
}

impl Followers {
    fn state(&self, name: &str) -> State {
        let states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        states.get(name).cloned().unwrap_or_default()
    }

    fn set(&self, name: &str, state: State) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), state);
    }

    /// Forgets those that are no longer there.
    fn keep(&self, names: &[String]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|name, _| names.contains(name));
    }

    /// How far it looked; none: it has not looked since the process began.
    pub(crate) fn place(&self, name: &str) -> Option<u64> {
        let states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        states.get(name).filter(|state| state.looked).map(|state| state.place)
    }

    /// Those that fail.
    pub(crate) fn failing(&self) -> Vec<FailingFollower> {
        let states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let failing = states.iter().filter(|(_, state)| state.failures > 0);
        let shown = |(name, state): (&String, &State)| FailingFollower {
            follower: name.clone(),
            place: state.place,
            failures: state.failures,
            message: state.message.clone(),
        };
        failing.map(shown).collect()
    }
}

/// One batch of one follower, as a command.
struct Batch<F> {
    follower: F,
    /// How far it looked already, maybe further than its cursor.
    place: u64,
}

/// What a batch came to.
struct Looked {
    place: u64,
    more: bool,
    full: bool,
}

/// Everyone who may follow.
enum Any {
    Search(search::Search),
    Reports(report::Reports),
    Hook(webhook::Hook),
    React(react::React),
}

impl Any {
    fn name(&self) -> String {
        match self {
            Self::Search(it) => it.name(),
            Self::Reports(it) => it.name(),
            Self::Hook(it) => it.name(),
            Self::React(it) => it.name(),
        }
    }
}

impl<F: Follower> Command for Batch<F> {
    type Value = Looked;
    const NAME: &'static str = F::NAME;
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Looked, Error> {
        // Nothing that follows from a write can refuse it any more.
        draft.refusable = false;
        let name = self.follower.name();
        draft.subject.clone_from(&name);
        let cursor: Option<Cursor> = draft.find(name.as_str())?;
        let begin = match &cursor {
            Some(cursor) => cursor.sequence,
            None if self.follower.reads_whole_log() => 0,
            None => draft.desk.records.last_event()?,
        };
        let from = begin.max(self.place);
        let events = draft.desk.records.events(from, BATCH)?;
        let done = self.follower.follow(draft, &events)?.min(events.len());
        let place = done.checked_sub(1).and_then(|last| events.get(last)).map_or(from, |event| event.sequence);
        if cursor.is_none() || draft.acted() || place.saturating_sub(begin) >= LAG {
            advance(draft, cursor, name, place);
        }
        let full = done == 0 && !events.is_empty();
        Ok(Looked { place, more: !full && (done < events.len() || events.len() == BATCH), full })
    }

    fn again(&self, _desk: &Inner, subject: &str) -> Result<Looked, Error> {
        Err(Error::not_found("batch", subject))
    }
}

/// Moves a cursor, in the same change as everything else.
fn advance(draft: &mut Draft<'_>, cursor: Option<Cursor>, name: String, sequence: u64) {
    match cursor {
        Some(cursor) if cursor.sequence == sequence => {}
        Some(cursor) => draft.change(Cursor { sequence, ..cursor }),
        None => draft.create(made(name, sequence, draft.now)),
    }
}

/// A new cursor.
pub(crate) fn made(name: String, sequence: u64, now: Instant) -> Cursor {
    Cursor { version: 1, created_at: now, updated_at: now, name, sequence }
}

/// The desk itself, acting on nobody's behalf.
pub(crate) fn itself(desk: &Inner) -> Principal {
    Principal {
        desk: Some(desk.record.id),
        role: Role::Admin,
        name: "system".to_owned(),
        key: None,
        contact: None,
        agent: None,
    }
}

/// What the desk does by itself.
pub(crate) fn by_itself(desk: &Inner) -> How {
    crate::timer::by_itself(desk, "follow")
}

/// How long to wait after so many failures in a row.
pub(crate) fn pause(failures: u32, first: i64, longest: i64) -> i64 {
    first.saturating_mul(1_i64 << failures.saturating_sub(1).min(32)).min(longest)
}

impl Desk {
    /// Lets every follower work off one batch of what it has not read. A follower that fails is left alone for a while.
    ///
    /// # Errors
    /// Only where the list of followers or the log's end can't be read.
    pub async fn follow(&self) -> Result<Followed, Error> {
        let followers = self.followers()?;
        let last = self.inner.records.last_event()?;
        let names: Vec<String> = followers.iter().map(|it| it.name()).collect();
        self.inner.followers.keep(&names);
        let mut all = Followed { more: false, again: None };
        for (follower, name) in followers.into_iter().zip(names) {
            let state = self.inner.followers.state(&name);
            let waits = state.again.filter(|at| *at > self.inner.now());
            if let Some(at) = waits {
                all.again = Some(all.again.map_or(at, |other| other.min(at)));
                continue;
            }
            if state.looked && state.failures == 0 && state.place >= last {
                continue;
            }
            let looked = match follower {
                Any::Search(it) => self.batch(it, state.place).await,
                Any::Reports(it) => self.batch(it, state.place).await,
                Any::Hook(it) => self.batch(it, state.place).await,
                Any::React(it) => self.batch(it, state.place).await,
            };
            let state = match looked {
                Ok(looked) => {
                    all.more |= looked.more;
                    let full = if looked.full { state.full.saturating_add(1) } else { 0 };
                    let rest = pause(full, FULL_PAUSE_MS, LONGEST_FULL_PAUSE_MS);
                    let again = looked.full.then(|| self.inner.now().plus_millis(rest));
                    all.again = all.again.into_iter().chain(again).min();
                    State { place: looked.place, looked: true, full, again, ..State::default() }
                }
                Err(error) => {
                    let failures = state.failures.saturating_add(1);
                    let again = self.inner.now().plus_millis(pause(failures, FIRST_PAUSE_MS, LONGEST_PAUSE_MS));
                    all.again = Some(all.again.map_or(again, |other| other.min(again)));
                    let message = error.to_string().chars().take(MOST_MESSAGE_CHARS).collect();
                    State { failures, again: Some(again), message, ..state }
                }
            };
            self.inner.followers.set(&name, state);
        }
        Ok(all)
    }

    async fn batch<F: Follower>(&self, follower: F, place: u64) -> Result<Looked, Error> {
        Ok(self.submit(&itself(&self.inner), &by_itself(&self.inner), Batch { follower, place }).await?.value)
    }

    /// The names of all who follow this desk's log now.
    pub(crate) fn follower_names(&self) -> Result<Vec<String>, Error> {
        Ok(self.followers()?.iter().map(Any::name).collect())
    }

    /// Everyone who follows this desk's log now.
    fn followers(&self) -> Result<Vec<Any>, Error> {
        let mut all = vec![Any::Search(search::Search), Any::Reports(report::Reports)];
        let webhooks = webhook::all(&self.inner)?;
        all.extend(webhooks.iter().filter(|it| it.active).map(|it| Any::Hook(webhook::Hook(it.id))));
        all.extend(react::bound(&self.live()).into_iter().map(Any::React));
        Ok(all)
    }
}
