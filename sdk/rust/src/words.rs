//! Words in any language: folded so that spelling does not matter, and found fast.
//!
//! Folding lowers case, drops the marks of Latin letters (`Sürgős`, `PILNE`, `żółty` → `surgos`, `pilne`, `zolty`),
//! writes `ё` as `е`, Arabic letters as the Persian keyboard does (`ي`, `ك` → `ی`, `ک`), every digit as an ASCII one,
//! drops vowel marks, tatweel and the zero-width joiners inside Persian words, and turns all else into single spaces.

pub use lexicon::{Lexicon, Phrases, Unfindable};

mod ascii;
mod letters;
mod lexicon;

pub use letters::{is_letter_or_digit, may_have_case};

use letters::Letters;

/// The words of a text, folded, with one space between them and one behind the last; empty if there are none.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + 1);
    fold_onto(&mut folded, text);
    folded
}

/// Folds a text onto the end of another folded one, as a sentence of its own.
pub fn fold_onto(folded: &mut String, text: &str) {
    let mut out = std::mem::take(folded).into_bytes();
    out.reserve(text.len() + 1);
    // Whether the last word is still being written.
    let mut open = false;
    let mut letters = Letters::default();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let run = ascii::fold(&mut out, rest, &mut open);
        at += run;
        if run > 0 {
            continue;
        }
        if let [lead @ 0xd0..=0xdb, second, ..] = rest
            && let Some(letter) = cyrillic_or_arabic(u16::from(lead & 0x1f) << 6 | u16::from(second & 0x3f))
        {
            out.extend([0xc0 | (letter >> 6) as u8, 0x80 | (letter & 0x3f) as u8]);
            open = true;
            at += 2;
            continue;
        }
        let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { break };
        if letters.has(c) && !is_dropped(c) {
            let end = out.len();
            // The small letters of Western Europe are frequent.
            match may_have_case(c) && !('ß'..='ÿ').contains(&c) {
                true => c.to_lowercase().for_each(|c| plain(&mut out, c)),
                false => plain(&mut out, c),
            }
            open |= out.len() > end;
        } else if open && !is_dropped(c) {
            out.push(b' ');
            open = false;
        }
        at += c.len_utf8();
    }
    if open {
        out.push(b' ');
    }
    *folded = String::from_utf8(out).unwrap_or_default();
}

/// The commonest letters of two bytes that are folded by arithmetic; `None`: Unicode's rules decide.
fn cyrillic_or_arabic(letter: u16) -> Option<u16> {
    match letter {
        0x430..=0x44f | 0x628 | 0x62a..=0x63a | 0x641 | 0x642 | 0x644..=0x648 => Some(letter),
        0x67e | 0x686 | 0x698 | 0x6a9 | 0x6af | 0x6cc | 0x627 => Some(letter),
        0x410..=0x42f => Some(letter + 0x20),
        _ => None,
    }
}

fn put(out: &mut Vec<u8>, c: char) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Zero-width joiners, soft hyphen, tatweel, Arabic vowel marks, combining accents (of which `İ` leaves one).
fn is_dropped(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{ad}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{300}'..='\u{36f}')
}

/// A lower-case letter or digit without its marks.
fn plain(out: &mut Vec<u8>, c: char) {
    let plain = match c {
        '\u{700}'.. if !is_dropped(c) => c,
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => 'i',
        'ł' | 'ĺ' | 'ļ' | 'ľ' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => 'o',
        'ŕ' | 'ř' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => 's',
        'ţ' | 'ť' | 'ț' => 't',
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        'ß' => return out.extend_from_slice(b"ss"),
        'æ' => return out.extend_from_slice(b"ae"),
        'œ' => return out.extend_from_slice(b"oe"),
        'ё' => 'е',
        'ي' | 'ى' | 'ئ' => 'ی',
        'ك' => 'ک',
        'ة' | 'ۀ' => 'ه',
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ؤ' => 'و',
        '۰'..='۹' => digit(c, '۰'),
        '٠'..='٩' => digit(c, '٠'),
        c if is_dropped(c) => return,
        c => c,
    };
    put(out, plain);
}

fn digit(c: char, zero: char) -> char {
    char::from(b'0'.wrapping_add((c as u32).wrapping_sub(zero as u32) as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_does_not_matter_in_five_languages() {
        for (one, other) in [
            ("Price, please!", "price  PLEASE"),
            ("Sürgős: árajánlat", "surgos arajanlat"),
            ("PILNE — żółta łódź", "pilne zolta lodz"),
            ("Срочно! Счёт", "срочно счет"),
            ("می‌خواهم كتاب", "ميخواهم کتاب"),
            ("قيمت ۱۲٣", "قیمت 123"),
            ("İstanbul", "istanbul"),
            ("Straße", "STRASSE"),
        ] {
            assert_eq!(fold(one), fold(other));
        }
        assert_eq!(fold("  Ready, set… go "), "ready set go ");
        assert_eq!(fold("?! …"), "");
    }
}
