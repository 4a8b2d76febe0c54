//! Imports: a file of people, companies, memberships, tickets or entries brought in through the same commands as everything else.
//!
//! A first pass reads every row and writes nothing; one row that can't be taken refuses the file, unless they are to be
//! skipped. A second pass writes, each row whole or not at all. Rows are known by the import's name and their external
//! id or content, so running the same file again, or going on after a crash, writes no row twice.

mod flight;
mod known;
mod mapping;
mod record;
mod rows;
mod run;
mod value;

use std::io::Read;
use std::sync::Arc;

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{Change, Import, ImportId, ImportState, Page, Principal, RecordsExt, Scan, StoredAnswer, Table};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::desk::{Desk, Inner};
use crate::error::Error;
use crate::idempotency::{self, Once};
use crate::pool::aside;
use crate::view::{Done, Idempotency, PageRequest};

pub use mapping::{
    Addresses, Columns, CompanyFields, ContactFields, Custom, EntryFields, ExternalId, Flag, KindFrom, Mapping,
    MembershipFields, Rule, Source, Star, TicketFields, TurnFields,
};

/// A file has at most so many bytes, because it is kept and read whole, and the store keeps no larger one: a hundred
/// thousand leads of a CRM export. A longer export is sent in parts under one name; no row is written twice.
pub const MOST_FILE_BYTES: u64 = 64 << 20;
/// The longest name of an import, in bytes: with a row's id it makes an idempotency key.
const MOST_NAME_CHARS: usize = 48;

/// An import to be made; its file follows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewImport {
    /// What people call it, 1 to 48 letters, digits and `- _ . /`. Rows are known by it: a second import of the same
    /// name and file writes nothing twice.
    pub name: String,
    /// `csv` or `json-lines`; none: a file that begins with `{` is JSON lines.
    #[serde(default)]
    pub format: Option<Format>,
    /// Which column goes where; see `docs/importing.md`.
    #[cfg_attr(feature = "schema", schema(value_type = Mapping))]
    pub mapping: Value,
    /// Leave out rows that can't be taken; otherwise one of them refuses the whole file.
    #[serde(default)]
    pub skip_refused: bool,
    /// Stop after checking.
    #[serde(default)]
    pub check_only: bool,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Comma-separated values, RFC 4180; the first line names the columns.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "json-lines",
        }
    }
}

impl Desk {
    /// Makes an import, which then waits for its file. The mapping is checked here, its columns when the file is there.
    pub async fn import_create(
        &self,
        by: &Principal,
        new: NewImport,
        key: Option<&Idempotency>,
    ) -> Result<Done<Import>, Error> {
        self.inner.authorise(by, Area::Transfer, Act::Write)?;
        let running = self.inner.running.enter()?;
        let named = plugdesk_domain::question::shown::check_name("name", &new.name).is_ok();
        if !named || new.name.chars().count() > MOST_NAME_CHARS {
            return Err(Error::invalid("/name", format!("1 to {MOST_NAME_CHARS} letters, digits and - _ . /")));
        }
        Mapping::read(&new.mapping).map_err(|(at, rule)| Error::invalid(format!("/mapping{at}"), rule))?;
        let once = Once::take(&self.inner.keys, &self.inner.records, by, key)?;
        let (desk, later, by) = (Arc::clone(&self.inner), Arc::clone(&self.inner), by.clone());
        let again = move |stored: &StoredAnswer| {
            let id: ImportId = idempotency::subject(stored)?;
            later.records.find(id)?.ok_or_else(|| idempotency::lost(stored))
        };
        let work = move |once: &Once| made(&desk, &by, new, once);
        idempotency::carry_out("desk-import-create", running, once, work, again).await
    }

    /// Takes the import's file, at most 64 MiB, and begins: the answer comes when the file is stored, the rest goes on
    /// in the background and shows on the record. An import that failed, was refused or was only
    /// checked takes a file again.
    pub async fn import_file(
        &self,
        by: &Principal,
        id: ImportId,
        file: impl Read + Send + 'static,
    ) -> Result<Import, Error> {
        self.inner.authorise(by, Area::Transfer, Act::Write)?;
        let running = self.inner.running.enter()?;
        let before = self.import(by, id)?;
        let Some(turn) = self.inner.importing.take() else {
            return Err(match before.state {
                ImportState::Checking | ImportState::Writing => Error::Conflict(format!("import {id}")),
                _ => Error::Busy("another import of this desk is running".to_owned()),
            });
        };
        let import = self.import(by, id)?;
        if import.state == ImportState::Done && !import.check_only {
            return Err(Error::invalid("/state", "the import is done; make another one"));
        }
        let (desk, by) = (self.clone(), by.clone());
        aside("desk-import-file", move || {
            let _running = running;
            let mut bytes = Vec::new();
            let read = file.take(MOST_FILE_BYTES + 1).read_to_end(&mut bytes);
            read.map_err(|e| Error::invalid("", format!("the file ended early: {e}")))?;
            if bytes.len() as u64 > MOST_FILE_BYTES {
                let (what, most) = ("the file".to_owned(), MOST_FILE_BYTES as usize);
                return Err(Error::TooLarge { what, bytes: bytes.len(), most });
            }
            let mut import = Import { file: Some(desk.inner.parts.storage.blobs().put(&bytes)?), ..import };
            if import.format.is_empty() {
                let json = bytes.trim_ascii_start().starts_with(b"{");
                import.format = if json { Format::JsonLines } else { Format::Csv }.name().to_owned();
            }
            import.state = ImportState::Checking;
            let started = desk.inner.event("import.started", import.id, &by);
            run::save_telling(&desk.inner, &mut import, Some(started))?;
            run::start(&desk, import.clone(), turn)?;
            Ok(import)
        })
        .await
    }

    /// An import as it stands.
    pub fn import(&self, by: &Principal, id: ImportId) -> Result<Import, Error> {
        self.inner.authorise(by, Area::Transfer, Act::Read)?;
        self.inner.records.find(id)?.ok_or_else(|| Error::not_found("import", id))
    }

    /// A page of imports, newest first.
    pub fn import_list(&self, by: &Principal, page: &PageRequest) -> Result<Page<Import>, Error> {
        self.inner.authorise(by, Area::Transfer, Act::Read)?;
        let scan = Scan::table(Table::Import).backward().with_limit(page.limit()).with_after(page.after.clone());
        Ok(self.inner.records.list(&scan)?)
    }
}

fn made(desk: &Inner, by: &Principal, new: NewImport, once: &Once) -> Result<Import, Error> {
    let now = desk.now();
    let import = Import {
        id: ImportId::new(now, desk.bits()),
        version: 1,
        created_at: now,
        updated_at: now,
        name: new.name,
        format: new.format.map(Format::name).unwrap_or_default().to_owned(),
        mapping: new.mapping,
        skip_refused: new.skip_refused,
        check_only: new.check_only,
        state: ImportState::Waiting,
        file: None,
        rows: 0,
        written: 0,
        repeated: 0,
        changed: 0,
        refused: 0,
        refused_rows: Vec::new(),
        failure: None,
    };
    let mut change = Change::default();
    change.create(import.clone());
    let mut event = desk.event("import.created", import.id, by);
    event.data.insert("name".to_owned(), import.name.clone().into());
    change.tell(event);
    if let Some(answer) = once.answer(now, 201, import.id.to_string(), None) {
        change.create(answer);
    }
    desk.records.commit_wait(change)?;
    Ok(import)
}

/// Goes on with the import that was running when the process ended, if there is one. One that can't be gone on with is
/// left as it stands: a file uploaded again resumes it.
pub(crate) fn resume(desk: &Desk) -> Result<(), Error> {
    let newest = Scan::table(Table::Import).backward().with_limit(Scan::MOST);
    let imports = desk.inner.records.list::<Import>(&newest)?.records;
    let unfinished = |it: &Import| matches!(it.state, ImportState::Checking | ImportState::Writing);
    let mut unfinished = imports.into_iter().filter(unfinished);
    if let Some(import) = unfinished.next()
        && let Some(turn) = desk.inner.importing.take()
    {
        run::start(desk, import, turn)?;
    }
    for mut import in unfinished {
        import.state = ImportState::Failed;
        import.failure =
            Some("the process ended while it ran; send the file again, no row is written twice".to_owned());
        run::save(&desk.inner, &mut import)?;
    }
    Ok(())
}
