//! What stands around every stored value: a format version, flags, room for a subject key, the version, a checksum.
//!
//! ```text
//! 0      format, 1
//! 1      flags; 1: the value is compressed, lz4 behind its length of four bytes, little-endian
//! 2..6   the id of the subject key that seals the value, little-endian; 0: it is not sealed
//! 6..14  the record's version, little-endian; 0 where there is none
//! 14..18 CRC-32C over the key, bytes 0..14 and the value
//! 18..   the value
//! ```
//!
//! The key is part of the checksum, so a value that turns up in another's place is noticed.

use std::borrow::Cow;

use plugdesk_domain::StoreError;

/// The format written today.
const FORMAT: u8 = 1;
/// The flag of a compressed value.
const COMPRESSED: u8 = 1;
/// Smaller values stay as they are. The large ones are decisions, 7 kB of names that repeat, which the journal writes
/// once and sled each time it rewrites their leaf.
const COMPRESSED_FROM_BYTES: usize = 1 << 10;
/// What stands before the value.
pub(crate) const HEAD_BYTES: usize = 18;
const CHECKED: usize = 14;

/// The largest value, in bytes: sled was seen to keep 96 kB out of its unsafe blob files with our segment size. A leaf of
/// its tree holds at most 17, which stay below a quarter of a segment.
pub(crate) const MOST_VALUE_BYTES: usize = 96 << 10;

fn checksum(key: &[u8], head: &[u8], value: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c_append(crc32c::crc32c(key), head), value)
}

/// The value in its envelope, compressed where that saves an eighth of it. One that is longer than any may be stays as it
/// is: it could not be read.
pub(crate) fn seal(key: &[u8], version: u64, value: &[u8]) -> Vec<u8> {
    let small = (COMPRESSED_FROM_BYTES..=MOST_VALUE_BYTES)
        .contains(&value.len())
        .then(|| lz4_flex::block::compress_prepend_size(value));
    let small = small.filter(|small| small.len() <= value.len() / 8 * 7);
    let (flags, value) = small.as_deref().map_or((0, value), |small| (COMPRESSED, small));
    let mut bytes = Vec::with_capacity(HEAD_BYTES + value.len());
    bytes.extend_from_slice(&[FORMAT, flags, 0, 0, 0, 0]);
    bytes.extend_from_slice(&version.to_le_bytes());
    let checksum = checksum(key, &bytes, value);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes.extend_from_slice(value);
    bytes
}

/// The version and the value.
pub(crate) fn open<'a>(key: &[u8], bytes: &'a [u8]) -> Result<(u64, Cow<'a, [u8]>), StoreError> {
    let (head, value) = parts(key, bytes)?;
    let value = if head.compressed { Cow::Owned(decompressed(key, value)?) } else { Cow::Borrowed(value) };
    Ok((head.version, value))
}

/// The version alone, of a value that is whole.
pub(crate) fn version(key: &[u8], bytes: &[u8]) -> Result<u64, StoreError> {
    parts(key, bytes).map(|(head, _)| head.version)
}

/// How many bytes of JSON a stored value is, by its head alone: what a page counts before anybody looks whether its
/// values are whole. So a length that no value has is not believed: it counts as the largest value, and none counts for
/// less than what is there.
pub(crate) fn json_bytes(stored: &[u8]) -> usize {
    let (head, value) = stored.split_at(HEAD_BYTES.min(stored.len()));
    let compressed = head.get(1) == Some(&COMPRESSED);
    let length = value.first_chunk::<4>().filter(|_| compressed).map(|length| u32::from_le_bytes(*length) as usize);
    length.map_or(value.len(), |length| length.min(MOST_VALUE_BYTES).max(value.len()))
}

struct Head {
    version: u64,
    compressed: bool,
}

/// What stands before the value, and the value as it is stored; both match their checksum.
fn parts<'a>(key: &[u8], bytes: &'a [u8]) -> Result<(Head, &'a [u8]), StoreError> {
    let (head, rest) = bytes.split_first_chunk::<CHECKED>().ok_or_else(|| damaged(key, "is cut off"))?;
    let (stored, value) = rest.split_first_chunk::<4>().ok_or_else(|| damaged(key, "is cut off"))?;
    if checksum(key, head, value) != u32::from_le_bytes(*stored) {
        return Err(damaged(key, "does not match its checksum"));
    }
    let [format, flags, key0, key1, key2, key3, version @ ..] = head;
    if *format != FORMAT || *flags & !COMPRESSED != 0 || [*key0, *key1, *key2, *key3] != [0; 4] {
        return Err(damaged(key, "is of a newer format than this program reads"));
    }
    Ok((Head { version: u64::from_le_bytes(*version), compressed: *flags == COMPRESSED }, value))
}

/// A length that no value has is not believed: what is read is never larger than what may be written.
fn decompressed(key: &[u8], stored: &[u8]) -> Result<Vec<u8>, StoreError> {
    let (length, stored) = stored.split_first_chunk::<4>().ok_or_else(|| damaged(key, "is cut off"))?;
    let length = u32::from_le_bytes(*length) as usize;
    let whole = (length <= MOST_VALUE_BYTES).then(|| lz4_flex::block::decompress(stored, length).ok()).flatten();
    whole.filter(|it| it.len() == length).ok_or_else(|| damaged(key, "can't be decompressed"))
}

fn damaged(key: &[u8], what: &str) -> StoreError {
    StoreError::Damaged(format!("the value at {} {what}; `plugdesk verify` lists all", hex(key)))
}

/// Bytes for a message; at most 48 of them.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(48).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(key: &[u8], bytes: &[u8]) -> Result<(u64, Vec<u8>), StoreError> {
        open(key, bytes).map(|(version, value)| (version, value.into_owned()))
    }

    #[test]
    fn a_value_reads_back_at_its_own_key_only_and_any_changed_bit_is_noticed() {
        let large = b"the same words again and again, ".repeat(100);
        for value in [&b"value"[..], &large] {
            let bytes = seal(b"key", 7, value);
            assert_eq!(read(b"key", &bytes), Ok((7, value.to_vec())));
            assert_eq!(version(b"key", &bytes), Ok(7));
            assert!(read(b"other", &bytes).is_err());
            for bit in 0..bytes.len() * 8 {
                let mut damaged = bytes.clone();
                damaged[bit / 8] ^= 1 << (bit % 8);
                assert!(read(b"key", &damaged).is_err(), "bit {bit}");
                assert!(version(b"key", &damaged).is_err(), "bit {bit}");
            }
            for end in 0..bytes.len() {
                assert!(read(b"key", &bytes[..end]).is_err(), "cut at {end}");
            }
        }
    }

    #[test]
    fn what_repeats_itself_takes_less_room_and_what_does_not_takes_no_more() {
        let large = b"the same words again and again, ".repeat(100);
        assert!(seal(b"key", 1, &large).len() < large.len() / 8);
        let mut state = 1_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        };
        let random: Vec<u8> = (0..4_000).map(|_| next()).collect();
        assert_eq!(seal(b"key", 1, &random).len(), HEAD_BYTES + random.len());
    }

    #[test]
    fn a_value_counts_as_long_as_it_reads_and_never_longer_than_one_may_be() {
        let large = b"the same words again and again, ".repeat(100);
        for value in [&b""[..], b"value", &large, &vec![b' '; MOST_VALUE_BYTES]] {
            let bytes = seal(b"key", 1, value);
            assert_eq!(json_bytes(&bytes), value.len());
            (0..bytes.len()).for_each(|end| assert!(json_bytes(&bytes[..end]) <= MOST_VALUE_BYTES, "cut at {end}"));
        }
        let mut bytes = seal(b"key", 1, &large);
        let stored = bytes.len() - HEAD_BYTES;
        for (length, counts) in
            [(0, stored), (MOST_VALUE_BYTES as u32 + 1, MOST_VALUE_BYTES), (u32::MAX, MOST_VALUE_BYTES)]
        {
            bytes[HEAD_BYTES..HEAD_BYTES + 4].copy_from_slice(&length.to_le_bytes());
            assert_eq!(json_bytes(&bytes), counts, "{length}");
        }
    }

    #[test]
    fn whatever_is_sealed_can_be_opened() {
        for length in [MOST_VALUE_BYTES, MOST_VALUE_BYTES + 1, 4 * MOST_VALUE_BYTES] {
            let value = vec![b'a'; length];
            assert_eq!(read(b"key", &seal(b"key", 1, &value)), Ok((1, value)), "{length}");
        }
    }

    #[test]
    fn a_length_that_no_value_has_is_damage_even_under_a_right_checksum() {
        let value = b"the same words again and again, ".repeat(100);
        for length in [0, 1, value.len() as u32 - 1, value.len() as u32 + 1, MOST_VALUE_BYTES as u32 + 1, u32::MAX] {
            let mut bytes = seal(b"key", 1, &value);
            bytes[HEAD_BYTES..HEAD_BYTES + 4].copy_from_slice(&length.to_le_bytes());
            let sum = checksum(b"key", &bytes[..CHECKED], &bytes[HEAD_BYTES..]);
            bytes[CHECKED..HEAD_BYTES].copy_from_slice(&sum.to_le_bytes());
            assert!(matches!(read(b"key", &bytes), Err(StoreError::Damaged(_))), "{length}");
        }
    }
}
