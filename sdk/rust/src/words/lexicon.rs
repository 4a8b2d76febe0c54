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
    /// Empty: no phrase. Otherwise the number of phrases; the head, if they are more than a few; an entry for each,
    /// sorted by the hash of its first two bytes; the texts.
    packed: Packed,
}

/// The number of phrases, in front.
const COUNT: usize = 2;
/// The head: for each hash the place of its first entry and the number of its entries, 2 bytes each. Most words of a text
/// have a hash that no phrase has, and are done with.
const HEAD: usize = 256 * 4;
/// So few phrases are all compared, and have no head.
const FEW: usize = 8;
/// The first four bytes of the text and which of them count, 4 bytes each; where the text begins, in 4 bytes; its length
/// and the phrase's number, in 2.
const ENTRY: usize = 16;
/// So many phrases have places of 16 bits; no configuration of 60 KiB has more.
const MOST_PHRASES: usize = u16::MAX as usize;
/// A phrase of more bytes is none that anybody says.
const MOST_PHRASE_BYTES: usize = u16::MAX as usize;

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
        let mut text = fold(crate::types::cut(phrase, MOST_PHRASE_BYTES / 4));
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
        let mut packed = Vec::from((all.len() as u16).to_le_bytes());
        if all.len() > FEW {
            for hash in 0..=u8::MAX {
                let first = all.partition_point(|(known, ..)| *known < hash);
                let count = all.partition_point(|(known, ..)| *known <= hash) - first;
                packed.extend((first as u16).to_le_bytes());
                packed.extend((count as u16).to_le_bytes());
            }
        }
        let mut begin = (packed.len() + all.len() * ENTRY) as u32;
        for (_, text, number) in &all {
            let mask = u32::MAX >> (32 - 8 * text.len().min(4));
            packed.extend((eight(text.as_bytes()) as u32 & mask).to_le_bytes());
            packed.extend(mask.to_le_bytes());
            packed.extend(begin.to_le_bytes());
            packed.extend((text.len() as u16).to_le_bytes());
            packed.extend(number.to_le_bytes());
            begin += text.len() as u32;
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
    pub fn find<'t>(&self, folded: &'t str, found: impl FnMut(u16, &'t str)) {
        find(&self.packed.0, folded, found);
    }

    /// Whether the lexicon of those bytes finds anything.
    pub(crate) fn finds(packed: &[u8], folded: &str) -> bool {
        let mut any = false;
        find(packed, folded, |_, _| any = true);
        any
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.packed.0
    }
}

fn find<'t>(packed: &[u8], folded: &'t str, mut found: impl FnMut(u16, &'t str)) {
    let Some((count, rest)) = packed.split_first_chunk::<COUNT>() else { return };
    let count = usize::from(u16::from_le_bytes(*count));
    let (head, entries) = rest.split_at_checked(if count > FEW { HEAD } else { 0 }).unwrap_or((&[], rest));
    let (heads, entries) = (head.as_chunks::<4>().0, entries.as_chunks::<ENTRY>().0);
    let bytes = folded.as_bytes();
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let word = eight(rest);
        let (first, count) = match heads.get(usize::from(hash(word))) {
            Some(head) => {
                let head = u32::from_le_bytes(*head) as usize;
                (head & 0xffff, head >> 16)
            }
            None => (0, count),
        };
        // Most words have no entry, and are done with.
        if count > 0 {
            for entry in entries.get(first..first + count).unwrap_or_default() {
                let [front, back] = halves(entry);
                if (word ^ front) & (front >> 32) == 0
                    && let Some((number, words)) = whole(packed, back, folded, at)
                {
                    found(number, words);
                }
            }
        }
        at += match first_space(word) {
            Some(place) => place + 1,
            None => rest.iter().skip(8).position(|&b| b == b' ').map_or(rest.len(), |space| 8 + space + 1),
        };
    }
}

/// What an entry compares with, and what it stands for.
fn halves(entry: &[u8; ENTRY]) -> [u64; 2] {
    let half = |at: usize| entry.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |it| u64::from_le_bytes(*it));
    [half(0), half(8)]
}

/// The number of an entry's phrase and the words found, if all of its text stands there; `entry`: its second half.
fn whole<'t>(packed: &[u8], entry: u64, folded: &'t str, at: usize) -> Option<(u16, &'t str)> {
    let (begin, length) = (entry as u32 as usize, usize::from((entry >> 32) as u16));
    let text = packed.get(begin..begin + length)?;
    let bytes = folded.as_bytes();
    if !bytes.get(at..)?.starts_with(text) {
        return None;
    }
    let end = at + length;
    // A phrase that ends in a space has found its last word whole; any other goes on to the word's end.
    let end =
        if text.ends_with(b" ") { end - 1 } else { end + bytes.iter().skip(end).take_while(|&&b| b != b' ').count() };
    Some(((entry >> 48) as u16, folded.get(at..end)?))
}

/// The first eight bytes as a number, the first of them lowest; 0 for those that lack.
fn eight(bytes: &[u8]) -> u64 {
    match bytes.first_chunk() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => bytes.iter().take(8).rev().fold(0, |word, &byte| word << 8 | u64::from(byte)),
    }
}

/// Where the first space stands in those eight bytes.
fn first_space(word: u64) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const SPACES: u64 = ONES * b' ' as u64;
    // The lowest byte that is zero is found truly; only those above it may be mistaken.
    let other = word ^ SPACES;
    let zero = other.wrapping_sub(ONES) & !other & (ONES << 7);
    (zero != 0).then(|| zero.trailing_zeros() as usize / 8)
}

/// A hash of the first two bytes.
fn hash(word: u64) -> u8 {
    (word as u8).wrapping_mul(31) ^ ((word >> 8) as u8).wrapping_mul(113)
}

/// A hash of a phrase's first two bytes; `None`: it has fewer.
fn first_two(bytes: &[u8]) -> Option<u8> {
    (bytes.len() >= 2).then(|| hash(eight(bytes)))
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
