//! A calendar's texts as numbers, or everything that is wrong with them.

use jiff::tz::TimeZone;

use super::{CalendarError, MINUTE_MS, OpenHours, Window};
use crate::day::Day;
use crate::record::{Calendar, Hours};

/// A day opens at most so often: three shifts with their breaks still fit.
const MOST_HOURS: usize = 8;
/// At most so many holidays, and so many days with hours of their own: thirty years of a country's.
const MOST_DAYS: usize = 1_000;
/// What is celebrated is told in at most so many characters.
const MOST_NAME_CHARS: usize = 128;

/// The hours of a calendar.
pub(super) fn hours(calendar: &Calendar) -> Result<OpenHours, Vec<CalendarError>> {
    let mut wrong = Vec::new();
    let zone = zone(&mut wrong, &calendar.time_zone);
    let mut week: [Vec<Window>; 7] = Default::default();
    for (weekday, hours) in &calendar.week {
        let name = serde_json::to_value(weekday).ok().and_then(|it| it.as_str().map(str::to_owned));
        let windows = windows(&mut wrong, &format!("/week/{}", name.unwrap_or_default()), hours);
        if let Some(day) = week.get_mut(*weekday as usize) {
            *day = windows;
        }
    }
    let mut days = Vec::new();
    for (field, count) in [("/holidays", calendar.holidays.len()), ("/special", calendar.special.len())] {
        if count > MOST_DAYS {
            wrong.push(fault(field.to_owned(), format!("at most {MOST_DAYS} days, these are {count}")));
        }
    }
    for (text, name) in calendar.holidays.iter().take(MOST_DAYS) {
        let field = format!("/holidays/{}", escaped(text));
        if name.chars().count() > MOST_NAME_CHARS || name.chars().any(char::is_control) {
            wrong.push(fault(field.clone(), format!("one line of at most {MOST_NAME_CHARS} characters")));
        }
        if let Some(day) = day(&mut wrong, field, text)
            && !calendar.special.contains_key(text)
        {
            days.push((day, Vec::new()));
        }
    }
    for (text, hours) in calendar.special.iter().take(MOST_DAYS) {
        let field = format!("/special/{}", escaped(text));
        let windows = windows(&mut wrong, &field, hours);
        days.extend(day(&mut wrong, field, text).map(|day| (day, windows)));
    }
    days.sort_by_key(|(day, _)| *day);
    if wrong.is_empty() && week.iter().all(Vec::is_empty) {
        wrong.push(fault("/week".to_owned(), "it opens on at least one day of the week".to_owned()));
    }
    match zone.filter(|_| wrong.is_empty()) {
        Some(zone) => Ok(OpenHours { zone, week, days }),
        None => Err(wrong),
    }
}

fn fault(pointer: String, rule: String) -> CalendarError {
    CalendarError { pointer, rule }
}

fn zone(wrong: &mut Vec<CalendarError>, name: &str) -> Option<TimeZone> {
    let found = TimeZone::get(name).ok();
    if found.is_none() {
        let rule = "an IANA time zone, such as `Europe/Warsaw`".to_owned();
        wrong.push(fault("/time_zone".to_owned(), rule));
    }
    found
}

fn windows(wrong: &mut Vec<CalendarError>, field: &str, hours: &[Hours]) -> Vec<Window> {
    if hours.len() > MOST_HOURS {
        let rule = format!("a day opens at most {MOST_HOURS} times, this one {}", hours.len());
        wrong.push(fault(field.to_owned(), rule));
    }
    let mut windows: Vec<Window> = Vec::new();
    for (place, it) in hours.iter().take(MOST_HOURS).enumerate() {
        let field = format!("{field}/{place}");
        let mut read = |name: &str, text: &str, last: i64| {
            let found = minutes(text).filter(|it| *it <= last);
            if found.is_none() {
                let latest = if last < 24 * 60 { "23:59" } else { "24:00" };
                wrong.push(fault(format!("{field}/{name}"), format!("a time of day, `00:00` to `{latest}`")));
            }
            found
        };
        let (from, to) = (read("from", &it.from, 24 * 60 - 1), read("to", &it.to, 24 * 60));
        let (Some(from), Some(to)) = (from, to) else { continue };
        let (from, to) = (from * MINUTE_MS, to * MINUTE_MS);
        if to <= from {
            wrong.push(fault(format!("{field}/to"), "later than `from`".to_owned()));
        } else if windows.last().is_some_and(|(_, closed)| from <= *closed) {
            let rule = "hours stand in order and apart: later than the end before".to_owned();
            wrong.push(fault(format!("{field}/from"), rule));
        } else {
            windows.push((from, to));
        }
    }
    windows
}

/// Minutes since midnight of `HH:MM`.
fn minutes(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let two = |text: &str| -> Option<i64> {
        let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten()
    };
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    (minutes < 60).then_some(hours * 60 + minutes)
}

fn day(wrong: &mut Vec<CalendarError>, field: String, text: &str) -> Option<i64> {
    let found = text.parse().map(Day::number).ok();
    if found.is_none() {
        wrong.push(fault(field, "a day, `YYYY-MM-DD`".to_owned()));
    }
    found
}

/// As part of an RFC 6901 pointer.
fn escaped(name: &str) -> String {
    name.chars().take(64).collect::<String>().replace('~', "~0").replace('/', "~1")
}
