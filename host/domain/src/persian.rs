//! The Persian calendar (Solar Hijri), in which Iran and Afghanistan write dates. What is stored, sent and compared stays
//! Gregorian; this is how such a date is read and shown.

use std::fmt;

use icu_calendar::Date;
use icu_calendar::cal::Persian;
use icu_calendar::types::RataDie;

use crate::day::Day;

/// The first of January 1970 is day 719,163 when the days are counted from the first of January of the year 1.
const EPOCH: i64 = 719_163;

/// A date of the Persian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PersianDate {
    year: i32,
    month: u8,
    day: u8,
}

impl PersianDate {
    /// The date of a day.
    pub fn of(day: Day) -> Self {
        let date = Date::from_rata_die(RataDie::new(day.number().saturating_add(EPOCH)), Persian);
        Self { year: date.year().extended_year(), month: date.month().ordinal, day: date.day_of_month().0 }
    }

    /// The day of a date as people write it: `1405-01-13`, `1405/1/13`, in Latin, Persian or Arabic digits. None: there
    /// is no such date, or it has no year of four digits.
    pub fn read(text: &str) -> Option<Day> {
        let text: String = text.trim().chars().map(latin).collect();
        let separator = if text.contains('/') { '/' } else { '-' };
        let mut parts = text.split(separator);
        let mut part = |most: usize| -> Option<i32> {
            let part = parts.next()?;
            let digits = (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse().ok()).flatten()
        };
        let (year, month, day) = (part(4)?, part(2)?, part(2)?);
        if parts.next().is_some() || year < 1_000 {
            return None;
        }
        let date = Date::try_new_persian(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?).ok()?;
        Day::from_number(date.to_rata_die().to_i64_date() - EPOCH)
    }
}

impl fmt::Display for PersianDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A Persian (U+06F0 to U+06F9) or Arabic (U+0660 to U+0669) digit as a Latin one.
fn latin(c: char) -> char {
    let from = |zero: u32| u32::from(c).checked_sub(zero).filter(|it| *it < 10).and_then(|it| char::from_digit(it, 10));
    from(0x06F0).or_else(|| from(0x0660)).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_both_calendars_are_one_day() {
        // New Year's days and the last days of leap years, as the Calendar Center of the University of Tehran tells them.
        for (persian, gregorian) in [
            ("1403-01-01", "2024-03-20"),
            ("1403-12-30", "2025-03-20"),
            ("1404-01-01", "2025-03-21"),
            ("1405-01-13", "2026-04-02"),
            ("1408-12-30", "2030-03-20"),
            ("1357-11-22", "1979-02-11"),
            ("1348-10-11", "1970-01-01"),
        ] {
            let day: Day = gregorian.parse().unwrap();
            assert_eq!(PersianDate::of(day).to_string(), persian);
            assert_eq!(PersianDate::read(persian), Some(day));
        }
    }

    #[test]
    fn every_day_of_a_century_goes_there_and_back() {
        let first: Day = "1950-01-01".parse().unwrap();
        for number in 0..36_525 {
            let day = first.plus(number).unwrap();
            assert_eq!(PersianDate::read(&PersianDate::of(day).to_string()), Some(day));
        }
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        let day: Option<Day> = "2026-04-02".parse().ok();
        for right in ["1405/1/13", "۱۴۰۵/۰۱/۱۳", "١٤٠٥-١-١٣", " 1405-01-13 "] {
            assert_eq!(PersianDate::read(right), day, "{right}");
        }
        for wrong in ["1404-12-30", "1405-13-01", "1405-01-32", "405-01-13", "1405-01", "1405-01-13-1", "x", "+405/1/1"]
        {
            assert_eq!(PersianDate::read(wrong), None, "{wrong}");
        }
    }
}
