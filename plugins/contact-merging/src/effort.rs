//! What a question may still take, reckoned from lengths before anything is read.
//!
//! Strangers choose how long their names, addresses and messages are, and a question shows up to fifty of them: read
//! whole, they could use up the fuel of a question, and a policy that runs out is soon held back for everybody. So each
//! record is paid for before it is read, the most telling first, and what can't be paid for is left out.

use plugdesk_sdk::prelude::*;

use crate::names::{MOST_NAME_BYTES, Name};
use crate::person::Person;

/// Units of fuel. A desk gives a question ten million; the rest is for reading what was asked and writing the answer.
const OF_A_QUESTION: usize = 8_000_000;
/// A record, whatever it says.
const RECORD: usize = 20_000;
/// Each byte of a name that is read, and each pair of letters of two names, which are compared.
const NAME_BYTE: usize = 1_000;
const TWO_LETTERS: usize = 65;
/// Each byte of an address, and each two addresses that are compared.
const ADDRESS_BYTE: usize = 250;
const TWO_ADDRESSES: usize = 8_000;
/// Each byte of a field that is read, and each that the desk hands over.
const FIELD_BYTE: usize = 500;
const HANDED_BYTE: usize = 3;
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
    /// Takes so much; false, and nothing is left, if it is more than is left.
    pub(crate) fn takes(&mut self, work: usize) -> bool {
        let left = self.0.checked_sub(work);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

/// What it takes to read a contact's name and addresses.
pub(crate) fn reading(contact: &Contact, shared: &[String]) -> usize {
    let own = contact.identities.iter().map(|it| it.value.len());
    let addresses: usize = own.chain(shared.iter().map(String::len)).sum();
    RECORD + contact.name.len().min(MOST_NAME_BYTES) * NAME_BYTE + addresses * ADDRESS_BYTE
}

/// What it takes to compare two persons.
pub(crate) fn comparing(one: &Person, other: &Person) -> usize {
    names(&one.name, &other.name) + one.addresses.pairs(&other.addresses) * TWO_ADDRESSES
}

/// What it takes to compare two names.
pub(crate) fn names(one: &Name, other: &Name) -> usize {
    one.letters() * other.letters() * TWO_LETTERS
}

/// What it takes to read those fields, of which so many bytes each are read.
pub(crate) fn fields(attributes: &[(String, Value)], most: usize) -> usize {
    let bytes = attributes.iter().map(|(_, value)| if let Value::Text(text) = value { text.len() } else { 0 });
    bytes.map(|bytes| bytes.min(most) * FIELD_BYTE + bytes * HANDED_BYTE).sum()
}

/// What it takes to read a text of which so many bytes are read.
pub(crate) fn text(text: &str, most: usize) -> usize {
    text.len().min(most) * if text.is_ascii() { ASCII_BYTE } else { OTHER_BYTE }
}

/// What it takes to compare so many words.
pub(crate) fn words(words: usize) -> usize {
    words * WORD
}
