//! The one clock engine: every commitment's state is a pure function of its target, its calendar, the ticket's turns and
//! the time (lessons 11 and 12). Nothing is summed up and carried along, so a pause can't be lost when a target, a
//! calendar or a priority changes: the clock is computed again from the beginning.

#[cfg(test)]
mod tests;

use crate::calendar::Schedule;
use crate::record::ticket::{MOST_TURNS, Turn};
use crate::record::{Category, Commitment, CommitmentState, Target};
use crate::time::Instant;

const MINUTE_MS: i64 = 60_000;
/// What a calendar never reaches is due in ten years: later than any promise, and still a time that lists can sort by.
const NEVER_MS: i64 = 3_650 * 24 * 60 * MINUTE_MS;

/// What a clock reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Since when it stands, if it does: the category pauses it, or the ticket is ended.
    pub paused_since: Option<Instant>,
    /// Business milliseconds used up.
    pub spent_ms: i64,
    /// When it is due if it is not paused again; while paused, counted from `now`.
    pub due_at: Instant,
    /// When the warning is due, likewise.
    pub warn_at: Option<Instant>,
}

/// A stretch of time in which the clock runs; no end: until it is paused.
struct Run {
    from: Instant,
    until: Option<Instant>,
}

/// Reads the clock of a target that began at `started`. Before the first turn it runs.
pub fn read(target: &Target, started: Instant, turns: &[Turn], schedule: &Schedule, now: Instant) -> Reading {
    let (mut runs, paused_since) = runs(target, started, turns, now);
    if paused_since.is_some() {
        // As if it went on now.
        runs.push(Run { from: now.max(started), until: None });
    }
    let total = i64::from(target.minutes) * MINUTE_MS;
    let until = |run: &Run| run.until.unwrap_or(now).min(now);
    let spent = runs.iter().filter(|run| run.from < until(run)).map(|run| schedule.between(run.from, until(run)));
    Reading {
        paused_since,
        spent_ms: spent.sum(),
        due_at: reached(&runs, schedule, total, started),
        warn_at: target.warn_minutes.map(|warn| {
            let amount = total - i64::from(warn) * MINUTE_MS;
            reached(&runs, schedule, amount, started)
        }),
    }
}

/// Where the clock runs, in order, and since when it stands at `now`.
fn runs(target: &Target, started: Instant, turns: &[Turn], now: Instant) -> (Vec<Run>, Option<Instant>) {
    let mut runs = Vec::new();
    let mut from = Some(started);
    let mut paused_since = None;
    for turn in turns.iter().filter(|turn| turn.at <= now) {
        let at = turn.at.max(started);
        match (stands(target, turn.category), from) {
            (true, Some(since)) => {
                if since < at {
                    runs.push(Run { from: since, until: Some(at) });
                }
                (from, paused_since) = (None, Some(at));
            }
            (false, None) => (from, paused_since) = (Some(at), None),
            (true, None) | (false, Some(_)) => {}
        }
    }
    runs.extend(from.map(|from| Run { from, until: None }));
    (runs, paused_since)
}

/// Whether the clock stands in that category: one of the target's pauses, or the ticket is ended. What is ended owes
/// nothing, so a reopened ticket is not late for the time that it was closed.
fn stands(target: &Target, category: Category) -> bool {
    category.ended() || target.pauses.contains(&category)
}

/// When so much business time was, or will be, used up. The last run has no end.
fn reached(runs: &[Run], schedule: &Schedule, amount: i64, started: Instant) -> Instant {
    let mut left = amount;
    for run in runs {
        if let Some(until) = run.until {
            let spent = schedule.between(run.from, until);
            if spent < left {
                left -= spent;
                continue;
            }
        }
        return schedule.add(run.from, left).unwrap_or_else(|| run.from.plus_millis(NEVER_MS));
    }
    started.plus_millis(NEVER_MS)
}

/// What happened to a commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// The time of warning has come.
    AtRisk,
    /// The due time passed.
    Breached,
}

/// Brings a commitment to `now`: its due time, its pause, its state. Idempotent. What was met, renegotiated or cancelled
/// stays; what was breached stays breached. Says what happened, at most once per commitment and tick: who was away
/// while both times passed hears of the graver one.
pub fn advance(commitment: &mut Commitment, turns: &[Turn], schedule: &Schedule, now: Instant) -> Option<Tick> {
    if !commitment.open() || commitment.state == CommitmentState::Breached {
        return None;
    }
    let (_, paused_since) = runs(&commitment.target, commitment.started_at, turns, now);
    // While it stands, the times are told as they stood: they would move with every look otherwise.
    let at = paused_since.unwrap_or(now);
    let reading = read(&commitment.target, commitment.started_at, turns, schedule, at);
    commitment.due_at = reading.due_at;
    commitment.warn_at = reading.warn_at;
    commitment.paused_at = paused_since;
    tick(commitment, now)
}

/// The same for a calendar that is no longer there: its times stay as they were, and go on as all time does. They move
/// by as long as the clock stood.
pub fn advance_without_calendar(commitment: &mut Commitment, turns: &[Turn], now: Instant) -> Option<Tick> {
    if !commitment.open() || commitment.state == CommitmentState::Breached {
        return None;
    }
    let (runs, paused_since) = runs(&commitment.target, commitment.started_at, turns, now);
    if let (Some(since), None) = (commitment.paused_at, paused_since) {
        let stood = runs.last().map_or(now, |run| run.from).since(since).max(0);
        commitment.due_at = commitment.due_at.plus_millis(stood);
        commitment.warn_at = commitment.warn_at.map(|at| at.plus_millis(stood));
    }
    commitment.paused_at = paused_since;
    tick(commitment, now)
}

/// The state that the times of an open commitment come to at `now`.
fn tick(commitment: &mut Commitment, now: Instant) -> Option<Tick> {
    let seen = commitment.paused_at.unwrap_or(now);
    if commitment.due_at < seen || (commitment.due_at == seen && commitment.paused_at.is_none()) {
        commitment.state = CommitmentState::Breached;
        commitment.breached_at = Some(now);
        return Some(Tick::Breached);
    }
    if commitment.paused_at.is_some() {
        commitment.state = CommitmentState::Paused;
        return None;
    }
    if commitment.warn_at.is_some_and(|at| at <= now) {
        commitment.state = CommitmentState::AtRisk;
        let first = commitment.warned_at.is_none();
        commitment.warned_at.get_or_insert(now);
        return first.then_some(Tick::AtRisk);
    }
    // The times moved: a warning told too early does not keep the next one from being told.
    commitment.warned_at = None;
    commitment.state = CommitmentState::Pending;
    None
}

/// Notes that it was kept at `at`. Kept in time it is met; otherwise it is, or stays, breached, and says so if it was
/// not told yet. What is no longer owed stays as it is.
pub fn meet(
    commitment: &mut Commitment,
    turns: &[Turn],
    schedule: Option<&Schedule>,
    at: Instant,
    now: Instant,
) -> Option<Tick> {
    if !commitment.open() {
        return None;
    }
    let at = at.max(commitment.started_at);
    if commitment.state != CommitmentState::Breached {
        let reading = schedule.map(|schedule| read(&commitment.target, commitment.started_at, turns, schedule, at));
        commitment.due_at = reading.map_or(commitment.due_at, |it| it.due_at);
        commitment.warn_at = reading.map_or(commitment.warn_at, |it| it.warn_at);
    }
    commitment.paused_at = None;
    let told = commitment.state == CommitmentState::Breached;
    if !told && at <= commitment.due_at {
        commitment.state = CommitmentState::Met;
        commitment.met_at = Some(at);
        return None;
    }
    commitment.state = CommitmentState::Breached;
    commitment.breached_at.get_or_insert(now);
    commitment.met_at = Some(at);
    (!told).then_some(Tick::Breached)
}

/// Notes a change of category at `now`. Turns stand in the order of time: one that would go back counts from the last.
pub fn turn(turns: &mut Vec<Turn>, category: Category, now: Instant) {
    if turns.last().is_some_and(|last| last.category == category) {
        return;
    }
    let at = turns.last().map_or(now, |last| last.at.max(now));
    turns.push(Turn { at, category });
    while turns.len() > MOST_TURNS {
        let later = turns.remove(1);
        if let Some(first) = turns.first_mut()
            && rest(later.category) > rest(first.category)
        {
            // The two become one, the more restful: no promise becomes due earlier because a list was full.
            first.category = later.category;
        }
    }
}

fn rest(category: Category) -> u8 {
    match category {
        Category::New | Category::Open => 0,
        Category::WaitingCustomer | Category::WaitingThirdParty | Category::OnHold => 1,
        Category::Resolved | Category::Closed | Category::Merged => 2,
    }
}
