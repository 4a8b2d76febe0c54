//! A desk in memory on which policies are tried: packs, configurations and rows come in through the commands that any
//! desk has, with the sandbox and all limits, and nothing is kept.
//!
//! `plugdesk eval` scores decisions with it, and so does whoever measures the product.

mod people;
mod replay;
mod rows;

use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use plugdesk_desk::{
    BindingPatch, BindingView, Clock, Desk, DeskPatch, Format, How, InstallOptions, NewDesk, NewImport,
};
use plugdesk_domain::{Ask, Import, ImportState, Instant, Principal};
use plugdesk_sandbox::Sandbox;
use plugdesk_store::Store;
use serde_json::Value;

use crate::Plugdesk;

pub use people::Found;
pub use replay::knows_times;

/// The name of a trial's only desk.
const DESK: &str = "trial";

/// Why a trial could not go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The desk could not be opened.
    #[error(transparent)]
    Open(#[from] crate::Error),
    /// The desk refused a command.
    #[error(transparent)]
    Desk(#[from] plugdesk_desk::Error),
    /// The rows could not be read or written as a table.
    #[error(transparent)]
    Table(#[from] plugdesk_fit::table::TableError),
    /// It is not one policy that answers the question.
    #[error("{}", policies(question, found))]
    Policy {
        /// The question.
        question: String,
        /// Who answers it.
        found: Vec<String>,
    },
    /// The rows were not taken.
    #[error("{0}")]
    Rows(String),
}

fn policies(question: &str, found: &[String]) -> String {
    match found {
        [] => format!("no policy of the packs answers `{question}`"),
        found => format!("several policies answer `{question}`; name one of {}", found.join(", ")),
    }
}

/// A desk in memory, with a clock that is turned by hand.
pub struct Trial {
    plugdesk: Plugdesk,
    desk: Desk,
    by: Principal,
    clock: Arc<HandClock>,
    /// So many imports were begun: rows are known by the import's name too.
    imports: AtomicU64,
}

struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Instant {
        Instant::from_millis(self.0.load(Ordering::Relaxed))
    }
}

impl Trial {
    /// A sandbox for trials; several may share it.
    ///
    /// # Errors
    /// When the sandbox can't be set up on this machine.
    pub fn sandbox() -> Result<Arc<dyn Ask>, Error> {
        let sandbox = Sandbox::new(plugdesk_sandbox::Options::default()).map_err(crate::Error::from)?;
        Ok(sandbox)
    }

    /// An empty desk at that time.
    ///
    /// # Errors
    /// When threads can't be started.
    pub async fn begin(ask: Arc<dyn Ask>, now: Instant) -> Result<Self, Error> {
        let clock = Arc::new(HandClock(AtomicI64::new(now.millis())));
        let builder = Plugdesk::builder().storage(Store::memory()).ask(ask).background(false);
        let plugdesk = builder.clock(Arc::clone(&clock) as Arc<dyn Clock>).build()?;
        let by = Principal::operator();
        let made = plugdesk.desks().desk_create(&by, NewDesk::named(DESK), None).await?.value;
        let desk = plugdesk.desks().desk(made.id)?;
        Ok(Self { plugdesk, desk, by, clock, imports: AtomicU64::new(0) })
    }

    /// The desk.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Who acts on it: an operator, who may do everything.
    pub fn by(&self) -> &Principal {
        &self.by
    }

    /// Turns the clock.
    pub fn turn(&self, now: Instant) {
        self.clock.0.store(now.millis(), Ordering::Relaxed);
    }

    /// Installs a pack from its archive and grants what it asks to read.
    ///
    /// # Errors
    /// What the desk finds wrong with the pack.
    pub async fn install(&self, archive: Vec<u8>) -> Result<(), Error> {
        let options = InstallOptions { approve: true, ..InstallOptions::default() };
        self.desk.pack_install(&self.by, archive, options, None).await?;
        Ok(())
    }

    /// The policies that answer a question, by name.
    ///
    /// # Errors
    /// [`Error::Policy`] where there is none.
    pub fn answering(&self, question: &str) -> Result<Vec<String>, Error> {
        let all = self.desk.binding_list(&self.by)?;
        let answers = |it: &&BindingView| it.binding.question == question;
        let mut found: Vec<String> = all.iter().filter(answers).map(|it| it.binding.policy.clone()).collect();
        found.sort();
        found.dedup();
        if found.is_empty() { Err(Error::Policy { question: question.to_owned(), found }) } else { Ok(found) }
    }

    /// Lets contacts be merged without asking, where the policies are at least so sure, 1 to 10,000.
    ///
    /// # Errors
    /// When it is another number.
    pub async fn merge_above(&self, certainty: u16) -> Result<(), Error> {
        let patch = DeskPatch { merge_above: Some(Some(certainty)) };
        self.plugdesk.desks().desk_update(&self.by, self.desk.id(), patch, &How::default()).await?;
        Ok(())
    }

    /// Makes it the whole configuration of the policy that answers the question, or of the one that is named: nothing of
    /// the vendor's is left that it does not have.
    ///
    /// # Errors
    /// When it is not one policy, or the plugin or its schema refuses the configuration.
    pub async fn configure(&self, question: &str, policy: Option<&str>, wanted: &Value) -> Result<(), Error> {
        let mut found = self.answering(question)?;
        found.retain(|name| policy.is_none_or(|policy| name == policy));
        let [policy] = found.as_slice() else { return Err(Error::Policy { question: question.to_owned(), found }) };
        let all = self.desk.binding_list(&self.by)?;
        for binding in all.iter().filter(|it| it.binding.policy == *policy).map(|it| it.binding.id) {
            let lay = |overlay| BindingPatch { overlay: Some(overlay), ..BindingPatch::default() };
            let vendor = self.desk.binding_update(&self.by, binding, lay(None), &How::default()).await?.value;
            let overlay = plugdesk_desk::configuration::overlay(&vendor.configuration_document, wanted);
            self.desk.binding_update(&self.by, binding, lay(Some(overlay)), &How::default()).await?;
        }
        Ok(())
    }

    /// Brings a CSV file in by an import's mapping, and waits for its end. Every row is taken, or none.
    ///
    /// # Errors
    /// The first rows that are refused, or why the import failed.
    pub async fn bring(&self, mapping: Value, file: Vec<u8>) -> Result<Import, Error> {
        self.bring_told(mapping, file, |line| format!("line {line}")).await
    }

    /// Likewise; `place`: what a line of the file is called where it is refused.
    async fn bring_told(&self, mapping: Value, file: Vec<u8>, place: impl Fn(u64) -> String) -> Result<Import, Error> {
        let mut events = self.plugdesk.events(DESK, &self.by, self.desk.last_event(&self.by)?)?;
        let format = Some(Format::Csv);
        let name = format!("{DESK}-{}", self.imports.fetch_add(1, Ordering::Relaxed));
        let new = NewImport { name, format, mapping, skip_refused: false, check_only: false };
        let id = self.desk.import_create(&self.by, new, None).await?.value.id;
        self.desk.import_file(&self.by, id, Cursor::new(file)).await?;
        while let Some(event) = events.next().await {
            let event = event?;
            if event.name == "import.ended" && event.subject == id.to_string() {
                break;
            }
        }
        let import = self.desk.import(&self.by, id)?;
        match import.state {
            ImportState::Done => Ok(import),
            _ => Err(Error::Rows(told(&import, place))),
        }
    }

    /// Ends it; its store and its threads go with it.
    ///
    /// # Errors
    /// When the store could not be closed.
    pub async fn end(self) -> Result<(), Error> {
        Ok(self.plugdesk.shutdown().await?)
    }
}

/// So many refused rows are told: the first ones explain the others.
const MOST_TOLD: usize = 5;

/// Why an import did not take its rows.
fn told(import: &Import, place: impl Fn(u64) -> String) -> String {
    let line = |row: &plugdesk_domain::RefusedRow| format!("\n  {}, {}: {}", place(row.line), row.field, row.reason);
    let rows: String = import.refused_rows.iter().take(MOST_TOLD).map(line).collect();
    match &import.failure {
        Some(why) => format!("the rows could not be brought in: {why}"),
        None => format!("{} of {} rows are refused{rows}", import.refused, import.rows),
    }
}
