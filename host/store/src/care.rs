//! The care of a whole store: backup, export, import, `verify`, health. Online; a slow client delays nobody's write and
//! no snapshot.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use plugdesk_domain::storage::Verified;
use plugdesk_domain::{Blobs, DeskId, Health, Maintenance, StoreError};

use crate::aside::Aside;
use crate::blobs::BlobStore;
use crate::captures::CaptureStore;
use crate::shared::{Shared, lock};
use crate::snapshot::Sink;
use crate::{export, import, verify};

pub(crate) struct Care {
    pub(crate) shared: Arc<Shared>,
    pub(crate) blobs: Arc<BlobStore>,
    pub(crate) captures: Arc<CaptureStore>,
    pub(crate) repaired: Vec<String>,
}

impl Maintenance for Care {
    fn backup(&self, to: &mut dyn Write) -> Result<u64, StoreError> {
        let failed = |error: io::Error| StoreError::Io(format!("the backup can't be written: {error}"));
        let Aside { dump, end, readers: [dumped, _], _place } = Aside::new(&self.shared, &[])?;
        let copied = io::copy(&mut dumped.take(end), to).map_err(failed)?;
        if copied != end {
            return Err(StoreError::Io(format!(
                "the backup can't be written: {copied} of {end} bytes were kept for it"
            )));
        }
        let mut sink = Sink::go_on(to, end);
        // After the records: a file is stored before the record that names it, so none that a record names is missing.
        let mut files = 0;
        for digest in self.blobs.list()? {
            self.shared.check_closing()?;
            if let Some(bytes) = self.blobs.get(&digest)? {
                sink.file(&digest, &bytes).map_err(failed)?;
                files += 1;
            }
        }
        sink.end(&dump, files).map_err(failed)?;
        Ok(dump.records)
    }

    fn export(&self, desk: DeskId, to: &mut dyn Write) -> Result<u64, StoreError> {
        export::export(&self.shared, &self.blobs, desk, to)
    }

    fn import(&self, desk: DeskId, from: &mut dyn Read) -> Result<u64, StoreError> {
        let _alone = lock(&self.shared.importing);
        import::import(&self.shared, &*self.blobs, desk, from)
    }

    fn verify(&self) -> Result<Verified, StoreError> {
        // A space that is being filled, or removed again, looks like damage.
        let _no_import = lock(&self.shared.importing);
        let _alone = lock(&self.shared.care);
        verify::verify(&self.shared, &self.blobs, &self.captures)
    }

    fn takes_writes(&self) -> Result<(), StoreError> {
        if let Some(why) = self.shared.read_only() {
            return Err(StoreError::ReadOnly(why));
        }
        // A disk that can't be asked refuses the write itself, with its own words.
        let full = self.shared.disk.as_ref().and_then(|disk| disk.no_space().ok().flatten());
        full.map_or(Ok(()), |why| Err(StoreError::NoSpace(why)))
    }

    fn health(&self) -> Health {
        let engine = self.shared.engine().map_or(0, |engine| engine.disk_bytes());
        let journal =
            self.shared.disk.as_ref().map_or(0, |disk| {
                disk.journal_bytes.load(Ordering::Relaxed) + disk.snapshot_bytes.load(Ordering::Relaxed)
            });
        Health {
            engine: self.shared.engine_name().to_owned(),
            read_only: self.shared.read_only(),
            // A disk that can't be asked refuses the write itself, with its own words.
            no_space: self.shared.disk.as_ref().and_then(|disk| disk.no_space().ok().flatten()),
            damaged: self.shared.damaged(),
            repaired: self.repaired.clone(),
            queued: self.shared.queue.length() as u64,
            disk_bytes: engine + journal + self.blobs.disk_bytes() + self.captures.disk_bytes(),
            captures_dropped: self.captures.dropped(),
        }
    }
}
