//! What the desk's own clock says of a promise: one amount of time on a calendar from Monday to Friday.

use anyhow::{Context as _, Result};
use plugdesk_domain::calendar::Schedule;
use plugdesk_domain::{Calendar, Instant};
use serde_json::json;

use super::log::Log;

/// What was learned of a promise: the calendar, and the amount of its time, in milliseconds.
struct Promise<'s> {
    schedule: &'s Schedule,
    amount: i64,
}

/// The calendar from Monday to Friday whose days are those of the log's own clock.
pub(super) fn own() -> Result<Vec<Schedule>> {
    Ok(vec![weekdays("UTC")?])
}

/// Those in every zone with a whole hour, the log's own first. A log that names no zone may show the clock of one place
/// and keep the weekends of another.
pub(super) fn everywhere() -> Result<Vec<Schedule>> {
    // POSIX counts westward: Etc/GMT+5 is five hours behind.
    let west = (1..=12).map(|hours| format!("Etc/GMT+{hours}"));
    let east = (1..=14).map(|hours| format!("Etc/GMT-{hours}"));
    std::iter::once("UTC".to_owned()).chain(west).chain(east).map(|zone| weekdays(&zone)).collect()
}

/// How often the desk's clock says of a moderate incident what the log says of its promise, by whichever of the calendars
/// and amounts makes the fewest mistakes on those to learn from.
pub(super) fn agree(
    teacher: &Log,
    log: &Log,
    splits: &[(Vec<usize>, Vec<usize>)],
    calendars: &[Schedule],
) -> Result<Option<f64>> {
    let spent = |row: usize, schedule: &Schedule| {
        ended(teacher, row).map(|(opened, closed, missed)| (schedule.between(opened, closed), missed))
    };
    // Of every calendar, each incident once: splits share them.
    let all: Vec<Vec<Option<(i64, bool)>>> =
        calendars.iter().map(|it| (0..teacher.missed.len()).map(|row| spent(row, it)).collect()).collect();
    let (mut rows, mut right) = (0_u32, 0_u32);
    for (learned, judged) in splits {
        let of = |spent: &Vec<Option<(i64, bool)>>| learned.iter().filter_map(|row| *spent.get(*row)?).collect();
        let promises = calendars.iter().zip(&all).map(|(schedule, spent)| {
            let (mistakes, amount) = threshold(of(spent));
            (mistakes, Promise { schedule, amount })
        });
        let (_, promise) = promises.min_by_key(|(mistakes, _)| *mistakes).context("no calendar to learn with")?;
        for (opened, closed, missed) in judged.iter().filter_map(|row| ended(log, *row)) {
            let due = promise.schedule.add(opened, promise.amount).context("the calendar never opens")?;
            rows += 1;
            right += u32::from((closed > due) == missed);
        }
    }
    Ok((rows > 0).then(|| f64::from(right) / f64::from(rows)))
}

/// When a moderate incident was opened and closed, and whether its promise was broken.
fn ended(log: &Log, row: usize) -> Option<(Instant, Instant, bool)> {
    let of = |all: &[Option<Instant>]| all.get(row).copied().flatten();
    let moderate = log.moderate.get(row).copied().unwrap_or_default();
    if moderate { Some((of(&log.opened)?, of(&log.closed)?, *log.missed.get(row)?)) } else { None }
}

/// The amount of time that tells those who were late from the others with the fewest mistakes: halfway between the last
/// that kept it and the first that did not. The mistakes come first.
fn threshold(mut spent: Vec<(i64, bool)>) -> (usize, i64) {
    spent.sort_unstable();
    // As if nobody had been in time; each one that is counted in then was.
    let mut mistakes = spent.iter().filter(|(_, missed)| !missed).count();
    let (mut fewest, mut best) = (mistakes, 0);
    for (place, (amount, missed)) in spent.iter().enumerate() {
        mistakes = if *missed { mistakes + 1 } else { mistakes - 1 };
        let next = spent.get(place + 1).map_or(*amount, |(next, _)| *next);
        if mistakes < fewest && (next > *amount || place + 1 == spent.len()) {
            (fewest, best) = (mistakes, amount + (next - amount) / 2);
        }
    }
    (fewest, best)
}

/// Every hour from Monday to Friday.
fn weekdays(zone: &str) -> Result<Schedule> {
    let day = json!([{"from": "00:00", "to": "24:00"}]);
    let calendar: Calendar = serde_json::from_value(json!({
        "version": 1, "created_at": Instant::default(), "updated_at": Instant::default(), "name": "weekdays",
        "title": "Monday to Friday", "time_zone": zone, "holidays": {}, "special": {},
        "week": {"mon": day, "tue": day, "wed": day, "thu": day, "fri": day},
    }))?;
    Schedule::new(&calendar).map_err(|wrong| anyhow::anyhow!("the calendar: {wrong:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_makes_the_fewest_mistakes() {
        let of = |late_from: i64| (0..100).map(move |n| (n * 10, n * 10 >= late_from));
        assert_eq!(threshold(of(500).collect()), (0, 495));
        assert_eq!(threshold(of(500).chain([(20, true), (900, false)]).collect()), (2, 495));
        assert_eq!(threshold(of(10_000).collect()), (0, 990), "nobody was late");
        assert_eq!(threshold(of(0).collect()), (0, 0), "everybody was");
        assert_eq!(threshold(Vec::new()), (0, 0));
    }

    /// Incidents every eleven hours, promised thirty hours of a week whose weekend is that of another zone.
    fn log(zone: &str) -> Log {
        let schedule = weekdays(zone).unwrap();
        let opened: Vec<Instant> =
            (0..400).map(|n| Instant::from_millis(1_456_700_000_000 + n * 11 * 3_600_000)).collect();
        let spent = |n: usize| 3_600_000 * (10 + n as i64 * 7 % 40);
        let closed = opened.iter().enumerate().map(|(n, at)| schedule.add(*at, spent(n)));
        Log {
            first: plugdesk_fit::table::Table::default(),
            opened_column: String::new(),
            priority_column: String::new(),
            closed: closed.collect(),
            opened: opened.into_iter().map(Some).collect(),
            missed: (0..400).map(|n| spent(n) > 30 * 3_600_000).collect(),
            moderate: vec![true; 400],
        }
    }

    #[test]
    fn the_zone_whose_weekend_a_log_keeps_is_learned_with_the_threshold() {
        let splits = crate::bench::splits(&[true; 400]);
        let of = |log: &Log, calendars: &[Schedule]| agree(log, log, &splits, calendars).unwrap().unwrap();
        let utc = log("UTC");
        assert_eq!([of(&utc, &own().unwrap()), of(&utc, &everywhere().unwrap())], [1.0, 1.0]);
        let far = log("Etc/GMT+9");
        assert_eq!(of(&far, &everywhere().unwrap()), 1.0);
        assert!(of(&far, &own().unwrap()) < 1.0, "by the log's own clock some weekends fall elsewhere");
    }
}
