//! The words of two names, each with that of the other that fits best, whatever their order.

use std::cmp::Reverse;

use super::word::{Likeness, Word, likeness};

/// Initials in a row that stand for as many words: `JP` for `Jean-Paul`.
const INITIALS: std::ops::RangeInclusive<usize> = 2..=3;

/// Two words that belong together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair<'n> {
    /// How they agree.
    pub likeness: Likeness,
    /// What that weighs.
    pub weight: i32,
    /// The one and the other; twice the one that stands for several of the other name.
    pub words: [&'n Word; 2],
}

/// Words that belong together, and those that are left.
#[derive(Debug)]
pub(super) struct Aligned<'n> {
    /// Together.
    pub pairs: Vec<Pair<'n>>,
    /// Left of the one and of the other.
    pub left: [Vec<&'n Word>; 2],
}

/// Brings the words of two names together, the weightiest first. `slips`: whether they may differ by slips. `weigh`: what
/// two words that agree weigh, if it counts.
pub(super) fn align<'n>(
    one: &'n [Word],
    other: &'n [Word],
    slips: bool,
    weigh: impl Fn(Likeness, &Word, &Word) -> Option<i32>,
) -> Aligned<'n> {
    let mut all = Vec::new();
    for (i, a) in one.iter().enumerate() {
        for (k, b) in other.iter().enumerate() {
            if let Some(likeness) = likeness(a, b, slips)
                && let Some(weight) = weigh(likeness, a, b)
            {
                all.push((Pair { likeness, weight, words: [a, b] }, i, k));
            }
        }
    }
    all.sort_by_key(|(pair, i, k)| (Reverse(pair.weight), *i, *k));
    let (mut ones, mut others) = (Open::of(one), Open::of(other));
    let mut pairs = Vec::with_capacity(one.len().min(other.len()));
    for (pair, i, k) in all {
        if ones.is(i) && others.is(k) {
            ones.close(i, 1);
            others.close(k, 1);
            pairs.push(pair);
        }
    }
    for turn in [true, false] {
        let (wholes, parts) = if turn { (&mut ones, &mut others) } else { (&mut others, &mut ones) };
        for (likeness, whole) in wholes.of_several(parts) {
            let words = [whole, whole];
            pairs.extend(weigh(likeness, whole, whole).map(|weight| Pair { likeness, weight, words }));
        }
    }
    Aligned { pairs, left: [ones.left(), others.left()] }
}

/// The words of a name that are not yet brought together with any.
struct Open<'n> {
    words: &'n [Word],
    open: Vec<bool>,
}

impl<'n> Open<'n> {
    fn of(words: &'n [Word]) -> Self {
        Self { words, open: vec![true; words.len()] }
    }

    fn is(&self, place: usize) -> bool {
        self.open.get(place) == Some(&true)
    }

    fn close(&mut self, place: usize, count: usize) {
        self.open.iter_mut().skip(place).take(count).for_each(|open| *open = false);
    }

    fn left(&self) -> Vec<&'n Word> {
        self.words.iter().zip(&self.open).filter(|(_, open)| **open).map(|(word, _)| word).collect()
    }

    /// Closes words that stand for several of the other name, in its order, and those with them.
    fn of_several(&mut self, parts: &mut Open<'_>) -> Vec<(Likeness, &'n Word)> {
        let mut found = Vec::new();
        let words = self.words;
        for (place, whole) in words.iter().enumerate() {
            if !self.is(place) {
                continue;
            }
            if let Some((likeness, begin, count)) = stands_for(whole, parts) {
                self.close(place, 1);
                parts.close(begin, count);
                found.push((likeness, whole));
            }
        }
        found
    }
}

/// How a word stands for several in a row, where they begin, and how many they are.
fn stands_for(whole: &Word, parts: &Open<'_>) -> Option<(Likeness, usize, usize)> {
    let open = |begin: usize, count: usize| (begin..begin + count).all(|place| parts.is(place));
    // `Van der Berg` and `Vanderberg`.
    let joined = parts.words.windows(2).enumerate().find(|(begin, two)| {
        let [first, second] = two else { return false };
        open(*begin, 2) && whole.text.strip_prefix(&*first.text) == Some(&*second.text)
    });
    if let Some((begin, _)) = joined {
        return Some((Likeness::Same, begin, 2));
    }
    let count = Some(whole.letters).filter(|count| INITIALS.contains(count) && whole.text.is_ascii())?;
    let initials = parts.words.windows(count).enumerate().find(|(begin, several)| {
        let begins =
            |(word, initial): (&Word, u8)| word.letters > 1 && word.latin().as_bytes().first() == Some(&initial);
        open(*begin, count) && several.iter().zip(whole.text.bytes()).all(begins)
    });
    initials.map(|(begin, _)| (Likeness::Nickname, begin, count))
}
