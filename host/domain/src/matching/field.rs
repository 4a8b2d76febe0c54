//! Keys from custom fields that are called as people usually call them. What a desk calls otherwise is no key: its
//! records are found by their names and addresses, and policies read any field that their configuration names.

use any_ascii::any_ascii;
use serde_json::Value;

use super::{cut, sound};
use crate::attributes::Attributes;

/// The date of birth.
const BIRTH: [&str; 5] = ["birth_date", "birthdate", "birthday", "date_of_birth", "dob"];
/// Street and house number.
const STREET: [&str; 5] = ["address", "address_1", "address_line_1", "street", "street_address"];
/// The house number where it stands alone.
const HOUSE: [&str; 2] = ["house_number", "street_number"];
/// The postcode.
const POSTCODE: [&str; 4] = ["postal_code", "postcode", "zip", "zip_code"];
/// The city.
const CITY: [&str; 3] = ["city", "suburb", "town"];

/// A field is read so far.
const MOST_FIELD_CHARS: usize = 128;
/// A house number has at most so many digits; a longer one is something else.
const MOST_HOUSE_DIGITS: usize = 5;
/// A postcode with fewer characters is none.
const FEWEST_POSTCODE: usize = 4;

/// The keys of fields, beside the words of the name as they sound.
pub(super) fn keys(custom: &Attributes, words: &[&str]) -> Vec<String> {
    let mut keys = Vec::new();
    if let Some([year, one, other]) = first(custom, &BIRTH).and_then(|text| date(&text)) {
        // Which of the two is the month people write either way.
        keys.push(format!("b:{year}-{}-{}", one.min(other), one.max(other)));
        keys.extend(words.iter().map(|word| cut(format!("y:{word} {year}"))));
    }
    let place = postcode(custom).or_else(|| first(custom, &CITY).map(|city| sound(&city.replace(' ', ""))));
    if let Some(place) = place.filter(|it| !it.is_empty()) {
        keys.extend(words.iter().map(|word| cut(format!("p:{word} {place}"))));
    }
    keys.extend(house(custom));
    keys
}

/// `60302-1234` is `60302`, and `LS1 4AB` is `ls14ab`.
fn postcode(custom: &Attributes) -> Option<String> {
    let written = first(custom, &POSTCODE)?;
    let digits = written.split(' ').next().filter(|it| it.len() >= 5 && it.bytes().all(|b| b.is_ascii_digit()));
    let code = digits.map_or_else(|| written.replace(' ', ""), str::to_owned);
    (code.len() >= FEWEST_POSTCODE).then_some(code)
}

/// The house number and the first word of the street that is more than a direction or a kind of street.
fn house(custom: &Attributes) -> Option<String> {
    let street = first(custom, &STREET)?;
    let mut words: Vec<&str> = street.split(' ').collect();
    let alone = first(custom, &HOUSE);
    let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit()) && word.len() <= MOST_HOUSE_DIGITS;
    let number = match &alone {
        Some(number) => number.as_str(),
        None => {
            let place = words.iter().position(|word| is_number(word) && !is_ordinal(word))?;
            words.remove(place)
        }
    };
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    let telling = |word: &&&str| word.len() >= 3 && !KINDS.contains(*word) || is_number(word);
    let word = words.iter().find(telling).or_else(|| words.first())?;
    let told = if is_number(word) { word.chars().take_while(char::is_ascii_digit).collect() } else { sound(word) };
    (!digits.is_empty() && !told.is_empty()).then(|| cut(format!("h:{digits} {told}")))
}

/// Directions and kinds of street, which people shorten or leave out; with at most two letters they are none anyhow.
const KINDS: [&str; 16] = [
    "north", "south", "east", "west", "street", "str", "avenue", "ave", "road", "rua", "rue", "calle", "via", "ulica",
    "ulitsa", "utca",
];

/// `75th`, `2nd`: a street that is called by a number.
fn is_ordinal(word: &str) -> bool {
    let digits = word.chars().take_while(char::is_ascii_digit).count();
    digits > 0 && ["st", "nd", "rd", "th"].iter().any(|ending| word.get(digits..) == Some(*ending))
}

/// The first of those fields that says something: small Latin letters and digits, one space between words.
fn first(custom: &Attributes, names: &[&str]) -> Option<String> {
    let plain = |value: &Value| {
        let text = match value {
            Value::String(text) => text.chars().take(MOST_FIELD_CHARS).collect(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        let latin = any_ascii(&text).to_ascii_lowercase().replace(['\'', '`'], "");
        let words = latin.split(|c: char| !c.is_ascii_alphanumeric()).filter(|it| !it.is_empty());
        Some(words.collect::<Vec<_>>().join(" ")).filter(|it| !it.is_empty())
    };
    names.iter().find_map(|name| custom.get(*name).and_then(plain))
}

/// Year, and day and month in the order in which they stand; none: it is no date. A time behind it is left out.
fn date(plain: &str) -> Option<[u32; 3]> {
    let mut parts = plain.split(' ');
    let (first, second, third) = (parts.next()?, parts.next(), parts.next());
    let number = |digits: &str| digits.parse::<u32>().ok();
    let date = match (second, third) {
        (None, _) if first.len() == 8 => {
            [number(first.get(..4)?)?, number(first.get(4..6)?)?, number(first.get(6..)?)?]
        }
        (Some(one), Some(other)) if first.len() == 4 => {
            [number(first)?, number(one)?, number(other.split('t').next().unwrap_or_default())?]
        }
        (Some(other), Some(year)) if year.len() == 4 => [number(year)?, number(first)?, number(other)?],
        _ => return None,
    };
    let [year, one, other] = date;
    ((1_300..=2_200).contains(&year) && one.max(other) <= 31 && one.min(other) >= 1).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(fields: &[(&str, &str)]) -> Vec<String> {
        let custom = fields.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect();
        keys(&custom, &[])
    }

    #[test]
    fn a_date_of_birth_is_one_in_every_usual_order() {
        for date in ["1980-05-21", "21.05.1980", "05/21/1980", "19800521", "1980-05-21T00:00:00Z", "۱۹۸۰/۰۵/۲۱"]
        {
            assert_eq!(of(&[("dob", date)]), ["b:1980-5-21"], "{date}");
        }
        assert_eq!(of(&[("dob", "1359-02-11")]), ["b:1359-2-11"], "a Persian date is a key like another");
        for none in ["", "1980", "yesterday", "1980-45-01", "0-0-0"] {
            assert_eq!(of(&[("dob", none)]), Vec::<String>::new(), "{none}");
        }
    }

    #[test]
    fn a_house_is_its_number_and_a_word() {
        for (one, other) in [
            ("224 N. Central ", "224 North Central Ave"),
            ("ul. Długa 5", "Dluga 5"),
            ("2334 E. 75th Street", "2334 E 75TH ST"),
            ("خیابان ولیعصر ۱۲", "خیابان ولیعصر 12"),
            ("27 Washington Blvd", "27 Washingtn Boulevard"),
        ] {
            let (one, other) = (of(&[("street", one)]), of(&[("address", other)]));
            assert!(one == other && one.len() == 1, "{one:?} {other:?}");
        }
        assert_eq!(of(&[("street", "Mill Lane"), ("house_number", "12")]), of(&[("street", "12 Mill Lane")]));
        assert_ne!(of(&[("street", "12 Mill Lane")]), of(&[("street", "14 Mill Lane")]));
        assert_eq!(of(&[("street", "Mill Lane")]), Vec::<String>::new());
    }
}
