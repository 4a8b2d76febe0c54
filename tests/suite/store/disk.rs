//! A simulated disk: what was written is seen at once, as in a page cache, but only what was synced survives a cut.
//!
//! It can lose power at any call, lose or keep any subset of unsynced pages, forget unsynced names, be full, and fail
//! to sync; and something can be made to happen whenever a certain file is written to.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use plugdesk_store::{Files, Output};

/// What a power cut does with what was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// All of it is gone.
    LoseAll,
    /// Each page of 4 KiB, and each name, is there or not, as the dice fall.
    Subset,
}

/// A disk. Clones are handles of the same one.
#[derive(Clone, Default)]
pub(crate) struct Disk(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    files: HashMap<u64, Content>,
    names: BTreeMap<PathBuf, u64>,
    durable_names: BTreeMap<PathBuf, u64>,
    next: u64,
    calls: u64,
    dies_at: Option<u64>,
    free: Option<u64>,
    sync_fails: bool,
    meddler: Option<(&'static str, Meddler)>,
}

type Meddler = Arc<dyn Fn() + Send + Sync>;

#[derive(Default, Clone)]
struct Content {
    seen: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<Pending>,
}

#[derive(Clone)]
enum Pending {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

/// Dice that fall the same way for the same seed (xorshift).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `below`.
    pub(crate) fn roll(&mut self, below: u64) -> u64 {
        self.next() % below
    }

    /// Any number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

fn apply(bytes: &mut Vec<u8>, pending: &Pending) {
    match pending {
        Pending::Truncate(length) => bytes.resize(*length, 0),
        Pending::Write(offset, data) => {
            let end = offset + data.len();
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            bytes[*offset..end].copy_from_slice(data);
        }
    }
}

/// A write as writes of single pages.
fn pages(pending: &Pending) -> Vec<Pending> {
    let Pending::Write(offset, data) = pending else { return vec![pending.clone()] };
    let mut pages = Vec::new();
    let mut begin = 0;
    while begin < data.len() {
        let end = (begin + 4096 - (offset + begin) % 4096).min(data.len());
        pages.push(Pending::Write(offset + begin, data[begin..end].to_vec()));
        begin = end;
    }
    pages
}

impl Disk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Counts a call; the disk may be dead.
    fn call(&self) -> io::Result<MutexGuard<'_, State>> {
        let mut state = self.state();
        state.calls += 1;
        match state.dies_at {
            Some(at) if state.calls >= at => Err(io::Error::other("the power is gone")),
            _ => Ok(state),
        }
    }

    /// Loses power at that many calls from now.
    pub(crate) fn die_in(&self, calls: u64) {
        let mut state = self.state();
        state.dies_at = Some(state.calls + calls);
    }

    /// Only so many more bytes fit; none: as many as one likes.
    pub(crate) fn set_free(&self, free: Option<u64>) {
        self.state().free = free;
    }

    /// From now on this happens before each write to a file of that name.
    pub(crate) fn meddle(&self, name: &'static str, act: impl Fn() + Send + Sync + 'static) {
        self.state().meddler = Some((name, Arc::new(act)));
    }

    fn meddler(&self, path: &Path) -> Option<Meddler> {
        let state = self.state();
        let (name, act) = state.meddler.as_ref()?;
        path.ends_with(name).then(|| act.clone())
    }

    /// From now on every sync fails.
    pub(crate) fn fail_syncs(&self) {
        self.state().sync_fails = true;
    }

    /// The disk as it is after a power cut.
    pub(crate) fn cut(&self, cut: Cut, dice: &mut Dice) -> Self {
        let state = self.state();
        let mut after = State { next: state.next, ..State::default() };
        let mut names = state.durable_names.clone();
        if cut == Cut::Subset {
            for (path, file) in &state.names {
                if names.get(path) != Some(file) && dice.roll(2) == 0 {
                    // A name that moved here without its folder's sync; it may stand at both places.
                    names.insert(path.clone(), *file);
                }
            }
            names.retain(|path, _| state.names.contains_key(path) || dice.roll(2) == 0);
        }
        for (path, file) in names {
            let content = &state.files[&file];
            let mut bytes = content.durable.clone();
            if cut == Cut::Subset {
                for page in content.pending.iter().flat_map(pages) {
                    if dice.roll(2) == 0 {
                        apply(&mut bytes, &page);
                    }
                }
            }
            after.files.insert(file, Content { seen: bytes.clone(), durable: bytes, pending: Vec::new() });
            after.names.insert(path, file);
        }
        after.durable_names = after.names.clone();
        Self(Arc::new(Mutex::new(after)))
    }

    /// Every file's name and length.
    pub(crate) fn listing(&self) -> Vec<(PathBuf, usize)> {
        let state = self.state();
        state.names.iter().map(|(path, file)| (path.clone(), state.files[file].seen.len())).collect()
    }
}

struct Handle {
    disk: Disk,
    file: u64,
    meddler: Option<Meddler>,
}

impl Write for Handle {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(act) = &self.meddler {
            act();
        }
        let mut state = self.disk.call()?;
        let fits = state.free.map_or(bytes.len(), |free| (free as usize).min(bytes.len()));
        if fits == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        state.free = state.free.map(|free| free - fits as u64);
        let content = state.files.get_mut(&self.file).unwrap();
        let pending = Pending::Write(content.seen.len(), bytes[..fits].to_vec());
        apply(&mut content.seen, &pending);
        content.pending.push(pending);
        Ok(fits)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Output for Handle {
    fn sync(&mut self) -> io::Result<()> {
        let mut state = self.disk.call()?;
        if state.sync_fails {
            return Err(io::Error::from_raw_os_error(5));
        }
        let content = state.files.get_mut(&self.file).unwrap();
        content.pending.clear();
        content.durable = content.seen.clone();
        Ok(())
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        let mut state = self.disk.call()?;
        let content = state.files.get_mut(&self.file).unwrap();
        let pending = Pending::Truncate(length as usize);
        apply(&mut content.seen, &pending);
        content.pending.push(pending);
        Ok(())
    }
}

fn missing() -> io::Error {
    io::ErrorKind::NotFound.into()
}

impl Files for Disk {
    fn create_folder(&self, _: &Path) -> io::Result<()> {
        self.call().map(drop)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let state = self.call()?;
        let mut names: Vec<String> = state
            .names
            .keys()
            .filter_map(|name| name.strip_prefix(path).ok()?.iter().next()?.to_str().map(str::to_owned))
            .collect();
        names.dedup();
        Ok(names)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn Output>> {
        let meddler = self.meddler(path);
        let mut state = self.call()?;
        state.next += 1;
        let file = state.next;
        state.files.insert(file, Content::default());
        state.names.insert(path.to_owned(), file);
        Ok(Box::new(Handle { disk: self.clone(), file, meddler }))
    }

    fn append(&self, path: &Path) -> io::Result<Box<dyn Output>> {
        let state = self.call()?;
        let file = *state.names.get(path).ok_or_else(missing)?;
        Ok(Box::new(Handle { disk: self.clone(), file, meddler: None }))
    }

    fn read(&self, path: &Path) -> io::Result<Box<dyn Read + Send>> {
        let state = self.call()?;
        let file = state.names.get(path).ok_or_else(missing)?;
        Ok(Box::new(io::Cursor::new(state.files[file].seen.clone())))
    }

    fn length(&self, path: &Path) -> io::Result<Option<u64>> {
        let state = self.call()?;
        Ok(state.names.get(path).map(|file| state.files[file].seen.len() as u64))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.call()?;
        let file = state.names.remove(from).ok_or_else(missing)?;
        state.names.insert(to.to_owned(), file);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.call()?.names.remove(path);
        Ok(())
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        let mut state = self.call()?;
        if state.sync_fails {
            return Err(io::Error::from_raw_os_error(5));
        }
        state.durable_names.retain(|name, _| name.parent() != Some(path));
        let names: Vec<_> = state.names.iter().filter(|(name, _)| name.parent() == Some(path)).collect();
        let names: Vec<(PathBuf, u64)> = names.into_iter().map(|(name, file)| (name.clone(), *file)).collect();
        state.durable_names.extend(names);
        Ok(())
    }

    fn free_bytes(&self, _: &Path) -> io::Result<u64> {
        Ok(self.call()?.free.unwrap_or(u64::MAX))
    }
}
