//! Opening a store on disk: what a clean end, a kill, a power cut or damage left, made whole or refused.

mod rebuild;

use std::fs::File;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::Path;
use std::sync::Arc;

use plugdesk_domain::StoreError;

use crate::checkpoint::{Checkpoint, Left};
use crate::disk::LOCK;
use crate::engine::{Engine, MemoryEngine, SledEngine};
use crate::error::Error;
use crate::files::{self, Files, RealFiles};
use crate::journal::{self, Found, HEAD_BYTES, Journal, Tail};
use crate::options::{Options, Tree};
use crate::snapshot;

/// A store made whole.
pub(crate) struct Opened {
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) journal: Journal,
    /// What names this run of the machine.
    pub(crate) boot: String,
    pub(crate) journal_bytes: u64,
    pub(crate) snapshot_bytes: u64,
    /// What was repaired, in sentences.
    pub(crate) repaired: Vec<String>,
    /// Whether the last process ended it in order.
    pub(crate) clean: bool,
    /// Held as long as the store is open.
    pub(crate) lock: File,
}

/// What the folder holds, before anything is changed.
pub(crate) struct Remains {
    pub(crate) checkpoint: Option<Checkpoint>,
    pub(crate) segments: Vec<Found>,
    pub(crate) snapshots: Vec<(u64, std::path::PathBuf)>,
    /// The last journal sequence there is.
    pub(crate) sequence: u64,
}

fn io(what: &str) -> impl Fn(std::io::Error) -> Error + '_ {
    move |error| Error::io(what, &error)
}

/// Takes the folder for this process, or says that somebody has it.
pub(crate) fn lock(folder: &Path) -> Result<File, Error> {
    let failed = io("the store's folder can't be locked");
    let path = folder.join(LOCK);
    let file = File::options().create(true).truncate(false).write(true).open(path).map_err(&failed)?;
    match rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(Error::InUse(folder.to_owned())),
        Err(error) => Err(failed(error.into())),
    }
}

/// Makes a store's folder, and those above it, so that it is still there after a power cut: what is durable within is
/// lost with a name that is not. Nobody but its owner may look into it, because people's data will stand there.
///
/// # Errors
/// What the operating system says.
pub fn make_folder(folder: &Path) -> std::io::Result<()> {
    let missing = folder.ancestors().take_while(|at| !at.as_os_str().is_empty() && !at.exists()).count();
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    // One more than was made: a process that was killed right here left a folder whose name is not durable yet.
    folder.ancestors().take(missing.max(1)).try_for_each(sync_name)
}

/// Makes a name durable in the folder that holds it. Where that folder can't be read, it was not made by us.
fn sync_name(path: &Path) -> std::io::Result<()> {
    let above = path.parent().map(|above| if above.as_os_str().is_empty() { Path::new(".") } else { above });
    match above.map_or(Ok(()), |above| RealFiles.sync_folder(above)) {
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => Ok(()),
        other => other,
    }
}

/// What names this run of the machine and this very folder: a copy of it has files of its own, and what a copy made
/// under a writing process holds of the tree is of many moments. None: nothing names the run.
fn boot(options: &Options, lock: &File) -> Result<Option<String>, Error> {
    let about = lock.metadata().map_err(io("the store's folder can't be locked"))?;
    if !options.know_copies {
        return Ok(options.boot.clone());
    }
    Ok(options.boot.as_ref().map(|boot| format!("{boot} {}:{}", about.dev(), about.ino())))
}

/// Opens the folder, made if it is not there.
pub(crate) fn open(options: &Options) -> Result<Opened, Error> {
    let (files, folder) = (&*options.files, options.folder.as_path());
    make_folder(folder).map_err(io("the store's folder can't be made"))?;
    let lock = lock(folder)?;
    let options = &Options { boot: boot(options, &lock)?, ..options.clone() };
    for part in [folder.to_owned(), journal::folder(folder), snapshot::folder(folder)] {
        files.create_folder(&part).map_err(io("the store's folder can't be made"))?;
    }
    files.sync_folder(folder).map_err(io("the store's folder can't be synced"))?;
    files::remove_unfinished(files, &snapshot::folder(folder)).map_err(io("an unfinished file can't be removed"))?;

    let mut repaired = Vec::new();
    if cfg!(panic = "abort") {
        repaired.push("built with panic = \"abort\": a damaged sled folder would end the process".to_owned());
    }
    let checkpoint = Checkpoint::read(files, folder).map_err(io("the checkpoint can't be read"))?;
    let segments = journal::segments(files, folder).map_err(io("the journal can't be listed"))?;
    let snapshots = snapshot::list(files, folder).map_err(io("the snapshots can't be listed"))?;
    let tail = journal::tail(files, &segments)?;
    check_reach(options, checkpoint.as_ref(), &snapshots, tail.as_ref())?;

    let clean = checkpoint.as_ref().is_some_and(|it| it.left == Left::Clean);
    let sequence = tail.as_ref().map(|tail| tail.sequence);
    let sequence = sequence.unwrap_or_else(|| snapshots.first().map_or(0, |(sequence, _)| *sequence));
    let last = match tail {
        Some(tail) => settle_tail(options, &tail, clean, &mut repaired)?,
        None => None,
    };
    let segments = journal::segments(files, folder).map_err(io("the journal can't be listed"))?;
    let journal = Journal::open(options.files.clone(), folder, sequence, last, options.segment_bytes);
    let journal = journal.map_err(io("the journal can't be opened"))?;

    if let Some(checkpoint) = checkpoint.clone().filter(|_| clean) {
        // sled writes while it opens: from here on the folder is not clean any more.
        let boot = options.boot.clone().unwrap_or_default();
        let open = Checkpoint { left: Left::Open, boot, ..checkpoint };
        open.write(files, folder).map_err(io("the checkpoint can't be written"))?;
    }
    let left = Remains { checkpoint, segments, snapshots, sequence };
    let engine = trusted(options, &left, &mut repaired)?;
    let boot = options.boot.clone().unwrap_or_default();

    let segments = journal::segments(files, folder).map_err(io("the journal can't be listed"))?;
    let journal_bytes = segments.iter().map(|segment| segment.length).sum();
    let snapshot_bytes = left.snapshots.first().and_then(|(_, path)| files.length(path).ok().flatten()).unwrap_or(0);
    Ok(Opened { engine, journal, boot, journal_bytes, snapshot_bytes, repaired, clean, lock })
}

/// The tree as it is to be read, synced and noted as whole.
fn trusted(options: &Options, left: &Remains, repaired: &mut Vec<String>) -> Result<Arc<dyn Engine>, Error> {
    let engine = tree(options, left, repaired)?;
    engine.sync()?;
    let boot = options.boot.clone().unwrap_or_default();
    let checkpoint = Checkpoint { applied: left.sequence, left: Left::Open, tree_bytes: engine.file_bytes(), boot };
    checkpoint.write(&*options.files, &options.folder).map_err(io("the checkpoint can't be written"))?;
    // What was not trusted was kept only until another stood in its place: it takes as much room as the tree.
    rebuild::remove_set_aside(options)?;
    Ok(engine)
}

/// Opens the tree again in a store that is open, because sled keeps an error of the disk until then. The journal ends
/// at `sequence` and goes on afterwards.
pub(crate) fn reopen(options: &Options, sequence: u64) -> Result<Arc<dyn Engine>, Error> {
    let (files, folder) = (&*options.files, options.folder.as_path());
    let checkpoint = Checkpoint::read(files, folder).map_err(io("the checkpoint can't be read"))?;
    let segments = journal::segments(files, folder).map_err(io("the journal can't be listed"))?;
    let snapshots = snapshot::list(files, folder).map_err(io("the snapshots can't be listed"))?;
    trusted(options, &Remains { checkpoint, segments, snapshots, sequence }, &mut Vec::new())
}

/// Whether the journal ends where checkpoint and snapshots say that it must at least.
fn check_reach(
    options: &Options,
    checkpoint: Option<&Checkpoint>,
    snapshots: &[(u64, std::path::PathBuf)],
    tail: Option<&Tail>,
) -> Result<(), Error> {
    let snapshot = snapshots.first().map_or(0, |(sequence, _)| *sequence);
    let end = tail.map_or(snapshot, |tail| tail.sequence);
    let needed = checkpoint.map_or(0, |checkpoint| checkpoint.applied).max(snapshot);
    if end < needed {
        return Err(Error::Gap { missing: end + 1, until: needed });
    }
    let holds = |path: &Path| std::fs::metadata(path.join("db")).is_ok_and(|db| db.len() > 0);
    if tail.is_none() && snapshots.is_empty() && options.tree == Tree::Sled && holds(&options.folder.join("sled")) {
        return Err(Error::Gap { missing: 1, until: 1 });
    }
    Ok(())
}

/// Cuts a torn tail and, after an unclean end, writes the last segment anew: its pages may be in the page cache only,
/// and after a failed fsync the kernel takes them for written. Returns the segment to go on in.
fn settle_tail(
    options: &Options,
    tail: &Tail,
    clean: bool,
    repaired: &mut Vec<String>,
) -> Result<Option<(u64, u64)>, Error> {
    let (files, segment) = (&*options.files, &tail.segment);
    if tail.torn > 0 {
        let name = segment.path.file_name().unwrap_or_default().to_string_lossy();
        repaired.push(format!("cut {} bytes of an unfinished write at the end of journal segment {name}", tail.torn));
    }
    if tail.bytes.len() < HEAD_BYTES {
        // The segment was begun and nothing was ever promised in it.
        files.remove(&segment.path).map_err(io("a torn journal segment can't be removed"))?;
        files.sync_folder(&journal::folder(&options.folder)).map_err(io("the journal's folder can't be synced"))?;
        return Ok(None);
    }
    if tail.torn > 0 || !clean {
        files::replace(files, &segment.path, &tail.bytes).map_err(io("the journal's end can't be written"))?;
    }
    Ok(Some((segment.first, tail.bytes.len() as u64)))
}

/// The tree, brought up to the journal's end.
fn tree(options: &Options, left: &Remains, repaired: &mut Vec<String>) -> Result<Arc<dyn Engine>, Error> {
    if options.tree == Tree::Memory {
        return rebuild::rebuild(options, left, &mut || Ok(Arc::new(MemoryEngine::default())));
    }
    let folder = options.folder.join("sled");
    let open = || Ok(Arc::new(SledEngine::open(&folder, options.cache_bytes)?) as Arc<dyn Engine>);
    let why = match distrust(options, left) {
        Some(why) => why,
        None => match continued(left, options, open()) {
            Ok(Ok(engine)) => return Ok(engine),
            Ok(Err(why)) => why,
            Err(error) => return Err(error),
        },
    };
    if left.sequence == 0 && left.checkpoint.is_none() && left.snapshots.is_empty() {
        // Nothing was ever kept here, though a crash may have left half a folder.
        rebuild::set_aside(options)?;
        return Ok(open()?);
    }
    if left.checkpoint.is_none()
        && let Ok(claimed) = open().and_then(|engine| engine.applied())
        && claimed > left.sequence
    {
        // Without a checkpoint nothing but the tree knows that the journal was longer once.
        return Err(Error::Gap { missing: left.sequence + 1, until: claimed });
    }
    let mark = Checkpoint {
        applied: left.checkpoint.as_ref().map_or(0, |it| it.applied),
        left: Left::Rebuilding,
        tree_bytes: 0,
        boot: options.boot.clone().unwrap_or_default(),
    };
    mark.write(&*options.files, &options.folder).map_err(io("the checkpoint can't be written"))?;
    let engine = rebuild::rebuild(options, left, &mut || {
        rebuild::set_aside(options)?;
        open().map_err(|error: StoreError| Error::Store(error))
    })?;
    repaired.push(format!("rebuilt the tree from snapshot and journal: {why}"));
    Ok(engine)
}

/// Why the tree is not even opened.
fn distrust(options: &Options, left: &Remains) -> Option<String> {
    let Some(checkpoint) = &left.checkpoint else {
        return Some("there is no readable checkpoint".to_owned());
    };
    let length = std::fs::metadata(options.folder.join("sled").join("db")).map_or(0, |db| db.len());
    if length < checkpoint.tree_bytes {
        return Some(format!("sled's file has {length} bytes of {}", checkpoint.tree_bytes));
    }
    match checkpoint.left {
        Left::Clean => None,
        Left::Rebuilding => Some("something in it could not be read, or an earlier rebuild was interrupted".to_owned()),
        Left::Open if options.boot.as_ref() == Some(&checkpoint.boot) => None,
        Left::Open if same_run(options, checkpoint) => {
            Some("the folder was copied while the store was open".to_owned())
        }
        Left::Open => Some("the machine was restarted while the store was open".to_owned()),
    }
}

/// Whether the checkpoint was written since the machine was started, though maybe in another folder.
fn same_run(options: &Options, checkpoint: &Checkpoint) -> bool {
    let run = |boot: &str| boot.rsplit_once(' ').map(|(run, _)| run.to_owned());
    options.boot.as_deref().and_then(run).is_some_and(|now| run(&checkpoint.boot) == Some(now))
}

/// The tree as it was left, with the journal behind the checkpoint done again; or why it can't be trusted.
fn continued(
    left: &Remains,
    options: &Options,
    opened: Result<Arc<dyn Engine>, StoreError>,
) -> Result<Result<Arc<dyn Engine>, String>, Error> {
    let engine = match opened {
        Ok(engine) => engine,
        // What can't be read is not trusted either; if it is the disk that fails, building it anew will fail too.
        Err(StoreError::Damaged(what) | StoreError::Io(what)) => return Ok(Err(what)),
        Err(error) => return Err(error.into()),
    };
    let checkpoint = left.checkpoint.as_ref().map_or(0, |it| it.applied);
    let claimed = match engine.applied() {
        Ok(claimed) => claimed,
        Err(error) => return Ok(Err(error.to_string())),
    };
    if claimed < checkpoint {
        return Ok(Err(format!("sled stands at {claimed}, behind the checkpoint at {checkpoint}")));
    }
    if claimed > left.sequence {
        return Err(Error::Gap { missing: left.sequence + 1, until: claimed });
    }
    let reaches = left.segments.first().is_some_and(|first| first.first <= checkpoint + 1);
    if left.sequence > checkpoint && !reaches {
        return Ok(Err(format!("the journal does not reach back to the checkpoint at {checkpoint}")));
    }
    match rebuild::replay(options, left, checkpoint, &*engine) {
        Ok(()) => Ok(Ok(engine)),
        Err(Error::Store(StoreError::Damaged(what) | StoreError::Io(what))) => Ok(Err(what)),
        Err(error) => Err(error),
    }
}
