//! Where somebody lives, or an organisation is: street and house number, postcode, city.

use plugdesk_sdk::types::cut;

use crate::fields::Sort;
use crate::names::within;
use crate::sound::sound;
use crate::weights::Level;

/// A street has at most so many words; of a longer one the first are compared.
const MOST_WORDS: usize = 8;
/// No word of a street is longer, in bytes; comparing two costs the product of their lengths.
const MOST_WORD_BYTES: usize = 24;
/// A house number has at most so many digits.
const MOST_HOUSE_DIGITS: usize = 6;
/// A city is compared so far, in bytes: the longest names of towns have fewer.
const MOST_CITY_BYTES: usize = 96;
/// Words that say which kind of street it is, or which part of the house; very many addresses have them. Sorted.
const KINDS: &[&str] = &[
    "aleja",
    "allee",
    "apartment",
    "apt",
    "ave",
    "avenida",
    "avenue",
    "blvd",
    "boulevard",
    "building",
    "calle",
    "court",
    "drive",
    "floor",
    "highway",
    "house",
    "hwy",
    "körút",
    "lane",
    "osiedle",
    "parkway",
    "piazza",
    "pkwy",
    "plac",
    "place",
    "platz",
    "road",
    "room",
    "rua",
    "rue",
    "square",
    "str",
    "strasse",
    "straße",
    "street",
    "suite",
    "terrace",
    "tér",
    "ulica",
    "ulitsa",
    "unit",
    "utca",
    "via",
    "viale",
    "way",
    "weg",
    "дом",
    "переулок",
    "площадь",
    "проспект",
    "улица",
    "بلوار",
    "خیابان",
    "شارع",
    "میدان",
    "پلاک",
    "کوچه",
];
/// Quarters of the sky by what people write for them.
const QUARTERS: &[(&str, char)] =
    &[("n", 'n'), ("north", 'n'), ("s", 's'), ("south", 's'), ("e", 'e'), ("east", 'e'), ("w", 'w'), ("west", 'w')];

/// A place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    street: Street,
    /// Folded, without spaces.
    postcode: String,
    /// Folded.
    city: String,
    /// As written: street, postcode, city.
    written: [String; 3],
}

/// Street and house number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Street {
    /// The digits of the first number that is no street's.
    house: String,
    quarter: Option<char>,
    /// What it is called, without kinds; with the sound of each.
    words: Vec<(String, String)>,
}

impl Place {
    /// Adds a field; several of a street are read one behind the other.
    pub fn add(&mut self, sort: Sort, written: &str, folded: &str) {
        let [street, postcode, city] = &mut self.written;
        match sort {
            Sort::Street => {
                self.street.add(folded);
                let space = if street.is_empty() { "" } else { " " };
                *street = [street.as_str(), space, written.trim()].concat();
            }
            Sort::Postcode if self.postcode.is_empty() => {
                self.postcode = folded.replace(' ', "");
                *postcode = written.to_owned();
            }
            Sort::City if self.city.is_empty() => {
                self.city = cut(folded.trim(), MOST_CITY_BYTES).to_owned();
                *city = written.to_owned();
            }
            Sort::Birth | Sort::Number | Sort::Postcode | Sort::City => {}
        }
    }

    /// Whether that part is known.
    pub fn has(&self, sort: Sort) -> bool {
        match sort {
            Sort::Street => self.street != Street::default(),
            Sort::Postcode => !self.postcode.is_empty(),
            Sort::City => !self.city.is_empty(),
            Sort::Birth | Sort::Number => false,
        }
    }

    /// Whether nothing is known of it.
    pub fn is_empty(&self) -> bool {
        self.street == Street::default() && self.postcode.is_empty() && self.city.is_empty()
    }

    /// How far two places agree, the most telling level, and what each says; `None`: not known of one.
    pub fn compare<'a>(&'a self, other: &'a Self) -> Option<(Level, [&'a str; 2])> {
        let found = |field: usize| [self.written[field].as_str(), other.written[field].as_str()];
        let both = |one: &str, other: &str| !one.is_empty() && !other.is_empty();
        let postcode =
            both(&self.postcode, &other.postcode).then(|| match same_postcode(&self.postcode, &other.postcode) {
                true => Level::Postcode,
                false => Level::PlaceApart,
            });
        let mut levels = Vec::new();
        if let Some(same) = self.street.compare(&other.street) {
            // Two houses: that they stand in one town is what neighbours have in common. One house number and name of a
            // street in two towns is chance.
            if !same || postcode == Some(Level::PlaceApart) {
                return Some((if same { Level::PlaceApart } else { Level::StreetApart }, found(0)));
            }
            levels.push((Level::Street, found(0)));
        }
        levels.extend(postcode.map(|level| (level, found(1))));
        if both(&self.city, &other.city) {
            levels.push((city(&self.city, &other.city), found(2)));
        }
        levels.into_iter().min_by_key(|(level, _)| *level)
    }
}

impl Street {
    fn add(&mut self, folded: &str) {
        for word in folded.split(' ').filter(|it| !it.is_empty()) {
            let digits = word.chars().take_while(char::is_ascii_digit).count();
            let ordinal = ["st", "nd", "rd", "th"].iter().any(|ending| word.get(digits..) == Some(*ending));
            let quarter = QUARTERS.iter().find(|(name, _)| *name == word);
            if digits > 0 && self.house.is_empty() && !ordinal {
                self.house = word.chars().take(digits.min(MOST_HOUSE_DIGITS)).collect();
            } else if self.words.len() < MOST_WORDS {
                if let Some((_, quarter)) = quarter {
                    self.quarter = self.quarter.or(Some(*quarter));
                } else if digits > 0 {
                    // 75th, and 75 where a street is called so.
                    let called: String = word.chars().take(digits.min(MOST_HOUSE_DIGITS)).collect();
                    self.words.push((called, String::new()));
                } else if word.chars().count() >= 3 && KINDS.binary_search(&word).is_err() {
                    self.words.push((cut(word, MOST_WORD_BYTES).to_owned(), sound(word)));
                }
            }
        }
    }

    /// Whether two are one house; `None`: not known of one.
    fn compare(&self, other: &Self) -> Option<bool> {
        if self.words.is_empty() || other.words.is_empty() {
            return None;
        }
        let met = self.words.iter().filter(|one| other.words.iter().any(|other| is_called(one, other))).count();
        let fewer = self.words.len().min(other.words.len());
        if self.house.is_empty() || other.house.is_empty() {
            // Without a number all words of the shorter must be there, and more than one: a single one is half a street.
            return match met {
                0 => Some(false),
                _ if met >= 2 && met == fewer => Some(true),
                _ => None,
            };
        }
        let across = self.quarter.is_some() && other.quarter.is_some() && self.quarter != other.quarter;
        Some(self.house == other.house && met > 0 && !across)
    }
}

/// Whether two words of a street are one: the same, shortened, a slip of the pen, or by their sound.
fn is_called((one, one_sound): &(String, String), (other, other_sound): &(String, String)) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let letters = short.chars().count();
    one == other
        || (letters >= 4 && long.starts_with(short.as_str()))
        || (one_sound.chars().count() >= 3 && one_sound == other_sound)
        || (letters >= 5 && within(short, long, 1))
}

/// `60302` and `60302-1234` are one.
fn same_postcode(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short.len() >= 4 && long.starts_with(short) || short == long
}

fn city(one: &str, other: &str) -> Level {
    if one == other {
        return Level::City;
    }
    let letters = one.chars().count().min(other.chars().count());
    let near = letters >= 4 && (within(one, other, 2) && strsim::jaro_winkler(one, other) >= 0.85);
    let sounds = letters >= 4 && sound(one).chars().count() >= 2 && sound(one) == sound(other);
    if near || sounds { Level::CityClose } else { Level::PlaceApart }
}

#[cfg(test)]
mod tests {
    use plugdesk_sdk::words::fold;

    use super::*;

    fn place(street: &str, postcode: &str, city: &str) -> Place {
        let mut place = Place::default();
        for (sort, text) in [(Sort::Street, street), (Sort::Postcode, postcode), (Sort::City, city)] {
            if !text.is_empty() {
                place.add(sort, text, &fold(text));
            }
        }
        place
    }

    #[test]
    fn kinds_of_streets_are_found() {
        assert!(KINDS.is_sorted());
    }

    #[test]
    fn a_street_goes_by_its_number_and_a_word() {
        for (one, other, level) in [
            ("224 N. Central ", "224 North Central Ave", Level::Street),
            ("224 N. Central ", "226 North Central Ave", Level::StreetApart),
            ("224 N. Central ", "224 S Central Ave", Level::StreetApart),
            ("12 Oak Street", "12 Elm Street", Level::StreetApart),
            ("ul. Długa 5", "Dluga 5", Level::Street),
            ("خیابان ولیعصر ۱۲", "ولیعصر 12", Level::Street),
            ("2334 E. 75th Street", "2334 E 75TH ST", Level::Street),
            ("112 E 51st St", "112 East 51 Street", Level::Street),
            ("2334 E. 75th Street", "2334 E 76TH ST", Level::StreetApart),
            ("2020 W. Roosevlet Rd", "2020 West Roosevelt Road", Level::Street),
            ("Main Street", "Oak Street", Level::StreetApart),
        ] {
            let found = place(one, "", "").compare(&place(other, "", "")).map(|(level, _)| level);
            assert_eq!(found, Some(level), "{one} {other}");
        }
        assert_eq!(place("12", "", "").compare(&place("12 Oak Street", "", "")), None, "a number is no street");
    }

    #[test]
    fn the_most_telling_of_street_postcode_and_city_counts() {
        let one = place("12 Mill Lane", "LS1 4AB", "Leeds");
        for (street, postcode, city, level) in [
            ("Mill Ln 12", "", "London", Level::Street),
            ("12 Mill Lane", "SE1 7TP", "London", Level::PlaceApart),
            ("14 Mill Lane", "LS1 4AB", "Leeds", Level::StreetApart),
            ("", "ls14ab", "Leeds", Level::Postcode),
            ("", "", "Leds", Level::CityClose),
            ("", "", "London", Level::PlaceApart),
        ] {
            let found = one.compare(&place(street, postcode, city)).map(|(level, _)| level);
            assert_eq!(found, Some(level), "{street} {postcode} {city}");
        }
        assert_eq!(one.compare(&Place::default()), None);
    }
}
