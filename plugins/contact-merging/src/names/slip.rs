//! How much it takes to turn one spelling into another, slips of the pen and of the ear being cheaper than other letters.

/// A letter in place of another, one more or one less, in tenths.
pub(super) const LETTER: u16 = 10;
/// Two letters that sound alike, a doubled letter, an `h` that nobody hears.
pub(super) const ALIKE: u16 = 5;
/// A vowel more or less, two neighbours that changed places.
const SMALL: u16 = 8;

/// What one small letter in place of another costs, by their places in the alphabet; before them, any other character.
static CHANGE: [[u8; LETTERS]; LETTERS] = {
    let mut table = [[LETTER as u8; LETTERS]; LETTERS];
    let (mut one, mut other) = (1, 1);
    while one < LETTERS {
        while other < LETTERS {
            table[one][other] = change(b'a' + one as u8 - 1, b'a' + other as u8 - 1) as u8;
            other += 1;
        }
        (one, other) = (one + 1, 1);
    }
    table
};
const LETTERS: usize = 27;

/// Longer texts are not compared: no word and no name without spaces is.
pub(super) const LONGEST: usize = 96;
const WIDTH: usize = LONGEST + 1;

/// The cost in tenths of a letter, of two words in small Latin letters; `None`: more than `most`, or one is longer than
/// [`LONGEST`].
pub(super) fn cost(one: &[u8], other: &[u8], most: u32) -> Option<u32> {
    // What a column compares with: the letter, its place in the alphabet, and what it costs where `one` has none.
    let mut columns = [(0_u8, 0_u8, 0_u16); LONGEST];
    let columns = columns.get_mut(..other.len()).filter(|_| one.len() <= LONGEST)?;
    // Each row tells what it takes to make the beginnings of `other` from the beginning of `one` read so far: the one
    // before the last, the last, and the one that is written.
    let (mut first, mut second, mut third) = ([0_u16; WIDTH], [0_u16; WIDTH], [0_u16; WIDTH]);
    let (mut before, mut last, mut now) = (&mut first, &mut second, &mut third);
    for (k, column) in columns.iter_mut().enumerate() {
        *column = (other[k], place(other[k]), gap(other, k));
        last[k + 1] = last[k] + column.2;
    }
    let most = u16::try_from(most).unwrap_or(u16::MAX);
    let mut least_before = 0;
    for (i, &letter) in one.iter().enumerate() {
        let (more, changes) = (gap(one, i), &CHANGE[usize::from(place(letter))]);
        now[0] = last[0] + more;
        let mut least = now[0];
        for (k, &(theirs, place, gap)) in columns.iter().enumerate() {
            let change = if theirs == letter { 0 } else { u16::from(changes[usize::from(place)]) };
            let mut cheapest = (last[k] + change).min(last[k + 1] + more).min(now[k] + gap);
            if i > 0 && k > 0 && one[i - 1] == theirs && letter == other[k - 1] {
                cheapest = cheapest.min(before[k - 1] + SMALL);
            }
            now[k + 1] = cheapest;
            least = least.min(cheapest);
        }
        // Whatever comes passes through this row, or over it from the last one: two neighbours that changed places.
        if least.min(least_before) > most {
            return None;
        }
        least_before = least;
        (before, last, now) = (last, now, before);
    }
    let cost = last[columns.len()];
    (cost <= most).then_some(u32::from(cost))
}

/// The place of a small letter in the alphabet, from 1; 0: it is none.
fn place(letter: u8) -> u8 {
    if letter.is_ascii_lowercase() { letter - b'a' + 1 } else { 0 }
}

/// Whether at most so many letters set two texts apart: changed, added, left out, or exchanged with their neighbour. It
/// takes a few readings of them for one letter and a dozen for two, however long they are.
pub fn within(one: &str, other: &str, most: usize) -> bool {
    // What both begin with costs nothing, and is most of what is alike.
    let begin = same(one.chars(), other.chars());
    let (one, other) = (one.get(begin..).unwrap_or_default(), other.get(begin..).unwrap_or_default());
    if one.is_empty() && other.is_empty() {
        return true;
    }
    let Some(less) = most.checked_sub(1) else { return false };
    let (mut ones, mut others) = (one.chars(), other.chars());
    let (a, b) = (ones.next(), others.next());
    let (after_one, after_other) = (ones.as_str(), others.as_str());
    let turned = a.is_some() && b.is_some() && ones.next() == b && others.next() == a;
    (b.is_some() && within(one, after_other, less))
        || (a.is_some() && within(after_one, other, less))
        || (a.is_some() && b.is_some() && within(after_one, after_other, less))
        || (turned && within(ones.as_str(), others.as_str(), less))
}

/// So many bytes come first in both.
fn same(one: impl Iterator<Item = char>, other: impl Iterator<Item = char>) -> usize {
    one.zip(other).take_while(|(one, other)| one == other).map(|(one, _)| one.len_utf8()).sum()
}

/// What the letter at `at` costs where the other word has none.
fn gap(word: &[u8], at: usize) -> u16 {
    match word[at] {
        letter if at > 0 && word[at - 1] == letter => ALIKE,
        b'h' => ALIKE,
        letter if is_vowel(letter) => SMALL,
        _ => LETTER,
    }
}

/// What one letter in place of another costs.
const fn change(one: u8, other: u8) -> u16 {
    if (is_vowel(one) && is_vowel(other)) || sound_alike(one, other) || sound_alike(other, one) {
        ALIKE
    } else {
        LETTER
    }
}

/// Letters that one language writes where another, or a careless hand, writes the other; the lesser first.
const fn sound_alike(one: u8, other: u8) -> bool {
    matches!(
        (one, other),
        (b'b', b'p' | b'v')
            | (b'c', b'k' | b's' | b'z')
            | (b'd', b't')
            | (b'f', b'v')
            | (b'g', b'h' | b'j' | b'k')
            | (b'h', b'x')
            | (b'k', b'q' | b'x')
            | (b's', b'z')
            | (b'v', b'w')
    )
}

/// A vowel, or a letter that stands for one.
pub(super) const fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'j' | b'o' | b'u' | b'y')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_letters_are_counted_as_a_whole_comparison_counts_them() {
        let texts = ["", "a", "ab", "ba", "abc", "acb", "abcd", "badc", "xabc", "abcx", "aabb", "abab", "ключ", "ключ"];
        for (one, other) in texts.iter().flat_map(|one| texts.iter().map(move |other| (one, other))) {
            for most in 0..=2 {
                assert_eq!(within(one, other, most), strsim::osa_distance(one, other) <= most, "{one} {other} {most}");
            }
        }
    }

    #[test]
    fn a_slip_costs_less_than_another_letter() {
        for (one, other, tenths) in [
            ("marta", "marta", 0),
            ("hanna", "hana", 5),
            ("thomas", "tomas", 5),
            ("viktor", "wiktor", 5),
            ("jansen", "jensen", 5),
            ("brwon", "brown", 8),
            ("meier", "meir", 8),
            ("smith", "smitt", 10),
            ("carla", "karla", 5),
            ("", "ab", 18),
        ] {
            assert_eq!(cost(one.as_bytes(), other.as_bytes(), 100), Some(tenths), "{one} {other}");
            assert_eq!(cost(other.as_bytes(), one.as_bytes(), 100), Some(tenths), "{other} {one}");
        }
        assert_eq!(cost(b"marta", b"oliver", 20), None);
    }
}
