//! Numbers in names of organisations, in figures however they are written: `First`, `1st`, `I.`; `Forty-two`, `42`.

use std::borrow::Cow;

/// Number words below twenty, cardinal and ordinal; *one* and *second* say too many other things.
const SMALL: &[(&str, u32)] = &[
    ("first", 1),
    ("two", 2),
    ("three", 3),
    ("third", 3),
    ("four", 4),
    ("fourth", 4),
    ("five", 5),
    ("fifth", 5),
    ("six", 6),
    ("sixth", 6),
    ("seven", 7),
    ("seventh", 7),
    ("eight", 8),
    ("eighth", 8),
    ("nine", 9),
    ("ninth", 9),
    ("ten", 10),
    ("tenth", 10),
    ("eleven", 11),
    ("twelve", 12),
];
/// Number words that take a unit.
const TENS: &[(&str, u32)] = &[
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
];
/// The longest Roman number that is read, `xxxviii`.
const MOST_ROMAN: usize = 7;

/// Folded words with their numbers in figures.
pub(super) fn plain(words: Vec<&str>) -> Vec<Cow<'_, str>> {
    let mut plain: Vec<Cow<'_, str>> = Vec::with_capacity(words.len());
    let mut tens: Option<u32> = None;
    for word in words {
        let value = value(word, plain.is_empty());
        match (tens.take(), value) {
            (Some(ten), Some(unit @ 1..10)) => {
                plain.pop();
                plain.push(Cow::Owned((ten + unit).to_string()));
            }
            (_, Some(number)) => {
                tens = TENS.iter().any(|(ten, _)| *ten == word).then_some(number);
                plain.push(Cow::Owned(number.to_string()));
            }
            (_, None) => plain.push(Cow::Borrowed(word)),
        }
    }
    plain
}

/// What number a word is; a name does not begin with a Roman one.
fn value(word: &str, first: bool) -> Option<u32> {
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        let ordinal = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending));
        return ordinal.unwrap_or(word).parse().ok();
    }
    let named = SMALL.iter().chain(TENS).find(|(name, _)| *name == word).map(|(_, value)| *value);
    named.or_else(|| if first { None } else { roman(word) })
}

/// A Roman number below forty.
fn roman(word: &str) -> Option<u32> {
    if word.is_empty() || word.len() > MOST_ROMAN {
        return None;
    }
    let units = word.trim_start_matches('x');
    let tens = word.len() - units.len();
    const UNITS: [&str; 10] = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
    let unit = UNITS.iter().position(|unit| *unit == units)?;
    (tens <= 3).then(|| (tens * 10 + unit) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_one_however_it_is_written() {
        for (written, read) in [
            ("first bank", "1 bank"),
            ("1st bank", "1 bank"),
            ("fund iv", "fund 4"),
            ("fund xxix", "fund 29"),
            ("forty two depot", "42 depot"),
            ("forty 2 depot", "42 depot"),
            ("forty depot 7", "40 depot 7"),
            ("v foundation", "v foundation"),
            ("mix civil", "mix civil"),
            ("99999999999 ways", "99999999999 ways"),
        ] {
            assert_eq!(plain(written.split(' ').collect()).join(" "), read, "{written}");
        }
    }
}
