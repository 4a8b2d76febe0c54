//! What a disk holds after a power cut: the recorded calls replayed up to it, and what was not synced lost or torn.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use crate::recording::Call;

/// What happens to what was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Model {
    /// All of it is lost, names included.
    LoseAll,
    /// Any subset of pages and names is kept.
    Subset,
}

/// Dice (xorshift).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below.max(1)
    }
}

#[derive(Default, Clone)]
struct File {
    durable: Vec<u8>,
    pending: Vec<Pending>,
    length: u64,
}

#[derive(Clone)]
enum Pending {
    Write(u64, Vec<u8>),
    Length(u64),
    AtLeast(u64),
}

fn apply(bytes: &mut Vec<u8>, pending: &Pending) {
    match pending {
        Pending::Length(length) => bytes.resize(*length as usize, 0),
        Pending::AtLeast(length) => bytes.resize(bytes.len().max(*length as usize), 0),
        Pending::Write(offset, data) => {
            let (begin, end) = (*offset as usize, *offset as usize + data.len());
            bytes.resize(bytes.len().max(end), 0);
            bytes[begin..end].copy_from_slice(data);
        }
    }
}

/// The disk while the calls are replayed.
#[derive(Default)]
pub(crate) struct Image {
    files: HashMap<u64, File>,
    names: BTreeMap<PathBuf, u64>,
    durable_names: BTreeMap<PathBuf, u64>,
    syncing: HashMap<u64, (PathBuf, usize)>,
    next: u64,
    /// The last acknowledged operation of each writer.
    pub(crate) acknowledged: Vec<u64>,
}

impl Image {
    pub(crate) fn new(writers: u32) -> Self {
        Self { acknowledged: vec![0; writers as usize], ..Self::default() }
    }

    fn file(&mut self, path: &Path) -> Option<&mut File> {
        let file = self.names.get(path)?;
        self.files.get_mut(file)
    }

    pub(crate) fn replay(&mut self, call: &Call) {
        match call {
            Call::Create { path, truncate } => {
                if !self.names.contains_key(path) {
                    self.next += 1;
                    self.files.insert(self.next, File::default());
                    self.names.insert(path.clone(), self.next);
                }
                if *truncate {
                    self.change(path, Pending::Length(0));
                }
            }
            Call::Write { path, offset, bytes } => {
                let end = self.file(path).map_or(0, |file| file.length);
                self.change(path, Pending::Write(offset.unwrap_or(end), bytes.clone()));
            }
            Call::Truncate { path, length } => self.change(path, Pending::Length(*length)),
            Call::Allocate { path, length } => self.change(path, Pending::AtLeast(*length)),
            Call::SyncBegan { thread, path } => {
                let covered = self.file(path).map_or(0, |file| file.pending.len());
                self.syncing.insert(*thread, (path.clone(), covered));
            }
            Call::Synced { thread, path } => self.synced(*thread, path),
            Call::Rename { from, to } => {
                if let Some(file) = self.names.remove(from) {
                    self.names.insert(to.clone(), file);
                }
            }
            Call::Remove { path } => drop(self.names.remove(path)),
            Call::Acknowledged { writer, n } => self.acknowledged[*writer] = *n,
        }
    }

    fn change(&mut self, path: &Path, pending: Pending) {
        if let Some(file) = self.file(path) {
            file.length = match &pending {
                Pending::Length(length) => *length,
                Pending::AtLeast(length) => file.length.max(*length),
                Pending::Write(offset, bytes) => file.length.max(offset + bytes.len() as u64),
            };
            file.pending.push(pending);
        }
    }

    fn synced(&mut self, thread: u64, path: &Path) {
        let covered = self.syncing.remove(&thread).map_or(0, |(_, covered)| covered);
        match self.file(path) {
            Some(file) => {
                let covered = covered.min(file.pending.len());
                let done: Vec<Pending> = file.pending.drain(..covered).collect();
                done.iter().for_each(|pending| apply(&mut file.durable, pending));
            }
            // A folder: its names are durable now.
            None => {
                self.durable_names.retain(|name, _| name.parent() != Some(path));
                let names = self.names.iter().filter(|(name, _)| name.parent() == Some(path));
                let names: Vec<_> = names.map(|(name, file)| (name.clone(), *file)).collect();
                self.durable_names.extend(names);
            }
        }
    }

    /// Writes into `to` what is left of `folder`.
    pub(crate) fn leave(&self, model: Model, dice: &mut Dice, folder: &Path, to: &Path) -> std::io::Result<()> {
        let mut names = self.durable_names.clone();
        if model == Model::Subset {
            for (path, file) in &self.names {
                if names.get(path) != Some(file) && dice.roll(2) == 0 {
                    names.insert(path.clone(), *file);
                }
            }
            names.retain(|path, _| self.names.contains_key(path) || dice.roll(2) == 0);
        }
        for (path, file) in names {
            let Some(file) = self.files.get(&file) else { continue };
            let mut bytes = file.durable.clone();
            if model == Model::Subset {
                for page in file.pending.iter().flat_map(pages) {
                    if dice.roll(2) == 0 {
                        apply(&mut bytes, &page);
                    }
                }
            }
            let path = to.join(path.strip_prefix(folder).unwrap_or(&path));
            fs::create_dir_all(path.parent().unwrap_or(to))?;
            fs::write(path, bytes)?;
        }
        Ok(())
    }
}

/// A write as writes of single pages.
fn pages(pending: &Pending) -> Vec<Pending> {
    let Pending::Write(offset, data) = pending else { return vec![pending.clone()] };
    let mut pages = Vec::new();
    let mut begin = 0;
    while begin < data.len() {
        let end = (begin + 4096 - (*offset as usize + begin) % 4096).min(data.len());
        pages.push(Pending::Write(offset + begin as u64, data[begin..end].to_vec()));
        begin = end;
    }
    pages
}
