//! The log of captures on disk: numbered segments, the oldest removed when all together grow too large.
//!
//! No decision is lost with it, so nothing about it keeps a store from opening: a segment that can't be read is left
//! out, damaged bytes are stepped over, and `verify` tells of both.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use plugdesk_domain::{DecisionId, DeskId, Digest, StoreError};

use super::{MOST_CAPTURE_BYTES, Name};
use crate::files::RealFiles;
use crate::room;

/// A segment ends when it reaches so many bytes: what is removed at once when the log is full is a small part of it.
const SEGMENT_BYTES: u64 = 16 << 20;
const HEAD_BYTES: usize = 44;
/// What was written shortly before a power cut stands in one segment, or in two where one had just begun.
const MENDED_SEGMENTS: usize = 2;
/// lz4 makes what it can't compress a little longer.
const MOST_RECORD_BYTES: u32 = (MOST_CAPTURE_BYTES + MOST_CAPTURE_BYTES / 100 + 128) as u32;

pub(super) struct Log {
    folder: PathBuf,
    most_bytes: u64,
    /// What must stay free for the journal and the tree.
    reserve_bytes: u64,
    /// Number, file, length; oldest first. The last is written.
    segments: Vec<(u32, File, u64)>,
    /// Segments that could not be read when the log was opened, in words.
    left_out: Vec<String>,
    /// The highest number of any segment, left out or not.
    highest: u32,
    /// Where each capture stands: segment and offset, by 64 bits of its name's digest. Sixteen bytes a capture.
    places: HashMap<u64, (u32, u32)>,
}

fn hash((desk, decision): Name) -> u64 {
    let mut name = desk.uuid().as_bytes().to_vec();
    name.extend_from_slice(decision.uuid().as_bytes());
    Digest::of(&name).bytes().first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

fn path(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("{number:010}.log"))
}

fn open_segment(folder: &Path, number: u32) -> io::Result<File> {
    File::options().read(true).append(true).create(true).open(path(folder, number))
}

/// Length, name and checksum of a record's head.
fn read_head(head: &[u8; HEAD_BYTES]) -> (u32, u32, Name) {
    let number = |at: usize| head.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes);
    let id = |at: usize| {
        let bytes = head.get(at..at + 16).and_then(|b| b.try_into().ok()).unwrap_or_default();
        uuid::Uuid::from_bytes(bytes)
    };
    (number(0), number(4), (DeskId::from_uuid(id(8)), DecisionId::from_uuid(id(24))))
}

/// The name and length of the whole record that begins there.
fn record_at(bytes: &[u8], at: usize) -> Option<(Name, usize)> {
    let head = bytes.get(at..)?.first_chunk::<HEAD_BYTES>()?;
    let (length, checksum, name) = read_head(head);
    if length > MOST_RECORD_BYTES || (length as usize) < HEAD_BYTES - 8 {
        return None;
    }
    let rest = bytes.get(at + 8..(at + 8).checked_add(length as usize)?)?;
    (crc32c::crc32c(rest) == checksum).then_some((name, 8 + length as usize))
}

/// Where the next whole record begins, at or behind a place.
fn next_record(bytes: &[u8], from: usize) -> Option<usize> {
    (from..bytes.len()).find(|at| record_at(bytes, *at).is_some())
}

/// A segment with what stood in it at one moment: what is appended behind that, and its removal, change nothing of it.
pub(super) struct Segment {
    name: PathBuf,
    file: io::Result<File>,
    length: u64,
}

impl Segment {
    /// Reads it. Returns its records, and what is damaged in it.
    pub(super) fn verify(self) -> (u64, Option<String>) {
        let (name, mut bytes) = (self.name.display(), vec![0; self.length as usize]);
        if let Err(error) = self.file.and_then(|file| file.read_exact_at(&mut bytes, 0)) {
            return (0, Some(format!("{name}: {error}; {HELPS}")));
        }
        let (mut records, mut at, mut damaged) = (0, 0, None);
        while let Some(begin) = next_record(&bytes, at) {
            if begin > at {
                damaged.get_or_insert(at);
            }
            at = begin + record_at(&bytes, begin).map_or(1, |(_, length)| length);
            records += 1;
        }
        if at < bytes.len() {
            damaged.get_or_insert(at);
        }
        let told = |at| format!("{name} is damaged at byte {at}, and what was captured there is lost; {HELPS}");
        (records, damaged.map(told))
    }
}

/// What helps against damage here.
const HELPS: &str = "no decision is lost with it; stop the desk and move it away";

impl Log {
    pub(super) fn open(folder: &Path, most_bytes: u64, reserve_bytes: u64) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut numbers: Vec<u32> = fs::read_dir(folder)?
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".log")?.parse().ok())
            .collect();
        numbers.sort_unstable();
        let mut log = Self {
            folder: folder.to_owned(),
            most_bytes,
            reserve_bytes,
            segments: Vec::new(),
            left_out: Vec::new(),
            highest: numbers.last().copied().unwrap_or(0),
            places: HashMap::new(),
        };
        for number in numbers {
            match open_segment(folder, number).and_then(|mut file| Ok((log.index(number, &mut file)?, file))) {
                Ok((length, file)) => log.segments.push((number, file, length)),
                Err(error) => log.left_out.push(format!("{}: {error}; {HELPS}", path(folder, number).display())),
            }
        }
        Ok(log)
    }

    /// Its segments.
    pub(super) fn numbers(&self) -> Vec<u32> {
        self.segments.iter().map(|(number, _, _)| *number).collect()
    }

    /// Segments that could not be read when it was opened.
    pub(super) fn left_out(&self) -> Vec<String> {
        self.left_out.clone()
    }

    /// A segment as it stands now, to be read while the log goes on; none: it was removed meanwhile.
    pub(super) fn segment(&self, number: u32) -> Option<Segment> {
        let (_, file, length) = self.segments.iter().find(|(known, _, _)| *known == number)?;
        Some(Segment { name: path(&self.folder, number), file: file.try_clone(), length: *length })
    }

    /// Reads the heads of a segment. What a crash left half written at its end is cut off; damage, behind which whole
    /// records follow, is stepped over.
    fn index(&mut self, number: u32, file: &mut File) -> io::Result<u64> {
        let length = file.metadata()?.len();
        let mut reader = io::BufReader::with_capacity(64 << 10, &*file);
        reader.seek(SeekFrom::Start(0))?;
        let mut offset = 0u64;
        while length - offset >= HEAD_BYTES as u64 {
            let mut head = [0; HEAD_BYTES];
            reader.read_exact(&mut head)?;
            let (rest, _, name) = read_head(&head);
            let end = offset + 8 + u64::from(rest);
            if rest > MOST_RECORD_BYTES || (rest as usize) < HEAD_BYTES - 8 || end > length {
                return self.step_over(number, file, length);
            }
            self.places.insert(hash(name), (number, offset as u32));
            reader.seek_relative(i64::from(rest) + 8 - HEAD_BYTES as i64)?;
            offset = end;
        }
        if offset < length {
            file.set_len(offset)?;
        }
        Ok(offset)
    }

    /// Finds the whole records of a segment in which a head can't be true: from the beginning, because a head read before
    /// may have told a wrong length.
    fn step_over(&mut self, number: u32, file: &File, length: u64) -> io::Result<u64> {
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
        file.read_exact_at(&mut bytes, 0)?;
        self.places.retain(|_, (segment, _)| *segment != number);
        let mut end = 0;
        while let Some(begin) = next_record(&bytes, end) {
            let Some((name, record)) = record_at(&bytes, begin) else { break };
            self.places.insert(hash(name), (number, begin as u32));
            end = begin + record;
        }
        // Only what nothing whole follows was never finished.
        file.set_len(end as u64)?;
        Ok(end as u64)
    }

    /// What was captured last is not synced, so a power cut may have kept some of its pages and not others: the whole
    /// captures of the newest segments stay, the rest is left out. Returns what was, in words; a segment that can't be
    /// written anew stays as it is, and `verify` tells of it.
    pub(super) fn mend(&mut self) -> Vec<String> {
        let newest = self.segments.len().saturating_sub(MENDED_SEGMENTS);
        let numbers: Vec<u32> = self.segments.iter().skip(newest).map(|(number, _, _)| *number).collect();
        numbers.into_iter().filter_map(|number| self.mend_one(number).ok().flatten()).collect()
    }

    fn mend_one(&mut self, number: u32) -> io::Result<Option<String>> {
        let Some(place) = self.segments.iter().position(|(known, _, _)| *known == number) else { return Ok(None) };
        let name = path(&self.folder, number);
        let bytes = fs::read(&name)?;
        let (mut whole, mut at) = (Vec::new(), 0);
        while let Some(begin) = next_record(&bytes, at) {
            at = begin + record_at(&bytes, begin).map_or(1, |(_, length)| length);
            whole.extend_from_slice(bytes.get(begin..at).unwrap_or_default());
        }
        if whole.len() == bytes.len() {
            return Ok(None);
        }
        let new = name.with_extension("new");
        fs::write(&new, &whole)?;
        File::open(&new)?.sync_all()?;
        fs::rename(&new, &name)?;
        File::open(&self.folder)?.sync_all()?;
        self.places.retain(|_, (segment, _)| *segment != number);
        let mut file = open_segment(&self.folder, number)?;
        let length = self.index(number, &mut file)?;
        if let Some(segment) = self.segments.get_mut(place) {
            *segment = (number, file, length);
        }
        let (lost, name) = (bytes.len() - whole.len(), name.display());
        Ok(Some(format!(
            "left out {lost} bytes of captured inputs of {name} that were not whole; no decision is lost with them"
        )))
    }

    pub(super) fn bytes(&self) -> u64 {
        self.segments.iter().map(|(_, _, length)| length).sum()
    }

    pub(super) fn append(&mut self, name: Name, capture: &[u8]) -> io::Result<()> {
        if self.segments.last().is_none_or(|(_, _, length)| *length >= SEGMENT_BYTES.min(self.most_bytes / 4)) {
            self.remove_oldest()?;
            let number = self.highest.saturating_add(1);
            self.highest = number;
            self.segments.push((number, open_segment(&self.folder, number)?, 0));
        }
        room::check(&RealFiles, &self.folder, self.reserve_bytes, capture.len() as u64)?;
        let mut rest = name.0.uuid().as_bytes().to_vec();
        rest.extend_from_slice(name.1.uuid().as_bytes());
        rest.extend_from_slice(&(capture.len() as u32).to_le_bytes());
        rest.extend_from_slice(&lz4_flex::block::compress(capture));
        let mut bytes = (rest.len() as u32).to_le_bytes().to_vec();
        bytes.extend_from_slice(&crc32c::crc32c(&rest).to_le_bytes());
        bytes.extend_from_slice(&rest);
        let Some((number, file, length)) = self.segments.last_mut() else { return Ok(()) };
        if let Err(error) = file.write_all(&bytes) {
            // The disk is full: what stands there of it would hide what follows.
            file.set_len(*length)?;
            return Err(error);
        }
        self.places.insert(hash(name), (*number, *length as u32));
        *length += bytes.len() as u64;
        Ok(())
    }

    fn remove_oldest(&mut self) -> io::Result<()> {
        while self.segments.len() > 1 && self.bytes() > self.most_bytes - self.most_bytes / 4 {
            let (number, _, _) = self.segments.remove(0);
            fs::remove_file(path(&self.folder, number))?;
            self.places.retain(|_, (segment, _)| *segment != number);
        }
        Ok(())
    }

    pub(super) fn get(&self, name: Name) -> Result<Option<Vec<u8>>, StoreError> {
        let Some((number, offset)) = self.places.get(&hash(name)) else { return Ok(None) };
        let Some((_, file, _)) = self.segments.iter().find(|(segment, _, _)| segment == number) else {
            return Ok(None);
        };
        let failed = |error: io::Error| StoreError::Io(format!("the capture of {} can't be read: {error}", name.1));
        let damaged = || StoreError::Damaged(format!("the capture of {} does not match its checksum", name.1));
        let mut head = [0; HEAD_BYTES];
        file.read_exact_at(&mut head, u64::from(*offset)).map_err(failed)?;
        let (length, checksum, of) = read_head(&head);
        if of != name || length > MOST_RECORD_BYTES {
            return Err(damaged());
        }
        let mut rest = vec![0; length as usize];
        file.read_exact_at(&mut rest, u64::from(*offset) + 8).map_err(failed)?;
        if crc32c::crc32c(&rest) != checksum {
            return Err(damaged());
        }
        let (raw_length, stored) = rest.get(32..).and_then(<[u8]>::split_first_chunk::<4>).ok_or_else(damaged)?;
        let raw_length = (u32::from_le_bytes(*raw_length) as usize).min(MOST_CAPTURE_BYTES);
        lz4_flex::block::decompress(stored, raw_length).map(Some).map_err(|_| damaged())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(number: u128) -> Name {
        let id = uuid::Uuid::from_u128(number);
        (DeskId::from_uuid(id), DecisionId::from_uuid(id))
    }

    #[test]
    fn what_a_power_cut_tore_is_left_out_and_the_rest_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let capture = |number: u128| format!("capture {number} ").repeat(300).into_bytes();
        let open = || Log::open(folder.path(), 1 << 30, 0).unwrap();
        let mut log = open();
        (1..=9).for_each(|number| log.append(name(number), &capture(number)).unwrap());
        drop(log);
        let file = path(folder.path(), 1);
        let whole = fs::read(&file).unwrap();
        // A part in the middle never reached the disk, and the file is longer than what was written of it.
        let mut torn = whole.clone();
        let middle = whole.len() / 2;
        torn[middle..middle + 40].fill(0);
        torn.extend([0; 100]);
        fs::write(&file, &torn).unwrap();
        let mut log = open();
        let told = log.mend();
        assert!(told.len() == 1 && told[0].contains("not whole"), "{told:?}");
        let found = (1..=9).filter(|number| log.get(name(*number)) == Ok(Some(capture(*number)))).count();
        // What was torn belongs to one capture or to two that meet there.
        assert!((7..9).contains(&found), "{found}");
        assert_eq!(log.segment(1).unwrap().verify(), (found as u64, None));
        assert!(log.mend().is_empty(), "and is in order then");
        log.append(name(10), &capture(10)).unwrap();
        drop(log);
        assert_eq!(open().get(name(10)), Ok(Some(capture(10))));
        let mut log = open();
        assert!(log.mend().is_empty(), "what is whole is left alone");
    }

    #[test]
    fn a_segment_that_is_read_is_that_of_one_moment_while_the_log_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Log::open(folder.path(), 1 << 10, 0).unwrap();
        let noise = |number: u128| (0..200).flat_map(|n| (number * 7_919 + n).to_le_bytes()).collect::<Vec<u8>>();
        log.append(name(1), &noise(1)).unwrap();
        let segment = log.segment(1).unwrap();
        (2..=9).for_each(|number| log.append(name(number), &noise(number)).unwrap());
        assert!(log.segment(1).is_none(), "it made room for others");
        assert_eq!(segment.verify(), (1, None));
    }
}
