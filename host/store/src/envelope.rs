//! What stands around every stored value: a format version, flags, room for a subject key, the version, a checksum.
//!
//! ```text
//! 0      format, 1
//! 1      flags, 0 so far
//! 2..6   the id of the subject key that seals the value, little-endian; 0: it is not sealed
//! 6..14  the record's version, little-endian; 0 where there is none
//! 14..18 CRC-32C over the key, bytes 0..14 and the value
//! 18..   the value
//! ```
//!
//! The key is part of the checksum, so a value that turns up in another's place is noticed.

use plugdesk_domain::StoreError;

/// The format written today.
const FORMAT: u8 = 1;
/// What stands before the value.
pub(crate) const HEAD_BYTES: usize = 18;
const CHECKED: usize = 14;

/// The largest value, in bytes: sled was seen to keep 96 kB out of its unsafe blob files with our segment size. A leaf of
/// its tree holds at most 17, which stay below a quarter of a segment.
pub(crate) const MOST_VALUE_BYTES: usize = 96 << 10;

fn checksum(key: &[u8], head: &[u8], value: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c_append(crc32c::crc32c(key), head), value)
}

/// The value in its envelope.
pub(crate) fn seal(key: &[u8], version: u64, value: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEAD_BYTES + value.len());
    bytes.extend_from_slice(&[FORMAT, 0, 0, 0, 0, 0]);
    bytes.extend_from_slice(&version.to_le_bytes());
    let checksum = checksum(key, &bytes, value);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes.extend_from_slice(value);
    bytes
}

/// The version and the value.
pub(crate) fn open<'a>(key: &[u8], bytes: &'a [u8]) -> Result<(u64, &'a [u8]), StoreError> {
    let damaged =
        |what: &str| StoreError::Damaged(format!("the value at {} {what}; `plugdesk verify` lists all", hex(key)));
    let (head, rest) = bytes.split_first_chunk::<CHECKED>().ok_or_else(|| damaged("is cut off"))?;
    let (stored, value) = rest.split_first_chunk::<4>().ok_or_else(|| damaged("is cut off"))?;
    if checksum(key, head, value) != u32::from_le_bytes(*stored) {
        return Err(damaged("does not match its checksum"));
    }
    let [format, flags, key0, key1, key2, key3, version @ ..] = head;
    if *format != FORMAT || *flags != 0 || [*key0, *key1, *key2, *key3] != [0; 4] {
        return Err(damaged("is of a newer format than this program reads"));
    }
    Ok((u64::from_le_bytes(*version), value))
}

/// Bytes for a message; at most 48 of them.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(48).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_reads_back_at_its_own_key_only_and_any_changed_bit_is_noticed() {
        let bytes = seal(b"key", 7, b"value");
        assert_eq!(open(b"key", &bytes), Ok((7, &b"value"[..])));
        assert!(open(b"other", &bytes).is_err());
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(open(b"key", &damaged).is_err(), "bit {bit}");
        }
        for end in 0..bytes.len() {
            assert!(open(b"key", &bytes[..end]).is_err(), "cut at {end}");
        }
    }
}
