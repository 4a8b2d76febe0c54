//! Many phrases, looked for in one walk over a text.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::fold;
use crate::packed::Packed;

/// Phrases of one or more words, each with a number that the policy gives it.
///
/// `price` finds the word, `as soon as` the words in a row, `pric*` every word that begins so: Polish, Hungarian, Russian
/// and Persian inflect, and a stem with a star stands for all their endings. A text must be folded by [`super::fold`].
/// Looking costs a few nanoseconds a word, and reading the lexicon of a configuration one copy, however many phrases
/// there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lexicon {
    /// Empty: no phrase. Otherwise, by the hash of a phrase's first two bytes, the place of the first phrase of that hash,
    /// and one place more; for each phrase where its text ends, and its number; the texts. Most words of a text have a
    /// hash that no phrase has, and are done with.
    packed: Packed,
}

/// Places of 2 bytes for 256 hashes and the end.
const HEAD: usize = 257 * 2;
/// An end in 4 bytes and a number in 2.
const ENTRY: usize = 4 + 2;
/// So many phrases have places of 16 bits; no configuration of 60 KiB has more.
const MOST_PHRASES: usize = u16::MAX as usize;

/// Phrases on their way into a lexicon.
#[derive(Debug, Clone, Default)]
pub struct Phrases(BTreeSet<(u8, String, u16)>);

/// A phrase that can't be looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfindable {
    /// It has no letter and no digit.
    Empty,
    /// One byte and a star would find half of all words.
    TooShort,
}

impl Unfindable {
    /// In words, for a problem.
    pub fn message(self) -> &'static str {
        match self {
            Self::Empty => "has no letter and no digit",
            Self::TooShort => "needs at least two letters before the star",
        }
    }
}

impl Phrases {
    /// Adds a phrase under a number; several phrases may share one.
    pub fn add(&mut self, phrase: &str, number: u16) -> Result<(), Unfindable> {
        let mut text = fold(phrase);
        if text.is_empty() {
            return Err(Unfindable::Empty);
        }
        // Folded, a phrase ends in a space, which any other ending than its own does not match.
        if phrase.trim_end().ends_with('*') {
            text.pop();
        }
        let Some(hash) = first_two(text.as_bytes()) else { return Err(Unfindable::TooShort) };
        self.0.insert((hash, text, number));
        Ok(())
    }

    /// The lexicon.
    pub fn pack(&self) -> Lexicon {
        if self.0.is_empty() {
            return Lexicon::default();
        }
        let all: Vec<&(u8, String, u16)> = self.0.iter().take(MOST_PHRASES).collect();
        let mut packed = Vec::new();
        for hash in 0..=256_u16 {
            let before = all.iter().filter(|(known, ..)| u16::from(*known) < hash).count();
            packed.extend((before as u16).to_le_bytes());
        }
        let mut end = 0_u32;
        for (_, text, number) in &all {
            end += text.len() as u32;
            packed.extend(end.to_le_bytes());
            packed.extend(number.to_le_bytes());
        }
        packed.extend(all.iter().flat_map(|(_, text, _)| text.bytes()));
        Lexicon { packed: Packed(packed) }
    }
}

impl Lexicon {
    /// Whether it has no phrase.
    pub fn is_empty(&self) -> bool {
        self.packed.0.is_empty()
    }

    /// Calls `found` with a phrase's number and the words found, for every place in the folded text.
    pub fn find<'t>(&self, folded: &'t str, mut found: impl FnMut(u16, &'t str)) {
        if self.is_empty() {
            return;
        }
        let bytes = folded.as_bytes();
        let texts = HEAD + usize::from(self.packed.u16(256 * 2)) * ENTRY;
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            if let Some(hash) = first_two(rest) {
                let place = usize::from(hash) * 2;
                for phrase in self.packed.u16(place)..self.packed.u16(place + 2) {
                    let (text, number) = self.phrase(usize::from(phrase), texts);
                    // The third byte tells most apart, before anything is called to compare them.
                    if text.get(2).is_none_or(|third| rest.get(2) == Some(third)) && rest.starts_with(text) {
                        let end = at + text.len();
                        // A phrase that ends in a space has found its last word whole; any other goes on to the word's end.
                        let more = bytes.iter().skip(end).take_while(|&&b| b != b' ').count();
                        let end = if text.ends_with(b" ") { end - 1 } else { end + more };
                        found(number, folded.get(at..end).unwrap_or_default());
                    }
                }
            }
            at += rest.iter().position(|&b| b == b' ').map_or(rest.len(), |space| space + 1);
        }
    }

    fn phrase(&self, place: usize, texts: usize) -> (&[u8], u16) {
        let entry = HEAD + place * ENTRY;
        let start = if place == 0 { 0 } else { self.packed.u32(entry - ENTRY) as usize };
        let end = self.packed.u32(entry) as usize;
        (self.packed.0.get(texts + start..texts + end).unwrap_or_default(), self.packed.u16(entry + 4))
    }
}

/// A hash of the first two bytes, 0 to 255.
fn first_two(bytes: &[u8]) -> Option<u8> {
    match bytes {
        [first, second, ..] => Some(first.wrapping_mul(31) ^ second.wrapping_mul(113)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(phrases: &[&str], text: &str) -> Vec<(u16, String)> {
        let mut all = Phrases::default();
        for (number, phrase) in phrases.iter().enumerate() {
            all.add(phrase, number as u16).unwrap();
        }
        let mut hits = Vec::new();
        all.pack().find(&fold(text), |number, words| hits.push((number, words.to_owned())));
        hits
    }

    #[test]
    fn whole_words_phrases_and_stems_are_found_and_nothing_else() {
        let phrases = ["price", "as soon as", "cen*", "цен*", "قیمت", "a", "ár*"];
        let hit = |number: u16, words: &str| (number, words.to_owned());
        assert_eq!(found(&phrases, "The price?"), [hit(0, "price")]);
        assert_eq!(found(&phrases, "priceless"), []);
        assert_eq!(found(&phrases, "As  soon, as possible"), [hit(1, "as soon as")]);
        assert_eq!(found(&phrases, "as soon assured"), []);
        assert_eq!(found(&phrases, "Jaka cena? Cennik!"), [hit(2, "cena"), hit(2, "cennik")]);
        assert_eq!(found(&phrases, "по цене"), [hit(3, "цене")]);
        assert_eq!(found(&phrases, "قيمت چند است"), [hit(4, "قیمت")]);
        assert_eq!(found(&phrases, "a car"), [hit(5, "a")]);
        assert_eq!(found(&phrases, "Árajánlat"), [hit(6, "arajanlat")]);
        assert_eq!(found(&["pri*", "price", "pricing list"], "price, pricing list").len(), 4);
        assert_eq!(found(&[], "price"), []);
    }

    #[test]
    fn a_phrase_that_would_find_half_of_all_words_is_refused() {
        let mut phrases = Phrases::default();
        assert_eq!(phrases.add("…", 0), Err(Unfindable::Empty));
        assert_eq!(phrases.add("a*", 0), Err(Unfindable::TooShort));
        assert!(phrases.pack().is_empty());
    }
}
