//! The arithmetic against a reference that walks from minute to minute and asks the time zone each time: slow, and so
//! plain that it can only be right. And what must hold of any calendar.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use super::{MINUTE_MS, Schedule};
use crate::day::Day;
use crate::record::{Calendar, Hours, Weekday};
use crate::time::Instant;

/// With half-hour offsets, a daylight saving of half an hour, changes at midnight, and a change on a working Sunday.
const ZONES: [&str; 10] = [
    "Europe/Warsaw",
    "Europe/London",
    "Europe/Moscow",
    "America/New_York",
    "America/Santiago",
    "Asia/Kolkata",
    "Asia/Tehran",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "UTC",
];
/// The reference looks at so many minutes: three weeks.
const MOST_MINUTES: i64 = 21 * 24 * 60;

/// Hours on quarters of an hour, in order and apart.
fn hours() -> impl Strategy<Value = Vec<Hours>> {
    vec(0_u32..=96, 0..6).prop_map(|mut quarters| {
        quarters.sort_unstable();
        quarters.dedup();
        let text = |quarter: u32| format!("{:02}:{:02}", quarter / 4, quarter % 4 * 15);
        let pairs = quarters.chunks_exact(2).map(|pair| Hours { from: text(pair[0]), to: text(pair[1]) });
        pairs.collect()
    })
}

/// A zone, and a moment near a change of its offset where there is one.
fn place() -> impl Strategy<Value = (&'static str, i64)> {
    (prop::sample::select(ZONES.to_vec()), 1_577_836_800_i64..1_900_000_000, -4 * 24 * 60..4 * 24 * 60_i64).prop_map(
        |(zone, second, minutes)| {
            let known = TimeZone::get(zone).unwrap();
            let after = Timestamp::from_second(second).unwrap();
            let change = known.following(after).next().map_or(second, |change| change.timestamp().as_second());
            (zone, (change / 60 + minutes) * MINUTE_MS)
        },
    )
}

/// A calendar with days of its own around that moment.
fn calendar() -> impl Strategy<Value = (Calendar, i64)> {
    let week = btree_map(prop::sample::select(Weekday::ALL.to_vec()), hours(), 3..=7);
    let free = vec(-5_i64..20, 0..4);
    let special = btree_map(-5_i64..20, hours(), 0..4);
    (place(), week, free, special)
        .prop_map(|((zone, start), week, free, special)| {
            let first = Day::of(Instant::from_millis(start)).unwrap();
            let text = |away: i64| first.plus(away).unwrap().to_string();
            let calendar = Calendar {
                version: 1,
                created_at: Instant::default(),
                updated_at: Instant::default(),
                name: "any".to_owned(),
                title: "Any".to_owned(),
                time_zone: zone.to_owned(),
                week,
                holidays: free.into_iter().map(|away| (text(away), String::new())).collect(),
                special: special.into_iter().map(|(away, hours)| (text(away), hours)).collect(),
                pack: None,
            };
            (calendar, start)
        })
        .prop_filter("it opens on a day of the week", |(it, _)| it.week.values().any(|hours| !hours.is_empty()))
}

/// Whether the minute that begins then counts, by the texts of the calendar and the clock on its wall.
fn open(calendar: &Calendar, at: i64, zone: &TimeZone) -> bool {
    let wall: Zoned = Timestamp::from_millisecond(at).unwrap().to_zoned(zone.clone());
    let (date, time) = (wall.date().to_string(), wall.strftime("%H:%M").to_string());
    let weekday = Weekday::ALL[usize::try_from(wall.weekday().to_monday_zero_offset()).unwrap()];
    let closed = Vec::new();
    let hours = match calendar.special.get(&date) {
        Some(hours) => hours,
        None if calendar.holidays.contains_key(&date) => &closed,
        None => calendar.week.get(&weekday).unwrap_or(&closed),
    };
    hours.iter().any(|it| it.from <= time && time < it.to)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn it_agrees_with_a_walk_from_minute_to_minute((calendar, start) in calendar(), wanted in 1_i64..3_000) {
        let schedule = Schedule::new(&calendar).unwrap();
        let zone = TimeZone::get(&calendar.time_zone).unwrap();
        let begin = Instant::from_millis(start);
        let mut counted = 0;
        let mut due = None;
        for minute in 0..MOST_MINUTES {
            let at = start + minute * MINUTE_MS;
            if minute % 997 == 0 {
                prop_assert_eq!(schedule.between(begin, Instant::from_millis(at)), counted * MINUTE_MS);
            }
            let opens = open(&calendar, at, &zone);
            prop_assert_eq!(schedule.open_at(Instant::from_millis(at)), opens, "at {}", Instant::from_millis(at));
            counted += i64::from(opens);
            if counted == wanted {
                due = Some(Instant::from_millis(at + MINUTE_MS));
                break;
            }
        }
        match due {
            Some(due) => prop_assert_eq!(schedule.add(begin, wanted * MINUTE_MS), Some(due)),
            None => {
                let end = begin.plus_millis(MOST_MINUTES * MINUTE_MS);
                prop_assert_eq!(schedule.between(begin, end), counted * MINUTE_MS);
                prop_assert!(schedule.add(begin, wanted * MINUTE_MS).is_none_or(|due| due > end));
            }
        }
    }

    #[test]
    fn what_is_added_is_what_lies_between((calendar, start) in calendar(), millis in 1_i64..400_000_000) {
        let schedule = Schedule::new(&calendar).unwrap();
        let start = Instant::from_millis(start);
        if let Some(due) = schedule.add(start, millis) {
            prop_assert_eq!(schedule.between(start, due), millis);
            prop_assert_eq!(schedule.between(due, start), -millis);
            // And it is the first moment of which that is true.
            prop_assert!(schedule.between(start, due.plus_millis(-1)) < millis);
        }
    }

    #[test]
    fn time_adds_up((calendar, start) in calendar(), first in 0_i64..100_000, second in 0_i64..100_000) {
        let schedule = Schedule::new(&calendar).unwrap();
        let start = Instant::from_millis(start);
        let middle = start.plus_millis(first * MINUTE_MS);
        let end = middle.plus_millis(second * MINUTE_MS);
        prop_assert_eq!(
            schedule.between(start, end),
            schedule.between(start, middle) + schedule.between(middle, end)
        );
    }

    #[test]
    fn working_days_there_and_back((calendar, start) in calendar(), n in -60_i32..60) {
        let schedule = Schedule::new(&calendar).unwrap();
        let first = Day::of(Instant::from_millis(start)).unwrap();
        let found = schedule.working_day(first, n).unwrap();
        prop_assert_eq!(schedule.working_days_between(first, found), i64::from(n));
        prop_assert!(n == 0 || schedule.works_on(found));
        // By the texts of the calendar, day by day.
        let works = |day: Day| {
            let text = day.to_string();
            let of_week = calendar.week.get(&day.weekday()).filter(|_| !calendar.holidays.contains_key(&text));
            calendar.special.get(&text).or(of_week).is_some_and(|hours| !hours.is_empty())
        };
        let span = found.number() - first.number();
        let counted = (1..=span.abs()).filter(|away| works(first.plus(span.signum() * away).unwrap())).count();
        prop_assert_eq!(counted, n.unsigned_abs() as usize);
    }

    #[test]
    fn a_working_day_closes_where_its_last_minute_ends((calendar, start) in calendar(), n in 1_u32..15) {
        let schedule = Schedule::new(&calendar).unwrap();
        let zone = TimeZone::get(&calendar.time_zone).unwrap();
        let start = Instant::from_millis(start);
        let closing = schedule.closing(start, n).unwrap();
        let day = schedule.working_day(schedule.day_of(start).unwrap(), i32::try_from(n).unwrap()).unwrap();
        // The last minute of that day that counts, by the walk; a day may have none, which daylight saving took.
        let noon = (day.number() * 24 + 12) * 60;
        let of_day = (noon - 40 * 60..noon + 40 * 60).map(|minute| minute * MINUTE_MS);
        let last = of_day
            .filter(|at| open(&calendar, *at, &zone) && schedule.day_of(Instant::from_millis(*at)) == Some(day))
            .max();
        if let Some(last) = last {
            prop_assert_eq!(closing, Instant::from_millis(last + MINUTE_MS));
        }
    }
}

#[test]
fn a_promise_of_two_working_days_is_due_when_the_second_closes() {
    let office = |from: &str, to: &str| vec![Hours { from: from.to_owned(), to: to.to_owned() }];
    let calendar = Calendar {
        version: 1,
        created_at: Instant::default(),
        updated_at: Instant::default(),
        name: "office".to_owned(),
        title: "Office".to_owned(),
        time_zone: "Europe/Budapest".to_owned(),
        week: Weekday::ALL[..5].iter().map(|day| (*day, office("08:00", "16:00"))).collect(),
        holidays: BTreeMap::from([("2026-01-01".to_owned(), String::new()), ("2026-01-02".to_owned(), String::new())]),
        special: BTreeMap::from([("2026-01-10".to_owned(), office("08:00", "12:00"))]),
        pack: None,
    };
    let schedule = Schedule::new(&calendar).unwrap();
    let closing = |start: &str, n: u32| schedule.closing(start.parse().unwrap(), n).map(|it| it.to_string());
    for (start, n, due) in [
        // Before it opens, while it is open, after it closed: that day is not counted.
        ("2026-01-05T03:00:00Z", 2, "2026-01-07T15:00:00.000Z"),
        ("2026-01-05T22:30:00Z", 2, "2026-01-07T15:00:00.000Z"),
        // By the calendar's clock it is the 6th already.
        ("2026-01-05T23:30:00Z", 2, "2026-01-08T15:00:00.000Z"),
        // The exchanged Saturday counts, and closes early.
        ("2026-01-08T10:00:00Z", 2, "2026-01-10T11:00:00.000Z"),
        ("2025-12-31T10:00:00Z", 1, "2026-01-05T15:00:00.000Z"),
    ] {
        assert_eq!(closing(start, n).as_deref(), Some(due), "{n} after {start}");
    }
    assert_eq!(closing("2026-01-05T03:00:00Z", 0), None);
    assert_eq!(schedule.closing("2026-01-05T03:00:00Z".parse().unwrap(), u32::MAX), None);
    assert_eq!(schedule.local("2026-07-01T06:30:00Z".parse().unwrap()), "2026-07-01T08:30:00+02:00");
    let at = Instant::from_millis(0);
    assert_eq!(Schedule::always().closing(at, 2), Some(at.plus_millis(2 * 24 * 60 * MINUTE_MS)));
    for at in [i64::MIN, i64::MAX].map(Instant::from_millis) {
        let _ = (schedule.closing(at, 3), schedule.day_of(at), schedule.local(at), schedule.years_unknown(at, at));
    }
}
