//! What a disk holds after a power cut: the recorded calls replayed up to it, and what was not synced lost or torn.
//!
//! Names are modelled as well as bytes: a file is there only if every folder above it is, and a folder's names are
//! durable when the folder was synced. A rename is one step, as journalling file systems have it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::recording::Call;

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

/// What a name leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Node {
    File(u64),
    Folder(u64),
}

type Names = BTreeMap<OsString, Node>;

#[derive(Default, Clone)]
struct Folder {
    names: Names,
    durable: Names,
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

/// The disk while the calls are replayed. Folder 0 is the one that is looked at.
pub(crate) struct Image {
    root: PathBuf,
    files: HashMap<u64, File>,
    folders: HashMap<u64, Folder>,
    syncing: HashMap<u64, (Node, usize)>,
    next: u64,
}

impl Image {
    /// An empty folder.
    pub(crate) fn new(root: &Path) -> Self {
        let folders = HashMap::from([(0, Folder::default())]);
        Self { root: root.to_owned(), files: HashMap::new(), folders, syncing: HashMap::new(), next: 0 }
    }

    /// The node at a path in the folder.
    fn node(&self, path: &Path) -> Option<Node> {
        path.strip_prefix(&self.root).ok()?.iter().try_fold(Node::Folder(0), |at, name| match at {
            Node::Folder(folder) => self.folders.get(&folder)?.names.get(name).copied(),
            Node::File(_) => None,
        })
    }

    /// The names among which a path stands.
    fn names(&mut self, path: &Path) -> Option<&mut Names> {
        match self.node(path.parent()?)? {
            Node::Folder(folder) => self.folders.get_mut(&folder).map(|folder| &mut folder.names),
            Node::File(_) => None,
        }
    }

    fn put(&mut self, path: &Path, node: Node) {
        let name = path.file_name().unwrap_or_default().to_owned();
        if let Some(names) = self.names(path) {
            names.insert(name, node);
        }
    }

    fn take(&mut self, path: &Path) -> Option<Node> {
        let name = path.file_name()?.to_owned();
        self.names(path)?.remove(&name)
    }

    fn file(&mut self, path: &Path) -> Option<&mut File> {
        match self.node(path)? {
            Node::File(file) => self.files.get_mut(&file),
            Node::Folder(_) => None,
        }
    }

    pub(crate) fn replay(&mut self, call: &Call) {
        match call {
            Call::Create { path, truncate } => {
                if self.node(path).is_none() {
                    self.next += 1;
                    self.files.insert(self.next, File::default());
                    self.put(path, Node::File(self.next));
                }
                if *truncate {
                    self.change(path, Pending::Length(0));
                }
            }
            Call::MakeFolder { path } => {
                self.next += 1;
                self.folders.insert(self.next, Folder::default());
                self.put(path, Node::Folder(self.next));
            }
            Call::Write { path, offset, bytes } => {
                let end = self.file(path).map_or(0, |file| file.length);
                self.change(path, Pending::Write(offset.unwrap_or(end), bytes.clone()));
            }
            Call::Truncate { path, length } => self.change(path, Pending::Length(*length)),
            Call::Allocate { path, length } => self.change(path, Pending::AtLeast(*length)),
            Call::SyncBegan { thread, path } => {
                let covered = self.file(path).map_or(0, |file| file.pending.len());
                if let Some(node) = self.node(path) {
                    self.syncing.insert(*thread, (node, covered));
                }
            }
            Call::Synced { thread, .. } => {
                if let Some((node, covered)) = self.syncing.remove(thread) {
                    self.synced(node, covered);
                }
            }
            Call::Rename { from, to } => {
                if let Some(node) = self.take(from) {
                    self.put(to, node);
                }
            }
            Call::Link { from, to } => {
                if let Some(node) = self.node(from) {
                    self.put(to, node);
                }
            }
            Call::Exchange { one, other } => {
                if let Some((first, second)) = self.node(one).zip(self.node(other)) {
                    self.put(one, second);
                    self.put(other, first);
                }
            }
            Call::Remove { path } => drop(self.take(path)),
            Call::Told { .. } => {}
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

    fn synced(&mut self, node: Node, covered: usize) {
        match node {
            Node::File(file) => {
                let Some(file) = self.files.get_mut(&file) else { return };
                let covered = covered.min(file.pending.len());
                let done: Vec<Pending> = file.pending.drain(..covered).collect();
                done.iter().for_each(|pending| apply(&mut file.durable, pending));
            }
            Node::Folder(folder) => {
                if let Some(folder) = self.folders.get_mut(&folder) {
                    folder.durable = folder.names.clone();
                }
            }
        }
    }

    /// Writes into `to` what is left of the folder.
    pub(crate) fn leave(&self, model: Model, dice: &mut Dice, to: &Path) -> io::Result<()> {
        let mut left: BTreeMap<u64, Names> =
            self.folders.iter().map(|(id, folder)| (*id, folder.durable.clone())).collect();
        if model == Model::Subset {
            self.keep_some(&mut left, dice);
        }
        self.write(model, dice, &left, 0, to)
    }

    /// Keeps any of the names that were not synced. What was only renamed is under one of its names at least.
    fn keep_some(&self, left: &mut BTreeMap<u64, Names>, dice: &mut Dice) {
        for (id, names) in left.iter_mut() {
            let Some(folder) = self.folders.get(id) else { continue };
            for (name, node) in &folder.names {
                if names.get(name) != Some(node) && dice.roll(2) == 0 {
                    names.insert(name.clone(), *node);
                }
            }
            names.retain(|name, _| folder.names.contains_key(name) || dice.roll(2) == 0);
        }
        let kept: HashSet<Node> = left.values().flat_map(|names| names.values().copied()).collect();
        let durable: HashSet<Node> = self.folders.values().flat_map(|it| it.durable.values().copied()).collect();
        for (id, folder) in &self.folders {
            for (name, node) in &folder.names {
                if durable.contains(node) && !kept.contains(node) {
                    left.entry(*id).or_default().insert(name.clone(), *node);
                }
            }
        }
    }

    fn write(
        &self,
        model: Model,
        dice: &mut Dice,
        left: &BTreeMap<u64, Names>,
        folder: u64,
        to: &Path,
    ) -> io::Result<()> {
        fs::create_dir_all(to)?;
        for (name, node) in left.get(&folder).into_iter().flatten() {
            let path = to.join(name);
            match node {
                Node::Folder(folder) => self.write(model, dice, left, *folder, &path)?,
                Node::File(file) => {
                    let Some(file) = self.files.get(file) else { continue };
                    let mut bytes = file.durable.clone();
                    if model == Model::Subset {
                        for page in file.pending.iter().flat_map(pages) {
                            if dice.roll(2) == 0 {
                                apply(&mut bytes, &page);
                            }
                        }
                    }
                    fs::write(path, bytes)?;
                }
            }
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
