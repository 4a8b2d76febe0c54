//! Restoring a backup: into a new folder, or into memory.

use std::io::{self, Read};
use std::path::Path;

use plugdesk_domain::{Blobs, Digest};

use crate::blobs::{BlobStore, DiskBlobs};
use crate::checkpoint;
use crate::engine::Engine;
use crate::error::Error;
use crate::files::{Files, RealFiles};
use crate::journal;
use crate::opening;
use crate::pieces::Pieces;
use crate::snapshot::{self, Chunk, Chunks, Dump, Sink, load};

/// Puts a backup into a folder that holds no store yet, checking all of it. [`crate::Store::open`] then opens it. The
/// folder counts as restored only when the whole backup was read: an interrupted restore leaves an empty store's
/// folder, into which it can be repeated. Returns the number of keys.
///
/// # Errors
/// [`Error::NotEmpty`], [`Error::Snapshot`] with the place of the damage, [`Error::Io`].
pub fn restore(from: &mut dyn Read, folder: &Path) -> Result<u64, Error> {
    let files = RealFiles;
    let failed = |error: io::Error| Error::io("the backup can't be restored", &error);
    opening::make_folder(folder).map_err(failed)?;
    let _lock = opening::lock(folder)?;
    let holds = journal::segments(&files, folder).map_err(failed)?.is_empty()
        && snapshot::list(&files, folder).map_err(failed)?.is_empty()
        && files.length(&checkpoint::path(folder)).map_err(failed)?.is_none();
    if !holds {
        return Err(Error::NotEmpty(folder.to_owned()));
    }
    let snapshots = snapshot::folder(folder);
    files.create_folder(&snapshots).map_err(failed)?;
    let blobs = BlobStore::Disk(DiskBlobs::open(std::sync::Arc::new(RealFiles), folder, 0).map_err(failed)?);

    let mut chunks = Chunks::new(Box::new(from), "the backup")?;
    let temporary = snapshots.join("restore.tmp");
    let mut to = io::BufWriter::new(files.create(&temporary).map_err(failed)?);
    let mut arriving = Arriving::new(&blobs);
    let mut dump = Dump::default();
    {
        let mut sink = Sink::new(&mut to).map_err(failed)?;
        while let Some(chunk) = chunks.next()? {
            match chunk {
                Chunk::File { digest, last, bytes } => arriving.add(digest, last, &bytes)?,
                Chunk::End { sequence } => {
                    arriving.end()?;
                    dump.sequence = sequence;
                    sink.end(&dump, 0).map_err(failed)?;
                }
                Chunk::Pairs(_) | Chunk::Journal(_) | Chunk::Begin => {
                    if let Chunk::Pairs(pairs) = &chunk {
                        dump.pairs += pairs.len() as u64;
                    }
                    let (kind, raw) = &chunks.raw;
                    sink.chunk(*kind, raw).map_err(failed)?;
                }
            }
        }
    }
    let mut file = to.into_inner().map_err(|error| failed(error.into_error()))?;
    file.sync().map_err(failed)?;
    files.rename(&temporary, &snapshots.join(snapshot::name(dump.sequence))).map_err(failed)?;
    files.sync_folder(&snapshots).map_err(failed)?;
    files.sync_folder(folder).map_err(failed)?;
    Ok(dump.pairs)
}

/// Loads a backup into an empty engine and its files.
pub(crate) fn into(from: &mut dyn Read, engine: &dyn Engine, blobs: &dyn Blobs) -> Result<(), Error> {
    let mut chunks = Chunks::new(Box::new(from), "the backup")?;
    let mut files = Arriving::new(blobs);
    load(&mut chunks, engine, &mut |digest, last, bytes| files.add(digest, last, &bytes))?;
    files.end()
}

/// The files of a backup on their way into the store.
struct Arriving<'a> {
    blobs: &'a dyn Blobs,
    pieces: Pieces,
}

impl<'a> Arriving<'a> {
    fn new(blobs: &'a dyn Blobs) -> Self {
        Self { blobs, pieces: Pieces::default() }
    }

    fn add(&mut self, digest: Digest, last: bool, piece: &[u8]) -> Result<(), Error> {
        match self.pieces.add(digest, last, piece).map_err(|what| damaged(digest, &format!("it {what}")))? {
            Some(bytes) => Ok(self.blobs.put(&bytes).map(drop)?),
            None => Ok(()),
        }
    }

    fn end(&self) -> Result<(), Error> {
        self.pieces.open().map_or(Ok(()), |digest| Err(damaged(digest, "it has no end")))
    }
}

fn damaged(file: Digest, what: &str) -> Error {
    Error::Snapshot { name: format!("file {file} in the backup"), offset: 0, what: what.to_owned() }
}
