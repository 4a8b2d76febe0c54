//! What a name looks like once its punctuation is read: which letters make one word and which words are a legal form.

use std::ops::Range;

use plugdesk_sdk::words::may_have_case;

/// So many small letters before a capital one are a word of their own: `NorthwindGmbH`, but not `McAllister`.
const FEWEST_SMALL: usize = 4;

/// A name as written, with a space where a word ends without one, and without apostrophes: O’Brien and OBrien are one
/// word.
pub(super) fn spaced(written: &str) -> String {
    let mut spaced = String::with_capacity(written.len() + 1);
    let mut small = 0;
    for c in written.chars() {
        if matches!(c, '\'' | '’' | 'ʼ' | '‘' | '`' | '´') {
            continue;
        }
        let cased = may_have_case(c);
        if cased && small >= FEWEST_SMALL && c.is_uppercase() {
            spaced.push(' ');
        }
        small = if cased && c.is_lowercase() { small + 1 } else { 0 };
        spaced.push(c);
    }
    spaced
}

/// A folded text with single Latin letters in a row as one word: `l l c` is `llc`, `a b c company` is `abc company`.
pub fn initials_joined(folded: &str) -> String {
    let mut plain = String::with_capacity(folded.len());
    let mut initial = false;
    for word in super::split(folded) {
        let single = matches!(word.as_bytes(), [letter] if letter.is_ascii_lowercase());
        if initial && single {
            plain.pop();
        }
        plain.push_str(word);
        plain.push(' ');
        initial = single;
    }
    plain
}

/// The words that stand in none of the ranges.
pub(super) fn without<'t>(folded: &'t str, ranges: &[Range<usize>]) -> Vec<&'t str> {
    let mut at = 0;
    let mut words = Vec::new();
    for word in folded.split(' ') {
        if !word.is_empty() && !ranges.iter().any(|range| range.contains(&at)) {
            words.push(word);
        }
        at += word.len() + 1;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_were_written_as_one_and_letters_that_stand_apart_are_read() {
        assert_eq!(spaced("NorthwindGmbH O’Brien McAllister ABC"), "Northwind GmbH OBrien McAllister ABC");
        assert_eq!(initials_joined("a b c company "), "abc company ");
        assert_eq!(initials_joined("sp z o o "), "sp zoo ");
        assert_eq!(initials_joined("anna k nowak "), "anna k nowak ");
        assert_eq!(initials_joined(""), "");
        for (text, form, left) in [("north wind llc ", 11..14, "north wind"), ("ооо север ", 0..6, "север")]
        {
            assert_eq!(without(text, std::slice::from_ref(&form)).join(" "), left);
        }
    }
}
