//! A dump set aside, so that whoever takes it may be slow: no lock is held meanwhile, nobody's write waits, and
//! snapshots go on.
//!
//! On disk it is a file without a name: it is opened and its name removed before the lock is given back, so that it is
//! gone when its reader is, also after a crash. In memory it is a copy.

use std::io::{self, Cursor, Read, Write};
use std::sync::Arc;

use plugdesk_domain::StoreError;

use crate::disk::Disk;
use crate::room::{self, Sparing};
use crate::shared::{Shared, lock};
use crate::snapshot::{self, Dump, Sink, dump};

/// So many dumps may be set aside at once, because each takes the room of a snapshot: a backup, an export, one of each
/// that hangs. More are refused as busy.
const MOST_ASIDE: usize = 4;

type Reader = Box<dyn Read + Send>;

/// A dump of one moment.
pub(crate) struct Aside {
    /// What it holds.
    pub(crate) dump: Dump,
    /// Where its end chunk begins.
    pub(crate) end: u64,
    /// Two readers of all of it, each from the beginning.
    pub(crate) readers: [Reader; 2],
    /// Counts it while it is kept.
    pub(crate) _place: Arc<()>,
}

impl Aside {
    /// Dumps everything under `prefix`.
    pub(crate) fn new(shared: &Shared, prefix: &[u8]) -> Result<Self, StoreError> {
        let _alone = lock(&shared.care);
        let place = shared.aside.clone();
        // One is the store's own.
        if Arc::strong_count(&place) > MOST_ASIDE + 1 {
            return Err(StoreError::Busy);
        }
        let (dump, end, readers) = match &shared.disk {
            None => {
                let mut bytes = Vec::new();
                let (dump, end) = write(shared, prefix, &mut bytes)?;
                let bytes: Arc<[u8]> = bytes.into();
                let reader = || Box::new(Cursor::new(bytes.clone())) as Reader;
                (dump, end, [reader(), reader()])
            }
            Some(disk) => on_disk(shared, disk, prefix)?,
        };
        Ok(Self { dump, end, readers, _place: place })
    }
}

fn failed(error: &io::Error) -> StoreError {
    room::failed("the dump can't be set aside", error)
}

fn on_disk(shared: &Shared, disk: &Disk, prefix: &[u8]) -> Result<(Dump, u64, [Reader; 2]), StoreError> {
    let path = snapshot::folder(&disk.folder).join("aside.tmp");
    // Without a buffer: chunks are large, all but those of the writes that came meanwhile.
    let file = disk.files.create(&path).map_err(|error| failed(&error))?;
    let (files, folder, reserve) = (&*disk.files, disk.folder.as_path(), disk.reserve_bytes);
    let mut sparing = Sparing::new(file, files, folder, reserve);
    let written = write(shared, prefix, &mut sparing).and_then(|(dump, end)| {
        let open = || disk.files.read(&path).map(|file| Box::new(io::BufReader::new(file)) as Reader);
        let readers = open().and_then(|first| Ok([first, open()?]));
        Ok((dump, end, readers.map_err(|error| failed(&error))?))
    });
    disk.files.remove(&path).map_err(|error| failed(&error))?;
    written
}

fn write(shared: &Shared, prefix: &[u8], to: &mut dyn Write) -> Result<(Dump, u64), StoreError> {
    let mut sink = Sink::new(to).map_err(|error| failed(&error))?;
    let dump = dump(shared, prefix, &mut sink)?;
    let end = sink.written();
    sink.end(&dump, 0).map_err(|error| failed(&error))?;
    Ok((dump, end))
}
