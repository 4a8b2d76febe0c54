//! A name made ready to be compared: its words, without titles and particles, each with its sound.

pub mod compare;

use plugdesk_sdk::types::cut;
use plugdesk_sdk::words::fold;

use crate::configuration::Merging;
use crate::sound::{Script, script_of, sound};

/// A person's name has at most so many words; of a longer one the first are compared.
pub const MOST_WORDS: usize = 8;
/// No word of a name is longer, in bytes; comparing two costs the product of their lengths.
const MOST_WORD_BYTES: usize = 40;
/// A name is read so far: eight long words in any script.
const MOST_NAME_BYTES: usize = 512;

/// One word of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Folded.
    pub text: String,
    /// How it sounds.
    pub sound: String,
    /// What it is written in.
    pub script: Script,
    /// Characters.
    pub letters: usize,
    /// Very many people bear it.
    pub common: bool,
    /// The groups of pet names that it belongs to.
    pub nicknames: Vec<u16>,
}

/// A name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Name {
    /// Its words, each once, in their order.
    pub words: Vec<Word>,
    /// All of it but titles, without spaces.
    pub joined: String,
    /// It names a mailbox or a function, such as *Support Team*.
    pub role: bool,
}

impl Name {
    /// Of a person's name as written.
    pub fn of(policy: &Merging, written: &str) -> Self {
        let written = cut(written, MOST_NAME_BYTES);
        // An address in place of a name: what stands before the @.
        let written = written.split('@').next().unwrap_or_default();
        // O’Brien and OBrien are one word, whatever the apostrophe is.
        let plain: String =
            written.chars().filter(|c| !matches!(c, '\'' | '’' | 'ʼ' | '‘' | '`' | '´' | '.')).collect();
        // A full stop ends an abbreviation (`A.B. Smith`), but does not make two words of `St.Mary`.
        let plain = if plain.len() < written.len() && written.contains('.') {
            written.chars().filter(|c| !matches!(c, '\'' | '’' | 'ʼ' | '‘' | '`' | '´')).collect()
        } else {
            plain
        };
        let folded = fold(&plain);
        let all = || folded.split(' ').filter(|word| !word.is_empty());
        let joined = all().filter(|word| !policy.is_title(word)).collect();
        let mut name = Self { words: Vec::new(), joined, role: policy.is_role_name(&folded) };
        let telling = |word: &&str| !policy.is_title(word) && !policy.is_particle(word);
        all().filter(telling).for_each(|word| name.add(policy, word));
        if name.words.is_empty() {
            all().for_each(|word| name.add(policy, word));
        }
        name
    }

    fn add(&mut self, policy: &Merging, word: &str) {
        let text = cut(word, MOST_WORD_BYTES);
        if self.words.len() >= MOST_WORDS || self.words.iter().any(|known| known.text == text) {
            return;
        }
        self.words.push(Word {
            text: text.to_owned(),
            sound: sound(text),
            script: script_of(text),
            letters: text.chars().count(),
            common: policy.is_common(text),
            nicknames: policy.nicknames(text),
        });
    }

    /// Whether it says nothing about a person.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() || self.role
    }

    /// Whether a local part of an address is made of this name: it holds a word of it, in letters or in sound.
    pub fn explains(&self, local: &str, local_sound: &str) -> bool {
        self.words.iter().any(|word| word.is_in(local, local_sound))
    }
}

impl Word {
    /// Whether a local part of an address holds it, in letters or in sound.
    pub fn is_in(&self, local: &str, local_sound: &str) -> bool {
        match self.script {
            Script::Latin => self.letters >= 3 && local.contains(self.text.as_str()),
            _ => self.sound.chars().count() >= 3 && local_sound.contains(self.sound.as_str()),
        }
    }
}
