//! An import at work, on a thread of its own: check every row, then write them.

mod check;
mod row;
mod write;

use std::collections::{HashMap, HashSet};

use plugdesk_domain::question::join::canonical;
use plugdesk_domain::record::import::MOST_REFUSED;
use plugdesk_domain::{
    Change, Digest, EventDraft, Import, ImportState, Principal, RecordsExt, RefusedRow, Role, StoreError, Stored,
};

use super::mapping::Mapping;
use super::rows;
use super::value::{Cells, Reading};
use crate::desk::{Desk, Inner};
use crate::error::Error;
use crate::json::line_of;
use crate::turn::Turn;
use crate::view::{Actor, How, Idempotency};

/// Rows that are written at once: enough that a commit carries many, few enough to leave room for people.
const IN_FLIGHT: usize = 64;
/// The record says how far it is every so many rows: often enough to watch, rarely enough to cost nothing.
const PROGRESS_ROWS: u64 = 1_000;
/// A refused row's field and reason are cut here, in bytes as JSON: a hundred of them and the mapping are one stored value.
const MOST_FIELD_BYTES: usize = 96;
/// See [`MOST_FIELD_BYTES`].
const MOST_REASON_BYTES: usize = 240;
/// The longest external id that stands in an idempotency key as it is.
const MOST_PLAIN_ID_BYTES: usize = 48;

/// While the desk takes no writes (read-only, or a full disk) an import rests, and looks again after so long.
const REST: std::time::Duration = std::time::Duration::from_millis(250);

/// Waits a little on the import's own thread, which has nothing else to do.
fn rest() {
    std::thread::park_timeout(REST);
}

/// Commits once the desk takes writes; nothing of an import is given up because it does not for a while.
fn commit(desk: &Inner, change: &Change) -> Result<(), StoreError> {
    loop {
        match desk.records.commit_wait(change.clone()) {
            Err(StoreError::ReadOnly(_) | StoreError::Held(_) | StoreError::NoSpace(_))
                if !desk.running.is_closed() =>
            {
                rest()
            }
            committed => return committed.map(drop),
        }
    }
}

/// Starts the thread; the hold on the desk's imports goes with it.
pub(super) fn start(desk: &Desk, import: Import, turn: Turn) -> Result<(), Error> {
    let desk = desk.clone();
    let work = move || {
        let mut run = Run { by: principal(&desk, &import.name), desk: &desk, import, left_out: HashSet::new() };
        run.whole(turn);
    };
    let started = std::thread::Builder::new().name("desk-import".to_owned()).spawn(work);
    started.map(drop).map_err(|e| Error::Internal(format!("the import's thread could not be started: {e}")))
}

/// Stores the record as it stands now.
pub(super) fn save(desk: &Inner, import: &mut Import) -> Result<(), Error> {
    save_telling(desk, import, None)
}

/// The same, and tells of it.
pub(super) fn save_telling(desk: &Inner, import: &mut Import, told: Option<EventDraft>) -> Result<(), Error> {
    let mut next = import.clone();
    next.touch(desk.now());
    let mut change = Change::default();
    change.update(next.clone());
    told.into_iter().for_each(|it| change.tell(it));
    commit(desk, &change)?;
    // Only now: what could not be stored must not count as a version.
    *import = next;
    Ok(())
}

/// Who writes the rows: the import itself, so that whoever runs it again meets the same idempotency keys. That somebody
/// with the right to import started it is in the log.
fn principal(desk: &Desk, name: &str) -> Principal {
    Principal {
        desk: Some(desk.id()),
        role: Role::Admin,
        name: format!("import/{name}"),
        key: None,
        contact: None,
        agent: None,
    }
}

/// How many rows of the file so far said exactly that.
type Equal = HashMap<Digest, u32>;

struct Run<'a> {
    desk: &'a Desk,
    by: Principal,
    import: Import,
    /// The lines that are not written: of every refused row, also of those that the record has no room for, and of
    /// every row that was in already with other content.
    left_out: HashSet<u64>,
}

/// Why an import stops.
enum Stop {
    /// The process ends: the record stays as it is, and the next start goes on.
    Leaving,
    /// It failed.
    Failed(String),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<plugdesk_domain::StoreError> for Stop {
    fn from(error: plugdesk_domain::StoreError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl Run<'_> {
    fn whole(&mut self, turn: Turn) {
        let state = match self.passes() {
            Ok(state) => state,
            Err(Stop::Leaving) => return,
            Err(Stop::Failed(why)) => {
                let resume = "send the file again to go on; no row is written twice";
                self.import.failure = Some(format!("{}; {resume}", line_of(&why, MOST_REASON_BYTES)));
                ImportState::Failed
            }
        };
        self.import.state = state;
        let whole = self.end();
        // Whoever sees the end may start the next one at once.
        drop(turn);
        if let Err(StoreError::TooLarge { .. }) = commit(&self.desk.inner, &whole) {
            // The rows are counted all the same; a record without their reasons always fits.
            self.import.refused_rows.clear();
            self.import.state = ImportState::Failed;
            self.import.failure = Some("the reasons of its refused rows could not be stored".to_owned());
            let bare = self.end();
            // If even this can't be stored, the record stays as it was, and the next start goes on with it.
            let _ = commit(&self.desk.inner, &bare);
        }
    }

    /// The record as it ends, and the event that tells of it.
    fn end(&self) -> Change {
        let mut import = self.import.clone();
        import.touch(self.desk.inner.now());
        let mut event = self.desk.inner.event("import.ended", import.id, &self.by);
        event.data.insert("state".to_owned(), serde_json::json!(import.state));
        let counts = [("rows", import.rows), ("written", import.written), ("refused", import.refused)];
        event.data.extend(counts.map(|(name, count)| (name.to_owned(), count.into())));
        let mut change = Change::default();
        change.update(import);
        change.tell(event);
        change
    }

    fn passes(&mut self) -> Result<ImportState, Stop> {
        let read = |(at, rule): (String, String)| Stop::Failed(format!("mapping{at}: {rule}"));
        let mapping = Mapping::read(&self.import.mapping).map_err(read)?;
        let file = self.import.file.ok_or_else(|| Stop::Failed("it has no file".to_owned()))?;
        let bytes = self.desk.inner.parts.storage.blobs().get(&file)?;
        let bytes = bytes.ok_or_else(|| Stop::Failed("its file is not stored any more".to_owned()))?;
        let import = &mut self.import;
        (import.rows, import.written, import.repeated, import.changed, import.refused) = (0, 0, 0, 0, 0);
        import.refused_rows.clear();
        import.failure = None;
        self.check(&mapping, &bytes)?;
        if self.import.refused > 0 && !self.import.skip_refused {
            return Ok(ImportState::Refused);
        }
        if self.import.check_only {
            return Ok(ImportState::Done);
        }
        self.import.state = ImportState::Writing;
        self.save()?;
        self.write(&mapping, &bytes)
    }

    fn stopped(&self, line: u64, error: &Error) -> Stop {
        if self.desk.inner.running.is_closed() { Stop::Leaving } else { Stop::Failed(format!("line {line}: {error}")) }
    }

    fn rows<'b>(&self, mapping: &Mapping, bytes: &'b [u8]) -> Result<rows::Rows<'b>, RefusedRow> {
        rows::read(bytes, &self.import.format, mapping.delimiter)
    }

    /// A row of which the mapping reads nothing is passed over like an empty line.
    fn is_blank(mapping: &Mapping, row: &rows::Row) -> bool {
        row.as_ref().is_ok_and(|(_, cells)| Reading { mapping, cells }.is_blank())
    }

    /// A row is known by the import's name and its external id, or by everything that it says: then a row that moved is
    /// the same, one that says something else is another, and of equal ones in a file each is one.
    fn how(&self, id: Option<&str>, cells: &Cells, equal: &mut Equal) -> How {
        let request = Digest::of(canonical(cells).as_bytes());
        let row = match id {
            Some(id) if id.len() <= MOST_PLAIN_ID_BYTES => format!("={id}"),
            Some(id) => format!("~{}", &Digest::of(id.as_bytes()).to_string()[..MOST_PLAIN_ID_BYTES]),
            None => {
                let before = equal.entry(request).or_insert(0);
                *before += 1;
                format!("+{}.{before}", &request.to_string()[..MOST_PLAIN_ID_BYTES])
            }
        };
        let key = format!("import/{}/{row}", self.import.name);
        let origin = Some(self.import.id.to_string());
        How { idempotency: Some(Idempotency { key, request }), actor: Actor::Import, origin, ..How::default() }
    }

    /// A row that was in already with other content: told by its count, and left as it was.
    fn keep(&mut self, line: u64) {
        self.import.changed += 1;
        self.left_out.insert(line);
    }

    fn refuse(&mut self, row: RefusedRow) {
        self.import.refused += 1;
        self.left_out.insert(row.line);
        if self.import.refused_rows.len() < MOST_REFUSED {
            // Both may be a stranger's: a column's name, a value. A control character takes six bytes as JSON.
            let RefusedRow { line, field, reason } = row;
            let (field, reason) = (line_of(&field, MOST_FIELD_BYTES), line_of(&reason, MOST_REASON_BYTES));
            self.import.refused_rows.push(RefusedRow { line, field, reason });
        }
    }

    fn save(&mut self) -> Result<(), Stop> {
        Ok(save(&self.desk.inner, &mut self.import)?)
    }

    fn leave_if_closing(&self) -> Result<(), Stop> {
        if self.desk.inner.running.is_closed() { Err(Stop::Leaving) } else { Ok(()) }
    }
}
