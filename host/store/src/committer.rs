//! The committer: the one thread that writes.
//!
//! For each group, in this order: check and number; append one journal record and make it durable; apply one batch to
//! the tree; answer everybody; make the tree durable too; now and then move the checkpoint. A caller hears of its
//! change only after the journal's `fdatasync` returned.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::SyncSender;

use plugdesk_domain::{Committed, StoreError, Table};

use crate::checkpoint::{Checkpoint, Left};
use crate::engine::{Engine, MemoryEngine};
use crate::group::Group;
use crate::journal::{AppendError, Journal};
use crate::operation::Operation;
use crate::options::Options;
use crate::prepare::Waiting;
use crate::shared::{Shared, TAKEN_AWAY};
use crate::{opening, room, store};

/// Of what was applied to the tree, at most so many bytes wait to be synced while others wait to be committed: a power
/// cut then tears no more of sled's log than the largest group does anyhow.
const MOST_UNSYNCED_BYTES: u64 = 1 << 20;

/// What the committer needs of a store on disk.
pub(crate) struct OnDisk {
    pub(crate) journal: Journal,
    pub(crate) boot: String,
    pub(crate) options: Options,
    /// Asks for a snapshot; a full channel means that one is being made.
    pub(crate) ask_snapshot: SyncSender<()>,
}

/// The committer's own state.
pub(crate) struct Committer {
    shared: Arc<Shared>,
    engine: Arc<dyn Engine>,
    disk: Option<OnDisk>,
    /// Journalled since the checkpoint moved.
    since_checkpoint: u64,
    /// Journalled since a snapshot was asked for; one that fails is not asked for again at once.
    since_asked: u64,
    /// Whether the tree was marked to be built anew.
    marked: bool,
    /// Whether sled ran out of room, and must be opened again before anything is written.
    stalled: bool,
    /// Of what the tree holds, so many bytes are perhaps not on its disk yet.
    unsynced: u64,
    /// For a store without a journal.
    sequence: u64,
}

type Answer = Result<Committed, StoreError>;

impl Committer {
    pub(crate) fn new(shared: Arc<Shared>, engine: Arc<dyn Engine>, disk: Option<OnDisk>) -> Self {
        let sequence = shared.applied();
        Self {
            shared,
            engine,
            disk,
            since_checkpoint: 0,
            since_asked: u64::MAX / 2,
            stalled: false,
            unsynced: 0,
            marked: false,
            sequence,
        }
    }

    /// Runs until the queue is closed and empty, then ends the store cleanly.
    pub(crate) fn run(mut self) {
        loop {
            let mut group = self.shared.queue.take_group();
            if group.is_empty() {
                break;
            }
            let answers = catch_unwind(AssertUnwindSafe(|| self.commit(&mut group)));
            let answers = answers.unwrap_or_else(|_| {
                self.shared
                    .set_read_only("the committer panicked; its journal is whole, open the store again".to_owned());
                group.iter().map(|_| Err(StoreError::Unknown("the committer panicked".to_owned()))).collect()
            });
            self.answer(group, answers);
            self.settle();
        }
        self.finish();
    }

    /// Decides, journals and applies a group. One answer for each.
    fn commit(&mut self, group: &mut [Waiting]) -> Vec<Answer> {
        if let Some(why) = self.shared.read_only() {
            return group.iter().map(|_| Err(StoreError::ReadOnly(why.clone()))).collect();
        }
        if let Err(error) = self.resume() {
            return group.iter().map(|_| Err(error.clone())).collect();
        }
        let mut batch = Group::new(&*self.engine);
        let answers: Vec<Answer> = group.iter().map(|waiting| self.decide(&mut batch, waiting)).collect();
        let bytes = batch.bytes();
        let operations = batch.into_operations();
        if operations.is_empty() {
            return answers;
        }
        let instead = |error: &StoreError| {
            answers.iter().map(|answer| answer.clone().and(Err(error.clone()))).collect::<Vec<Answer>>()
        };
        let sequence = match self.journal(&operations, bytes) {
            Ok(sequence) => sequence,
            Err(error) => return instead(&error),
        };
        self.unsynced += bytes as u64;
        let applied = self.shared.apply(|| {
            let applied = self.engine.apply(&operations, sequence);
            if applied.is_ok() {
                self.shared.set_applied(sequence);
                for (waiting, _) in group.iter_mut().zip(&answers).filter(|(_, answer)| answer.is_ok()) {
                    if let Some(then) = waiting.then.take() {
                        then(&self.shared);
                    }
                }
            }
            applied
        });
        match self.shared.noted(applied) {
            Ok(()) => answers,
            Err(error @ StoreError::NoSpace(_)) => {
                // The journal has it: it is done again when there is room.
                self.stalled = true;
                instead(&StoreError::Unknown(error.to_string()))
            }
            Err(error) => {
                self.shared.set_read_only(format!("{error}; the journal is whole, open the store again"));
                instead(&StoreError::Unknown(error.to_string()))
            }
        }
    }

    fn decide(&self, batch: &mut Group<'_>, waiting: &Waiting) -> Answer {
        // An import took the desk's place between preparing and now: the reads were of an empty desk.
        if let Some(desk) = waiting.desk.filter(|desk| self.shared.space(*desk) != waiting.prepared.space) {
            return Err(StoreError::Conflict { table: Table::Desk, key: desk.to_string() });
        }
        self.shared.noted(batch.add(&waiting.prepared))
    }

    /// Opens sled again after it ran out of room, once there is some. Its answers were lost with its error, so the
    /// journal behind the checkpoint is done again.
    fn resume(&mut self) -> Result<(), StoreError> {
        let (true, Some(disk), Some(place)) = (self.stalled, &self.disk, &self.shared.disk) else { return Ok(()) };
        let full = |error: std::io::Error| room::failed("the tree", &error);
        room::check(&*place.files, &place.folder, place.reserve_bytes, 0).map_err(full)?;
        // Reads go on with the old one, which knows all that was acknowledged, until the new one can be opened.
        room::probe(&*place.files, &place.folder).map_err(full)?;
        let sequence = disk.journal.sequence();
        // sled's own lock on its folder goes with its last handle, and this is one.
        self.engine = Arc::new(MemoryEngine::default());
        self.engine = self.shared.replace_engine(|| Ok(opening::reopen(&disk.options, sequence)?))?;
        for (desk, space) in store::spaces(&*self.engine)? {
            self.shared.set_space(desk, space);
        }
        self.shared.set_applied(sequence);
        place.checkpoint.store(sequence, Ordering::Release);
        (self.since_checkpoint, self.stalled, self.marked, self.unsynced) = (0, false, false, 0);
        Ok(())
    }

    /// Makes a batch durable. Returns its sequence.
    fn journal(&mut self, operations: &[Operation], bytes: usize) -> Result<u64, StoreError> {
        let (Some(disk), Some(place)) = (&mut self.disk, &self.shared.disk) else {
            self.sequence += 1;
            return Ok(self.sequence);
        };
        if place.is_taken_away() {
            self.shared.set_read_only(TAKEN_AWAY.to_owned());
            return Err(StoreError::ReadOnly(TAKEN_AWAY.to_owned()));
        }
        let unread = |error| StoreError::Io(format!("the disk's free space can't be read: {error}"));
        if let Some(why) = place.no_space().map_err(unread)? {
            return Err(StoreError::NoSpace(why));
        }
        if self.shared.renew.load(Ordering::Acquire) {
            disk.journal.end_segment();
        }
        let mut payload = Vec::with_capacity(bytes);
        operations.iter().for_each(|operation| operation.write(&mut payload));
        match disk.journal.append(&payload) {
            Ok((sequence, length)) => {
                self.shared.set_appended(sequence);
                place.journal_bytes.fetch_add(length, Ordering::Relaxed);
                self.since_checkpoint += length;
                self.since_asked += length;
                Ok(sequence)
            }
            Err(AppendError::Refused(error)) => Err(room::failed("the journal can't be written", &error)),
            Err(AppendError::Fatal(error)) => {
                // Whether the record is on disk is not known, and after a failed fsync the kernel may have forgotten
                // the pages: nothing written later could be trusted.
                self.shared.set_read_only(format!("the journal could not be synced: {error}"));
                Err(StoreError::Unknown(format!("the journal could not be synced: {error}")))
            }
        }
    }

    fn answer(&self, group: Vec<Waiting>, answers: Vec<Answer>) {
        let mut told = Vec::new();
        for (waiting, answer) in group.into_iter().zip(answers) {
            if let (Ok(committed), Some(desk), false) = (&answer, waiting.desk, waiting.prepared.events.is_empty()) {
                told.retain(|(other, _)| *other != desk);
                told.push((desk, committed.last_event));
            }
            let done = waiting.done;
            // Whoever waits is not of our house: its panic is not ours.
            drop(catch_unwind(AssertUnwindSafe(|| done(answer))));
        }
        told.into_iter().for_each(|(desk, last)| self.shared.wake(desk, last));
    }

    /// Behind the answers: the tree on disk, the checkpoint, the wish for a snapshot.
    fn settle(&mut self) {
        if self.shared.damaged().is_some() && !self.marked {
            self.mark_for_rebuild();
        }
        let Some(place) = &self.shared.disk else { return };
        if self.shared.read_only().is_some() || self.unsynced == 0 || self.stalled {
            return;
        }
        // While others wait for the committer, the tree waits for them: the journal has it all.
        let renew = self.shared.renew.load(Ordering::Acquire);
        if self.unsynced < MOST_UNSYNCED_BYTES && self.shared.queue.length() > 0 && !renew {
            return;
        }
        self.unsynced = 0;
        match self.engine.sync() {
            Ok(()) => {}
            // Everybody was answered rightly: the journal has it.
            Err(StoreError::NoSpace(_)) => return self.stalled = true,
            Err(error) => return self.shared.set_read_only(format!("the tree could not be synced: {error}")),
        }
        let Some(disk) = &self.disk else { return };
        let journal = place.journal_bytes.load(Ordering::Relaxed);
        let snapshot = place.snapshot_bytes.load(Ordering::Relaxed);
        let most = disk.options.snapshot_bytes;
        let due = self.since_asked >= most / 4 && journal >= most && journal / 2 >= snapshot;
        let wanted = due || self.shared.renew.swap(false, Ordering::AcqRel);
        if self.since_checkpoint >= disk.options.checkpoint_bytes || (wanted && self.since_checkpoint > 0) {
            self.checkpoint(Left::Open);
        }
        if let Some(disk) = self.disk.as_ref().filter(|_| wanted) {
            // Full: it is being made.
            let _ = disk.ask_snapshot.try_send(());
            self.since_asked = 0;
        }
    }

    /// Notes that the tree, which was just synced, holds everything.
    fn checkpoint(&mut self, left: Left) {
        if self.marked {
            return;
        }
        let (Some(disk), Some(place)) = (&self.disk, &self.shared.disk) else { return };
        if place.is_taken_away() {
            return self.shared.set_read_only(TAKEN_AWAY.to_owned());
        }
        let applied = self.shared.applied();
        let tree_bytes = self.engine.file_bytes();
        let checkpoint = Checkpoint { applied, left, tree_bytes, boot: disk.boot.clone() };
        match checkpoint.write(&*place.files, &place.folder) {
            Ok(()) => {
                place.checkpoint.store(applied, Ordering::Release);
                self.since_checkpoint = 0;
            }
            // The old one still holds: opening replays more. A full disk comes here too, and must not end writing.
            Err(error) if room::is_full(&error) => {}
            Err(error) => self.shared.set_read_only(format!("the checkpoint could not be written: {error}")),
        }
    }

    /// The clean end: only a store that could write to the last, and could read everything it was asked for, may say
    /// that nothing is missing.
    fn finish(&mut self) {
        if self.shared.disk.is_none() {
            return;
        }
        if self.shared.damaged().is_some() {
            return self.mark_for_rebuild();
        }
        if self.stalled {
            return self.shared.set_read_only("the disk was full to the end; the journal is whole".to_owned());
        }
        if self.shared.read_only().is_some() {
            return;
        }
        match self.engine.sync() {
            Ok(()) => self.checkpoint(Left::Clean),
            Err(error) => self.shared.set_read_only(format!("the tree could not be synced: {error}")),
        }
    }

    /// Something in the tree could not be read: the next opening builds it anew, however this store ends.
    fn mark_for_rebuild(&mut self) {
        let (Some(disk), Some(place)) = (&self.disk, &self.shared.disk) else { return };
        if place.is_taken_away() {
            return self.shared.set_read_only(TAKEN_AWAY.to_owned());
        }
        let applied = place.checkpoint.load(Ordering::Acquire);
        let mark = Checkpoint { applied, left: Left::Rebuilding, tree_bytes: 0, boot: disk.boot.clone() };
        match mark.write(&*place.files, &place.folder) {
            Ok(()) => self.marked = true,
            // The next group tries again.
            Err(error) if room::is_full(&error) => {}
            Err(error) => self.shared.set_read_only(format!("the checkpoint could not be written: {error}")),
        }
    }
}
