//! An import at work, on a thread of its own: check every row, then write them.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use plugdesk_domain::question::join::canonical;
use plugdesk_domain::record::import::MOST_REFUSED;
use plugdesk_domain::{
    COMPANY_BY_EXTERNAL, CONTACT_BY_EXTERNAL, Change, Company, Contact, Digest, Import, ImportState, Principal,
    RecordsExt, RefusedRow, Role, Scan, Stored, TICKET_BY_EXTERNAL, Ticket,
};

use super::flight::Flight;
use super::mapping::{Columns, Mapping};
use super::record::{Made, external_id, make};
use super::value::{Cells, Wrong};
use super::{Turn, rows};
use crate::desk::{Desk, Inner};
use crate::error::Error;
use crate::idempotency;
use crate::view::{Actor, How, Idempotency};

/// Rows that are written at once: enough that a commit carries many, few enough to leave room for people.
const IN_FLIGHT: usize = 64;
/// The record says how far it is every so many rows: often enough to watch, rarely enough to cost nothing.
const PROGRESS_ROWS: u64 = 1_000;
/// How long to wait when the desk has no room, and how often: ten seconds in all, then the import stops.
const BUSY_PAUSE: Duration = Duration::from_millis(20);
/// See [`BUSY_PAUSE`].
const BUSY_TRIES: u32 = 500;
/// A refused row's field and reason are cut here, in bytes: a hundred of them and the mapping are one stored value.
const MOST_FIELD_BYTES: usize = 96;
/// See [`MOST_FIELD_BYTES`].
const MOST_REASON_BYTES: usize = 240;
/// The longest external id that stands in an idempotency key as it is.
const MOST_PLAIN_ID_BYTES: usize = 48;

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
    import.touch(desk.now());
    let mut change = Change::default();
    change.update(import.clone());
    desk.records.commit_wait(change)?;
    Ok(())
}

/// Who writes the rows: the import itself, so that whoever runs it again meets the same idempotency keys. That somebody
/// with the right to import started it is in the log.
fn principal(desk: &Desk, name: &str) -> Principal {
    Principal { desk: Some(desk.id()), role: Role::Admin, name: format!("import/{name}"), key: None, contact: None }
}

struct Run<'a> {
    desk: &'a Desk,
    by: Principal,
    import: Import,
    /// The lines of every refused row, also of those that the record has no room for.
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
                self.import.failure = Some(format!("{}; {resume}", cut(why, MOST_REASON_BYTES)));
                ImportState::Failed
            }
        };
        self.import.state = state;
        self.import.touch(self.desk.inner.now());
        let mut change = Change::default();
        change.update(self.import.clone());
        let mut event = self.desk.inner.event("import.ended", self.import.id, &self.by);
        event.data.insert("state".to_owned(), serde_json::json!(state));
        let counts = [("rows", self.import.rows), ("written", self.import.written), ("refused", self.import.refused)];
        event.data.extend(counts.map(|(name, count)| (name.to_owned(), count.into())));
        change.tell(event);
        // Whoever sees the end may start the next one at once.
        drop(turn);
        // If even this can't be stored, the record stays as it was, and the next start goes on with it.
        let _ = self.desk.inner.records.commit_wait(change);
    }

    fn passes(&mut self) -> Result<ImportState, Stop> {
        let read = |(at, rule): (String, String)| Stop::Failed(format!("mapping{at}: {rule}"));
        let mapping = Mapping::read(&self.import.mapping).map_err(read)?;
        let file = self.import.file.ok_or_else(|| Stop::Failed("it has no file".to_owned()))?;
        let bytes = self.desk.inner.parts.storage.blobs().get(&file)?;
        let bytes = bytes.ok_or_else(|| Stop::Failed("its file is not stored any more".to_owned()))?;
        let import = &mut self.import;
        (import.rows, import.written, import.repeated, import.refused) = (0, 0, 0, 0);
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

    /// The first pass: every row is read, made, and sent through its command as a preview, policies included; nothing is
    /// written. So what is refused later can only be what changed meanwhile.
    fn check(&mut self, mapping: &Mapping, bytes: &[u8]) -> Result<(), Stop> {
        let mut rows = match self.rows(mapping, bytes) {
            Ok(rows) => rows,
            Err(refused) => {
                // Nothing of a file that can't be read may be skipped.
                self.import.skip_refused = false;
                self.refuse(refused);
                return Ok(());
            }
        };
        if let Some(refused) = rows.columns.as_ref().and_then(|columns| unknown_column(mapping, columns)) {
            self.import.skip_refused = false;
            self.refuse(refused);
            return Ok(());
        }
        let mut seen: HashMap<String, u64> = HashMap::new();
        let mut flight = Flight::new();
        let (desk, by) = (self.desk.clone(), self.by.clone());
        for row in &mut rows {
            self.leave_if_closing()?;
            self.import.rows += 1;
            match row.and_then(|row| self.checked(mapping, row, &mut seen)) {
                Ok(Some(row)) => {
                    while flight.len() >= IN_FLIGHT {
                        self.tried(flight.next())?;
                    }
                    let row = Row { how: How { preview: true, ..row.how }, ..row };
                    flight.add(one(desk.clone(), by.clone(), row));
                }
                Ok(None) => {}
                Err(refused) => self.refuse(refused),
            }
            if self.import.rows.is_multiple_of(PROGRESS_ROWS) {
                self.save()?;
            }
        }
        while flight.len() > 0 {
            self.tried(flight.next())?;
        }
        self.import.refused_rows.sort_by_key(|row| row.line);
        Ok(())
    }

    /// A row as far as it can be checked by itself; none: it is in already.
    fn checked(
        &self,
        mapping: &Mapping,
        (line, cells): (u64, Cells),
        seen: &mut HashMap<String, u64>,
    ) -> Result<Option<Row>, RefusedRow> {
        let row = self.row(mapping, line, &cells)?;
        if let Some((_, id)) = &row.own
            && let Some(first) = seen.insert(id.clone(), line)
        {
            let column = mapping.external_id.as_ref().map(|it| it.column.clone()).unwrap_or_default();
            return Err(RefusedRow { line, field: column, reason: format!("the id stands on line {first} already") });
        }
        let Some(key) = &row.how.idempotency else { return Ok(Some(row)) };
        let stored = idempotency::name(&self.by, key).and_then(|name| idempotency::find(&self.desk.inner, &name));
        match stored {
            Ok(Some(stored)) if stored.request == key.request => Ok(None),
            Ok(Some(_)) => Err(refused(line, &Error::IdempotencyReused)),
            Ok(None) => Ok(Some(row)),
            Err(error) => Err(refused(line, &error)),
        }
    }

    fn row(&self, mapping: &Mapping, line: u64, cells: &Cells) -> Result<Row, RefusedRow> {
        let at = |wrong: Wrong| RefusedRow { line, field: wrong.field, reason: wrong.reason };
        let made = make(mapping, cells, line).map_err(at)?;
        let id = external_id(mapping, cells).map_err(at)?;
        let how = self.how(id.as_deref(), line, cells);
        let own = mapping.external_id.as_ref().map(|it| it.system.clone()).zip(id);
        Ok(Row { line, made, how, own })
    }

    /// What came of trying a row.
    fn tried(&mut self, outcome: Option<(u64, Landed)>) -> Result<(), Stop> {
        match outcome {
            None | Some((_, Landed::Written | Landed::Repeated)) => Ok(()),
            Some((line, Landed::Refused(error))) => {
                self.refuse(refused(line, &error));
                Ok(())
            }
            Some((line, Landed::Stopped(error))) => Err(self.stopped(line, &error)),
        }
    }

    /// The second pass: rows are written, many at once, each whole or not at all.
    fn write(&mut self, mapping: &Mapping, bytes: &[u8]) -> Result<ImportState, Stop> {
        let refused_before = self.import.refused;
        let already = std::mem::take(&mut self.import.refused_rows);
        let rows = self.rows(mapping, bytes).map_err(|refused| Stop::Failed(refused.reason))?;
        let (desk, by) = (self.desk.clone(), self.by.clone());
        let mut flight = Flight::new();
        let mut progress = Progress::default();
        for row in rows {
            self.leave_if_closing()?;
            // Rows that were refused before are left out again, for the same reason.
            let Ok(row) = row.and_then(|(line, cells)| self.row(mapping, line, &cells)) else { continue };
            if self.left_out.contains(&row.line) {
                continue;
            }
            let company = row.made.new_company();
            while flight.len() >= IN_FLIGHT || company.as_ref().is_some_and(|name| progress.is_flying(name)) {
                self.landed(flight.next(), &mut progress)?;
            }
            progress.start(row.line, company);
            flight.add(one(desk.clone(), by.clone(), row));
        }
        while flight.len() > 0 {
            self.landed(flight.next(), &mut progress)?;
        }
        let late = self.import.refused - refused_before;
        let mut all = already;
        all.append(&mut self.import.refused_rows);
        all.sort_by_key(|row| row.line);
        all.truncate(MOST_REFUSED);
        self.import.refused_rows = all;
        if late > 0 && !self.import.skip_refused {
            return Err(Stop::Failed(format!("{late} rows could not be written though they were checked")));
        }
        Ok(ImportState::Done)
    }

    /// What came of a row.
    fn landed(&mut self, outcome: Option<(u64, Landed)>, progress: &mut Progress) -> Result<(), Stop> {
        let Some((line, landed)) = outcome else { return Ok(()) };
        progress.end(line, matches!(landed, Landed::Written | Landed::Repeated));
        match landed {
            Landed::Written => self.import.written += 1,
            Landed::Repeated => self.import.repeated += 1,
            Landed::Refused(error) => self.refuse(refused(line, &error)),
            Landed::Stopped(error) => return Err(self.stopped(line, &error)),
        }
        if progress.count.is_multiple_of(PROGRESS_ROWS) {
            self.save()?;
        }
        Ok(())
    }

    fn stopped(&self, line: u64, error: &Error) -> Stop {
        if self.desk.inner.running.is_closed() { Stop::Leaving } else { Stop::Failed(format!("line {line}: {error}")) }
    }

    fn rows<'b>(&self, mapping: &Mapping, bytes: &'b [u8]) -> Result<rows::Rows<'b>, RefusedRow> {
        rows::read(bytes, &self.import.format, mapping.delimiter)
    }

    /// A row is known by the import's name and its external id, or its line.
    fn how(&self, id: Option<&str>, line: u64, cells: &Cells) -> How {
        let row = match id {
            Some(id) if id.len() <= MOST_PLAIN_ID_BYTES => format!("={id}"),
            Some(id) => format!("~{}", &Digest::of(id.as_bytes()).to_string()[..MOST_PLAIN_ID_BYTES]),
            None => format!("#{line}"),
        };
        let key = format!("import/{}/{row}", self.import.name);
        let request = Digest::of(canonical(cells).as_bytes());
        How { idempotency: Some(Idempotency { key, request }), actor: Actor::Import, ..How::default() }
    }

    fn refuse(&mut self, row: RefusedRow) {
        self.import.refused += 1;
        self.left_out.insert(row.line);
        if self.import.refused_rows.len() < MOST_REFUSED {
            let RefusedRow { line, field, reason } = row;
            let row = RefusedRow { line, field: cut(field, MOST_FIELD_BYTES), reason: cut(reason, MOST_REASON_BYTES) };
            self.import.refused_rows.push(row);
        }
    }

    fn save(&mut self) -> Result<(), Stop> {
        Ok(save(&self.desk.inner, &mut self.import)?)
    }

    fn leave_if_closing(&self) -> Result<(), Stop> {
        if self.desk.inner.running.is_closed() { Err(Stop::Leaving) } else { Ok(()) }
    }
}

/// Rows on their way. A company that is only named is found by its name, which need not be unique, so the first row that
/// names one goes ahead alone; two at once would make two.
#[derive(Default)]
struct Progress {
    count: u64,
    flying: HashMap<u64, String>,
    settled: HashSet<String>,
}

impl Progress {
    fn is_flying(&self, company: &String) -> bool {
        !self.settled.contains(company) && self.flying.values().any(|name| name == company)
    }

    fn start(&mut self, line: u64, company: Option<String>) {
        if let Some(company) = company.filter(|company| !self.settled.contains(company)) {
            self.flying.insert(line, company);
        }
    }

    fn end(&mut self, line: u64, stored: bool) {
        self.count += 1;
        if let Some(company) = self.flying.remove(&line)
            && stored
        {
            self.settled.insert(company);
        }
    }
}

/// What came of a row.
enum Landed {
    Written,
    Repeated,
    /// This row can't be taken; the others may.
    Refused(Error),
    /// No row can be taken now.
    Stopped(Error),
}

/// A row on its way.
struct Row {
    line: u64,
    made: Made,
    how: How,
    /// The row's own external id: system and id.
    own: Option<(String, String)>,
}

/// Writes or tries one row, waiting where the desk has no room.
async fn one(desk: Desk, by: Principal, row: Row) -> (u64, Landed) {
    let Row { line, made, how, own } = row;
    let mut tries = 0;
    loop {
        let repeated = match &made {
            Made::Ticket(new) => desk.ticket_create(&by, new.as_ref().clone(), &how).await.map(|done| done.repeated),
            Made::Contact(new) => desk.contact_create(&by, new.as_ref().clone(), &how).await.map(|done| done.repeated),
            Made::Company(new) => desk.company_create(&by, new.as_ref().clone(), &how).await.map(|done| done.repeated),
        };
        return (line, match repeated {
            Ok(true) => Landed::Repeated,
            Ok(false) => Landed::Written,
            Err(Error::Busy(_)) if tries < BUSY_TRIES && !desk.inner.running.is_closed() => {
                tries += 1;
                // This thread has nothing else to do than to wait for room.
                std::thread::park_timeout(BUSY_PAUSE);
                continue;
            }
            Err(Error::Exists { .. }) if own.as_ref().is_some_and(|own| is_in(&desk.inner, &made, own)) => {
                Landed::Repeated
            }
            Err(error) => match error {
                Error::NotFound { .. }
                | Error::Invalid(_)
                | Error::Exists { .. }
                | Error::IdempotencyReused
                | Error::Refused { .. }
                | Error::TooLarge { .. }
                | Error::Conflict(_) => Landed::Refused(error),
                Error::Forbidden(_)
                | Error::VersionMismatch { .. }
                | Error::IdempotencyInFlight
                | Error::Busy(_)
                | Error::ReadOnly(_)
                | Error::Unknown(_)
                | Error::Pack(_)
                | Error::Cursor
                | Error::Damaged(_)
                | Error::Internal(_) => Landed::Stopped(error),
            },
        });
    }
}

/// Whether a record with the row's own external id is in the desk already.
fn is_in(desk: &Inner, made: &Made, (system, id): &(String, String)) -> bool {
    let fields = vec![system.as_str().into(), id.as_str().into()];
    let one = |index| Scan::index(index, fields.clone()).with_limit(1);
    match made {
        Made::Ticket(_) => desk.records.list::<Ticket>(&one(TICKET_BY_EXTERNAL)).is_ok_and(|p| !p.records.is_empty()),
        Made::Contact(_) => desk.records.list::<Contact>(&one(CONTACT_BY_EXTERNAL)).is_ok_and(|p| !p.records.is_empty()),
        Made::Company(_) => desk.records.list::<Company>(&one(COMPANY_BY_EXTERNAL)).is_ok_and(|p| !p.records.is_empty()),
    }
}

/// Why the desk refuses a row, in the words of the first field at fault.
fn refused(line: u64, error: &Error) -> RefusedRow {
    match error {
        Error::Invalid(faults) => match faults.first() {
            Some(fault) => RefusedRow { line, field: fault.field.clone(), reason: fault.rule.clone() },
            None => RefusedRow { line, field: String::new(), reason: error.to_string() },
        },
        Error::IdempotencyReused => {
            let reason = "was brought in before with other content, and stays as it was".to_owned();
            RefusedRow { line, field: String::new(), reason }
        }
        other => RefusedRow { line, field: String::new(), reason: other.to_string() },
    }
}

/// A column that the mapping names and the file does not have.
fn unknown_column(mapping: &Mapping, columns: &[String]) -> Option<RefusedRow> {
    let own = mapping.external_id.iter().map(|external| ("/external-id".to_owned(), external.column.clone()));
    let sources = mapping.sources();
    let named = sources.iter().flat_map(|(at, source)| source.columns().into_iter().map(|c| (at.clone(), c.to_owned())));
    let custom = mapping.customs().into_iter().flat_map(|(at, custom)| {
        let listed = match &custom.columns {
            Columns::Named(columns) => columns.clone(),
            Columns::All(_) => Vec::new(),
        };
        let all = listed.into_iter().chain(custom.except.clone()).chain(custom.texts.clone());
        all.chain(custom.rename.keys().cloned()).map(move |column| (at.to_owned(), column))
    });
    let missing = own.chain(named).chain(custom).find(|(_, column)| !columns.contains(column));
    missing.map(|(at, column)| {
        let reason = format!("the file has no such column, which the mapping names at {at}");
        RefusedRow { line: 1, field: column, reason }
    })
}

fn cut(mut text: String, most: usize) -> String {
    if text.len() > most {
        let end = (0..=most).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        text.truncate(end);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_that_the_file_lacks_is_named_before_a_row_is_read() {
        let mapping = serde_json::json!({"kind": "lead", "ticket": {"subject": {"template": "{A} of {B}"},
            "custom": {"columns": "*", "except": ["C"]}}});
        let mapping = Mapping::read(&mapping).unwrap();
        let columns = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert_eq!(unknown_column(&mapping, &columns(&["A", "B", "C"])), None);
        let missing = unknown_column(&mapping, &columns(&["A", "C"])).unwrap();
        assert_eq!((missing.line, missing.field.as_str()), (1, "B"));
        assert!(missing.reason.contains("/ticket/subject"), "{}", missing.reason);
        assert_eq!(unknown_column(&mapping, &columns(&["A", "B"])).unwrap().field, "C");
    }
}
