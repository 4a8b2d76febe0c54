//! Which contacts could be one person: keys that are alike for what is written in different ways. They find candidates
//! only; whether two are the same is the question `identify`.
//!
//! A key stands for one or two things that two records of a person rarely contradict each other in together: the name
//! as it sounds, the date of birth, a word of the name with the year of birth or with the place, the house. So a changed
//! address, a misspelt name or swapped parts hide nobody, as long as something else was kept.

mod address;
mod field;

use any_ascii::any_ascii;

use crate::attributes::Attributes;

pub use address::likeness_key;

/// A contact has at most so many keys: each is an index entry of it.
pub const MOST_MATCH_KEYS: usize = 9;
/// So many words of a name count: more are titles and second names.
const MOST_WORDS: usize = 6;
/// A key has at most so many bytes: a key of the store has room for 256.
const MOST_KEY_BYTES: usize = 96;

/// The keys under which a contact of that name and with those custom fields is found, sorted; none for one of whom
/// nothing is known.
///
/// All of them do without case, accents, script, punctuation and the order of words. Of a name the first stands for the
/// whole, the second for how it sounds (`Jon Smith`, `John Smyth`), the third for the sound of the surname with the first
/// letter of the first name (`J. Smith`). The others need custom fields that are called as people usually call them
/// (`docs/commands.md` lists them): the date of birth; the sound of the first or the last word of the name with the year
/// of birth, and with the postcode, or the city where there is none; the house number with the street.
pub fn match_keys(name: &str, custom: &Attributes) -> Vec<String> {
    let words = words(name);
    let mut whole: Vec<&str> = words.iter().map(String::as_str).collect();
    whole.sort_unstable();
    let mut keys = Vec::new();
    if !whole.is_empty() {
        keys.push(cut(format!("f:{}", whole.join(" "))));
    }
    let long = words.iter().filter(|it| it.len() > 1);
    let mut sounds: Vec<String> = long.map(|it| sound(it)).filter(|it| !it.is_empty()).collect();
    let surname = sounds.last().filter(|_| words.len() > 1).cloned();
    if let (Some(surname), Some(initial)) = (surname, words.first().and_then(|it| it.chars().next())) {
        keys.push(format!("i:{surname} {initial}"));
    }
    if !custom.is_empty() {
        keys.extend(field::keys(custom, &ends(&sounds)));
    }
    sounds.sort_unstable();
    sounds.dedup();
    if !sounds.is_empty() {
        keys.push(cut(format!("s:{}", sounds.join(" "))));
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// What two contacts have in common if they share that key: `name`, `birth` or `place`.
pub fn found_by(key: &str) -> &'static str {
    match key.split(':').next() {
        Some("b" | "y") => "birth",
        Some("p" | "h") => "place",
        _ => "name",
    }
}

/// The first and the last of the words: which of them is the surname nobody can say.
fn ends(sounds: &[String]) -> Vec<&str> {
    let mut ends: Vec<&str> = sounds.first().into_iter().chain(sounds.last()).map(String::as_str).collect();
    ends.dedup();
    ends
}

/// Whether two names are one but for case, accents, script, punctuation and the order of words; never for empty ones.
pub fn same_name(one: &str, other: &str) -> bool {
    let sorted = |name: &str| {
        let mut words = words(name);
        words.sort_unstable();
        words
    };
    let one = sorted(one);
    !one.is_empty() && one == sorted(other)
}

/// The words of a name in small Latin letters and digits, the surname last: `Smith, John` is `john smith`.
fn words(name: &str) -> Vec<String> {
    let (first, second) = match name.split_once([',', '\u{60c}']) {
        Some((surname, rest)) if rest.chars().any(char::is_alphanumeric) => (rest, surname),
        _ => (name, ""),
    };
    let split = |text: &str| -> Vec<String> {
        let latin = any_ascii(text).to_ascii_lowercase().replace(['\'', '`'], "");
        let words = latin.split(|c: char| !c.is_ascii_alphanumeric()).filter(|it| !it.is_empty());
        words.take(MOST_WORDS).map(str::to_owned).collect()
    };
    let mut words = split(first);
    words.extend(split(second));
    words
}

/// How a word sounds, roughly: its first letter and up to three classes of consonants, as the American Soundex has them;
/// letters that begin alike (`Catherine`, `Katherine`; `Yusuf`, `Iusuf`) are one.
fn sound(word: &str) -> String {
    let class = |c: char| match c {
        'b' | 'f' | 'p' | 'v' | 'w' => '1',
        'c' | 'g' | 'j' | 'k' | 'q' | 's' | 'x' | 'z' => '2',
        'd' | 't' => '3',
        'l' => '4',
        'm' | 'n' => '5',
        'r' => '6',
        'h' => 'h',
        _ => '0',
    };
    let mut letters = word.chars().filter(char::is_ascii_alphabetic);
    let Some(first) = letters.next() else { return word.chars().take(4).collect() };
    let mut code = String::from(match first {
        'c' | 'q' => 'k',
        'y' | 'j' => 'i',
        'w' => 'v',
        other => other,
    });
    let mut last = class(first);
    for c in letters {
        let now = class(c);
        if now == 'h' {
            continue;
        }
        if now != '0' && now != last {
            code.push(now);
        }
        last = now;
        if code.len() == 4 {
            break;
        }
    }
    code
}

fn cut(mut key: String) -> String {
    // Only ASCII stands in a key.
    key.truncate(MOST_KEY_BYTES);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meet(one: &str, other: &str) -> bool {
        let keys = match_keys(one, &Attributes::new());
        match_keys(other, &Attributes::new()).iter().any(|it| keys.contains(it))
    }

    #[test]
    fn one_name_written_in_different_ways_is_found_again() {
        for (one, other) in [
            ("Jon Smith", "John Smyth"),
            ("John Smith", "SMITH, John"),
            ("J. Smith", "John Smith"),
            ("John A. Smith", "John Smith"),
            ("Zoltán Kovács", "Zoltan Kovacs"),
            ("Łukasz Wiśniewski", "Lukasz Wisniewski"),
            ("Катерина Иванова", "Katerina Ivanova"),
            ("Müller, Jürgen", "Jurgen Muller"),
            ("Catherine O'Neill", "Katherine ONeil"),
            ("پریسا", "پریسا"),
        ] {
            assert!(meet(one, other), "{one}, {other}");
        }
    }

    #[test]
    fn other_names_stay_apart() {
        for (one, other) in [("John Smith", "Mary Smith"), ("John Smith", "John Brown"), ("Anna", "Peter")] {
            assert!(!meet(one, other), "{one}, {other}");
        }
    }

    #[test]
    fn what_is_known_beside_the_name_finds_those_whose_name_is_misspelt_or_missing() {
        let person = |name: &str, fields: &[(&str, &str)]| {
            let custom = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
            match_keys(name, &custom)
        };
        let meet = |one: &[String], other: &[String]| {
            let shared: Vec<&str> = one.iter().filter(|it| other.contains(it)).map(|it| found_by(it)).collect();
            shared.join(" ")
        };
        let one = person("Grace Kelly", &[("dob", "1997-04-26"), ("city", "Hull"), ("street", "12 Mill Lane")]);
        for (name, fields, by) in [
            ("Grcae", vec![("birth_date", "26.04.1997")], "birth birth"),
            ("Kelly Grace", vec![("birthday", "1997-11-30")], "name name birth birth"),
            ("Keley", vec![("town", "HULL")], "place"),
            ("Mill House", vec![("address", "12, Mil Lane")], "place"),
            ("Peter Brown", vec![("city", "Hull"), ("dob", "1997-04-25")], ""),
        ] {
            assert_eq!(meet(&one, &person(name, &fields)), by, "{name} {fields:?}");
        }
    }

    #[test]
    fn a_contact_has_few_keys_whatever_it_is() {
        let long = "9".repeat(300);
        let fields = [("birth_date", "1980-05-01"), ("street", "12 Long Road"), ("postcode", long.as_str())];
        let custom: Attributes = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        for name in ["", " ", "-", "۱۲۳", "x", "🙂", &"many words ".repeat(40), &"a".repeat(400), "Smith,", ", ,"]
        {
            let keys = match_keys(name, &custom);
            assert!(keys.len() <= MOST_MATCH_KEYS && keys.iter().all(|it| it.len() <= MOST_KEY_BYTES), "{keys:?}");
        }
        assert_eq!(match_keys("", &Attributes::new()), Vec::<String>::new());
        assert!(!same_name("", " ") && same_name("Ann Lee", "lee, ANN"));
    }
}
