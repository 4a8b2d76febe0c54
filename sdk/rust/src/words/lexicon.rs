//! Many phrases, looked for in one walk over a text.

use serde::{Deserialize, Serialize};

use super::fold;

/// Phrases of one or more words, each with a number that the policy gives it.
///
/// `price` finds the word, `as soon as` the words in a row, `pric*` every word that begins so: Polish, Hungarian, Russian
/// and Persian inflect, and a stem with a star stands for all their endings. Phrases are folded when they are added, a
/// text must be folded by [`super::fold`]. Looking costs a few nanoseconds a word, however many phrases there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lexicon {
    /// Sorted by their bytes.
    phrases: Vec<Phrase>,
    /// A bit for each hash of two first bytes that some phrase has: most words of a text end here.
    firsts: [u64; 4],
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Phrase {
    /// Folded; ends in a space unless any ending will do.
    text: String,
    number: u16,
}

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

impl Lexicon {
    /// Adds a phrase under a number; several phrases may share one.
    pub fn add(&mut self, phrase: &str, number: u16) -> Result<(), Unfindable> {
        let mut text = fold(phrase);
        if text.is_empty() {
            return Err(Unfindable::Empty);
        }
        if phrase.trim_end().ends_with('*') {
            text.pop();
        }
        let Some(first) = first_two(text.as_bytes()) else { return Err(Unfindable::TooShort) };
        if let Some(bits) = self.firsts.get_mut(usize::from(first >> 6)) {
            *bits |= 1 << (first & 63);
        }
        let phrase = Phrase { text, number };
        if let Err(place) = self.phrases.binary_search(&phrase) {
            self.phrases.insert(place, phrase);
        }
        Ok(())
    }

    /// Whether it has no phrase.
    pub fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }

    /// Calls `found` with a phrase's number and the words found, for every place in the folded text.
    pub fn find<'t>(&self, folded: &'t str, mut found: impl FnMut(u16, &'t str)) {
        if self.phrases.is_empty() {
            return;
        }
        let bytes = folded.as_bytes();
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            if let Some(first) = first_two(rest)
                && self.firsts.get(usize::from(first >> 6)).is_some_and(|bits| bits >> (first & 63) & 1 == 1)
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
        let from = self.phrases.partition_point(|phrase| phrase.text.as_bytes() < head);
        for phrase in self.phrases.iter().skip(from).take_while(|phrase| phrase.text.as_bytes().starts_with(head)) {
            let text = phrase.text.as_bytes();
            if rest.starts_with(text) {
                // A phrase that ends in a space has found its last word whole; any other may go on to the word's end.
                found(phrase.number, if text.ends_with(b" ") { text.len() - 1 } else { text.len() });
            }
        }
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
        let mut lexicon = Lexicon::default();
        for (number, phrase) in phrases.iter().enumerate() {
            lexicon.add(phrase, number as u16).unwrap();
        }
        let mut all = Vec::new();
        let folded = fold(text);
        lexicon.find(&folded, |number, words| all.push((number, words.to_owned())));
        all
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
    }

    #[test]
    fn a_phrase_that_would_find_half_of_all_words_is_refused() {
        let mut lexicon = Lexicon::default();
        assert_eq!(lexicon.add("…", 0), Err(Unfindable::Empty));
        assert_eq!(lexicon.add("a*", 0), Err(Unfindable::TooShort));
        assert!(lexicon.is_empty());
    }
}
