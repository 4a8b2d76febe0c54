//! Two names of persons, word by word.

use super::Name;
use super::align::{Aligned, align};
use super::compare::{Compared, Counted, MOST_AGREEMENT, MOST_APART};
use super::word::{Likeness, Word};
use crate::sound::Script;
use crate::weights::{Level, Weights};

/// Words in addition count at most so often.
const MOST_EXTRA: i32 = 3;
/// A Latin word of so many letters is borne by too many to say much.
const SHORT: usize = 3;

/// Compares two names of persons.
pub(super) fn compare(weights: &Weights, one: &Name, other: &Name, slips: bool) -> Compared {
    let weigh = |likeness, word: &Word, _: &Word| Some(weights.of(level(likeness, word)));
    let Aligned { pairs, left: [left_one, left_other] } = align(&one.words, &other.words, slips, weigh);
    let (mut agreed, mut against, mut exact, mut telling) = (0, 0, true, 0);
    for pair in pairs {
        agreed += pair.weight;
        exact &= pair.likeness == Likeness::Same;
        match pair.likeness {
            Likeness::Ending => against += 1,
            // It may be the same name, but whoever acts on it alone takes brothers for one.
            Likeness::Alike => {
                against += 1;
                telling += 1;
            }
            Likeness::Initial => {}
            _ => telling += 1,
        }
    }
    let count = |left: &[&Word]| i32::try_from(left.len()).unwrap_or(i32::MAX);
    let (open_one, open_other) = (count(&left_one), count(&left_other));
    let apart = open_one.min(open_other);
    let extra = (open_one - open_other).abs();
    let weight = agreed.min(MOST_AGREEMENT)
        + apart.min(MOST_APART) * weights.of(Level::NameApart)
        + extra.min(MOST_EXTRA) * weights.of(Level::NameExtra);
    Compared::of(Counted { telling, against: apart + against, exact: exact && extra == 0, weight })
}

/// What a word that agrees is evidence of.
fn level(likeness: Likeness, word: &Word) -> Level {
    match likeness {
        Likeness::Same if word.common => Level::NameCommon,
        Likeness::Same if word.letters <= SHORT && word.script == Script::Latin => Level::NameShort,
        Likeness::Same => Level::NameSame,
        Likeness::Nickname => Level::NameNickname,
        Likeness::Sound => Level::NameSound,
        Likeness::Close => Level::NameClose,
        Likeness::Alike => Level::NameAlike,
        Likeness::Ending => Level::NameEnding,
        Likeness::Initial => Level::NameInitial,
    }
}
