//! `plugdesk fit`: configurations of policies learned from a company's own past: from files, or from the desk's own
//! records.

mod linkage;
mod past;
mod risk;
mod scorecard;

use std::path::Path;

use super::{Failure, Global, Output};

/// What is learned.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Fit {
    /// Learn which leads convert: a configuration for lead-qualification
    Scorecard(scorecard::Scorecard),
    /// Learn how likely a promise is broken: the section `breach` of risk-track
    Risk(risk::Risk),
    /// Learn who is the same person, without labels: the weights of contact-merging
    Linkage(linkage::Linkage),
}

impl Fit {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        match self {
            Self::Scorecard(it) => it.run(output),
            Self::Risk(it) => it.run(global, output).await,
            Self::Linkage(it) => it.run(global, output).await,
        }
    }
}

/// Writes what was learned.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| Failure::file(path, "written", &error))
}
