//! Where everything stands in the engine: one sorted space of bytes, divided by desk, then by what is kept.
//!
//! ```text
//! space R table key-fields                      → record in its envelope
//! space I table index fields [key-fields]       → the bytes of the record's key-fields
//! space E last-sequence                         → the events one change told, under the sequence of the last
//! space C counter-name                          → its value
//! space N sequence-name                         → numbers up to this one may have been given out
//! root  M name                                  → what the store notes for itself
//! ```
//!
//! A space is a desk's own id, or a staged one that an import filled and that took a desk's place in one commit.

use plugdesk_domain::{DeskId, Digest, Field, Index, Key, ROOT_DESK, StoreError, Table};

use crate::tuple;

/// The longest key, in bytes: sled keeps keys in memory pages, and an index key holds a whole record key besides.
pub(crate) const MOST_KEY_BYTES: usize = 1 << 10;

/// What stands under a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Record = b'R' as isize,
    Entry = b'I' as isize,
    Events = b'E' as isize,
    Counter = b'C' as isize,
    Number = b'N' as isize,
    Meta = b'M' as isize,
}

impl Kind {
    pub(crate) fn of(code: u8) -> Option<Self> {
        [Self::Record, Self::Entry, Self::Events, Self::Counter, Self::Number, Self::Meta]
            .into_iter()
            .find(|kind| *kind as u8 == code)
    }
}

/// The length of a space's name in keys: one byte says whether it is staged, then the id.
pub(crate) const SPACE_BYTES: usize = 17;

/// Where one desk's keys begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Space(pub(crate) [u8; SPACE_BYTES]);

impl Space {
    /// The desk's own.
    pub(crate) fn of(desk: DeskId) -> Self {
        Self::tagged(0, desk.uuid().as_bytes())
    }

    /// One that an import fills: no desk id names it, so nobody reads it before it takes its desk's place.
    pub(crate) fn staged(desk: DeskId, attempt: u64) -> Self {
        let digest = Digest::of(format!("import {desk} {attempt}").as_bytes());
        let (id, _) = digest.bytes().split_first_chunk::<16>().unwrap_or((&[0; 16], &[]));
        Self::tagged(1, id)
    }

    fn tagged(tag: u8, id: &[u8; 16]) -> Self {
        let mut bytes = [tag; SPACE_BYTES];
        for (to, from) in bytes.iter_mut().skip(1).zip(id) {
            *to = *from;
        }
        Self(bytes)
    }

    /// From the beginning of a key.
    pub(crate) fn from_key(key: &[u8]) -> Option<Self> {
        key.first_chunk().copied().map(Self)
    }

    fn key(self, kind: Kind) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(64);
        bytes.extend_from_slice(&self.0);
        bytes.push(kind as u8);
        bytes
    }

    /// What every key of that kind begins with.
    pub(crate) fn prefix(self, kind: Kind) -> Vec<u8> {
        self.key(kind)
    }

    /// What every record key of the table, with those first fields, begins with; none: there can be no such.
    pub(crate) fn table(self, table: Table, fields: &[Field]) -> Option<Vec<u8>> {
        let mut bytes = self.key(Kind::Record);
        bytes.push(table.code());
        tuple::put(&mut bytes, fields)?;
        Some(bytes)
    }

    /// What every entry of the index, with those first fields, begins with; none: there can be no such.
    pub(crate) fn index(self, index: Index, fields: &[Field]) -> Option<Vec<u8>> {
        let mut bytes = self.key(Kind::Entry);
        bytes.push(index.table.code());
        bytes.push(index.code);
        tuple::put(&mut bytes, fields)?;
        Some(bytes)
    }

    /// The key of a record from its key's bytes.
    pub(crate) fn record_at(self, table: Table, key: &[u8]) -> Vec<u8> {
        let mut bytes = self.key(Kind::Record);
        bytes.push(table.code());
        bytes.extend_from_slice(key);
        bytes
    }

    /// The key of an index entry, with the record's key behind it unless the index is unique.
    pub(crate) fn entry(self, index: Index, fields: &[Field], key: &[u8]) -> Option<Vec<u8>> {
        let mut bytes = self.index(index, fields)?;
        if !index.unique {
            bytes.extend_from_slice(key);
        }
        Some(bytes)
    }

    /// The key under which the events up to `last` stand.
    pub(crate) fn events(self, last: u64) -> Vec<u8> {
        let mut bytes = self.key(Kind::Events);
        bytes.extend_from_slice(&last.to_be_bytes());
        bytes
    }

    /// The key of a counter.
    pub(crate) fn counter(self, name: &str) -> Result<Vec<u8>, StoreError> {
        self.named(Kind::Counter, name, "the name of a counter")
    }

    /// The key of a sequence of numbers.
    pub(crate) fn number(self, name: &str) -> Result<Vec<u8>, StoreError> {
        self.named(Kind::Number, name, "the name of a sequence")
    }

    fn named(self, kind: Kind, name: &str, what: &str) -> Result<Vec<u8>, StoreError> {
        if name.len() > tuple::MOST_TEXT_BYTES {
            return Err(too_large(what, name.len(), tuple::MOST_TEXT_BYTES));
        }
        let mut bytes = self.key(kind);
        bytes.extend_from_slice(name.as_bytes());
        Ok(bytes)
    }
}

/// The key of what the store notes for itself.
pub(crate) fn meta(name: &str) -> Vec<u8> {
    let mut bytes = Space::of(ROOT_DESK).key(Kind::Meta);
    bytes.extend_from_slice(name.as_bytes());
    bytes
}

/// The kind of a key.
pub(crate) fn kind(key: &[u8]) -> Option<Kind> {
    key.get(SPACE_BYTES).and_then(|code| Kind::of(*code))
}

/// The table of a record key or index entry.
pub(crate) fn table(key: &[u8]) -> Option<Table> {
    key.get(SPACE_BYTES + 1).and_then(|code| Table::from_code(*code))
}

/// What stands behind space, kind and table of a record key.
pub(crate) fn record_key(key: &[u8]) -> &[u8] {
    key.get(SPACE_BYTES + 2..).unwrap_or_default()
}

/// What stands behind space and kind: a counter's or sequence's name, an event's number.
pub(crate) fn rest(key: &[u8]) -> &[u8] {
    key.get(SPACE_BYTES + 1..).unwrap_or_default()
}

/// The bytes that encode a record's key, or why it can't be kept.
pub(crate) fn key_bytes(table: Table, key: &Key) -> Result<Vec<u8>, StoreError> {
    let longest = key.0.iter().map(|f| if let Field::Text(text) = f { text.len() } else { 0 }).max().unwrap_or(0);
    let bytes = tuple::key(key);
    let bytes = bytes.ok_or_else(|| {
        too_large(&format!("a text in the key of a {}", table.name()), longest, tuple::MOST_TEXT_BYTES)
    })?;
    check_key(table, &bytes)?;
    Ok(bytes)
}

/// Whether a key keeps its limit, with space, kind and table before it.
pub(crate) fn check_key(table: Table, key: &[u8]) -> Result<(), StoreError> {
    if key.len() > MOST_KEY_BYTES {
        return Err(too_large(&format!("a key of a {}", table.name()), key.len(), MOST_KEY_BYTES));
    }
    Ok(())
}

pub(crate) fn too_large(what: &str, bytes: usize, most: usize) -> StoreError {
    StoreError::TooLarge { what: what.to_owned(), bytes, most }
}

/// The first key behind everything that begins with `prefix`; none: nothing can stand behind it.
pub(crate) fn behind(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return Some(end);
        }
    }
    None
}
