//! The write-ahead journal: what makes a commit durable.
//!
//! Segments `journal/<first sequence>.log`, each a head and records. A record is one commit group:
//!
//! ```text
//! head    "PDJOURN1", first sequence (8, little-endian), CRC-32C of both (4)
//! record  length of the payload (4), CRC-32C of sequence and payload (4), sequence (8), payload
//! ```
//!
//! A record is written, then `fdatasync`ed, then the next one is written: so at most the last record can be torn.

mod reader;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) use self::reader::{Found, Tail, segments, tail, visit};
use crate::files::{Files, Output};
use crate::room::is_full;

const MAGIC: &[u8; 8] = b"PDJOURN1";
/// What stands before the records of a segment.
pub(crate) const HEAD_BYTES: usize = 20;
/// What stands before a record's payload.
pub(crate) const RECORD_HEAD_BYTES: usize = 16;
/// The largest payload: a group holds 1 MiB of changes, or one change whose index entries grew it to 4 MiB; the rest
/// is room. A longer length in a file is damage.
pub(crate) const MOST_PAYLOAD_BYTES: usize = 8 << 20;

/// Why a record was not written.
#[derive(Debug)]
pub(crate) enum AppendError {
    /// Nothing of it is in the journal; the next one may go well.
    Refused(io::Error),
    /// It may or may not be durable; nothing more may be written.
    Fatal(io::Error),
}

/// The journal's end, where records are appended. Owned by the committer's thread.
pub(crate) struct Journal {
    files: Arc<dyn Files>,
    folder: PathBuf,
    segment: Box<dyn Output>,
    /// Of the segment in use.
    length: u64,
    /// The last sequence written.
    sequence: u64,
    segment_bytes: u64,
}

pub(crate) fn folder(store: &Path) -> PathBuf {
    store.join("journal")
}

pub(crate) fn segment_name(first: u64) -> String {
    format!("{first:020}.log")
}

pub(crate) fn head(first: u64) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&first.to_le_bytes());
    let checksum = crc32c::crc32c(&bytes);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes
}

/// A record's bytes.
pub(crate) fn record(sequence: u64, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(RECORD_HEAD_BYTES + payload.len());
    bytes.extend_from_slice(&(payload.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&checksum(sequence, payload).to_le_bytes());
    bytes.extend_from_slice(&sequence.to_le_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

pub(crate) fn checksum(sequence: u64, payload: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&sequence.to_le_bytes()), payload)
}

fn new_segment(files: &dyn Files, folder: &Path, first: u64) -> io::Result<Box<dyn Output>> {
    let mut segment = files.create(&folder.join(segment_name(first)))?;
    segment.write_all(&head(first))?;
    segment.sync()?;
    files.sync_folder(folder)?;
    Ok(segment)
}

impl Journal {
    /// Begins a segment behind `sequence`, or goes on in the last one, of that length, if there is one.
    pub(crate) fn open(
        files: Arc<dyn Files>,
        store: &Path,
        sequence: u64,
        last: Option<(u64, u64)>,
        segment_bytes: u64,
    ) -> io::Result<Self> {
        let folder = folder(store);
        files.create_folder(&folder)?;
        let (segment, length) = match last {
            Some((first, length)) => (files.append(&folder.join(segment_name(first)))?, length),
            None => (new_segment(&*files, &folder, sequence + 1)?, HEAD_BYTES as u64),
        };
        Ok(Self { files, folder, segment, length, sequence, segment_bytes })
    }

    /// The last sequence written.
    pub(crate) fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Lets the next record begin a segment.
    pub(crate) fn end_segment(&mut self) {
        if self.length > HEAD_BYTES as u64 {
            self.length = self.length.max(self.segment_bytes);
        }
    }

    /// Writes one record and makes it durable. Returns its sequence and length.
    pub(crate) fn append(&mut self, payload: &[u8]) -> Result<(u64, u64), AppendError> {
        if self.length >= self.segment_bytes {
            // The old segment was synced with its last record, so a full disk loses nothing here. Any other failure
            // is a disk that can't be trusted.
            let begun = new_segment(&*self.files, &self.folder, self.sequence + 1);
            self.segment = begun.map_err(|error| match is_full(&error) {
                true => AppendError::Refused(error),
                false => AppendError::Fatal(error),
            })?;
            self.length = HEAD_BYTES as u64;
        }
        let sequence = self.sequence + 1;
        let bytes = record(sequence, payload);
        if let Err(error) = self.segment.write_all(&bytes) {
            // The disk is full, mostly. What stands there of the record goes away again.
            return match self.segment.truncate(self.length) {
                Ok(()) => Err(AppendError::Refused(error)),
                Err(second) => Err(AppendError::Fatal(io::Error::new(
                    error.kind(),
                    format!("{error}; cutting the half-written record back failed too: {second}"),
                ))),
            };
        }
        self.segment.sync().map_err(AppendError::Fatal)?;
        self.sequence = sequence;
        self.length += bytes.len() as u64;
        Ok((sequence, bytes.len() as u64))
    }
}
