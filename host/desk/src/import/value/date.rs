//! Dates as other systems write them.

use plugdesk_domain::{Instant, PersianDate};

/// The format of dates of the Persian calendar, in any digits.
const PERSIAN: &str = "persian";

/// A date by RFC 3339 or the first format that fits; without a time its midnight, without a zone `zone`'s.
pub(super) fn parse<'a>(text: &str, formats: impl Iterator<Item = &'a str>, zone: &str) -> Option<Instant> {
    if let Ok(instant) = text.parse() {
        return Some(instant);
    }
    let zone = jiff::tz::TimeZone::get(zone).ok()?;
    formats.into_iter().find_map(|format| {
        if format == PERSIAN {
            return persian(text, &zone);
        }
        let parsed = jiff::fmt::strtime::parse(format, text).ok()?;
        let timestamp = parsed.to_timestamp().or_else(|_| {
            let date = parsed.to_date()?;
            let time = parsed.to_time().unwrap_or_default();
            date.to_datetime(time).to_zoned(zone.clone()).map(|zoned| zoned.timestamp())
        });
        timestamp.ok().map(|timestamp| Instant::from_millis(timestamp.as_millisecond()))
    })
}

/// A date of the Persian calendar as people write it, with or without a time of day behind it.
fn persian(text: &str, zone: &jiff::tz::TimeZone) -> Option<Instant> {
    let (date, time) = text.trim().split_once([' ', 'T']).unwrap_or((text.trim(), ""));
    let day = PersianDate::read(date)?;
    let time = match time.trim() {
        "" => jiff::civil::Time::midnight(),
        time => ["%H:%M:%S", "%H:%M"].iter().find_map(|format| jiff::civil::Time::strptime(format, time).ok())?,
    };
    let date = jiff::civil::Date::new(day.year(), day.month(), day.of_month()).ok()?;
    let at = date.to_datetime(time).to_zoned(zone.clone()).ok()?;
    Some(Instant::from_millis(at.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persian_dates_are_read_in_any_digits_with_and_without_a_time() {
        let read = |text: &str| parse(text, ["%d.%m.%Y", PERSIAN].into_iter(), "Asia/Tehran").map(|it| it.to_string());
        for (text, at) in [
            ("1405/1/13", "2026-04-01T20:30:00.000Z"),
            ("۱۴۰۵/۰۱/۱۳ 14:30", "2026-04-02T11:00:00.000Z"),
            ("1405-01-13T14:30:05", "2026-04-02T11:00:05.000Z"),
            ("02.04.2026", "2026-04-01T20:30:00.000Z"),
        ] {
            assert_eq!(read(text).as_deref(), Some(at), "{text}");
        }
        for wrong in ["1405/1/13 25:00", "1404/12/30", "1405/1", "13.13.1405"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
