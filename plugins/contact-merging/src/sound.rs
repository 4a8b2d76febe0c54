//! How a name sounds, whatever alphabet it is written in: the consonants of its Latin spelling, alike ones as one.
//!
//! Persian writes few vowels and every language spells the others' in its own way, so vowels count at the beginning
//! only. `Reza Karimi` and `رضا کریمی` sound the same, so do `Юрий` and `Yuri`, `Αλέξανδρος` and `Alexandros`.

mod script;

use any_ascii::any_ascii_char;

pub use script::{Script, script_of};

/// A folded word in small Latin letters and digits.
pub fn latin(word: &str) -> String {
    let mut latin = String::with_capacity(word.len());
    for c in word.chars() {
        match script::latin(c) {
            Some(letters) => latin.push_str(letters),
            None if c.is_ascii() => latin.push(c),
            None => {
                let letters = any_ascii_char(c).chars().filter(char::is_ascii_alphanumeric);
                latin.extend(letters.map(|letter| letter.to_ascii_lowercase()));
            }
        }
    }
    latin
}

/// The sound of a folded word: capital letters, one for each group of consonants.
pub fn sound(word: &str) -> String {
    if word.is_ascii() { sound_of_latin(word) } else { sound_of_latin(&latin(word)) }
}

/// The sound of what [`latin`] gave.
pub fn sound_of_latin(latin: &str) -> String {
    let mut rest = latin;
    let mut out = String::with_capacity(latin.len());
    while let Some(first) = rest.chars().next() {
        let (taken, class) = group(rest, first, out.is_empty());
        rest = rest.get(taken..).unwrap_or_default();
        if let Some(class) = class.filter(|class| !out.ends_with(*class)) {
            out.push(class);
        }
    }
    out
}

/// Spellings of more than one letter, the longer first.
const GROUPS: &[(&str, char)] = &[
    ("shch", 'S'),
    ("tsch", 'S'),
    ("tch", 'S'),
    ("sch", 'S'),
    ("dzh", 'J'),
    ("sh", 'S'),
    ("zh", 'S'),
    ("ch", 'S'),
    ("cz", 'S'),
    ("cs", 'S'),
    ("sz", 'S'),
    ("ts", 'S'),
    ("tz", 'S'),
    ("dj", 'J'),
    ("dz", 'S'),
    ("kh", 'H'),
    ("gh", 'K'),
    ("ph", 'F'),
    ("th", 'T'),
    ("ck", 'K'),
    ("qu", 'K'),
    ("ks", 'X'),
];

/// How many bytes sound as one, and how; `None`: not heard.
fn group(rest: &str, first: char, leading: bool) -> (usize, Option<char>) {
    // Only a dozen letters begin a group.
    if matches!(first, 's' | 't' | 'd' | 'z' | 'c' | 'r' | 'k' | 'g' | 'p' | 'q')
        && let Some((letters, class)) = GROUPS.iter().find(|(letters, _)| rest.starts_with(letters))
    {
        return (letters.len(), heard(*class, leading));
    }
    let second = rest.as_bytes().get(1).copied().unwrap_or(b' ');
    let class = match first {
        'b' => 'B',
        'p' => 'P',
        'f' => 'F',
        'v' | 'w' => 'V',
        'c' if matches!(second, b'e' | b'i' | b'y') => 'S',
        'c' | 'k' | 'q' => 'K',
        'g' => 'G',
        'd' => 'D',
        't' => 'T',
        's' | 'z' => 'S',
        'x' => 'X',
        'l' => 'L',
        'm' => 'M',
        'n' => 'N',
        'r' => 'R',
        'h' => 'H',
        'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'j' => 'J',
        other => return (other.len_utf8(), Some(other)),
    };
    (first.len_utf8(), heard(class, leading))
}

/// Vowels, `j` and `h` are heard at the beginning only.
fn heard(class: char, leading: bool) -> Option<char> {
    match class {
        'J' if leading => Some('A'),
        'H' if leading => Some('H'),
        'J' | 'H' => None,
        other => Some(other),
    }
}

/// Whether two words in two scripts sound the same. A single consonant is none that anybody could tell apart.
pub fn alike(one: &str, one_script: Script, other: &str, other_script: Script) -> bool {
    let enough = |sound: &str| sound.chars().count() >= 2;
    // Arabic and Hebrew write v, o and u by one letter.
    if one_script == Script::Vowelless || other_script == Script::Vowelless {
        let plain = |sound: &str| sound.replace('V', "").replace('X', "KS");
        let (one, other) = (plain(one), plain(other));
        return one == other && enough(&one);
    }
    if one_script == Script::Eastern || other_script == Script::Eastern {
        let (one, other) = (one.replace('L', "R"), other.replace('L', "R"));
        return one == other && enough(&one);
    }
    one == other && enough(one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use plugdesk_sdk::words::fold;

    #[test]
    fn a_name_sounds_the_same_in_every_alphabet() {
        for (one, other) in [
            ("Reza", "رضا"),
            ("Karimi", "کریمی"),
            ("Mousavi", "موسوی"),
            ("Hossein", "حسین"),
            ("Jamshidi", "جمشیدی"),
            ("Ghasemi", "قاسمی"),
            ("Yuri", "Юрий"),
            ("Sergei", "Сергей"),
            ("Petrov", "Петров"),
            ("Alexandros", "Αλέξανδρος"),
            ("Schwarz", "Шварц"),
            ("Kovács", "Ковач"),
            ("Beridze", "ბერიძე"),
            ("Petrosyan", "Պետրոսյան"),
            ("Suzuki", "スズキ"),
            ("Lenin", "レーニン"),
        ] {
            let (one, other) = (fold(one), fold(other));
            let (one, other) = (one.trim(), other.trim());
            assert!(
                alike(&sound(one), script_of(one), &sound(other), script_of(other)),
                "{one} {} {other} {}",
                sound(one),
                sound(other)
            );
        }
        for (one, other) in [("Reza", "حسین"), ("Petrov", "Иванов"), ("Li", "ли")] {
            let (one, other) = (fold(one), fold(other));
            let (one, other) = (one.trim(), other.trim());
            assert!(!alike(&sound(one), script_of(one), &sound(other), script_of(other)), "{one} {other}");
        }
    }
}
