//! Two names of organisations: what only they are called says nearly all, what many are called nearly nothing, and
//! branches are told apart by their numbers.

use super::Name;
use super::align::{Aligned, align};
use super::compare::{Compared, Counted, MOST_AGREEMENT, MOST_APART};
use super::word::{Likeness, Word};
use crate::weights::{Level, Weights};

/// A word with fewer letters is not taken for another one.
const FEWEST_LETTERS: usize = 4;

/// Compares two names of organisations.
pub(super) fn compare(weights: &Weights, one: &Name, other: &Name, slips: bool) -> Compared {
    let weigh = |likeness, a: &Word, b: &Word| level(likeness, a, b).map(|level| weights.of(level));
    let Aligned { pairs, left } = align(&one.words, &other.words, slips, weigh);
    let (mut agreed, mut telling, mut alike, mut exact) = (0, 0, 0, true);
    for pair in &pairs {
        agreed += pair.weight;
        telling += usize::from(pair.words.iter().all(|word| !word.generic && !word.digits));
        alike += i32::from(pair.likeness == Likeness::Alike);
        exact &= pair.likeness == Likeness::Same;
    }
    let extra = left.iter().map(Vec::len).sum::<usize>();
    // A name that is made of generic words only, such as *First National Bank*, is told apart by all of them together.
    if telling == 0 && extra == 0 && exact {
        agreed = agreed.max(weights.of(Level::OrganisationSame));
    }
    let of = |kind: fn(&Word) -> bool| {
        let [one, other] = left.each_ref().map(|side| side.iter().filter(|word| kind(word)).count());
        let (fewer, more) = (one.min(other), one.max(other));
        [fewer, more - fewer].map(|count| i32::try_from(count).unwrap_or(i32::MAX).min(MOST_APART))
    };
    let [apart, more] = of(|word| !word.generic && !word.digits);
    let [generic_apart, _] = of(|word| word.generic && !word.digits);
    let [number_apart, number_more] = of(|word| word.digits);
    let numbers = number_apart + number_more;
    let weight = agreed.min(MOST_AGREEMENT)
        + apart * weights.of(Level::OrganisationApart)
        + more * weights.of(Level::OrganisationExtra)
        + generic_apart * weights.of(Level::OrganisationOther)
        + numbers * weights.of(Level::OrganisationNumber);
    let against = apart + generic_apart + numbers + alike;
    Compared::of(Counted { telling, against, exact: exact && extra == 0, weight })
}

/// What two words that agree are evidence of; `None`: they count as two words.
fn level(likeness: Likeness, a: &Word, b: &Word) -> Option<Level> {
    let generic = a.generic || b.generic;
    if likeness == Likeness::Same {
        return Some(if generic || a.digits { Level::OrganisationGeneric } else { Level::OrganisationSame });
    }
    let long = a.letters.min(b.letters) >= FEWEST_LETTERS;
    match likeness {
        Likeness::Sound | Likeness::Close | Likeness::Ending if long && generic => Some(Level::OrganisationGeneric),
        Likeness::Sound | Likeness::Close | Likeness::Ending if long => Some(Level::OrganisationClose),
        Likeness::Alike if long && !generic => Some(Level::OrganisationAlike),
        // `IBM` for its three words.
        Likeness::Nickname => Some(Level::OrganisationAlike),
        _ => None,
    }
}
