//! Whether sled would skip something in silence when it opens.
//!
//! sled keeps one log in segments. When it opens it takes the page table of its newest `snap.` file and reads every
//! segment that was written since. At a message that does not match its checksum it goes on with the next segment
//! (`LogIter::next`, `last_stage`): it means to skip what an interrupted reuse left behind, and skips damage alike.
//! What was written there is then gone without an error, and older values stand in its place. Pages that it finds by
//! its page table are checked when they are read.
//!
//! So we read the same segments before it does. Where it would skip, the tree is not trusted and built anew from
//! snapshot and journal, which costs time and loses nothing.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// What stands before the messages of a segment: a checksum, the segment's place in the log, how far the log was whole.
const SEGMENT_HEAD_BYTES: usize = 20;
/// No message begins nearer to a segment's end.
const RED_ZONE_BYTES: usize = 32;
/// A message's checksum, before its other fields.
const CHECKSUM_BYTES: usize = 4;
/// The kinds of messages: the last one of a segment that is full, and the highest there is. 0 is none.
const CAP: u8 = 2;
const HIGHEST_KIND: u8 = 11;

/// What sled would skip in that folder, in words.
pub(super) fn skips(folder: &Path, segment_bytes: usize) -> io::Result<Option<String>> {
    let file = match File::open(folder.join("db")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    let length = file.metadata()?.len();
    let begin = table_stands_at(folder)? / segment_bytes as u64 * segment_bytes as u64;
    let mut places = BTreeMap::new();
    for offset in (0..length).step_by(segment_bytes) {
        let mut head = [0; SEGMENT_HEAD_BYTES];
        if length - offset < SEGMENT_HEAD_BYTES as u64 {
            break;
        }
        file.read_exact_at(&mut head, offset)?;
        match place_in_log(&head) {
            Some(place) if place >= begin => drop(places.insert(place, offset)),
            Some(_) => {}
            // Not in use, if the rest is not either.
            None if head == [0; SEGMENT_HEAD_BYTES] => {
                if !read(&file, offset, segment_bytes)?.iter().all(|byte| *byte == 0) {
                    return Ok(Some(format!("sled's segment at byte {offset} has no head")));
                }
            }
            None => return Ok(Some(format!("the head of sled's segment at byte {offset} is damaged"))),
        }
    }
    // Behind the last whole message of the last segment the log ends; whether it ends too early the checkpoint knows.
    places.pop_last();
    for (place, offset) in places {
        let segment = read(&file, offset, segment_bytes)?;
        if let Some(at) = first_damaged(&segment, place / segment_bytes as u64, segment_bytes) {
            return Ok(Some(format!("sled's log is damaged at byte {}", offset + at as u64)));
        }
    }
    Ok(None)
}

/// The place in the log up to which the newest page table stands; sled names the file after it.
fn table_stands_at(folder: &Path) -> io::Result<u64> {
    let mut newest = 0;
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let place = name.to_str().and_then(|name| name.strip_prefix("snap."));
        newest = newest.max(place.and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or(0));
    }
    Ok(newest)
}

fn read(file: &File, offset: u64, segment_bytes: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; segment_bytes];
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, offset + filled as u64)? {
            0 => break,
            more => filled += more,
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

/// A segment's place in the log; none: its head does not match its checksum.
fn place_in_log(head: &[u8; SEGMENT_HEAD_BYTES]) -> Option<u64> {
    let (checksum, rest) = head.split_first_chunk::<4>()?;
    let place = rest.first_chunk::<8>()?;
    let matches = crc32fast::hash(rest) == !u32::from_le_bytes(*checksum);
    // sled turns every bit but the sign.
    matches.then(|| u64::from_le_bytes(*place) ^ (u64::MAX >> 1))
}

/// Where the messages of a full segment end before they should.
fn first_damaged(segment: &[u8], number: u64, segment_bytes: usize) -> Option<usize> {
    let mut at = SEGMENT_HEAD_BYTES;
    while at + RED_ZONE_BYTES <= segment_bytes {
        match message(segment.get(at..).unwrap_or_default(), number) {
            Some((CAP, _)) => return None,
            Some((_, length)) => at += length,
            None => return Some(at),
        }
    }
    None
}

/// The kind and length of the message that stands first in these bytes; none: there is no whole one.
fn message(bytes: &[u8], number: u64) -> Option<(u8, usize)> {
    let (checksum, fields) = bytes.split_first_chunk::<CHECKSUM_BYTES>()?;
    let (kind, rest) = fields.split_first()?;
    let (length, rest) = varint(rest)?;
    let (of, rest) = varint(rest)?;
    let (_page, rest) = varint(rest)?;
    let head = fields.len() - rest.len();
    let body = rest.get(..usize::try_from(length).ok()?)?;
    let mut sum = crc32fast::Hasher::new();
    sum.update(body);
    sum.update(fields.get(..head)?);
    let whole = !sum.finalize() == u32::from_le_bytes(*checksum) && (1..=HIGHEST_KIND).contains(kind) && of == number;
    whole.then_some((*kind, CHECKSUM_BYTES + head + body.len()))
}

/// sled's numbers of one to nine bytes.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let byte = |at: usize| rest.get(at).map(|byte| u64::from(*byte));
    Some(match *first {
        0..=240 => (u64::from(*first), rest),
        241..=248 => (240 + 256 * (u64::from(*first) - 241) + byte(0)?, rest.get(1..)?),
        249 => (2288 + 256 * byte(0)? + byte(1)?, rest.get(2..)?),
        250..=255 => {
            let (number, rest) = rest.split_at_checked(usize::from(*first) - 247)?;
            (number.iter().rev().fold(0, |number, byte| (number << 8) | u64::from(*byte)), rest)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEGMENT_BYTES: usize = 512 << 10;

    fn open(folder: &Path) -> sled::Result<sled::Db> {
        sled::Config::new().path(folder).segment_size(SEGMENT_BYTES).flush_every_ms(None).open()
    }

    /// Several segments of a tree without a page table.
    fn written(folder: &Path) -> usize {
        let value = |round: u64, key: u64| vec![(round * 31 + key) as u8; 2000];
        let db = open(folder).unwrap();
        for (round, key) in (0..8).flat_map(|round| (0..200u64).map(move |key| (round, key))) {
            db.insert(key.to_be_bytes(), value(round, key)).unwrap();
        }
        db.flush().unwrap();
        drop(db);
        // As if none had been written yet: whether sled did depends on its threads.
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_name().to_string_lossy().starts_with("snap.") {
                fs::remove_file(entry.path()).unwrap();
            }
        }
        fs::read(folder.join("db")).unwrap().len()
    }

    #[test]
    fn an_undamaged_log_is_read_to_its_end_and_damage_between_two_segments_is_seen_wherever_it_falls() {
        let folder = tempfile::tempdir().unwrap();
        let length = written(folder.path());
        assert!(length > 3 * SEGMENT_BYTES, "{length} bytes");
        assert_eq!(skips(folder.path(), SEGMENT_BYTES).unwrap(), None);
        let whole = fs::read(folder.path().join("db")).unwrap();
        let mut seen = 0;
        for place in (30..2 * SEGMENT_BYTES).step_by(SEGMENT_BYTES / 6) {
            let mut bytes = whole.clone();
            bytes[place..place + 16].iter_mut().for_each(|byte| *byte ^= 0x5a);
            fs::write(folder.path().join("db"), bytes).unwrap();
            // A segment's end, behind its last message, holds nothing.
            if let Some(what) = skips(folder.path(), SEGMENT_BYTES).unwrap() {
                assert!(what.contains("byte"), "{what}");
                seen += 1;
            }
        }
        assert!(seen > 0, "no damage was seen");
    }
}
