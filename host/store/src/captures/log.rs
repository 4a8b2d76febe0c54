//! The log of captures on disk: numbered segments, the oldest removed when all together grow too large.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use plugdesk_domain::{DecisionId, DeskId, Digest, StoreError};

use super::{MOST_CAPTURE_BYTES, Name};
use crate::files::{Files, RealFiles};

/// A segment ends when it reaches so many bytes: what is removed at once when the log is full is a small part of it.
const SEGMENT_BYTES: u64 = 16 << 20;
const HEAD_BYTES: usize = 44;
/// lz4 makes what it can't compress a little longer.
const MOST_RECORD_BYTES: u32 = (MOST_CAPTURE_BYTES + MOST_CAPTURE_BYTES / 100 + 128) as u32;

pub(super) struct Log {
    folder: PathBuf,
    most_bytes: u64,
    /// What must stay free for the journal and the tree.
    reserve_bytes: u64,
    /// Number, file, length; oldest first. The last is written.
    segments: Vec<(u32, File, u64)>,
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

impl Log {
    pub(super) fn open(folder: &Path, most_bytes: u64, reserve_bytes: u64) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut numbers: Vec<u32> = fs::read_dir(folder)?
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".log")?.parse().ok())
            .collect();
        numbers.sort_unstable();
        let mut log =
            Self { folder: folder.to_owned(), most_bytes, reserve_bytes, segments: Vec::new(), places: HashMap::new() };
        for number in numbers {
            let mut file = open_segment(folder, number)?;
            let length = log.index(number, &mut file)?;
            log.segments.push((number, file, length));
        }
        Ok(log)
    }

    /// Reads the heads of a segment. What a crash left half written at its end is cut off.
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
                break;
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

    pub(super) fn bytes(&self) -> u64 {
        self.segments.iter().map(|(_, _, length)| length).sum()
    }

    pub(super) fn append(&mut self, name: Name, capture: &[u8]) -> io::Result<()> {
        if self.segments.last().is_none_or(|(_, _, length)| *length >= SEGMENT_BYTES.min(self.most_bytes / 4)) {
            self.remove_oldest()?;
            let number = self.segments.last().map_or(1, |(number, _, _)| number + 1);
            self.segments.push((number, open_segment(&self.folder, number)?, 0));
        }
        if RealFiles.free_bytes(&self.folder)? < self.reserve_bytes {
            return Err(io::ErrorKind::StorageFull.into());
        }
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
