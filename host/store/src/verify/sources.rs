//! What the tree could be built from again, read to its end: the newest snapshot and the journal behind it.
//!
//! Damage there harms nobody until the tree is lost too, and then it is too late. While the tree is whole it is repaired
//! by making a new snapshot, after which the damaged file is not needed any more.

use std::io::BufReader;
use std::sync::atomic::Ordering;

use plugdesk_domain::{ROOT_DESK, StoreError};

use crate::disk::Disk;
use crate::envelope;
use crate::error::Error;
use crate::journal;
use crate::keyspace::{self, Space};
use crate::operation::Operation;
use crate::prepare::Prepared;
use crate::shared::Shared;
use crate::snapshot::{self, Chunk, Chunks};

/// What was found.
#[derive(Default)]
pub(super) struct Sources {
    /// Journal records read.
    pub(super) records: u64,
    /// What is damaged or missing, in words: a new snapshot takes its place.
    pub(super) damaged: Vec<String>,
    /// What can't be read at all, in words: somebody has to look.
    pub(super) unreadable: Vec<String>,
}

impl Sources {
    fn note(&mut self, error: Error) -> Result<(), StoreError> {
        match error {
            Error::Journal { file, offset, what } => {
                self.damaged.push(format!("the journal is damaged: {} at byte {offset}: {what}", file.display()));
            }
            Error::Gap { missing, until } => {
                self.damaged.push(format!("the journal lacks record {missing} of those up to {until}"));
            }
            Error::Snapshot { name, offset, what } => {
                self.damaged.push(format!("snapshot {name} is damaged at byte {offset}: {what}"));
            }
            Error::Store(error) => return Err(error),
            Error::Io { .. } | Error::InUse(_) | Error::NotEmpty(_) => {
                self.unreadable.push(format!("{error}; make it readable or move it away, then verify again"));
            }
        }
        Ok(())
    }
}

/// Reads both. The caller holds the lock under which snapshots are made and segments dropped.
pub(super) fn look(shared: &Shared, disk: &Disk) -> Result<Sources, StoreError> {
    let mut found = Sources::default();
    let snapshots = snapshot::list(&*disk.files, &disk.folder);
    let snapshots = snapshots.map_err(|error| Error::io("the snapshots can't be listed", &error))?;
    for (sequence, path) in &snapshots {
        shared.check_closing()?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let whole = disk.files.read(path).map_err(|error| Error::io("the snapshot can't be read", &error));
        let end = whole.and_then(|from| {
            let mut chunks = Chunks::new(Box::new(BufReader::new(from)), &name)?;
            while let Some(chunk) = chunks.next()? {
                if matches!(chunk, Chunk::End { sequence: end } if end != *sequence) {
                    return Err(chunks.damaged("it is another snapshot than its name says"));
                }
            }
            Ok(())
        });
        end.or_else(|error| found.note(error))?;
    }
    let until = shared.appended();
    let segments = journal::segments(&*disk.files, &disk.folder);
    let segments = segments.map_err(|error| Error::io("the journal can't be listed", &error))?;
    // From its beginning, also where a snapshot stands later: what is not needed is dropped, not kept damaged.
    let begin = segments.first().map_or(until, |first| first.first.saturating_sub(1));
    let from = snapshots.first().map_or(0, |(sequence, _)| *sequence);
    if begin > from {
        found.note(Error::Gap { missing: from + 1, until: begin })?;
    }
    let mut records = 0;
    let read = journal::visit(&*disk.files, &segments, begin, until, &mut |_, _| {
        records += 1;
        shared.check_closing().map_err(Error::Store)
    });
    found.records = records;
    read.or_else(|error| found.note(error))?;
    Ok(found)
}

/// Has a new snapshot made, behind which nothing of the damaged files is needed. A commit of the store's own begins a
/// new journal segment for what comes after it.
pub(super) fn renew(shared: &Shared) -> Result<(), StoreError> {
    let key = keyspace::meta("renewed");
    let note = envelope::seal(&key, 0, &shared.applied().to_le_bytes());
    shared.renew.store(true, Ordering::Release);
    shared.submit_wait(Prepared::raw(Space::of(ROOT_DESK), vec![Operation::put(key, note)])).map(drop)
}
