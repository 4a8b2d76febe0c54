//! What a question may still take, reckoned from lengths before anything is read.
//!
//! Strangers choose how long their names, addresses and messages are, and a question shows up to fifty of them: read
//! whole, they could use up the fuel of a question, and a policy that runs out is soon held back for everybody. So each
//! record is paid for before it is read, the most telling first, and what can't be paid for any more is left out.

use plugdesk_sdk::prelude::*;
use plugdesk_sdk::types::cut;

use crate::fields::MOST_FIELD_BYTES;
use crate::names::{MOST_NAME_BYTES, Name};
use crate::person::Person;

/// Units of fuel. A desk gives a question ten million; the rest is for reading what was asked and writing the answer.
const OF_A_QUESTION: usize = 7_200_000;
/// Of which so many are kept for finding out which addresses many use.
const OF_SHARING: usize = 500_000;
/// A record, whatever it says.
const RECORD: usize = 5_000;
/// Each byte of a name that is read, and each pair of letters and of words of two names, which are compared.
const NAME_BYTE: usize = 600;
const TWO_LETTERS: usize = 32;
const TWO_WORDS: usize = 1_500;
/// Each byte of an address, and each two addresses that are compared.
const ADDRESS_BYTE: usize = 150;
const TWO_ADDRESSES: usize = 2_500;
const ADDRESS_LETTER: usize = 60;
/// Each byte of a field that is read, and each that the desk hands over.
const FIELD_BYTE: usize = 150;
const HANDED_BYTE: usize = 3;
/// Each item of a list that the desk hands over is as dear as so many bytes.
const ITEM: usize = 400;
/// Each byte of what was said, of which those beyond ASCII are looked up, and each word of it, which is compared.
const ASCII_BYTE: usize = 150;
const OTHER_BYTE: usize = 320;
const WORD: usize = 2_000;

/// What a question may still take.
#[derive(Debug)]
pub(crate) struct Effort(usize);

impl Default for Effort {
    fn default() -> Self {
        Self(OF_A_QUESTION)
    }
}

impl Effort {
    /// Sets aside what finding shared addresses takes.
    pub(crate) fn set_sharing_aside(&mut self) -> Self {
        self.took(OF_SHARING);
        Self(OF_SHARING)
    }

    /// Takes so much, if there is as much.
    pub(crate) fn takes(&mut self, work: usize) -> bool {
        let left = self.0.checked_sub(work);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }

    /// Takes what was done already.
    pub(crate) fn took(&mut self, work: usize) {
        self.0 = self.0.saturating_sub(work);
    }
}

/// What it takes to read a contact's name and addresses.
pub(crate) fn reading(contact: &Contact, shared: &[String]) -> usize {
    let own = contact.identities.iter().map(|it| dear(&it.value));
    let addresses: usize = own.chain(shared.iter().map(|it| dear(it))).sum();
    RECORD + dear(cut(&contact.name, MOST_NAME_BYTES)) * NAME_BYTE + addresses * ADDRESS_BYTE
}

/// What it takes to compare two persons.
pub(crate) fn comparing(one: &Person, other: &Person) -> usize {
    let (pairs, letters) = one.addresses.pairs(&other.addresses);
    names(&one.name, &other.name) + pairs * TWO_ADDRESSES + letters * ADDRESS_LETTER
}

/// What it takes to compare two names.
pub(crate) fn names(one: &Name, other: &Name) -> usize {
    let (letters, words) = one.effort(other);
    letters * TWO_LETTERS + words * TWO_WORDS
}

/// What it took to be handed those fields.
pub(crate) fn handed(fields: &[(String, Value)]) -> usize {
    let bytes = fields.iter().map(|(_, value)| match value {
        Value::Text(text) | Value::Decimal(text) | Value::Json(text) => text.len(),
        Value::Texts(texts) => texts.iter().map(|text| text.len() + ITEM).sum(),
        Value::Integer(_) | Value::Instant(_) | Value::Flag(_) => 0,
    });
    bytes.sum::<usize>() * HANDED_BYTE
}

/// What it takes to read those fields.
pub(crate) fn fields(fields: &[(String, Value)]) -> usize {
    let dear = fields.iter().map(|(_, value)| match value {
        Value::Text(text) | Value::Decimal(text) => dear(cut(text, MOST_FIELD_BYTES)),
        _ => 0,
    });
    dear.sum::<usize>() * FIELD_BYTE
}

/// The bytes of a text; those that begin a letter beyond Latin, Greek, Cyrillic and Armenian as three, because it is looked
/// up in larger tables.
fn dear(text: &str) -> usize {
    text.len() + 2 * text.bytes().filter(|byte| *byte >= 0xd6).count()
}

/// What it takes to read a text of which so many bytes are read.
pub(crate) fn text(text: &str, most: usize) -> usize {
    text.len().min(most) * if text.is_ascii() { ASCII_BYTE } else { OTHER_BYTE }
}

/// What it takes to compare so many words.
pub(crate) fn words(words: usize) -> usize {
    words * WORD
}
