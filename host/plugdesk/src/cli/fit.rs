//! `plugdesk fit`: configurations of policies learned from a company's own past: from files, or from the desk's own
//! records.

mod past;
mod risk;
mod scorecard;

use std::fs::File;
use std::path::Path;

use plugdesk_fit::table::{Table, TableError};

use super::{Exit, Failure, Global, Output};

/// What is learned.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Fit {
    /// Learn which leads convert: a configuration for lead-qualification
    Scorecard(scorecard::Scorecard),
    /// Learn how likely a promise is broken: the section `breach` of risk-track
    Risk(risk::Risk),
}

impl Fit {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        match self {
            Self::Scorecard(it) => it.run(output),
            Self::Risk(it) => it.run(global, output).await,
        }
    }
}

/// Reads a table from a CSV file.
fn table(path: &Path) -> Result<Table, Failure> {
    let file = File::open(path).map_err(|error| Failure::file(path, "read", &error))?;
    Table::read(file).map_err(|error| refused(path, &error))
}

fn refused(path: &Path, error: &TableError) -> Failure {
    Failure::new(Exit::Refused, format!("{}: {error}", path.display()))
}

/// Writes what was learned.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| Failure::file(path, "written", &error))
}
