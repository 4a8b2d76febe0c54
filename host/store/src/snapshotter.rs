//! Snapshots made by themselves, each read back and compared before any journal segment is dropped for it.

use std::collections::HashSet;
use std::io;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;

use plugdesk_domain::{Direction, StoreError};

use crate::disk::Disk;
use crate::error::Error;
use crate::journal;
use crate::keyspace;
use crate::room::Sparing;
use crate::scan;
use crate::shared::{Shared, TAKEN_AWAY, lock};
use crate::snapshot::{self, Dump, Sink, State, dump};

/// So many keys may differ between a snapshot and the tree because they were written meanwhile; with more the
/// snapshot is thrown away and made again later, because telling them apart takes memory.
const MOST_DIFFERING: usize = 1 << 20;

/// Makes a snapshot each time one is asked for, until nobody can ask any more.
pub(crate) fn run(shared: &Shared, asked: &Receiver<()>) {
    while asked.recv().is_ok() {
        let Some(disk) = &shared.disk else { return };
        let _alone = lock(&shared.care);
        // One that fails changes nothing: the journal stays, and the next group asks again.
        if make(shared, disk).is_err() {
            drop(disk.files.remove(&temporary(disk)));
        }
    }
}

fn temporary(disk: &Disk) -> std::path::PathBuf {
    snapshot::folder(&disk.folder).join("next.tmp")
}

fn make(shared: &Shared, disk: &Disk) -> Result<(), Error> {
    let failed = |error: io::Error| Error::io("the snapshot can't be written", &error);
    if disk.is_taken_away() {
        return Err(Error::Store(StoreError::ReadOnly(TAKEN_AWAY.to_owned())));
    }
    let temporary = temporary(disk);
    let (files, folder, reserve) = (&*disk.files, disk.folder.as_path(), disk.reserve_bytes);
    let sparing = Sparing::new(disk.files.create(&temporary).map_err(failed)?, files, folder, reserve);
    let mut to = io::BufWriter::with_capacity(256 << 10, sparing);
    let dump = {
        let mut sink = Sink::new(&mut to).map_err(failed)?;
        let dump = dump(shared, &[], &mut sink)?;
        sink.end(&dump, 0).map_err(failed)?;
        dump
    };
    let mut file = to.into_inner().map_err(|error| failed(error.into_error()))?;
    file.sync().map_err(failed)?;
    drop(file);
    compare(shared, disk, &temporary)?;
    if disk.is_taken_away() {
        return Err(Error::Store(StoreError::ReadOnly(TAKEN_AWAY.to_owned())));
    }
    let folder = snapshot::folder(&disk.folder);
    disk.files.rename(&temporary, &folder.join(snapshot::name(dump.sequence))).map_err(failed)?;
    disk.files.sync_folder(&folder).map_err(failed)?;
    drop_older(disk, &dump).map_err(failed)
}

/// Reads a snapshot back and compares what it comes to with the tree. What was journalled since may differ.
fn compare(shared: &Shared, disk: &Disk, path: &Path) -> Result<(), Error> {
    let mut open = || disk.files.read(path).map(|file| Box::new(io::BufReader::new(file)) as Box<dyn io::Read>);
    let mut state = State::new(&mut open, "the new snapshot")?;
    let applied = keyspace::meta("applied");
    let mut differing: HashSet<Vec<u8>> = HashSet::new();
    let mut after: Option<Vec<u8>> = None;
    let mut expected = state.next()?;
    loop {
        shared.check_closing()?;
        let page = shared.read(|engine| scan::under(engine, &[], after.as_deref(), scan::STEP, Direction::Forward))?;
        let Some((last, _)) = page.last() else { break };
        after = Some(last.clone());
        for (key, value) in page.into_iter().filter(|(key, _)| *key != applied) {
            while let Some((gone, _)) = expected.take_if(|(known, _)| *known < key) {
                differing.insert(gone);
                expected = state.next()?;
            }
            match expected.take_if(|(known, _)| *known == key) {
                Some((_, known)) => {
                    if known != value {
                        differing.insert(key);
                    }
                    expected = state.next()?;
                }
                None => {
                    differing.insert(key);
                }
            }
            if differing.len() > MOST_DIFFERING {
                return Err(Error::Store(StoreError::Busy));
            }
        }
    }
    while let Some((gone, _)) = expected {
        differing.insert(gone);
        expected = state.next()?;
    }
    let segments = journal::segments(&*disk.files, &disk.folder);
    let segments = segments.map_err(|error| Error::io("the journal can't be listed", &error))?;
    journal::visit(&*disk.files, &segments, state.sequence, shared.appended(), &mut |_, operations| {
        operations.iter().for_each(|operation| {
            differing.remove(&operation.key);
        });
        Ok(())
    })?;
    match differing.is_empty() {
        true => Ok(()),
        false => Err(Error::Snapshot {
            name: "the new snapshot".to_owned(),
            offset: 0,
            what: format!("{} keys differ from the tree", differing.len()),
        }),
    }
}

/// Drops older snapshots, and the segments that neither the new one nor the checkpoint needs.
fn drop_older(disk: &Disk, dump: &Dump) -> io::Result<()> {
    let files = &*disk.files;
    for (sequence, path) in snapshot::list(files, &disk.folder)? {
        if sequence < dump.sequence {
            files.remove(&path)?;
        } else {
            disk.snapshot_bytes.store(files.length(&path)?.unwrap_or(0), Ordering::Relaxed);
        }
    }
    let needed = dump.sequence.min(disk.checkpoint.load(Ordering::Acquire));
    let segments = journal::segments(files, &disk.folder)?;
    for pair in segments.windows(2) {
        if let [old, following] = pair {
            if following.first > needed + 1 {
                break;
            }
            files.remove(&old.path)?;
            // One by one: a power cut may undo any of several, and an older one left behind a gap looks like damage.
            files.sync_folder(&journal::folder(&disk.folder))?;
            disk.journal_bytes.fetch_sub(old.length, Ordering::Relaxed);
        }
    }
    Ok(())
}
