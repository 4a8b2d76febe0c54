//! What custom fields say of a person: date of birth, numbers that only one person has, where the person lives.
//!
//! Where is [`Place`]'s to say.

use std::borrow::Cow;

use plugdesk_sdk::prelude::*;
use plugdesk_sdk::types::cut;
use plugdesk_sdk::words::fold;

use crate::configuration::Merging;
use crate::names::within;
use crate::place::Place;
use crate::weights::Level;

/// A field is read so far.
pub(crate) const MOST_FIELD_BYTES: usize = 256;
/// A number that identifies somebody has at least so many letters and digits.
const FEWEST_NUMBER: usize = 5;
/// Dates within so many days of each other are of one child whose date was changed, or of one guess.
const NEAR_DAYS: i64 = 400;
/// Years below are of another calendar (the Persian one is at 1405), years above are not of birth.
const YEARS: std::ops::RangeInclusive<i32> = 1850..=2200;

/// A date of birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Birth {
    year: i32,
    /// Month and day; the day and the month where nobody can say which is which.
    parts: [i32; 2],
    /// The order of the two is known.
    sure: bool,
}

impl Birth {
    /// Of a text in any usual order, `1980-05-01`, `1.5.1980`, `19800501`; `None`: it is no date, or of another calendar.
    pub fn of(text: &str) -> Option<Self> {
        let folded = fold(cut(text, MOST_FIELD_BYTES));
        let mut numbers = folded.split(' ').filter(|part| !part.is_empty());
        let (first, second, third) = (numbers.next()?, numbers.next(), numbers.next());
        let number = |digits: &str| digits.parse::<i32>().ok();
        let (year, parts, sure) = match (second, third) {
            (None, _) if first.len() == 8 && first.is_ascii() => {
                (number(first.get(..4)?)?, [number(first.get(4..6)?)?, number(first.get(6..)?)?], true)
            }
            // `1980-05-01T00:00`: what follows the day is a time.
            (Some(month), Some(day)) if first.len() == 4 => {
                let day: String = day.chars().take_while(char::is_ascii_digit).collect();
                (number(first)?, [number(month)?, number(&day)?], true)
            }
            (Some(b), Some(year)) if year.len() == 4 => {
                let (a, b) = (number(first)?, number(b)?);
                if a > 12 { (number(year)?, [b, a], true) } else { (number(year)?, [a, b], b > 12) }
            }
            _ => return None,
        };
        let plausible = parts.iter().all(|part| (1..=31).contains(part)) && parts.iter().any(|part| *part <= 12);
        (YEARS.contains(&year) && plausible).then_some(Self { year, parts, sure })
    }

    /// How far two agree.
    pub fn compare(self, other: Self) -> Level {
        let [a, b] = self.parts;
        let turned = [b, a] == other.parts;
        let same_parts = self.parts == other.parts || (turned && !(self.sure && other.sure));
        if self.year == other.year && same_parts {
            return Level::BirthSame;
        }
        // One of year, month and day is mistyped, or two of them are turned round.
        let pairs = [(self.year, other.year), (a, other.parts[0]), (b, other.parts[1])];
        let slips = pairs.iter().filter(|(one, other)| one != other).count();
        let typed = |(one, other): &(i32, i32)| within(&format!("{one:02}"), &format!("{other:02}"), 1);
        let all_typed = pairs.iter().all(typed);
        if (slips == 1 && all_typed) || (self.year == other.year && turned) {
            return Level::BirthNear;
        }
        let near = self.day().abs_diff(other.day()) <= NEAR_DAYS.unsigned_abs();
        if slips == 1 || (slips == 2 && all_typed) || near { Level::BirthFar } else { Level::BirthApart }
    }

    /// Days since the year 0, near enough to tell how far two dates are apart.
    fn day(self) -> i64 {
        let [month, day] = self.parts.map(i64::from);
        i64::from(self.year) * 365 + month * 30 + day
    }
}

/// What the fields say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    /// As written, and as a date.
    pub birth: Option<(String, Birth)>,
    /// Numbers that only one person has, by field.
    pub numbers: Vec<(String, String)>,
    /// Where the person lives, or the organisation is.
    pub place: Place,
}

impl Fields {
    /// Whether anything of that sort is known.
    pub fn has(&self, sort: Sort) -> bool {
        match sort {
            Sort::Birth => self.birth.is_some(),
            Sort::Number => !self.numbers.is_empty(),
            Sort::Street | Sort::Postcode | Sort::City => self.place.has(sort),
        }
    }

    /// Adds the value of a field that the configuration names.
    pub fn add(&mut self, policy: &Merging, sort: Sort, name: &str, value: &Value) {
        let Some(text) = text(value) else { return };
        let whole = text.len() <= MOST_FIELD_BYTES;
        let text = cut(&text, MOST_FIELD_BYTES);
        let folded = fold(text);
        if folded.is_empty() || policy.is_blank_text(&folded) {
            return;
        }
        match sort {
            Sort::Birth => self.birth = self.birth.take().or_else(|| Some((text.to_owned(), Birth::of(text)?))),
            // Two long numbers may begin alike.
            Sort::Number if !whole => {}
            Sort::Number => {
                let number = folded.replace(' ', "");
                if number.len() >= FEWEST_NUMBER && number.chars().any(|c| c.is_ascii_digit()) {
                    self.numbers.push((name.to_owned(), number));
                }
            }
            Sort::Street | Sort::Postcode | Sort::City => self.place.add(sort, text, &folded),
        }
    }
}

/// What a field of the configuration tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sort {
    /// The date of birth.
    Birth,
    /// A number that only one person has.
    Number,
    /// Street and house number; several fields are read one behind the other.
    Street,
    /// The postcode.
    Postcode,
    /// The city.
    City,
}

/// A value as text; `None`: not one that can be compared.
fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Text(text) | Value::Decimal(text) => Some(Cow::Borrowed(text)),
        Value::Integer(number) => Some(Cow::Owned(number.to_string())),
        Value::Instant(millis) => Some(Cow::Owned(date(millis.div_euclid(DAY)))),
        _ => None,
    }
}

/// The date of a day since 1970-01-01, by Howard Hinnant's `civil_from_days`.
fn date(days: i64) -> String {
    let days = days.clamp(-1_000_000, 1_000_000) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn birth(one: &str, other: &str) -> Level {
        Birth::of(one).unwrap().compare(Birth::of(other).unwrap())
    }

    #[test]
    fn a_date_of_birth_is_read_in_every_usual_order() {
        for (one, other, level) in [
            ("1980-05-01", "19800501", Level::BirthSame),
            ("1980-05-01", "01.05.1980", Level::BirthSame),
            ("1980-05-21", "21/05/1980", Level::BirthSame),
            ("1980-05-01", "۱۹۸۰/۰۵/۰۱", Level::BirthSame),
            ("1971-06-24", "1971-05-24", Level::BirthNear),
            ("1971-06-24", "1917-06-24", Level::BirthNear),
            ("1980-05-01", "1980-01-05", Level::BirthNear),
            ("1980-05-01", "1981-06-01", Level::BirthFar),
            ("1980-05-06", "1980-05-21", Level::BirthFar),
            ("1993-12-28", "1994-01-30", Level::BirthFar),
            ("1980-05-01", "1994-11-30", Level::BirthApart),
        ] {
            assert_eq!(birth(one, other), level, "{one} {other}");
        }
        for none in ["", "yesterday", "1403-05-01", "1980", "32.13.1980", "1-2-3-4-5"] {
            assert_eq!(Birth::of(none), None, "{none}");
        }
        assert_eq!(text(&Value::Instant(-62_000_000_000)).unwrap(), "1968-01-14");
    }
}
