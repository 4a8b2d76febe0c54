//! Keys as bytes whose order is the order of the tuples.
//!
//! Each field begins with a tag in the order of [`Field`]'s variants. A whole number is eight bytes, the sign turned
//! round; an id its sixteen bytes; a text its bytes with 0 written as `00 ff`, ended by `00 00`. No field's bytes begin
//! another's, so what begins with the bytes of a prefix begins with the prefix. (FoundationDB's tuple layer ends a text
//! with one `00`; then the bytes of `a` would begin those of `a` and a 0.)

use plugdesk_domain::{Field, Key};
use uuid::Uuid;

const INT: u8 = 0x10;
const ID: u8 = 0x20;
const TEXT: u8 = 0x30;
const END: u8 = 0x00;
const ESCAPE: u8 = 0xff;

/// The longest text in a key, in bytes: a name of 128 characters in any script. The key as a whole has its own limit.
pub(crate) const MOST_TEXT_BYTES: usize = 512;

/// Appends the fields. None: a text is too long to be in any key.
pub(crate) fn put(bytes: &mut Vec<u8>, fields: &[Field]) -> Option<()> {
    let long = |field: &Field| matches!(field, Field::Text(text) if text.len() > MOST_TEXT_BYTES);
    if fields.iter().any(long) {
        return None;
    }
    put_place(bytes, fields);
    Some(())
}

/// Appends the fields, also those that are in no key: as a place between keys they are as good as any.
pub(crate) fn put_place(bytes: &mut Vec<u8>, fields: &[Field]) {
    for field in fields {
        match field {
            Field::Int(number) => {
                bytes.push(INT);
                bytes.extend_from_slice(&((*number as u64) ^ (1 << 63)).to_be_bytes());
            }
            Field::Id(id) => {
                bytes.push(ID);
                bytes.extend_from_slice(id.as_bytes());
            }
            Field::Text(text) => {
                put_beginning(bytes, text);
                bytes.extend_from_slice(&[END, END]);
            }
        }
    }
}

/// Appends what every text field begins with that begins with `text`.
pub(crate) fn put_beginning(bytes: &mut Vec<u8>, text: &str) {
    bytes.push(TEXT);
    for &byte in text.as_bytes() {
        bytes.push(byte);
        if byte == END {
            bytes.push(ESCAPE);
        }
    }
}

/// The fields that [`put`] wrote; none: these bytes were not written by it.
pub(crate) fn read(mut bytes: &[u8]) -> Option<Vec<Field>> {
    let mut fields = Vec::new();
    while let Some((&tag, rest)) = bytes.split_first() {
        let (field, rest) = match tag {
            INT => {
                let (number, rest) = rest.split_first_chunk::<8>()?;
                (Field::Int((u64::from_be_bytes(*number) ^ (1 << 63)) as i64), rest)
            }
            ID => {
                let (id, rest) = rest.split_first_chunk::<16>()?;
                (Field::Id(Uuid::from_bytes(*id)), rest)
            }
            TEXT => {
                let (text, rest) = read_text(rest)?;
                (Field::Text(text), rest)
            }
            _ => return None,
        };
        fields.push(field);
        bytes = rest;
    }
    Some(fields)
}

fn read_text(mut bytes: &[u8]) -> Option<(String, &[u8])> {
    let mut text = Vec::new();
    loop {
        let (&byte, rest) = bytes.split_first()?;
        bytes = rest;
        if byte != END {
            text.push(byte);
            continue;
        }
        let (&what, rest) = bytes.split_first()?;
        bytes = rest;
        match what {
            ESCAPE => text.push(END),
            END => return Some((String::from_utf8(text).ok()?, bytes)),
            _ => return None,
        }
    }
}

/// A key as people read it in messages.
pub(crate) fn readable(fields: &[Field]) -> String {
    let texts: Vec<String> = fields
        .iter()
        .map(|field| match field {
            Field::Int(number) => number.to_string(),
            Field::Id(id) => id.to_string(),
            Field::Text(text) => text.clone(),
        })
        .collect();
    texts.join("/")
}

/// The bytes of a whole key; none: it is too long to be one.
pub(crate) fn key(key: &Key) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(32);
    put(&mut bytes, &key.0)?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn field() -> impl Strategy<Value = Field> {
        prop_oneof![
            any::<i64>().prop_map(Field::Int),
            any::<u128>().prop_map(|bits| Field::Id(Uuid::from_u128(bits))),
            "[\\x00-\\x02a-bé]{0,4}".prop_map(Field::Text),
        ]
    }

    proptest! {
        #[test]
        fn bytes_sort_as_the_tuples_do_and_read_back(a in prop::collection::vec(field(), 0..4),
                                                     b in prop::collection::vec(field(), 0..4)) {
            let bytes = |fields: &[Field]| { let mut out = Vec::new(); put(&mut out, fields).unwrap(); out };
            prop_assert_eq!(a.cmp(&b), bytes(&a).cmp(&bytes(&b)));
            prop_assert_eq!(read(&bytes(&a)), Some(a.clone()));
            prop_assert_eq!(b.starts_with(&a), bytes(&b).starts_with(&bytes(&a)));
        }
    }

    #[test]
    fn a_text_is_no_prefix_of_itself_and_a_zero() {
        let bytes = |text: &str| key(&Key::from(text)).unwrap();
        assert!(!bytes("a\0").starts_with(&bytes("a")) && bytes("a") < bytes("a\0") && bytes("a\0") < bytes("ab"));
    }

    #[test]
    fn a_text_beyond_its_limit_is_in_no_key() {
        assert!(key(&Key::from("a".repeat(MOST_TEXT_BYTES).as_str())).is_some());
        assert!(key(&Key::from("a".repeat(MOST_TEXT_BYTES + 1).as_str())).is_none());
    }
}
