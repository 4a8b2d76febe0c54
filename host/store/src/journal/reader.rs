//! Reading the journal back: which records there are, where its end is torn, and where it is damaged.
//!
//! A torn end and a damaged middle look alike at first. The difference: behind a torn end there is no valid record of
//! a higher sequence, because the next is written only when the last is durable. A torn end is cut; damage is never.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{HEAD_BYTES, MOST_PAYLOAD_BYTES, RECORD_HEAD_BYTES, checksum, folder, head, segment_name};
use crate::error::Error;
use crate::files::Files;
use crate::operation::{self, Operation};

/// A record within a segment's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SegmentRecord<'a> {
    /// Where it begins.
    pub(crate) offset: usize,
    /// Its sequence.
    pub(crate) sequence: u64,
    /// Its payload.
    pub(crate) payload: &'a [u8],
}

/// Where a segment's records end before its bytes do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SegmentFault {
    /// Nothing valid follows: a write that a crash cut short, if this is the last segment.
    Torn {
        /// Where the valid part ends.
        offset: usize,
    },
    /// A valid record of a higher sequence follows: these bytes were whole once.
    Damaged {
        /// Where the damage begins.
        offset: usize,
    },
}

/// Reads the bytes of the segment whose first record bears `first`: its records, and where they end too early.
/// Pure: cut the bytes anywhere and it gives exactly the records that are whole.
pub(crate) fn read_segment(first: u64, bytes: &[u8]) -> (Vec<SegmentRecord<'_>>, Option<SegmentFault>) {
    let mut records = Vec::new();
    let mut sequence = first;
    let mut offset = HEAD_BYTES;
    if bytes.get(..HEAD_BYTES) != Some(head(first).as_slice()) {
        // A head is synced before a record follows it.
        let fault = match valid_behind(bytes, 0, first) {
            true => SegmentFault::Damaged { offset: 0 },
            false => SegmentFault::Torn { offset: 0 },
        };
        return (records, Some(fault));
    }
    while offset < bytes.len() {
        let Some(payload) = record_at(bytes, offset, sequence) else {
            let fault = match valid_behind(bytes, offset + 1, sequence) {
                true => SegmentFault::Damaged { offset },
                false => SegmentFault::Torn { offset },
            };
            return (records, Some(fault));
        };
        records.push(SegmentRecord { offset, sequence, payload });
        offset += RECORD_HEAD_BYTES + payload.len();
        sequence += 1;
    }
    (records, None)
}

/// Length, checksum and sequence of what might be a record.
fn record_head(bytes: &[u8], offset: usize) -> Option<(usize, u32, u64)> {
    let (length, rest) = bytes.get(offset..)?.split_first_chunk::<4>()?;
    let (checksum, rest) = rest.split_first_chunk::<4>()?;
    let (sequence, _) = rest.split_first_chunk::<8>()?;
    Some((u32::from_le_bytes(*length) as usize, u32::from_le_bytes(*checksum), u64::from_le_bytes(*sequence)))
}

fn record_at(bytes: &[u8], offset: usize, expected: u64) -> Option<&[u8]> {
    let (length, stored, sequence) = record_head(bytes, offset)?;
    if sequence != expected || length > MOST_PAYLOAD_BYTES {
        return None;
    }
    let begin = offset + RECORD_HEAD_BYTES;
    let payload = bytes.get(begin..begin.checked_add(length)?)?;
    (checksum(sequence, payload) == stored).then_some(payload)
}

/// Whether a valid record that could follow `sequence` begins anywhere at or behind `from`. A segment holds far fewer
/// than a million records, so bytes that only look like a head are sorted out before their checksum is computed.
fn valid_behind(bytes: &[u8], from: usize, sequence: u64) -> bool {
    let plausible = sequence..sequence.saturating_add(1_000_000);
    (from..bytes.len().saturating_sub(RECORD_HEAD_BYTES - 1)).any(|offset| {
        record_head(bytes, offset)
            .is_some_and(|(_, _, found)| plausible.contains(&found) && record_at(bytes, offset, found).is_some())
    })
}

/// A segment on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) first: u64,
    pub(crate) path: PathBuf,
    pub(crate) length: u64,
}

/// The segments of a store, oldest first.
pub(crate) fn segments(files: &dyn Files, store: &Path) -> io::Result<Vec<Found>> {
    let folder = folder(store);
    let mut found = Vec::new();
    for name in files.list(&folder)? {
        let first = name.strip_suffix(".log").and_then(|digits| digits.parse::<u64>().ok());
        if let Some(first) = first.filter(|first| segment_name(*first) == name) {
            let path = folder.join(&name);
            let length = files.length(&path)?.unwrap_or(0);
            found.push(Found { first, path, length });
        }
    }
    found.sort_by_key(|segment| segment.first);
    Ok(found)
}

fn read_bytes(files: &dyn Files, segment: &Found) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(segment.length as usize);
    files.read(&segment.path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn damaged(segment: &Found, offset: usize, what: &str) -> Error {
    Error::Journal { file: segment.path.clone(), offset: offset as u64, what: what.to_owned() }
}

/// The end of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tail {
    /// The last whole record; the sequence before the first segment if there is none.
    pub(crate) sequence: u64,
    /// The last segment and the length of its whole records.
    pub(crate) segment: Found,
    /// Bytes behind them, which a crash left half written.
    pub(crate) torn: u64,
    /// The last segment's whole records, as bytes.
    pub(crate) bytes: Vec<u8>,
}

/// Reads the last segment and says where the journal ends. A segment that a crash left without a whole head counts as
/// torn in whole. None: there are no segments.
pub(crate) fn tail(files: &dyn Files, segments: &[Found]) -> Result<Option<Tail>, Error> {
    let Some(segment) = segments.last() else { return Ok(None) };
    let mut bytes = read_bytes(files, segment).map_err(|error| Error::io("the journal can't be read", &error))?;
    let (records, fault) = read_segment(segment.first, &bytes);
    let sequence = records.last().map_or(segment.first.saturating_sub(1), |record| record.sequence);
    let end = match fault {
        None => bytes.len(),
        Some(SegmentFault::Torn { offset }) => offset,
        Some(SegmentFault::Damaged { offset }) => {
            return Err(damaged(segment, offset, "valid records follow a damaged one"));
        }
    };
    let torn = (bytes.len() - end) as u64;
    bytes.truncate(end);
    Ok(Some(Tail { sequence, segment: segment.clone(), torn, bytes }))
}

/// Hands every record behind `after`, up to and with `until`, to `act`, in order. An error names what is missing or
/// damaged. Bytes behind `until` are not looked at: a committer may be writing them.
pub(crate) fn visit(
    files: &dyn Files,
    segments: &[Found],
    after: u64,
    until: u64,
    act: &mut dyn FnMut(u64, Vec<Operation>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut next = after.saturating_add(1);
    for (place, segment) in segments.iter().enumerate() {
        let behind = segments.get(place + 1).map(|following| following.first);
        if next > until || behind.is_some_and(|first| first <= next) {
            continue;
        }
        if segment.first > next {
            break;
        }
        let bytes = read_bytes(files, segment).map_err(|error| Error::io("the journal can't be read", &error))?;
        let (records, fault) = read_segment(segment.first, &bytes);
        let offset = match fault {
            Some(SegmentFault::Torn { offset } | SegmentFault::Damaged { offset }) => offset,
            None => bytes.len(),
        };
        for record in records {
            if record.sequence < next || record.sequence > until {
                continue;
            }
            let operations = operation::read(record.payload)
                .ok_or_else(|| damaged(segment, record.offset, "a record whose checksum holds can't be read"))?;
            act(record.sequence, operations)?;
            next = record.sequence + 1;
        }
        if next <= until && (fault.is_some() || behind.is_some_and(|first| first != next)) {
            return Err(damaged(segment, offset, "a record is damaged"));
        }
    }
    match next > until {
        true => Ok(()),
        false => Err(Error::Gap { missing: next, until }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::record;

    fn segment() -> (Vec<u8>, Vec<usize>) {
        let mut bytes = head(7);
        let mut ends = vec![bytes.len()];
        for sequence in 7..300u64 {
            bytes.extend_from_slice(&record(sequence, &vec![sequence as u8; (sequence as usize * 37) % 500]));
            ends.push(bytes.len());
        }
        (bytes, ends)
    }

    #[test]
    fn a_journal_cut_at_any_byte_of_its_last_64_kib_gives_exactly_its_whole_records() {
        let (bytes, ends) = segment();
        assert!(bytes.len() > 64 << 10);
        for cut in bytes.len() - (64 << 10)..bytes.len() {
            let (records, fault) = read_segment(7, &bytes[..cut]);
            let whole = ends.iter().filter(|end| **end <= cut).count() - 1;
            assert_eq!(records.len(), whole, "cut at {cut}");
            let end = ends[whole];
            assert_eq!(fault, (end < cut).then_some(SegmentFault::Torn { offset: end }), "cut at {cut}");
        }
    }

    #[test]
    fn damage_in_the_middle_is_never_taken_for_a_torn_end() {
        let (bytes, ends) = segment();
        for place in (0..ends.len() - 2).step_by(7) {
            let mut damaged = bytes.clone();
            for byte in &mut damaged[ends[place] + 3..ends[place] + 16] {
                *byte ^= 0x5a;
            }
            let (records, fault) = read_segment(7, &damaged);
            assert_eq!(records.len(), place);
            assert_eq!(fault, Some(SegmentFault::Damaged { offset: ends[place] }));
        }
    }

    #[test]
    fn a_last_record_that_lost_a_page_is_torn() {
        let (mut bytes, ends) = segment();
        let last = ends[ends.len() - 2];
        bytes[last + 20..].fill(0);
        let (records, fault) = read_segment(7, &bytes);
        assert_eq!((records.len(), fault), (ends.len() - 2, Some(SegmentFault::Torn { offset: last })));
    }
}
