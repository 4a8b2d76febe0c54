//! How much it takes to turn one spelling into another, slips of the pen and of the ear being cheaper than other letters.

/// A letter in place of another, one more or one less, in tenths.
pub(super) const LETTER: u32 = 10;
/// Two letters that sound alike, a doubled letter, an `h` that nobody hears.
pub(super) const ALIKE: u32 = 5;
/// A vowel more or less, two neighbours that changed places.
const SMALL: u32 = 8;

/// The cost in tenths of a letter, of two words in small Latin letters; `None`: more than `most`.
pub(super) fn cost(one: &[u8], other: &[u8], most: u32) -> Option<u32> {
    // Each row tells what it takes to make the beginnings of `other` from the beginning of `one` read so far.
    let width = other.len() + 1;
    let mut rows = [vec![0_u32; width], vec![0; width], vec![0; width]];
    for k in 1..width {
        rows[1][k] = rows[1][k - 1] + gap(other, k - 1);
    }
    let mut least_before = 0;
    for i in 1..=one.len() {
        // `rows` are the one before the last, the last, and the one that is written.
        let [before, last, now] = &mut rows;
        let more = gap(one, i - 1);
        now[0] = last[0] + more;
        let mut least = now[0];
        for k in 1..width {
            let mut cheapest = (last[k - 1] + change(one[i - 1], other[k - 1])).min(last[k] + more);
            cheapest = cheapest.min(now[k - 1] + gap(other, k - 1));
            if i > 1 && k > 1 && one[i - 1] == other[k - 2] && one[i - 2] == other[k - 1] {
                cheapest = cheapest.min(before[k - 2] + SMALL);
            }
            now[k] = cheapest;
            least = least.min(cheapest);
        }
        // Whatever comes passes through this row, or over it from the last one: two neighbours that changed places.
        if least.min(least_before) > most {
            return None;
        }
        least_before = least;
        rows.rotate_left(1);
    }
    rows[1].last().copied().filter(|cost| *cost <= most)
}

/// Whether at most so many letters set two texts apart: changed, added, left out, or exchanged with their neighbour.
pub fn within(one: &str, other: &str, most: usize) -> bool {
    // What both begin and end with costs nothing, and is most of what is alike.
    let begin = same(one.chars(), other.chars());
    let (one, other) = (one.get(begin..).unwrap_or_default(), other.get(begin..).unwrap_or_default());
    let end = same(one.chars().rev(), other.chars().rev());
    let rest = |text: &'_ str| text.len() - end;
    let (one, other) = (one.get(..rest(one)).unwrap_or_default(), other.get(..rest(other)).unwrap_or_default());
    let (ones, others) = (one.chars().count(), other.chars().count());
    ones.max(others) <= most || (ones.abs_diff(others) <= most && strsim::osa_distance(one, other) <= most)
}

/// So many bytes come first in both.
fn same(one: impl Iterator<Item = char>, other: impl Iterator<Item = char>) -> usize {
    one.zip(other).take_while(|(one, other)| one == other).map(|(one, _)| one.len_utf8()).sum()
}

/// What the letter at `at` costs where the other word has none.
fn gap(word: &[u8], at: usize) -> u32 {
    match word[at] {
        letter if at > 0 && word[at - 1] == letter => ALIKE,
        b'h' => ALIKE,
        letter if is_vowel(letter) => SMALL,
        _ => LETTER,
    }
}

/// What one letter in place of another costs.
fn change(one: u8, other: u8) -> u32 {
    if one == other {
        0
    } else if (is_vowel(one) && is_vowel(other)) || sound_alike(one.min(other), one.max(other)) {
        ALIKE
    } else {
        LETTER
    }
}

/// Letters that one language writes where another, or a careless hand, writes the other; the lesser first.
fn sound_alike(one: u8, other: u8) -> bool {
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
pub(super) fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'j' | b'o' | b'u' | b'y')
}

#[cfg(test)]
mod tests {
    use super::*;

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
