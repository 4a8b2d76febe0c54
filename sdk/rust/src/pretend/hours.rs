//! A pretend calendar: the same hours on some days of every week, in UTC. Real desks know time zones and holidays; a
//! policy only ever hears minutes.

use std::ops::Range;

use crate::types::{DAY, Instant};

/// Milliseconds of a minute.
pub(super) const MINUTE: Instant = 60_000;
/// Milliseconds of a week.
const WEEK: Instant = 7 * DAY;
/// The first Monday after 1970-01-01, a Thursday.
const MONDAY: Instant = 4 * DAY;

/// When it counts.
#[derive(Debug, Clone)]
pub(super) struct Hours {
    /// From Monday on.
    days: [bool; 7],
    /// Of a day, in milliseconds.
    hours: Range<Instant>,
}

impl Hours {
    /// Days are 1 for Monday to 7 for Sunday; hours are of the day, at most 24.
    pub(super) fn new(days: &[u8], hours: Range<u8>) -> Self {
        let hour = |hour: u8| Instant::from(hour.min(24)) * 60 * MINUTE;
        Self {
            days: std::array::from_fn(|day| days.contains(&(day as u8 + 1))),
            hours: hour(hours.start)..hour(hours.end),
        }
    }

    /// What counts of a week, in milliseconds.
    fn week(&self) -> Instant {
        let days = self.days.iter().filter(|&&counts| counts).count() as Instant;
        days * (self.hours.end - self.hours.start).max(0)
    }

    /// The stretches that count from `start` on, for a week and a day.
    fn stretches(&self, start: Instant) -> impl Iterator<Item = Range<Instant>> + '_ {
        let first = start.div_euclid(DAY);
        (first..=first + 7).filter_map(move |day| {
            let weekday = (day * DAY - MONDAY).div_euclid(DAY).rem_euclid(7);
            let from = (day * DAY + self.hours.start).max(start);
            let to = day * DAY + self.hours.end;
            (self.days[weekday as usize] && from < to).then_some(from..to)
        })
    }

    /// The instant `minutes` of it after `start`; none: nothing of it counts, or it lies beyond all time.
    pub(super) fn later(&self, start: Instant, minutes: u32) -> Option<Instant> {
        let (wanted, week) = (Instant::from(minutes) * MINUTE, self.week());
        if wanted == 0 || week == 0 {
            return (wanted == 0).then_some(start);
        }
        // Every week has the same hours: whole ones are skipped, and what is left lies within one.
        let weeks = (wanted - 1) / week;
        let (start, mut left) = (start.checked_add(weeks.checked_mul(WEEK)?)?, wanted - weeks * week);
        for stretch in self.stretches(start) {
            let long = stretch.end - stretch.start;
            if left <= long {
                return Some(stretch.start + left);
            }
            left -= long;
        }
        None
    }

    /// When the `days`-th of its days after that of `start` ends; none: none of a week counts, or no days are asked.
    pub(super) fn working_days_later(&self, start: Instant, days: u32) -> Option<Instant> {
        let a_week = self.days.iter().filter(|&&counts| counts).count() as Instant;
        let days = Instant::from(days);
        if days == 0 || a_week == 0 || self.week() == 0 {
            return None;
        }
        // Every week has as many: whole ones are skipped, and the last day lies within one.
        let weeks = (days - 1) / a_week;
        let mut left = days - weeks * a_week;
        let mut day = start.div_euclid(DAY) + weeks * 7;
        while left > 0 {
            day += 1;
            let weekday = (day * DAY - MONDAY).div_euclid(DAY).rem_euclid(7);
            left -= Instant::from(self.days[weekday as usize]);
        }
        Some(day * DAY + self.hours.end)
    }

    /// Whole minutes of it from `start` to `end`, negative when `end` is earlier.
    pub(super) fn minutes_between(&self, start: Instant, end: Instant) -> i64 {
        if end < start {
            return -self.minutes_between(end, start);
        }
        let weeks = end.saturating_sub(start) / WEEK;
        let rest = start + weeks * WEEK;
        let inside = self.stretches(rest).map(|it| (it.end.min(end) - it.start).max(0)).sum::<Instant>();
        (weeks * self.week() + inside) / MINUTE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn office_hours_skip_the_night_and_the_weekend() {
        let office = Hours::new(&[1, 2, 3, 4, 5], 9..17);
        let at = |day: Instant, hour: Instant| MONDAY + day * DAY + hour * 60 * MINUTE;
        assert_eq!(office.later(at(0, 10), 60), Some(at(0, 11)));
        assert_eq!(office.later(at(0, 16), 120), Some(at(1, 10)));
        assert_eq!(office.later(at(4, 16), 120), Some(at(7, 10)), "over the weekend");
        assert_eq!(office.later(at(5, 3), 480), Some(at(7, 17)), "the last minute of a day belongs to it");
        assert_eq!(office.later(at(0, 9), 5 * 480 * 10), Some(at(7 * 9 + 4, 17)), "ten whole weeks");
        assert_eq!(office.minutes_between(at(4, 16), at(7, 10)), 120);
        assert_eq!(office.minutes_between(at(7, 10), at(4, 16)), -120);
        assert_eq!(office.minutes_between(at(0, 0), at(70, 0)), 5 * 480 * 10);
        assert_eq!(Hours::new(&[], 9..17).later(at(0, 0), 1), None);
        assert_eq!(office.working_days_later(at(0, 3), 2), Some(at(2, 17)), "Monday is not counted");
        assert_eq!(office.working_days_later(at(4, 16), 1), Some(at(7, 17)), "over the weekend");
        assert_eq!(office.working_days_later(at(5, 3), 10), Some(at(18, 17)), "two whole weeks");
        assert_eq!(
            (office.working_days_later(at(0, 9), 0), Hours::new(&[], 9..17).working_days_later(0, 1)),
            (None, None)
        );
    }
}
