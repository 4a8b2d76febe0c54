//! Times as exports write them: a day in one of several orders, and a time of day behind it.

pub use jiff::civil::DateTime;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// The forms that exports write a day in. Where several read a whole column, the first counts.
const DAYS: [&str; 7] = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y.%m.%d"];
/// And a time of day.
const TIMES: [&str; 2] = ["%H:%M:%S%.f", "%H:%M"];
/// A form reads a column if it reads so many of its filled cells; the rest are slips of the pen.
const LEAST_READ: f64 = 0.95;

/// The times of a column, by the clock on the wall of whoever wrote it, in the form that reads the column; none: it is
/// no column of times. Empty cells and slips of the pen are none.
pub fn read<'c>(cells: &(impl Iterator<Item = &'c str> + Clone)) -> Option<Vec<Option<DateTime>>> {
    let written = |cell: &str| cell.starts_with(|c: char| c.is_ascii_digit());
    let first = cells.clone().find(|cell| written(cell))?;
    let filled = cells.clone().filter(|cell| written(cell)).count();
    let wanted = (filled as f64 * LEAST_READ).ceil() as usize;
    DAYS.iter().filter(|form| at(form, first).is_some() || filled > wanted).find_map(|form| {
        let times: Vec<Option<DateTime>> = cells.clone().map(|cell| at(form, cell)).collect();
        (times.iter().flatten().count() >= wanted).then_some(times)
    })
}

/// Milliseconds since 1970, as if the clock on the wall showed UTC.
pub fn millis(time: DateTime) -> Option<i64> {
    time.to_zoned(TimeZone::UTC).ok().map(|it| it.timestamp().as_millisecond())
}

/// The time of a text whose day has that form; without a time of day, the day's beginning. An offset from UTC is left
/// out: what counts is the clock on the wall.
fn at(form: &str, text: &str) -> Option<DateTime> {
    let text = text.trim();
    let (day, rest) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    let date = (8..=10).contains(&day.len()).then(|| Date::strptime(form, day).ok()).flatten()?;
    let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.'))).unwrap_or(rest.len());
    let (clock, half) = rest.split_at_checked(end)?;
    let half = half.trim();
    let time = if clock.is_empty() {
        Time::midnight()
    } else if half.eq_ignore_ascii_case("am") || half.eq_ignore_ascii_case("pm") {
        Time::strptime("%I:%M:%S %p", format!("{clock} {half}"))
            .or_else(|_| Time::strptime("%I:%M %p", format!("{clock} {half}")))
            .ok()?
    } else {
        TIMES.iter().find_map(|form| Time::strptime(form, clock).ok())?
    };
    Some(DateTime::from_parts(date, time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_the_one_that_reads_the_column() {
        let of = |cells: &[&str]| {
            let read = read(&cells.iter().copied())?;
            Some(read.into_iter().map(|it| it.map_or_else(|| "-".to_owned(), |it| it.to_string())).collect::<Vec<_>>())
        };
        let times = |times: &[&str]| Some(times.iter().map(|it| (*it).to_owned()).collect());
        assert_eq!(
            of(&["29/2/2016 01:16", "?", "3/3/2016 23:59"]),
            times(&["2016-02-29T01:16:00", "-", "2016-03-03T23:59:00"])
        );
        assert_eq!(
            of(&["2026-03-01T10:20:30.5Z", "2026-03-02"]),
            times(&["2026-03-01T10:20:30.5", "2026-03-02T00:00:00"])
        );
        assert_eq!(
            of(&["01/31/2026 1:05 PM", "02/01/2026 12:00 am"]),
            times(&["2026-01-31T13:05:00", "2026-02-01T00:00:00"])
        );
        assert_eq!(of(&["2026-03-01 10:20:30+03:30"]), times(&["2026-03-01T10:20:30"]));
        assert_eq!(of(&["12", "2.5"]), None);
        assert_eq!(of(&["?", ""]), None);
    }
}
