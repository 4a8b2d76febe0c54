//! Tables of business time: each line is a promise that some help desk broke.

use std::collections::BTreeMap;

use super::*;
use crate::record::{Hours, Weekday};

const DAYS: [Weekday; 7] = Weekday::ALL;

fn hours(text: &str) -> Vec<Hours> {
    let one = |text: &str| {
        let (from, to) = text.split_once('-').unwrap();
        Hours { from: from.to_owned(), to: to.to_owned() }
    };
    text.split_whitespace().map(one).collect()
}

fn calendar(time_zone: &str, days: &[Weekday], open: &str) -> Calendar {
    Calendar {
        version: 1,
        created_at: Instant::default(),
        updated_at: Instant::default(),
        name: "office".to_owned(),
        title: "Office".to_owned(),
        time_zone: time_zone.to_owned(),
        week: days.iter().map(|day| (*day, hours(open))).collect(),
        holidays: BTreeMap::new(),
        special: BTreeMap::new(),
        pack: None,
    }
}

fn check(calendar: &Calendar, table: &[(&str, i64, &str)]) {
    let schedule = Schedule::new(calendar).unwrap();
    for (start, minutes, due) in table {
        let start: Instant = start.parse().unwrap();
        let due: Instant = due.parse().unwrap();
        assert_eq!(schedule.add(start, minutes * MINUTE_MS), Some(due), "{start} and {minutes} minutes");
        assert_eq!(schedule.between(start, due), minutes * MINUTE_MS, "back again from {start}");
        assert_eq!(schedule.between(due, start), -minutes * MINUTE_MS, "and the other way round");
    }
}

#[test]
fn what_ends_exactly_at_closing_is_due_at_closing() {
    let office = calendar("Europe/Warsaw", &DAYS[..5], "09:00-17:00");
    check(
        &office,
        &[
            ("2026-07-06T07:00:00Z", 480, "2026-07-06T15:00:00Z"),
            ("2026-07-06T07:00:00Z", 481, "2026-07-07T07:01:00Z"),
            // From a Friday evening over the weekend.
            ("2026-07-10T18:00:00Z", 1, "2026-07-13T07:01:00Z"),
            ("2026-07-10T14:59:30Z", 1, "2026-07-13T07:00:30Z"),
        ],
    );
}

#[test]
fn a_lunch_break_does_not_count() {
    let office = calendar("Europe/Budapest", &DAYS[..5], "08:00-12:00 13:00-17:00");
    check(
        &office,
        &[
            ("2026-07-06T09:30:00Z", 30, "2026-07-06T10:00:00Z"),
            ("2026-07-06T09:30:00Z", 60, "2026-07-06T11:30:00Z"),
            ("2026-07-06T10:15:00Z", 10, "2026-07-06T11:10:00Z"),
        ],
    );
}

#[test]
fn an_hour_that_daylight_saving_skips_does_not_count_and_one_that_it_repeats_counts_twice() {
    let round = calendar("Europe/Berlin", &DAYS, "00:00-24:00");
    check(
        &round,
        &[
            // 2026-03-29, 02:00 becomes 03:00: the day has 23 hours.
            ("2026-03-28T23:00:00Z", 23 * 60, "2026-03-29T22:00:00Z"),
            ("2026-03-28T23:00:00Z", 48 * 60, "2026-03-30T23:00:00Z"),
            // 2026-10-25, 03:00 becomes 02:00: the day has 25 hours.
            ("2026-10-24T22:00:00Z", 25 * 60, "2026-10-25T23:00:00Z"),
        ],
    );
    let night = calendar("Europe/Berlin", &DAYS, "01:00-04:00");
    check(
        &night,
        &[
            ("2026-03-29T00:00:00Z", 120, "2026-03-29T02:00:00Z"),
            ("2026-03-29T00:00:00Z", 121, "2026-03-29T23:01:00Z"),
            ("2026-10-24T23:00:00Z", 240, "2026-10-25T03:00:00Z"),
        ],
    );
    // Open until half past two, which comes twice: it closes, and opens again for the repeated half hour.
    let half = calendar("Europe/Berlin", &DAYS, "01:00-02:30");
    check(
        &half,
        &[
            ("2026-10-24T23:00:00Z", 90, "2026-10-25T00:30:00Z"),
            ("2026-10-24T23:00:00Z", 91, "2026-10-25T01:01:00Z"),
            ("2026-10-24T23:00:00Z", 120, "2026-10-25T01:30:00Z"),
        ],
    );
}

#[test]
fn zones_with_half_hours_and_weeks_that_begin_on_saturday_are_right() {
    let kolkata = calendar("Asia/Kolkata", &DAYS[..5], "09:00-18:00");
    check(&kolkata, &[("2026-07-06T03:30:00Z", 60, "2026-07-06T04:30:00Z")]);
    let mut tehran = calendar("Asia/Tehran", &[Weekday::Sat, Weekday::Sun, Weekday::Mon], "08:00-16:00");
    tehran.week.insert(Weekday::Thu, hours("08:00-12:00"));
    check(&tehran, &[("2026-07-09T08:30:00Z", 1, "2026-07-11T04:31:00Z")]);
}

#[test]
fn holidays_are_free_and_days_with_hours_of_their_own_go_before_them() {
    let mut office = calendar("Europe/Budapest", &DAYS[..5], "09:00-17:00");
    office.holidays.insert("2026-07-07".to_owned(), "A free day".to_owned());
    office.holidays.insert("2026-07-08".to_owned(), "A half one".to_owned());
    office.special.insert("2026-07-08".to_owned(), hours("09:00-12:00"));
    // A working Saturday.
    office.special.insert("2026-07-11".to_owned(), hours("09:00-17:00"));
    check(
        &office,
        &[
            ("2026-07-06T07:00:00Z", 481, "2026-07-08T07:01:00Z"),
            ("2026-07-08T07:00:00Z", 181, "2026-07-09T07:01:00Z"),
            ("2026-07-10T07:00:00Z", 481, "2026-07-11T07:01:00Z"),
        ],
    );
}

#[test]
fn it_is_open_from_the_first_moment_until_before_the_last() {
    let office = Schedule::new(&calendar("Europe/Warsaw", &DAYS[..5], "09:00-17:00")).unwrap();
    let open = |at: &str| office.open_at(at.parse().unwrap());
    assert!(!open("2026-07-06T06:59:59.999Z") && open("2026-07-06T07:00:00Z"));
    assert!(open("2026-07-06T14:59:59.999Z") && !open("2026-07-06T15:00:00Z"));
    assert!(!open("2026-07-05T10:00:00Z"), "a Sunday");
}

#[test]
fn everything_wrong_is_named_by_its_pointer() {
    let mut office = calendar("Mars/Olympus", &DAYS[..1], "09:00-12:00 12:00-17:00");
    office.week.insert(Weekday::Tue, hours("9:00-17:00 24:00-24:00 18:00-17:00"));
    office.holidays.insert("2026-02-30".to_owned(), "none".to_owned());
    office.special.insert("tomorrow/x".to_owned(), hours("10:00-25:00"));
    let wrong = Schedule::new(&office).unwrap_err();
    let pointers: Vec<&str> = wrong.iter().map(|it| it.pointer.as_str()).collect();
    let expected = [
        "/time_zone",
        "/week/mon/1/from",
        "/week/tue/0/from",
        "/week/tue/1/from",
        "/week/tue/2/to",
        "/holidays/2026-02-30",
        "/special/tomorrow~1x/0/to",
        "/special/tomorrow~1x",
    ];
    assert_eq!(pointers, expected);
    let closed = calendar("UTC", &[], "");
    assert_eq!(Schedule::new(&closed).unwrap_err()[0].pointer, "/week");
}

#[test]
fn what_is_never_reached_is_said_and_times_from_a_stranger_hurt_nobody() {
    let mut rare = calendar("UTC", &DAYS[..1], "09:00-09:01");
    rare.holidays.insert("2026-07-06".to_owned(), String::new());
    let rare = Schedule::new(&rare).unwrap();
    let start: Instant = "2026-07-06T00:00:00Z".parse().unwrap();
    assert_eq!(rare.add(start, MINUTE_MS), Some("2026-07-13T09:01:00Z".parse().unwrap()));
    assert_eq!(rare.add(start, 5_256_000 * MINUTE_MS), None);
    for at in [i64::MIN, i64::MIN + 1, -1, i64::MAX - 1, i64::MAX] {
        let at = Instant::from_millis(at);
        let _ = (rare.open_at(at), rare.add(at, i64::MAX), rare.between(at, start), rare.between(start, at));
    }
}
