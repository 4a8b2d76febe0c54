//! Business time: the arithmetic of a [`crate::record::Calendar`].
//!
//! Amounts are elapsed time, not wall-clock time: an hour that daylight saving skips does not count, one that it repeats
//! counts twice. An amount that ends exactly at closing is due at closing, not at the next opening.
//!
//! Between two changes of a zone's offset, local time is plain arithmetic. So a schedule walks from offset to offset, and
//! within one from day to day with whole numbers only: ten years are some ten thousand additions.

mod parse;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
mod working_days;

use std::ops::ControlFlow;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::record::{ALWAYS, Calendar};
use crate::time::Instant;

/// An amount that is not reached within ten years is none: nobody promises more (a target has at most ten years of
/// minutes), and the walk needs an end.
const MOST_DAYS_AHEAD: i64 = 3_660;
/// Between two moments at most so many days are counted: twice as many, so that every clock that has an end reaches it.
const MOST_DAYS_BETWEEN: i64 = 2 * MOST_DAYS_AHEAD;
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// The first of January 1970 was a Thursday, the fourth day of a week that begins on Monday.
const EPOCH_WEEKDAY: i64 = 3;

/// Why a calendar can't be used: the field as an RFC 6901 pointer, and the rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {rule}")]
pub struct CalendarError {
    /// The field.
    pub pointer: String,
    /// The rule it breaks.
    pub rule: String,
}

/// From and to, in milliseconds since local midnight.
type Window = (i64, i64);

/// A calendar ready to be computed with: checked, its zone loaded, its days parsed. Cheap to clone behind an `Arc`.
#[derive(Debug, Clone)]
pub struct Schedule {
    name: String,
    /// None: every minute counts.
    hours: Option<OpenHours>,
}

#[derive(Debug, Clone)]
struct OpenHours {
    zone: TimeZone,
    /// By day of the week, Monday first.
    week: [Vec<Window>; 7],
    /// Days that differ from their week, by their number since 1970, in order.
    days: Vec<(i64, Vec<Window>)>,
}

impl Schedule {
    /// The calendar in which every minute counts.
    pub fn always() -> Self {
        Self { name: ALWAYS.to_owned(), hours: None }
    }

    /// Checks a calendar and makes it ready; everything that is wrong with it.
    pub fn new(calendar: &Calendar) -> Result<Self, Vec<CalendarError>> {
        Ok(Self { name: calendar.name.clone(), hours: Some(parse::hours(calendar)?) })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The instant at which `millis` of business time have passed since `start`; `millis` of 0 or less: `start`. None:
    /// the calendar opens too little within ten years.
    pub fn add(&self, start: Instant, millis: i64) -> Option<Instant> {
        if millis <= 0 {
            return Some(start);
        }
        let Some(hours) = &self.hours else { return Some(start.plus_millis(millis)) };
        let (mut left, mut found) = (millis, None);
        hours.walk(start.millis(), MOST_DAYS_AHEAD, |open, close| {
            if left <= close - open {
                found = Some(open + left);
                return ControlFlow::Break(());
            }
            left -= close - open;
            ControlFlow::Continue(())
        });
        found.map(Instant::from_millis)
    }

    /// Milliseconds of business time from `start` to `end`, negative when `end` is earlier. Of a longer time than twenty
    /// years the first twenty are counted.
    pub fn between(&self, start: Instant, end: Instant) -> i64 {
        let Some(hours) = &self.hours else { return end.since(start) };
        if end < start {
            return -self.between(end, start);
        }
        let (mut spent, end) = (0, end.millis());
        hours.walk(start.millis(), MOST_DAYS_BETWEEN, |open, close| {
            if open >= end {
                return ControlFlow::Break(());
            }
            spent += close.min(end) - open;
            ControlFlow::Continue(())
        });
        spent
    }

    /// Whether that moment counts.
    pub fn open_at(&self, at: Instant) -> bool {
        let Some(hours) = &self.hours else { return true };
        let at = clamped(at.millis());
        let local = at + hours.offset(at);
        let (day, since) = (local.div_euclid(DAY_MS), local.rem_euclid(DAY_MS));
        hours.windows(day).iter().any(|(from, to)| (*from..*to).contains(&since))
    }
}

impl OpenHours {
    /// Hands out the pieces of open time from `start` on, in order, at most so many days of them.
    fn walk(&self, start: i64, most_days: i64, mut piece: impl FnMut(i64, i64) -> ControlFlow<()>) {
        let mut at = clamped(start);
        let end = at.saturating_add(most_days * DAY_MS);
        while at < end {
            let offset = self.offset(at);
            let until = self.next_change(at).map_or(end, |change| change.min(end));
            let mut day = (at + offset).div_euclid(DAY_MS);
            loop {
                let midnight = day * DAY_MS - offset;
                if midnight >= until {
                    break;
                }
                for (from, to) in self.windows(day) {
                    let (open, close) = ((midnight + from).max(at), (midnight + to).min(until));
                    if open < close && piece(open, close).is_break() {
                        return;
                    }
                }
                day += 1;
            }
            at = until;
        }
    }

    fn windows(&self, day: i64) -> &[Window] {
        match self.days.binary_search_by_key(&day, |(day, _)| *day) {
            Ok(place) => self.days.get(place).map_or(&[], |(_, windows)| windows),
            Err(_) => {
                let weekday = usize::try_from((day + EPOCH_WEEKDAY).rem_euclid(7)).unwrap_or(0);
                self.week.get(weekday).map_or(&[], Vec::as_slice)
            }
        }
    }

    /// Milliseconds by which local time is ahead.
    fn offset(&self, at: i64) -> i64 {
        Timestamp::from_millisecond(at).map_or(0, |at| i64::from(self.zone.to_offset(at).seconds()) * 1_000)
    }

    /// When the offset may change next.
    fn next_change(&self, at: i64) -> Option<i64> {
        let at = Timestamp::from_millisecond(at).ok()?;
        self.zone.following(at).next().map(|change| change.timestamp().as_millisecond())
    }
}

/// A moment that time zones know, some days off the ends: others come from a stranger.
fn clamped(at: i64) -> i64 {
    const EDGE: i64 = 2 * DAY_MS;
    at.clamp(Timestamp::MIN.as_millisecond() + EDGE, Timestamp::MAX.as_millisecond() - EDGE)
}
