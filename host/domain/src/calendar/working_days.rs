//! Working days: the days on which a calendar opens at all, an exchanged Saturday and a half day included.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{DAY_MS, MOST_DAYS_AHEAD, MOST_DAYS_BETWEEN, OpenHours, Schedule, clamped};
use crate::day::Day;
use crate::time::Instant;

impl Schedule {
    /// Whether the calendar opens on that day.
    pub fn works_on(&self, day: Day) -> bool {
        self.works(day.number())
    }

    /// The `n`-th working day after `day`, which is not counted itself; with a negative `n` the one before it; with 0
    /// `day`. None: there are not so many within ten years.
    pub fn working_day(&self, day: Day, n: i32) -> Option<Day> {
        let (mut at, mut left) = (day.number(), n.unsigned_abs());
        for _ in 0..MOST_DAYS_AHEAD {
            if left == 0 {
                break;
            }
            at += i64::from(n.signum());
            left -= u32::from(self.works(at));
        }
        if left == 0 { Day::from_number(at) } else { None }
    }

    /// The working days after `start` up to `end`, with `end`; where `end` is earlier those from `end` up to before
    /// `start`, as a negative number. So it says which `n` leads from `start` to a working day `end`. Of a longer time
    /// than twenty years those of the first twenty are counted.
    pub fn working_days_between(&self, start: Day, end: Day) -> i64 {
        let (start, end) = (start.number(), end.number());
        let step = (end - start).signum();
        let days = (end - start).abs().min(MOST_DAYS_BETWEEN);
        step * (1..=days).map(|away| i64::from(self.works(start + step * away))).sum::<i64>()
    }

    /// When the `n`-th working day after the day of `start` closes, by the calendar's own time; that is what *within two
    /// working days* means. By `always`, which knows no days, `n` times 24 hours. None: there are not so many working
    /// days within ten years, or `n` is 0.
    pub fn closing(&self, start: Instant, n: u32) -> Option<Instant> {
        let n = i32::try_from(n).ok().filter(|n| *n > 0)?;
        let Some(hours) = &self.hours else { return Some(start.plus_millis(i64::from(n).saturating_mul(DAY_MS))) };
        let day = self.working_day(self.day_of(start)?, n)?;
        hours.closing(day.number()).map(Instant::from_millis)
    }

    /// The day on which a moment falls in the calendar's zone; `always` counts in UTC.
    pub fn day_of(&self, at: Instant) -> Option<Day> {
        let at = clamped(at.millis());
        let offset = self.hours.as_ref().map_or(0, |hours| hours.offset(at));
        Day::of(Instant::from_millis(at + offset))
    }

    /// A moment as the clocks of the calendar's zone show it, as RFC 3339; `always` tells UTC.
    pub fn local(&self, at: Instant) -> String {
        let zone = self.hours.as_ref().map_or(jiff::tz::TimeZone::UTC, |hours| hours.zone.clone());
        let local = Timestamp::from_millisecond(clamped(at.millis())).unwrap_or_default().to_zoned(zone);
        local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// The years from `start` to `end` of which the calendar names no free and no special day, although it names such
    /// days of others: its table ends, and what falls into these years may be wrong by their holidays.
    pub fn years_unknown(&self, start: Instant, end: Instant) -> Vec<i16> {
        let Some(hours) = &self.hours else { return Vec::new() };
        let known: BTreeSet<i16> =
            hours.days.iter().filter_map(|(day, _)| Day::from_number(*day)).map(Day::year).collect();
        let (Some(start), Some(end)) = (self.day_of(start.min(end)), self.day_of(start.max(end))) else {
            return Vec::new();
        };
        if known.is_empty() {
            return Vec::new();
        }
        // A clock has an end within twenty years; more is no table's.
        (start.year()..=end.year()).take(21).filter(|year| !known.contains(year)).collect()
    }

    fn works(&self, day: i64) -> bool {
        self.hours.as_ref().is_none_or(|hours| !hours.windows(day).is_empty())
    }
}

impl OpenHours {
    /// When it closes last on that day.
    fn closing(&self, day: i64) -> Option<i64> {
        // No zone is a day ahead of UTC or behind it, so three days hold the whole of it.
        let begin = clamped((day - 1) * DAY_MS);
        let mut last = None;
        self.walk(begin, 3, |open, close| {
            if (open + self.offset(open)).div_euclid(DAY_MS) == day {
                last = Some(close);
            }
            std::ops::ControlFlow::Continue(())
        });
        // All its hours are such as daylight saving skips: they would have ended when the clocks had shown so.
        let skipped = || self.windows(day).last().map(|(_, to)| day * DAY_MS + to - self.offset(begin));
        last.or_else(skipped)
    }
}
