//! Points in time: milliseconds since 1970-01-01T00:00:00Z, written in JSON as RFC 3339 with milliseconds.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A point in time. The domain never reads a clock; whoever calls it brings the instant along.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(i64);

/// A text that is not a time of RFC 3339.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time of RFC 3339, such as 2026-11-22T09:30:00Z")]
pub struct TimeError(String);

impl Instant {
    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The instant `millis` later, or the last one there is.
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to this one, negative when that is later.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(timestamp) => write!(f, "{timestamp:.3}"),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Instant {
    type Err = TimeError;
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let wrong = || TimeError(text.chars().take(64).collect());
        // jiff reads much more: years of six digits, brackets with a time zone, a space for the T.
        let timestamp: jiff::Timestamp = rfc_3339(text).then(|| text.parse().ok()).flatten().ok_or_else(wrong)?;
        Ok(Self(timestamp.as_millisecond()))
    }
}

/// The form of a time in RFC 3339, in the years 1000 to 8999: every such time can be told again in four digits, whatever
/// its offset.
#[cfg(feature = "schema")]
const PATTERN: &str = "^[1-8][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\
                       (\\.[0-9]{1,9})?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$";

/// Whether a text has the form of [`PATTERN`], but for the number of days and hours, which the parser looks at.
fn rfc_3339(text: &str) -> bool {
    let (head, rest) = text.as_bytes().split_at_checked(19).unwrap_or_default();
    let form = |form: &[u8], text: &[u8]| {
        let fits = |(form, byte): (&u8, &u8)| match form {
            b'0' => byte.is_ascii_digit(),
            b'T' => byte.eq_ignore_ascii_case(&b'T'),
            other => byte == other,
        };
        form.len() == text.len() && form.iter().zip(text).all(fits)
    };
    let fraction = match rest.strip_prefix(b".") {
        None => 0,
        Some(digits) => 1 + digits.iter().take_while(|byte| byte.is_ascii_digit()).count(),
    };
    let zone = rest.get(fraction..).unwrap_or_default();
    form(b"0000-00-00T00:00:00", head)
        && matches!(head.first(), Some(b'1'..=b'8'))
        // A leap second can't be told again.
        && head.get(17).is_some_and(|tens| *tens <= b'5')
        && (fraction == 0 || (2..=10).contains(&fraction))
        // jiff takes offsets of more than a day.
        && zone.get(1..3).is_none_or(|hours| hours <= b"23")
        && (zone.eq_ignore_ascii_case(b"z") || form(b"+00:00", zone) || form(b"-00:00", zone))
}

impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl utoipa::PartialSchema for Instant {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::DateTime)))
            .pattern(Some(PATTERN))
            .into()
    }
}

#[cfg(feature = "schema")]
impl utoipa::ToSchema for Instant {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_rfc_3339_with_milliseconds() {
        let instant = Instant::from_millis(1_763_800_200_007);
        assert_eq!(instant.to_string(), "2025-11-22T08:30:00.007Z");
        assert_eq!("2025-11-22T09:30:00.007+01:00".parse(), Ok(instant));
        for wrong in [
            "yesterday",
            "2025-11-22 09:30:00Z",
            "2025-11-22T09:30Z",
            "2025-11-22T09:30:00",
            "2025-11-22T09:30:60Z",
            "2025-02-30T09:30:00Z",
            "2025-11-22T09:30:00+01",
            "2025-11-22T09:30:00+25:00",
            "2025-11-22T09:30:00+01:00[Europe/Warsaw]",
            "2025-11-22T09:30:00.Z",
            "2025-11-22T09:30:00.0000000001Z",
            "+002025-11-22T09:30:00Z",
            "0000-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59-01:00",
        ] {
            assert!(wrong.parse::<Instant>().is_err(), "{wrong}");
        }
        for right in ["1000-01-01T00:00:00+23:59", "8999-12-31T23:59:59.999999999-23:59", "2025-11-22t09:30:00z"] {
            let told = right.parse::<Instant>().map(|it| it.to_string());
            assert!(told.as_ref().is_ok_and(|told| told.parse::<Instant>().is_ok() || told.len() == 24), "{told:?}");
        }
    }
}
