//! What the process remembers of itself: whether an operator holds writes, and the last backup.

use std::io::Write;
use std::sync::PoisonError;

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::record::Stored;
use plugdesk_domain::{
    Change, EventDraft, Hold, LastBackup, PROCESS, Principal, Process, ROOT_DESK, RecordsExt, StoreError,
};
use serde::{Deserialize, Serialize};

use super::Desks;
use crate::desk::{authorise, event_by, named};
use crate::error::Error;
use crate::input::check::Checks;
use crate::pool::aside;

/// Why writes are held, in bytes: a sentence that every refused client reads.
const MOST_WHY_BYTES: usize = 256;
/// What is said where the operator says nothing.
const NO_WHY: &str = "an operator holds writes";

/// Whether writes are to be held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewHold {
    /// True: nothing is written from now on; false: writes are taken again.
    pub read_only: bool,
    /// Why, in a sentence of at most 256 bytes; every refused write tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// Whether writes are held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct HoldView {
    /// Whether an operator holds writes.
    pub read_only: bool,
    /// Why, by whom and since when; absent: they are not held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
}

impl Desks {
    /// Whether an operator holds writes. Operators only.
    pub fn hold(&self, by: &Principal) -> Result<HoldView, Error> {
        authorise(ROOT_DESK, by, Area::Process, Act::Read)?;
        Ok(self.hold_view())
    }

    /// Holds writes, or takes them again. When it is answered, everything that was written before is durable, and nothing
    /// is written after it; a restart changes nothing of that. Operators only.
    pub async fn hold_set(&self, by: &Principal, new: NewHold) -> Result<HoldView, Error> {
        authorise(ROOT_DESK, by, Area::Process, Act::Write)?;
        let mut checks = Checks::default();
        checks.optional_line("/why", new.why.as_deref(), MOST_WHY_BYTES);
        if !new.read_only && new.why.is_some() {
            checks.fail("/why", "says why writes are held; they are taken again");
        }
        checks.done()?;
        let running = self.inner.running.enter()?;
        let (desks, by) = (self.clone(), by.clone());
        aside("desk-hold", move || {
            let _running = running;
            let _alone = desks.inner.process.lock().unwrap_or_else(PoisonError::into_inner);
            desks.held(&by, new)?;
            Ok(desks.hold_view())
        })
        .await
    }

    fn held(&self, by: &Principal, new: NewHold) -> Result<(), Error> {
        let (now, gate) = (self.inner.parts.clock.now(), &self.inner.gate);
        let before = gate.hold();
        let hold = new.read_only.then(|| Hold {
            why: new.why.unwrap_or_else(|| NO_WHY.to_owned()),
            by: named(by),
            since: before.as_ref().map_or(now, |hold| hold.since),
        });
        if hold.as_ref().map(|it| &it.why) == before.as_ref().map(|it| &it.why) {
            return Ok(());
        }
        let mut change = Change::default();
        let name = if hold.is_some() { "process.held" } else { "process.released" };
        let mut data = serde_json::Map::new();
        data.extend(hold.iter().map(|hold| ("why".to_owned(), hold.why.clone().into())));
        change.tell(EventDraft { data, ..event_by(name, PROCESS.to_owned(), by, now) });
        // The gate closes before the record is written and opens after it: between the two nothing slips through.
        if hold.is_some() {
            gate.set(hold.clone());
        }
        let kept = self.remember(change, |process| process.hold.clone_from(&hold));
        match kept {
            Ok(()) => drop(gate.set(hold)),
            // A hold that would not outlive the process is none.
            Err(_) => drop(gate.set(before)),
        }
        kept
    }

    /// A backup of everything, remembered once it was sent whole. Waits for the disk and for `to`. Operators only.
    pub fn backup(&self, by: &Principal, to: &mut dyn Write) -> Result<u64, Error> {
        let at = self.inner.parts.clock.now();
        let records = self.maintenance(by)?.backup(to)?;
        let _alone = self.inner.process.lock().unwrap_or_else(PoisonError::into_inner);
        let last = LastBackup { at, records, by: named(by) };
        match self.remember(Change::default(), |process| process.last_backup = Some(last.clone())) {
            // A full or failing disk is a reason to take a backup, and no reason to call it failed.
            Err(Error::NoSpace(_) | Error::ReadOnly(_) | Error::Unknown(_) | Error::Busy(_)) | Ok(()) => Ok(records),
            Err(error) => Err(error),
        }
    }

    /// Whether a write would be taken now, else why not. Cheap.
    pub fn takes_writes(&self) -> Result<(), Error> {
        Ok(self.inner.parts.storage.maintenance().takes_writes()?)
    }

    pub(super) fn process(&self) -> Result<Option<Process>, StoreError> {
        self.inner.past_gate.find(PROCESS)
    }

    fn hold_view(&self) -> HoldView {
        let hold = self.inner.gate.hold();
        HoldView { read_only: hold.is_some(), hold }
    }

    /// Writes the process's record, past the gate: it is what the gate goes by.
    fn remember(&self, mut change: Change, set: impl FnOnce(&mut Process)) -> Result<(), Error> {
        let now = self.inner.parts.clock.now();
        match self.process()? {
            Some(mut process) => {
                set(&mut process);
                process.touch(now);
                change.update(process);
            }
            None => {
                let mut process = Process::new(now);
                set(&mut process);
                change.create(process);
            }
        }
        self.inner.past_gate.commit_wait(change)?;
        Ok(())
    }
}
