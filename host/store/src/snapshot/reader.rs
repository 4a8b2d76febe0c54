//! Reading a dump: chunk by chunk, or as the sorted state that it comes to.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Read};
use std::iter::Peekable;

use plugdesk_domain::Digest;

use super::{MAGIC, MOST_CHUNK_BYTES};
use crate::engine::{Engine, Pair};
use crate::error::Error;
use crate::operation::{self, Operation};

/// One chunk of a dump.
#[derive(Debug)]
pub(crate) enum Chunk {
    Begin,
    Pairs(Vec<Operation>),
    Journal(Vec<Operation>),
    File { digest: Digest, last: bool, bytes: Vec<u8> },
    End { sequence: u64 },
}

/// The chunks of a dump. It ends after the end chunk; bytes that stop before it are an error.
pub(crate) struct Chunks<'a> {
    from: Box<dyn Read + 'a>,
    name: String,
    offset: u64,
    pairs: u64,
    files: u64,
    ended: bool,
    /// The chunk read last, as it stood in the stream.
    pub(crate) raw: (u8, Vec<u8>),
}

impl<'a> Chunks<'a> {
    /// Reads the beginning. `name` is for messages.
    pub(crate) fn new(from: Box<dyn Read + 'a>, name: &str) -> Result<Self, Error> {
        let mut chunks =
            Self { from, name: name.to_owned(), offset: 0, pairs: 0, files: 0, ended: false, raw: (0, Vec::new()) };
        let mut magic = [0; 8];
        chunks.fill(&mut magic)?;
        if &magic != MAGIC {
            return Err(chunks.damaged("it does not begin like a snapshot or backup of Plugdesk"));
        }
        Ok(chunks)
    }

    /// An error at the place that was reached.
    pub(crate) fn damaged(&self, what: &str) -> Error {
        Error::Snapshot { name: self.name.clone(), offset: self.offset, what: what.to_owned() }
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.from.read_exact(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => self.damaged("it ends too early"),
            _ => Error::io("the snapshot can't be read", &error),
        })?;
        self.offset += bytes.len() as u64;
        Ok(())
    }

    /// The next chunk; none behind the end.
    pub(crate) fn next(&mut self) -> Result<Option<Chunk>, Error> {
        if self.ended {
            return Ok(None);
        }
        let mut head = [0; 13];
        self.fill(&mut head)?;
        let [kind, a, b, c, d, e, f, g, h, checksum @ ..] = head;
        let (raw_length, length) =
            (u32::from_le_bytes([a, b, c, d]) as usize, u32::from_le_bytes([e, f, g, h]) as usize);
        // lz4 makes what it can't compress a little longer.
        if raw_length > MOST_CHUNK_BYTES || length > MOST_CHUNK_BYTES + MOST_CHUNK_BYTES / 100 + 64 {
            return Err(self.damaged("a chunk has a length that none has"));
        }
        let mut stored = vec![0; length];
        self.fill(&mut stored)?;
        let covered = head.first_chunk::<9>().map_or(0, |covered| crc32c::crc32c(covered));
        if crc32c::crc32c_append(covered, &stored) != u32::from_le_bytes(checksum) {
            return Err(self.damaged("a chunk does not match its checksum"));
        }
        let raw = lz4_flex::block::decompress(&stored, raw_length);
        let raw = raw.map_err(|error| self.damaged(&format!("a chunk can't be decompressed: {error}")))?;
        self.raw = (kind, raw);
        self.read().map(Some)
    }

    fn read(&mut self) -> Result<Chunk, Error> {
        let (kind, raw) = std::mem::take(&mut self.raw);
        let chunk = match kind {
            b'H' => Some(Chunk::Begin),
            b'P' => operation::read(&raw).filter(|pairs| pairs.iter().all(|pair| pair.value.is_some())).map(|pairs| {
                self.pairs += pairs.len() as u64;
                Chunk::Pairs(pairs)
            }),
            b'J' => raw.get(8..).and_then(operation::read).map(Chunk::Journal),
            b'B' => raw.split_first_chunk::<32>().and_then(|(digest, rest)| {
                let (last, bytes) = rest.split_first()?;
                self.files += u64::from(*last);
                Some(Chunk::File { digest: Digest::from_bytes(*digest), last: *last == 1, bytes: bytes.to_vec() })
            }),
            b'Z' => {
                self.ended = true;
                let mut numbers = raw.chunks_exact(8).map(|n| n.try_into().map_or(0, u64::from_le_bytes));
                let sequence = numbers.next();
                let counts = (numbers.next(), numbers.next());
                sequence
                    .filter(|_| counts == (Some(self.pairs), Some(self.files)))
                    .map(|sequence| Chunk::End { sequence })
            }
            _ => None,
        };
        let chunk = chunk.ok_or_else(|| self.damaged("a chunk does not hold what its type says"));
        self.raw = (kind, raw);
        chunk
    }
}

/// Loads a dump into an empty engine; files are handed to `file`. Returns the sequence it stands at.
pub(crate) fn load(
    chunks: &mut Chunks<'_>,
    engine: &dyn Engine,
    file: &mut dyn FnMut(Digest, bool, Vec<u8>) -> Result<(), Error>,
) -> Result<u64, Error> {
    while let Some(chunk) = chunks.next()? {
        match chunk {
            Chunk::Begin => {}
            // The engine says 0 until all of it is there: half a load is never taken for a whole one.
            Chunk::Pairs(operations) | Chunk::Journal(operations) => engine.apply(&operations, 0)?,
            Chunk::File { digest, last, bytes } => file(digest, last, bytes)?,
            Chunk::End { sequence } => {
                engine.apply(&[], sequence)?;
                return Ok(sequence);
            }
        }
    }
    Err(chunks.damaged("it has no end"))
}

/// What a dump comes to, in the order of keys: its pairs with the journal's operations done.
pub(crate) struct State<'a> {
    chunks: Chunks<'a>,
    pairs: VecDeque<Pair>,
    later: Peekable<std::collections::btree_map::IntoIter<Vec<u8>, Option<Vec<u8>>>>,
    /// The sequence it stands at.
    pub(crate) sequence: u64,
}

impl<'a> State<'a> {
    /// Opens the dump twice: once for the operations at its end, which are held in memory, once for the pairs.
    pub(crate) fn new(open: &mut dyn FnMut() -> io::Result<Box<dyn Read + 'a>>, name: &str) -> Result<Self, Error> {
        let mut open = || open().map_err(|error| Error::io("the snapshot can't be opened", &error));
        let mut later = BTreeMap::new();
        let mut end = None;
        let mut chunks = Chunks::new(open()?, name)?;
        while let Some(chunk) = chunks.next()? {
            match chunk {
                Chunk::Journal(operations) => later.extend(operations.into_iter().map(|it| (it.key, it.value))),
                Chunk::End { sequence } => end = Some(sequence),
                Chunk::Begin | Chunk::Pairs(_) | Chunk::File { .. } => {}
            }
        }
        let sequence = end.ok_or_else(|| chunks.damaged("it has no end"))?;
        let chunks = Chunks::new(open()?, name)?;
        Ok(Self { chunks, pairs: VecDeque::new(), later: later.into_iter().peekable(), sequence })
    }

    /// The next pair; none: that was all.
    pub(crate) fn next(&mut self) -> Result<Option<Pair>, Error> {
        loop {
            while self.pairs.is_empty() {
                match self.chunks.next()? {
                    Some(Chunk::Pairs(pairs)) => {
                        self.pairs.extend(pairs.into_iter().filter_map(|it| it.value.map(|value| (it.key, value))));
                    }
                    Some(_) => {}
                    None => break,
                }
            }
            let from_later = match (self.pairs.front(), self.later.peek()) {
                (Some((key, _)), Some((later, _))) if key == later => {
                    // The later value, or removal, stands for the earlier one.
                    self.pairs.pop_front();
                    true
                }
                (Some((key, _)), Some((later, _))) => later < key,
                (Some(_), None) => false,
                (None, Some(_)) => true,
                (None, None) => return Ok(None),
            };
            if !from_later {
                return Ok(self.pairs.pop_front());
            }
            if let Some((key, Some(value))) = self.later.next() {
                return Ok(Some((key, value)));
            }
        }
    }
}
