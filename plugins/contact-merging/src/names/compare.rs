//! Two names, word by word: each word of one with that of the other that fits best, whatever their order.

use super::{MOST_WORDS, Name, Word};
use crate::sound::{Script, alike, sound};
use crate::weights::{Level, Weights};

/// Agreeing words weigh at most so much together, in hundredths: the more words a name has, the less each says.
const MOST_AGREEMENT: i32 = 1_050;
/// Words that contradict each other count at most so often: a name can't be more than another one.
const MOST_APART: i32 = 2;
/// Words in addition count at most so often.
const MOST_EXTRA: i32 = 3;

/// How far two names agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// One of them is not known.
    Unknown,
    /// Word for word.
    Same,
    /// As different spellings of one name.
    Close,
    /// In a part, while another part differs: as within a family.
    Partly,
    /// Not at all.
    Apart,
}

/// What the comparison says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// In a word.
    pub agreement: Agreement,
    /// Hundredths of log-odds.
    pub weight: i32,
}

impl Compared {
    /// Whether the names leave room for one person.
    pub fn agrees(self) -> bool {
        matches!(self.agreement, Agreement::Same | Agreement::Close)
    }
}

/// Compares two names.
pub fn names(weights: &Weights, one: &Name, other: &Name) -> Compared {
    if one.is_empty() || other.is_empty() {
        return Compared { agreement: Agreement::Unknown, weight: 0 };
    }
    // `van der Berg` and `Vanderberg`.
    if one.joined == other.joined && one.words != other.words {
        let words = one.words.len().min(other.words.len()).min(MOST_WORDS) as i32;
        let weight = (words * weights.of(Level::NameSame)).min(MOST_AGREEMENT);
        return Compared { agreement: Agreement::Same, weight };
    }
    let mut pairs = Vec::new();
    for (i, a) in one.words.iter().enumerate() {
        for (k, b) in other.words.iter().enumerate() {
            if let Some(level) = words(a, b) {
                pairs.push((weights.of(level), level, i, k));
            }
        }
    }
    pairs.sort_by_key(|(weight, _, i, k)| (std::cmp::Reverse(*weight), *i, *k));
    let (mut left, mut right) = (vec![true; one.words.len()], vec![true; other.words.len()]);
    let (mut agreed, mut against, mut exact, mut full) = (0, 0, true, 0);
    for (weight, level, i, k) in pairs {
        let (Some(a), Some(b)) = (left.get_mut(i), right.get_mut(k)) else { continue };
        if *a && *b {
            (*a, *b) = (false, false);
            exact &= matches!(level, Level::NameSame | Level::NameCommon | Level::NameShort);
            if level == Level::NameEnding {
                against += 1;
            } else if level != Level::NameInitial {
                full += 1;
            }
            agreed += weight;
        }
    }
    let joined =
        split(&one.words, &mut left, &other.words, &mut right) + split(&other.words, &mut right, &one.words, &mut left);
    agreed += joined * weights.of(Level::NameSame);
    full += joined;
    let open = |side: &[bool]| i32::try_from(side.iter().filter(|open| **open).count()).unwrap_or(MOST_EXTRA);
    let (open_left, open_right) = (open(&left), open(&right));
    let apart = open_left.min(open_right);
    let extra = (open_left - open_right).abs();
    let weight = agreed.min(MOST_AGREEMENT)
        + apart.min(MOST_APART) * weights.of(Level::NameApart)
        + extra.min(MOST_EXTRA) * weights.of(Level::NameExtra);
    let agreement = if full == 0 && apart + against > 0 {
        Agreement::Apart
    } else if apart + against > 0 {
        Agreement::Partly
    } else if exact && extra == 0 {
        Agreement::Same
    } else {
        Agreement::Close
    };
    Compared { agreement, weight }
}

/// Words that one of them writes as two: `Patr ushev`, `Van der Berg` and `Vanderberg`. How many were found.
fn split(parts: &[Word], open_parts: &mut [bool], wholes: &[Word], open_wholes: &mut [bool]) -> i32 {
    let mut found = 0;
    for (k, whole) in wholes.iter().enumerate() {
        for i in 1..parts.len() {
            let both_open = |open: &[bool]| open.get(i - 1..=i).is_some_and(|two| two.iter().all(|open| *open));
            let Some([first, second]) = parts.get(i - 1..=i) else { continue };
            let is_whole = whole.text.strip_prefix(first.text.as_str()) == Some(second.text.as_str());
            if is_whole && open_wholes.get(k) == Some(&true) && both_open(open_parts) {
                open_wholes[k] = false;
                open_parts[i - 1..=i].fill(false);
                found += 1;
            }
        }
    }
    found
}

/// How two words agree; `None`: they do not.
pub fn words(a: &Word, b: &Word) -> Option<Level> {
    if a.text == b.text {
        return Some(match a {
            word if word.letters == 1 => Level::NameInitial,
            word if word.common => Level::NameCommon,
            word if word.letters <= 3 && word.script == Script::Latin => Level::NameShort,
            _ => Level::NameSame,
        });
    }
    let (short, long) = if a.letters <= b.letters { (a, b) } else { (b, a) };
    if short.letters == 1 {
        let begins = long.text.starts_with(short.text.as_str());
        let sounds = short.script != long.script && !short.sound.is_empty() && long.sound.starts_with(&*short.sound);
        return (begins || sounds).then_some(Level::NameInitial);
    }
    if a.nicknames.iter().any(|group| b.nicknames.contains(group)) {
        return Some(Level::NameNickname);
    }
    if a.script != b.script {
        return alike(&a.sound, a.script, &b.sound, b.script).then_some(Level::NameSound);
    }
    if differs_in_ending(&short.text, &long.text) {
        return Some(Level::NameEnding);
    }
    if short.letters >= 3 && long.text.starts_with(short.text.as_str()) {
        return Some(Level::NameClose);
    }
    // Words whose lengths differ by half have nothing in common that a slip of the pen could explain.
    if short.letters * 2 < long.letters || short.letters < 3 {
        return None;
    }
    let edits = strsim::osa_distance(&a.text, &b.text);
    let likeness = strsim::jaro_winkler(&a.text, &b.text);
    let sounds = a.sound == b.sound && a.sound.chars().count() >= 2 && likeness >= 0.8;
    let slip = edits <= 1 || (edits == 2 && short.letters >= 8);
    match short.letters {
        6.. if slip => Some(Level::NameClose),
        5.. if sounds => Some(Level::NameClose),
        3.. if sounds || (edits <= 1 && short.letters >= 4) || (likeness >= 0.9 && edits <= 2) => {
            Some(Level::NameAlike)
        }
        _ => None,
    }
}

/// `Daniel` and `Daniela`, `Kowalski` and `Kowalska`, `Иванов` and `Иванова`; not `Sergei` and `Sergey`.
fn differs_in_ending(short: &str, long: &str) -> bool {
    const VOWELS: [char; 12] = ['a', 'e', 'i', 'o', 'u', 'y', 'а', 'о', 'и', 'я', 'е', 'й'];
    let last = |word: &str| word.chars().next_back().unwrap_or(' ');
    let stem =
        |word: &str| word.get(..word.len() - last(word).len_utf8().min(word.len())).unwrap_or_default().to_owned();
    let (short_last, long_last) = (last(short), last(long));
    // `Peter` and `Petra`, but `Sara` and `Sarah` are one.
    let feminine = |last: char| matches!(last, 'a' | 'а' | 'я');
    if feminine(short_last) != feminine(long_last)
        && ![short_last, long_last].contains(&'h')
        && sound(short) == sound(long)
    {
        return true;
    }
    let one_more = stem(long) == short && matches!(long_last, 'a' | 'e' | 'o' | 'а' | 'я');
    let other_vowel = stem(short) == stem(long)
        && VOWELS.contains(&short_last)
        && VOWELS.contains(&long_last)
        && !(matches!(short_last, 'i' | 'y') && matches!(long_last, 'i' | 'y'));
    one_more || other_vowel
}
