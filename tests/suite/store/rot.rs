//! Bit rot and careless hands: a store is written and left, something in its folder is harmed, and everything that it
//! answers afterwards is compared with what it was told. What it says that helps is done, and must help.

#[path = "rot/look.rs"]
mod look;

use std::fs;
use std::path::{Path, PathBuf};

use plugdesk_domain::Storage;
use plugdesk_store::{Files, Options, RealFiles, Store, restore};

use super::disk::Dice;
use super::truth::Truth;

/// So many bytes are damaged at once.
const DAMAGED: usize = 16;
/// Samples are kept in memory while so much of it is free.
const ROOM: u64 = 1 << 30;

/// What is harmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Journal,
    /// sled's log.
    Tree,
    /// sled's own page table.
    Table,
    Snapshot,
    Captures,
    Files,
    Checkpoint,
    Backup,
}

impl Part {
    pub(crate) const ALL: [Self; 8] = [
        Self::Journal,
        Self::Tree,
        Self::Table,
        Self::Snapshot,
        Self::Captures,
        Self::Files,
        Self::Checkpoint,
        Self::Backup,
    ];
}

/// How.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Harm {
    /// Sixteen bytes at a random place.
    Bytes,
    /// The end is cut off.
    Cut,
    /// The end is full of zeros.
    Zeros,
    /// The file as it was some time before.
    Older,
    /// It is gone.
    Missing,
    /// It has the content of another file of the same part.
    Swapped,
    /// A folder stands in its place.
    Folder,
}

impl Harm {
    pub(crate) const ALL: [Self; 7] =
        [Self::Bytes, Self::Cut, Self::Zeros, Self::Older, Self::Missing, Self::Swapped, Self::Folder];
}

/// How it came out. Anything else is a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// Refused when it was opened, or when it was restored; the backup brought everything back.
    Refused,
    /// Repaired when it was opened.
    Repaired,
    /// Told when it was read; opening it again repaired it.
    AtReading,
    /// Told by `verify`; what it said helped.
    ByVerify,
    /// Nothing that is read stood there.
    Harmless,
}

/// How the store was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    Closed,
    /// As `kill -9` leaves it.
    Killed,
}

/// A store that was written and left, a backup of it, and what it was told.
pub(crate) struct Sample {
    left: tempfile::TempDir,
    earlier: tempfile::TempDir,
    backup: Vec<u8>,
    truth: Truth,
}

/// A folder in memory where there is one: nothing here is about the disk, and syncing costs most of the time.
pub(crate) fn scratch() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let room = Files::free_bytes(&RealFiles, memory).is_ok_and(|free| free > ROOM);
    if room { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

fn options(folder: &Path) -> Options {
    Options {
        segment_bytes: 64 << 10,
        checkpoint_bytes: 32 << 10,
        snapshot_bytes: 256 << 10,
        reserve_bytes: 0,
        // What is harmed is a copy; a tree that is always built anew would be looked at by nobody.
        know_copies: false,
        ..Options::new(folder).with_cache_bytes(8 << 20)
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path, found),
            false => found.push(path),
        }
    }
    found.sort();
}

impl Sample {
    /// Writes so many changes with texts of up to so many bytes; as many again after it was copied, opened again in
    /// between so that sled's page table is in use.
    pub(crate) fn new(left: Left, changes: u64, most: u64, seed: u64) -> Self {
        let [live, earlier, kept] = [(); 3].map(|()| scratch());
        let mut dice = Dice(seed | 1);
        let mut truth = Truth::default();
        let store = Store::open(&options(live.path())).unwrap();
        truth.write(&*store, changes / 2, most, &mut dice);
        store.close().unwrap();
        drop(store);
        copy(live.path(), earlier.path());
        let store = Store::open(&options(live.path())).unwrap();
        truth.write(&*store, changes - changes / 2, most, &mut dice);
        let mut backup = Vec::new();
        store.maintenance().backup(&mut backup).unwrap();
        if left == Left::Closed {
            store.close().unwrap();
        }
        // Nobody writes: what stands in the files is what a kill would leave.
        copy(live.path(), kept.path());
        Self { left: kept, earlier, backup, truth }
    }

    /// The files of a part, under the folder.
    fn targets(&self, part: Part, folder: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        match part {
            Part::Journal => files(&folder.join("journal"), &mut found),
            Part::Tree => found.push(folder.join("sled/db")),
            Part::Table => {
                files(&folder.join("sled"), &mut found);
                found.retain(|path| path.extension().is_some_and(|end| end != "generating"));
            }
            Part::Snapshot => files(&folder.join("snapshots"), &mut found),
            Part::Captures => files(&folder.join("captures"), &mut found),
            Part::Files => files(&folder.join("blobs"), &mut found),
            Part::Checkpoint => found.push(folder.join("CHECKPOINT")),
            Part::Backup => {}
        }
        found
    }

    /// Harms a part of a copy and looks at what follows. None: this can't be done to it.
    pub(crate) fn harm(&self, part: Part, harm: Harm, seed: u64) -> Option<Result<Outcome, String>> {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        if part == Part::Backup {
            return matches!(harm, Harm::Bytes | Harm::Cut | Harm::Zeros).then(|| self.harm_backup(harm, &mut dice));
        }
        let folder = scratch();
        copy(self.left.path(), folder.path());
        let targets = self.targets(part, folder.path());
        let target = &targets[dice.roll(targets.len() as u64) as usize];
        if !self.apply(harm, target, &targets, folder.path(), &mut dice) {
            return None;
        }
        let name = target.strip_prefix(folder.path()).unwrap_or(target).display().to_string();
        Some(self.look(part, harm, folder.path()).map_err(|what| format!("{part:?} {harm:?} of {name}: {what}")))
    }

    /// Returns whether anything was changed.
    fn apply(&self, harm: Harm, target: &Path, targets: &[PathBuf], folder: &Path, dice: &mut Dice) -> bool {
        let before = fs::read(target).unwrap();
        let mut bytes = before.clone();
        match harm {
            Harm::Bytes | Harm::Cut | Harm::Zeros => damage(&mut bytes, harm, dice),
            Harm::Older => {
                let earlier = self.earlier.path().join(target.strip_prefix(folder).unwrap());
                match fs::read(earlier) {
                    Ok(earlier) => bytes = earlier,
                    Err(_) => return false,
                }
            }
            Harm::Swapped => {
                let other = &targets[dice.roll(targets.len() as u64) as usize];
                bytes = fs::read(other).unwrap();
                fs::write(other, &before).unwrap();
            }
            Harm::Missing => {
                fs::remove_file(target).unwrap();
                return true;
            }
            Harm::Folder => {
                fs::remove_file(target).unwrap();
                fs::create_dir(target).unwrap();
                return true;
            }
        }
        fs::write(target, &bytes).unwrap();
        bytes != before
    }

    fn harm_backup(&self, harm: Harm, dice: &mut Dice) -> Result<Outcome, String> {
        let mut bytes = self.backup.clone();
        damage(&mut bytes, harm, dice);
        if bytes == self.backup {
            return Ok(Outcome::Harmless);
        }
        let elsewhere = scratch();
        match restore(&mut bytes.as_slice(), elsewhere.path()) {
            // A whole one goes into the same folder: the attempt left nothing behind.
            Err(_) => self.restored(elsewhere.path()).map(|()| Outcome::Refused),
            Ok(_) => Err("a damaged backup was restored".to_owned()),
        }
    }

    fn restored(&self, folder: &Path) -> Result<(), String> {
        restore(&mut self.backup.as_slice(), folder).map_err(|error| format!("the backup: {error}"))?;
        let store = Store::open(&options(folder)).map_err(|error| format!("the restored store: {error}"))?;
        self.whole(&store)
    }
}

/// Changes at least one byte.
fn damage(bytes: &mut Vec<u8>, harm: Harm, dice: &mut Dice) {
    let place = dice.roll(bytes.len() as u64) as usize;
    match harm {
        Harm::Cut => bytes.truncate(place),
        Harm::Zeros => bytes[place..].fill(0),
        _ => {
            let place = place.min(bytes.len().saturating_sub(DAMAGED));
            let end = bytes.len().min(place + DAMAGED);
            bytes[place..end].iter_mut().for_each(|byte| *byte ^= (dice.roll(255) + 1) as u8);
        }
    }
}
