//! One word of a name, and how it agrees with a word of another name.

use std::cell::OnceCell;

use plugdesk_sdk::types::cut;

use super::slip;
use crate::configuration::Merging;
use crate::sound::{Script, alike, latin, script_of, sound, sound_of_latin};

/// Spellings are one up to this cost, in thousandths of a letter for each letter of the longer word.
const CLOSE: u32 = 170;
/// Up to this they may be one by chance.
const ALIKE: u32 = 270;
/// A slip at the first letter is rarer than elsewhere.
const FIRST_LETTER: u32 = 40;
/// A word of so many letters that begins another one may be short for it, if that is not twice as long.
const SHORT_FORM: usize = 4;

/// No word is longer in Latin letters, in bytes: a single character of another script may be spelt with twenty, and
/// comparing two words costs the product of their lengths.
const MOST_LATIN_BYTES: usize = 64;

/// One word of a name.
#[derive(Debug, Clone)]
pub struct Word {
    /// Folded.
    pub text: String,
    /// In small Latin letters, where the text is not.
    latin: Option<String>,
    /// How it sounds, once somebody asks: most words differ by more.
    sound: OnceCell<String>,
    /// What it is written in.
    pub script: Script,
    /// Characters.
    pub letters: usize,
    /// Its consonants, one bit each.
    consonants: u32,
    /// It is a number, or has one in it.
    pub digits: bool,
    /// Very many people bear it.
    pub common: bool,
    /// Very many organisations bear it.
    pub generic: bool,
    /// The groups of pet names and spellings that it belongs to.
    pub nicknames: Vec<u16>,
}

/// How two words agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    /// Letter for letter.
    Same,
    /// A name and its pet name, or two spellings of one name.
    Nickname,
    /// The same sound in another script.
    Sound,
    /// A slip of the pen.
    Close,
    /// So alike that they may be one, or two by chance.
    Alike,
    /// A man's and a woman's form.
    Ending,
    /// A word and its first letter.
    Initial,
}

/// All else follows from these.
impl PartialEq for Word {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, self.generic, &self.nicknames) == (&other.text, other.generic, &other.nicknames)
    }
}

impl Eq for Word {}

impl Word {
    /// Of a folded word.
    pub fn of(policy: &Merging, text: &str, organisation: bool) -> Self {
        let script = script_of(text);
        let mut text = text.to_owned();
        let mut in_latin = None;
        if !text.is_ascii() {
            let letters = cut(&latin(&text), MOST_LATIN_BYTES).to_owned();
            // Latin letters with marks that folding leaves, such as the Vietnamese ones.
            if script == Script::Latin && !letters.is_empty() { text = letters } else { in_latin = Some(letters) }
        }
        if !organisation {
            text = without_digits(text);
        }
        let spelt = in_latin.as_deref().unwrap_or(&text);
        Self {
            sound: OnceCell::new(),
            consonants: consonants(spelt),
            script,
            letters: text.chars().count(),
            digits: text.bytes().any(|byte| byte.is_ascii_digit()),
            common: policy.is_common(&text),
            generic: organisation && policy.is_of_organisations(&text),
            nicknames: if organisation { Vec::new() } else { policy.nicknames(&text) },
            latin: in_latin,
            text,
        }
    }

    /// In small Latin letters.
    pub fn latin(&self) -> &str {
        self.latin.as_deref().unwrap_or(&self.text)
    }

    /// How it sounds.
    pub fn sound(&self) -> &str {
        self.sound.get_or_init(|| sound_of_latin(self.latin()))
    }

    /// Whether a local part of an address holds it, in letters or in sound; `heard`: how the local part sounds, once
    /// somebody asks.
    pub fn is_in(&self, local: &str, heard: &OnceCell<String>) -> bool {
        match self.script {
            Script::Latin => self.letters >= 3 && local.contains(self.text.as_str()),
            _ => self.sound().chars().count() >= 3 && heard.get_or_init(|| sound(local)).contains(self.sound()),
        }
    }
}

/// How two words agree; `None`: they do not. `slips`: whether slips are looked for.
pub(super) fn likeness(a: &Word, b: &Word, slips: bool) -> Option<Likeness> {
    let difference = |a: &Word, b: &Word| if slips { difference(a, b) } else { None };
    if a.text == b.text {
        return Some(if a.letters == 1 && !a.digits { Likeness::Initial } else { Likeness::Same });
    }
    // Two numbers that differ in a digit are two numbers.
    if a.digits || b.digits {
        return None;
    }
    let (short, long) = if a.letters <= b.letters { (a, b) } else { (b, a) };
    if short.letters == 1 {
        let begins = match short.script == long.script {
            true => long.text.starts_with(&*short.text),
            false => !short.latin().is_empty() && long.latin().starts_with(short.latin()),
        };
        return begins.then_some(Likeness::Initial);
    }
    if a.nicknames.iter().any(|group| b.nicknames.contains(group)) {
        return Some(Likeness::Nickname);
    }
    if a.script != b.script {
        let vowelless = a.script == Script::Vowelless || b.script == Script::Vowelless;
        let spelt = !vowelless && difference(a, b).is_some_and(|share| share <= CLOSE);
        return (spelt || alike(a.sound(), a.script, b.sound(), b.script)).then_some(Likeness::Sound);
    }
    match ending(short, long) {
        Some(likeness) => Some(likeness),
        None => match difference(a, b) {
            Some(share) if share <= CLOSE => Some(Likeness::Close),
            Some(_) => Some(Likeness::Alike),
            None => short_form(short, long).then_some(Likeness::Alike),
        },
    }
}

/// `Alek` for `Aleksander`, where no table knows it.
fn short_form(short: &Word, long: &Word) -> bool {
    short.letters >= SHORT_FORM && short.letters * 2 >= long.letters && long.text.starts_with(&*short.text)
}

/// What sets two spellings apart, in thousandths; `None`: more than [`ALIKE`].
fn difference(a: &Word, b: &Word) -> Option<u32> {
    let (one, other) = (a.latin().as_bytes(), b.latin().as_bytes());
    let longest = u32::try_from(one.len().max(other.len())).ok().filter(|longest| *longest > 0)?;
    let first = if one.first() == other.first() { 0 } else { FIRST_LETTER };
    let most = |of: u32| (ALIKE - first) * longest / of;
    // Each consonant that only one of them has costs at least half a letter.
    let (ones, others) = (a.consonants, b.consonants);
    let least = (ones & !others).count_ones().max((others & !ones).count_ones()) * 5;
    if least > most(80) {
        return None;
    }
    // What sounds the same is forgiven a fifth.
    let sounds = a.sound() == b.sound() && a.sound().len() >= 2;
    let most = most(if sounds { 80 } else { 100 });
    if least > most {
        return None;
    }
    let cost = slip::cost(one, other, most)?;
    // Each is a name that many bear: that one was written for the other is less likely than that they are two.
    let known = !a.nicknames.is_empty() && !b.nicknames.is_empty();
    // Of two letters or fewer, nothing but a doubled one or a sound is left to be mistaken.
    if cost > u32::from(slip::ALIKE) && (known || one.len().min(other.len()) < 3) {
        return None;
    }
    let share = cost * 100 / longest;
    Some(first + if sounds { share * 4 / 5 } else { share })
}

/// Whether two names in Latin letters without spaces differ by a slip or two.
pub(super) fn nearly(one: &str, other: &str) -> bool {
    /// A tenth of the letters, as of names with a typing error or a syllable spelt otherwise.
    const MOST: u32 = 10;
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let longest = one.len().max(other.len());
    let digits = |name: &[u8]| name.iter().any(u8::is_ascii_digit);
    let comparable = longest <= slip::LONGEST && one.len().abs_diff(other.len()) <= 2 && !digits(one) && !digits(other);
    let most = u32::try_from(longest).unwrap_or(0) * u32::from(slip::LETTER) / MOST;
    comparable && slip::cost(one, other, most).is_some()
}

/// The consonants of a word in small Latin letters, one bit each.
fn consonants(latin: &str) -> u32 {
    let letters = latin.bytes().filter(|letter| letter.is_ascii_lowercase() && !slip::is_vowel(*letter));
    letters.fold(0, |all, letter| all | 1 << (letter - b'a'))
}

/// `Daniel` and `Daniela`, `Kowalski` and `Kowalska`, `Иванов` and `Иванова`; not `Sergei` and `Sergey`. Other vowels at
/// the end, as of `Simon` and `Simone`, may be a form or a slip.
fn ending(short: &Word, long: &Word) -> Option<Likeness> {
    const VOWELS: [char; 12] = ['a', 'e', 'i', 'o', 'u', 'y', 'а', 'о', 'и', 'я', 'е', 'й'];
    let last = |word: &str| word.chars().next_back().unwrap_or(' ');
    let (short_last, long_last) = (last(&short.text), last(&long.text));
    let stem = |word: &str, last: char| word.len() - last.len_utf8().min(word.len());
    let short_stem = short.text.get(..stem(&short.text, short_last));
    let long_stem = long.text.get(..stem(&long.text, long_last));
    let feminine = |last: char| matches!(last, 'a' | 'а' | 'я');
    let gendered = feminine(short_last) != feminine(long_last);
    // `Peter` and `Petra`, but `Sara` and `Sarah` are one.
    if gendered
        && ![short_last, long_last].contains(&'h')
        && long.letters - short.letters <= 1
        && short.sound() == long.sound()
    {
        return Some(Likeness::Ending);
    }
    if long_stem == Some(&*short.text) {
        return match long_last {
            last if feminine(last) => Some(Likeness::Ending),
            'e' | 'o' | 'о' => Some(Likeness::Alike),
            _ => None,
        };
    }
    let vowels = VOWELS.contains(&short_last) && VOWELS.contains(&long_last);
    if short_stem != long_stem || !vowels || (matches!(short_last, 'i' | 'y') && matches!(long_last, 'i' | 'y')) {
        return None;
    }
    Some(if gendered { Likeness::Ending } else { Likeness::Alike })
}

/// A person's name with digits that stand for letters (`J0hn`), as who evades a filter writes it.
fn without_digits(text: String) -> String {
    /// Letters for each digit, so that `3m` and `b2b` stay what they are.
    const FEWEST: usize = 3;
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let ends = text.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
        || text.bytes().next_back().is_some_and(|byte| byte.is_ascii_digit());
    if digits == 0 || ends || digits * (FEWEST + 1) > text.len() {
        return text;
    }
    let letter = |c: char| match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        other => other,
    };
    text.chars().map(letter).collect()
}
