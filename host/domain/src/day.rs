//! Days: dates without a time and without a zone.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, date};
use jiff::{Span, Timestamp, tz::Offset};
use serde::{Deserialize, Serialize};

use crate::record::Weekday;
use crate::time::Instant;

/// Days are numbered from here on.
const EPOCH: Date = date(1970, 1, 1);

/// A day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

/// A text that is not a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a day, `YYYY-MM-DD`")]
pub struct DayError(String);

impl Day {
    /// The day of that date; none: there is no such date.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        Date::new(year, month, day).ok().map(Self)
    }

    /// The day of that number since 1970-01-01; none: it lies outside the years -9999 to 9999.
    pub fn from_number(number: i64) -> Option<Self> {
        EPOCH.checked_add(Span::new().try_days(number).ok()?).ok().map(Self)
    }

    /// The day on which a moment falls in UTC; none: it lies outside all years.
    pub fn of(at: Instant) -> Option<Self> {
        Timestamp::from_millisecond(at.millis()).ok().map(|at| Self(Offset::UTC.to_datetime(at).date()))
    }

    /// Its number since 1970-01-01, negative before.
    pub fn number(self) -> i64 {
        // Two dates are never so far apart that their days could not be counted.
        EPOCH.until(self.0).map_or(0, |span| span.get_days().into())
    }

    /// Its year.
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// Its month, from 1.
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// Its day of the month, from 1.
    pub fn of_month(self) -> i8 {
        self.0.day()
    }

    /// Its day of the week.
    pub fn weekday(self) -> Weekday {
        match self.0.weekday() {
            jiff::civil::Weekday::Monday => Weekday::Mon,
            jiff::civil::Weekday::Tuesday => Weekday::Tue,
            jiff::civil::Weekday::Wednesday => Weekday::Wed,
            jiff::civil::Weekday::Thursday => Weekday::Thu,
            jiff::civil::Weekday::Friday => Weekday::Fri,
            jiff::civil::Weekday::Saturday => Weekday::Sat,
            jiff::civil::Weekday::Sunday => Weekday::Sun,
        }
    }

    /// The day so many days later, or earlier; none: it lies outside the years -9999 to 9999.
    pub fn plus(self, days: i64) -> Option<Self> {
        Self::from_number(self.number().checked_add(days)?)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        // jiff reads more: years with a sign and six digits, and the day of what has a time too.
        let form =
            |(place, byte): (usize, u8)| if matches!(place, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
        let plain = text.len() == 10 && text.bytes().enumerate().all(form);
        let found = plain.then(|| text.parse().ok()).flatten();
        found.map(Self).ok_or_else(|| DayError(text.chars().take(64).collect()))
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl utoipa::PartialSchema for Day {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::Date)))
            .into()
    }
}

#[cfg(feature = "schema")]
impl utoipa::ToSchema for Day {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_its_number_and_its_text() {
        for (text, number, weekday) in [
            ("1970-01-01", 0, Weekday::Thu),
            ("1969-12-31", -1, Weekday::Wed),
            ("2024-02-29", 19_782, Weekday::Thu),
            ("2026-11-22", 20_779, Weekday::Sun),
        ] {
            let day: Day = text.parse().unwrap();
            assert_eq!((day.number(), day.weekday(), day.to_string().as_str()), (number, weekday, text));
            assert_eq!(Day::from_number(number), Some(day));
        }
        assert_eq!(Day::of(Instant::from_millis(-1)), "1969-12-31".parse().ok());
        assert_eq!(Day::from_number(i64::MAX), None);
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for wrong in ["2026-02-30", "2026-2-3", "+002026-01-01", "2026-01-01T00:00", "2026/01/01", "1405", ""] {
            assert!(wrong.parse::<Day>().is_err(), "{wrong}");
        }
    }
}
