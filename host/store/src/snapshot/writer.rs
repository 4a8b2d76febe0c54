//! Writing a dump: the tree page by page, then what was journalled meanwhile.

use std::io::{self, Write};

use plugdesk_domain::{Digest, Direction, StoreError};

use super::{CHUNK_BYTES, MAGIC, PIECE_BYTES};
use crate::envelope;
use crate::error::Error;
use crate::journal;
use crate::keyspace;
use crate::operation;
use crate::room;
use crate::scan;
use crate::shared::Shared;

/// Chunks on their way out.
pub(crate) struct Sink<'a> {
    to: &'a mut dyn Write,
    written: u64,
}

impl<'a> Sink<'a> {
    /// Begins a dump.
    pub(crate) fn new(to: &'a mut dyn Write) -> io::Result<Self> {
        to.write_all(MAGIC)?;
        Ok(Self { to, written: MAGIC.len() as u64 })
    }

    /// Goes on with a dump of which so many bytes are written.
    pub(crate) fn go_on(to: &'a mut dyn Write, written: u64) -> Self {
        Self { to, written }
    }

    /// Bytes written so far, the beginning among them.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Writes a chunk.
    pub(crate) fn chunk(&mut self, kind: u8, raw: &[u8]) -> io::Result<()> {
        let stored = lz4_flex::block::compress(raw);
        let mut head = vec![kind];
        head.extend_from_slice(&(raw.len() as u32).to_le_bytes());
        head.extend_from_slice(&(stored.len() as u32).to_le_bytes());
        let checksum = crc32c::crc32c_append(crc32c::crc32c(&head), &stored);
        head.extend_from_slice(&checksum.to_le_bytes());
        self.to.write_all(&head)?;
        self.to.write_all(&stored)?;
        self.written += (head.len() + stored.len()) as u64;
        Ok(())
    }

    /// Writes a file in pieces.
    pub(crate) fn file(&mut self, digest: &Digest, bytes: &[u8]) -> io::Result<()> {
        let mut pieces = bytes.chunks(PIECE_BYTES).peekable();
        // An empty file has one empty piece.
        let mut piece = pieces.next().unwrap_or_default();
        loop {
            let mut raw = digest.bytes().to_vec();
            raw.push(u8::from(pieces.peek().is_none()));
            raw.extend_from_slice(piece);
            self.chunk(b'B', &raw)?;
            match pieces.next() {
                Some(next) => piece = next,
                None => return Ok(()),
            }
        }
    }

    /// Ends it.
    pub(crate) fn end(&mut self, dump: &Dump, files: u64) -> io::Result<()> {
        let mut raw = Vec::new();
        for number in [dump.sequence, dump.pairs, files] {
            raw.extend_from_slice(&number.to_le_bytes());
        }
        self.chunk(b'Z', &raw)?;
        self.to.flush()
    }
}

/// What a dump holds.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Dump {
    /// The journal sequence it stands at once its J chunks are done.
    pub(crate) sequence: u64,
    /// P pairs.
    pub(crate) pairs: u64,
    /// Records among them.
    pub(crate) records: u64,
    /// Their bytes.
    pub(crate) bytes: u64,
}

fn failed(error: &io::Error) -> StoreError {
    room::failed("the dump can't be written", error)
}

/// Writes everything under `prefix`. Over a journal, writing goes on meanwhile; without one it waits.
pub(crate) fn dump(shared: &Shared, prefix: &[u8], sink: &mut Sink<'_>) -> Result<Dump, StoreError> {
    let Some(disk) = &shared.disk else {
        return shared.read(|engine| {
            let mut pages = |after: Option<&[u8]>| scan::under(engine, prefix, after, 256, Direction::Forward);
            let mut dump = Dump { sequence: engine.applied()?, ..Dump::default() };
            sink.chunk(b'H', &dump.sequence.to_le_bytes()).map_err(|error| failed(&error))?;
            write_pairs(&mut pages, sink, &mut dump)?;
            Ok(dump)
        });
    };
    // Every group up to here is in the tree as a whole; what a later one changes while we read, we get again below.
    let begin = shared.applied();
    let mut dump = Dump::default();
    sink.chunk(b'H', &begin.to_le_bytes()).map_err(|error| failed(&error))?;
    let mut pages = |after: Option<&[u8]>| {
        shared.check_closing()?;
        shared.read(|engine| scan::under(engine, prefix, after, scan::STEP, Direction::Forward))
    };
    write_pairs(&mut pages, sink, &mut dump)?;
    dump.sequence = shared.appended();
    let segments = journal::segments(&*disk.files, &disk.folder);
    let segments = segments.map_err(|error| StoreError::Io(format!("the journal can't be listed: {error}")))?;
    journal::visit(&*disk.files, &segments, begin, dump.sequence, &mut |sequence, operations| {
        let mut raw = sequence.to_le_bytes().to_vec();
        operations.iter().filter(|it| it.key.starts_with(prefix)).for_each(|it| it.write(&mut raw));
        sink.chunk(b'J', &raw).map_err(|error| Error::Store(failed(&error)))
    })?;
    Ok(dump)
}

type Pages<'a> = dyn FnMut(Option<&[u8]>) -> Result<Vec<crate::engine::Pair>, StoreError> + 'a;

fn write_pairs(pages: &mut Pages<'_>, sink: &mut Sink<'_>, dump: &mut Dump) -> Result<(), StoreError> {
    let applied = keyspace::meta("applied");
    let mut raw = Vec::with_capacity(CHUNK_BYTES * 2);
    let mut after: Option<Vec<u8>> = None;
    loop {
        let found = pages(after.as_deref())?;
        let Some((last, _)) = found.last() else { break };
        after = Some(last.clone());
        for (key, value) in found.iter().filter(|(key, _)| *key != applied) {
            // What is damaged must not take the place of the journal that could bring it back.
            if !matches!(keyspace::kind(key), Some(keyspace::Kind::Entry) | None) {
                envelope::version(key, value)?;
            }
            operation::write(&mut raw, key, Some(value));
            dump.pairs += 1;
            dump.records += u64::from(keyspace::kind(key) == Some(keyspace::Kind::Record));
            dump.bytes += (key.len() + value.len()) as u64;
            if raw.len() >= CHUNK_BYTES {
                sink.chunk(b'P', &raw).map_err(|error| failed(&error))?;
                raw.clear();
            }
        }
    }
    if !raw.is_empty() {
        sink.chunk(b'P', &raw).map_err(|error| failed(&error))?;
    }
    Ok(())
}
