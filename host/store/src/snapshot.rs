//! Snapshots and backups: one format, a logical dump that is consistent without stopping the writers.
//!
//! ```text
//! "PDSNAP01", then chunks: type (1), raw length (4), stored length (4), CRC-32C of those and the rest (4), lz4 block
//! H  the journal sequence the dump began at
//! P  keys and values, in the order of keys, while writing went on
//! J  a journal sequence and its operations: those written meanwhile; done after the P's they make the dump consistent
//! B  a file's digest and bytes, in pieces; backups only
//! Z  the sequence it stands at, how many pairs and files there are
//! ```

mod reader;
mod writer;

pub(crate) use self::reader::{Chunk, Chunks, State, load};
pub(crate) use self::writer::{Dump, Sink, dump};

use std::io;
use std::path::{Path, PathBuf};

use crate::files::Files;

const MAGIC: &[u8; 8] = b"PDSNAP01";
/// A chunk of pairs ends behind so many bytes: enough for lz4 to find repetitions, small enough to hold in memory.
const CHUNK_BYTES: usize = 256 << 10;
/// No chunk is larger: a journal record with its sequence is the largest there is.
const MOST_CHUNK_BYTES: usize = crate::journal::MOST_PAYLOAD_BYTES + 64;
/// A file travels in pieces of so many bytes.
pub(crate) const PIECE_BYTES: usize = 1 << 20;

pub(crate) fn folder(store: &Path) -> PathBuf {
    store.join("snapshots")
}

pub(crate) fn name(sequence: u64) -> String {
    format!("{sequence:020}.snapshot")
}

/// The snapshots of a store, newest first, each with the sequence it stands at. One that bears its name was verified.
pub(crate) fn list(files: &dyn Files, store: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let folder = folder(store);
    let mut found = Vec::new();
    for file in files.list(&folder)? {
        let sequence = file.strip_suffix(".snapshot").and_then(|digits| digits.parse::<u64>().ok());
        found
            .extend(sequence.filter(|sequence| name(*sequence) == file).map(|sequence| (sequence, folder.join(&file))));
    }
    found.sort_by(|a, b| b.cmp(a));
    Ok(found)
}
