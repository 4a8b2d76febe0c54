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
    /// Empty: no phrase. Otherwise 32 bytes with a bit for each hash of two first bytes that some phrase has, where most
    /// words of a text end; the number of phrases; for each, sorted, where its text ends and its number; the texts.
    packed: Packed,
}

/// The bits, then the number of phrases in 4 bytes.
const HEAD: usize = 32 + 4;
/// An end in 4 bytes and a number in 2.
const ENTRY: usize = 4 + 2;

/// Phrases on their way into a lexicon.
#[derive(Debug, Clone, Default)]
pub struct Phrases(BTreeSet<(String, u16)>);

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
        if first_two(text.as_bytes()).is_none() {
            return Err(Unfindable::TooShort);
        }
        self.0.insert((text, number));
        Ok(())
    }

    /// The lexicon.
    pub fn pack(&self) -> Lexicon {
        if self.0.is_empty() {
            return Lexicon::default();
        }
        let mut packed = vec![0; 32];
        packed.extend((self.0.len() as u32).to_le_bytes());
        let mut end = 0_u32;
        for (text, number) in &self.0 {
            end += text.len() as u32;
            packed.extend(end.to_le_bytes());
            packed.extend(number.to_le_bytes());
            if let Some(first) = first_two(text.as_bytes())
                && let Some(bits) = packed.get_mut(usize::from(first >> 3))
            {
                *bits |= 1 << (first & 7);
            }
        }
        packed.extend(self.0.iter().flat_map(|(text, _)| text.bytes()));
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
        let Some(bits) = self.packed.0.first_chunk::<32>() else { return };
        let bytes = folded.as_bytes();
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            if let Some(first) = first_two(rest)
                && bits.get(usize::from(first >> 3)).is_some_and(|bits| bits >> (first & 7) & 1 == 1)
            {
                self.find_here(rest, |number, length| {
                    let length = length + rest.iter().skip(length).take_while(|&&b| b != b' ').count();
                    found(number, folded.get(at..at + length).unwrap_or_default().trim_end());
                });
            }
            at += rest.iter().position(|&b| b == b' ').map_or(rest.len(), |space| space + 1);
        }
    }

    /// The phrases that begin where `rest` begins.
    fn find_here(&self, rest: &[u8], mut found: impl FnMut(u16, usize)) {
        let head = rest.get(..2).unwrap_or(rest);
        let count = self.packed.u32(32) as usize;
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.text(middle, count) < head { low = middle + 1 } else { high = middle }
        }
        for place in low..count {
            let text = self.text(place, count);
            if !text.starts_with(head) {
                return;
            }
            if rest.starts_with(text) {
                // A phrase that ends in a space has found its last word whole; any other may go on to the word's end.
                let length = if text.ends_with(b" ") { text.len() - 1 } else { text.len() };
                found(self.packed.u16(HEAD + place * ENTRY + 4), length);
            }
        }
    }

    fn text(&self, place: usize, count: usize) -> &[u8] {
        let end = |place: usize| self.packed.u32(HEAD + place * ENTRY) as usize;
        let texts = HEAD + count * ENTRY;
        let start = if place == 0 { 0 } else { end(place - 1) };
        self.packed.0.get(texts + start..texts + end(place)).unwrap_or_default()
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
