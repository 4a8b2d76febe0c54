//! Building the tree anew from the newest snapshot that reads well and the journal behind it.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::Remains;
use crate::engine::Engine;
use crate::error::Error;
use crate::journal;
use crate::operation::Operation;
use crate::options::Options;
use crate::snapshot::{Chunks, load};

/// Journal records are done again in batches of about so many bytes: fewer, larger ones are quicker.
const BATCH_BYTES: usize = 1 << 20;

fn set_aside_path(options: &Options) -> PathBuf {
    options.folder.join("sled.set-aside")
}

/// Puts sled's folder aside until another stands in its place. If one was put aside already, what stands there now is
/// the half of an attempt that failed, and goes: however often the store is opened over a damaged journal, the tree that
/// was there first stays.
pub(super) fn set_aside(options: &Options) -> Result<(), Error> {
    let (folder, aside) = (options.folder.join("sled"), set_aside_path(options));
    let moved = match aside.exists() {
        true => fs::remove_dir_all(folder),
        false => fs::rename(folder, aside),
    };
    match moved {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::io("sled's folder can't be set aside", &error))
        }
        _ => Ok(()),
    }
}

/// Removes what was set aside earlier.
pub(super) fn remove_set_aside(options: &Options) -> Result<(), Error> {
    match fs::remove_dir_all(set_aside_path(options)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::io("sled's set-aside folder can't be removed", &error))
        }
        _ => Ok(()),
    }
}

/// A tree from `make`, filled. Each attempt gets an empty one.
pub(super) fn rebuild(
    options: &Options,
    remains: &Remains,
    make: &mut dyn FnMut() -> Result<Arc<dyn Engine>, Error>,
) -> Result<Arc<dyn Engine>, Error> {
    let mut first_error = None;
    let sources = remains.snapshots.iter().map(Some).chain([None]);
    for source in sources {
        let begin = source.map_or(0, |(sequence, _)| *sequence);
        let reaches = remains.segments.first().is_some_and(|segment| segment.first <= begin + 1);
        if begin != remains.sequence && !reaches {
            let missing = begin + 1;
            first_error.get_or_insert(Error::Gap { missing, until: remains.sequence });
            continue;
        }
        let engine = make()?;
        let filled = match source {
            Some((_, path)) => fill(options, path, begin, &*engine),
            None => Ok(()),
        };
        match filled.and_then(|()| replay(options, remains, begin, &*engine)) {
            Ok(()) => return Ok(engine),
            Err(error) => drop(first_error.get_or_insert(error)),
        }
    }
    Err(first_error.unwrap_or(Error::Gap { missing: 1, until: remains.sequence }))
}

/// Loads a snapshot, which must stand where its name says: the journal is done again from there.
fn fill(options: &Options, path: &std::path::Path, sequence: u64, engine: &dyn Engine) -> Result<(), Error> {
    let from = options.files.read(path).map_err(|error| Error::io("the snapshot can't be read", &error))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut chunks = Chunks::new(Box::new(io::BufReader::new(from)), &name)?;
    match load(&mut chunks, engine, &mut |_, _, _| Ok(()))? == sequence {
        true => Ok(()),
        false => Err(chunks.damaged("it is another snapshot than its name says")),
    }
}

/// Does the journal's records behind `after` again.
pub(super) fn replay(options: &Options, remains: &Remains, after: u64, engine: &dyn Engine) -> Result<(), Error> {
    let mut batch: Vec<Operation> = Vec::new();
    let (mut bytes, mut last) = (0, after);
    let until = remains.sequence;
    journal::visit(&*options.files, &remains.segments, after, until, &mut |sequence, operations| {
        bytes += operations.iter().map(Operation::bytes).sum::<usize>();
        batch.extend(operations);
        last = sequence;
        if bytes >= BATCH_BYTES {
            engine.apply(&batch, sequence)?;
            batch.clear();
            bytes = 0;
        }
        Ok(())
    })?;
    if !batch.is_empty() {
        engine.apply(&batch, last)?;
    }
    Ok(())
}
