//! A name made ready to be compared: its words, without titles, particles and legal forms, each with its sound.
//!
//! A name is read once, however many it is compared with. Start with [`Name::of`]; [`compare`] says how far two agree.

mod align;
pub mod compare;
mod number;
mod organisation;
mod person;
mod read;
mod slip;
mod word;

use std::borrow::Cow;
use std::cell::OnceCell;

use plugdesk_sdk::types::cut;
use plugdesk_sdk::words::fold;

use crate::configuration::Merging;
use crate::sound::latin;

pub use read::initials_joined;
pub use slip::within;
pub use word::Word;

/// A name has at most so many words; of a longer one the first are compared.
pub const MOST_WORDS: usize = 10;
/// No word of a name is longer as written, in bytes; comparing two costs the product of their lengths.
const MOST_WORD_BYTES: usize = 40;
/// A first name and a father's name, abbreviated.
const INITIALS: usize = 2;
/// Looking for slips takes the product of the letters: as many as of two names of a hundred letters.
const MOST_PAIRS: usize = 100 * 100;
/// A name is read so far, in bytes.
pub(crate) const MOST_NAME_BYTES: usize = 256;

/// A name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Name {
    /// Its words, in their order.
    pub words: Vec<Word>,
    /// All of it but titles and legal forms, in Latin letters without spaces.
    pub joined: String,
    /// It names a mailbox or a function, such as *Support Team*.
    pub role: bool,
    /// It names a company, a school or another organisation: it has a legal form, a number, or a word that only theirs
    /// have.
    pub organisation: bool,
    /// It is longer than is compared.
    pub cut: bool,
}

impl Name {
    /// Of a name as written.
    pub fn of(policy: &Merging, written: &str) -> Self {
        let more = written.len() > MOST_NAME_BYTES;
        let written = cut(written, MOST_NAME_BYTES);
        // An address in place of a name: what stands before the @.
        let written = written.split('@').next().unwrap_or_default();
        let folded = fold(&read::spaced(written));
        let role = policy.is_role_name(&folded);
        let plain = initials_joined(&folded);
        let words = || split(&folded);
        // `Philips N.V.`, or somebody called Petrov with two initials: the form is kept, as a word that says little.
        let (doubtful, forms): (Vec<_>, Vec<_>) = policy.legal_forms(&plain).into_iter().partition(|form| {
            let form = plain.get(form.clone()).unwrap_or_default();
            form.len() == INITIALS && !words().any(|word| word == form)
        });
        let organisation = !(forms.is_empty() && doubtful.is_empty())
            || words().any(|word| policy.is_of_organisations(word))
            || (words().nth(1).is_some() && words().any(|word| word.bytes().all(|byte| byte.is_ascii_digit())));
        let told: Vec<Cow<'_, str>> = if organisation {
            let rest = read::without(&plain, &forms);
            // A company that is called nothing but *Company Ltd*.
            number::plain(if rest.is_empty() { split(&plain).collect() } else { rest })
        } else {
            words().filter(|word| !policy.is_title(word)).map(Cow::Borrowed).collect()
        };
        let joined = latin(&told.concat());
        let mut name = Self { words: Vec::new(), joined, role, organisation, cut: more };
        for (place, word) in told.iter().enumerate() {
            // `Ben Carter` is called Ben, `Ahmad ben Salem` is Salem's son.
            let first_name = || place == 0 && !organisation && !policy.nicknames(word).is_empty();
            if !policy.is_particle(word) || first_name() {
                name.add(policy, word);
            }
        }
        if name.words.is_empty() {
            words().for_each(|word| name.add(policy, word));
        }
        let doubtful = |word: &Word| doubtful.iter().any(|form| plain.get(form.clone()) == Some(&*word.text));
        name.words.iter_mut().for_each(|word| word.generic |= doubtful(word));
        name
    }

    fn add(&mut self, policy: &Merging, word: &str) {
        if self.words.len() == MOST_WORDS {
            self.cut = true;
        } else {
            self.words.push(Word::of(policy, cut(word, MOST_WORD_BYTES), self.organisation));
        }
    }

    /// Whether it says nothing about a person.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() || self.role
    }

    /// So many pairs of letters two names have.
    fn pairs(&self, other: &Self) -> usize {
        let letters = |name: &Self| name.words.iter().map(|word| word.latin().len()).sum::<usize>();
        letters(self) * letters(other)
    }

    /// Whether slips between it and another are looked for: they are not in names that nobody bears.
    fn near_enough(&self, other: &Self) -> bool {
        self.pairs(other) <= MOST_PAIRS
    }

    /// What comparing two names takes: so many pairs of letters in which slips are looked for, and so many pairs of words.
    pub fn effort(&self, other: &Self) -> (usize, usize) {
        let letters = if self.near_enough(other) { self.pairs(other) } else { 0 };
        (letters, self.words.len() * other.words.len())
    }

    /// Whether a local part of an address is made of this name: it holds a word of it, in letters or in sound.
    pub fn explains(&self, local: &str) -> bool {
        let heard = OnceCell::new();
        self.words.iter().any(|word| word.is_in(local, &heard))
    }
}

/// The words of a folded text.
fn split(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(' ').filter(|word| !word.is_empty())
}
