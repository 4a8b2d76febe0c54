//! `cargo xtask eval`: scores the product against data that stands elsewhere, never in the project. Not part of the tests,
//! which stand alone.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Args;

use crate::{run, setup, test};

/// Scores against data that somebody else made.
#[derive(Args)]
pub struct Eval {
    /// The folder with the data: tables that an area knows by their columns, each in a folder that names the set
    #[arg(long, default_value = "../shared/data", value_name = "DIR")]
    data: PathBuf,
    /// The folder with sets of the same names to learn from; otherwise leads are scored by 5-fold cross-validation
    #[arg(long, value_name = "DIR")]
    fit_on: Option<PathBuf>,
    /// Only this area; may be repeated
    #[arg(long, value_name = "AREA")]
    only: Vec<String>,
    /// Print one JSON object instead of lines
    #[arg(long)]
    json: bool,
}

impl Eval {
    /// Builds what is not built, and scores. Only the answer goes to stdout.
    pub fn run(&self) -> Result<()> {
        for folder in std::iter::once(&self.data).chain(&self.fit_on) {
            ensure!(folder.is_dir(), "{} is not a folder", folder.display());
        }
        setup::guest_toolchain()?;
        test::build()?;
        test::packs()?;
        let mut eval = std::process::Command::new(run::target().join("debug").join("plugdesk-eval"));
        eval.arg("all").arg("--data").arg(&self.data).arg("--packs").arg(run::target().join("packs"));
        if let Some(folder) = &self.fit_on {
            eval.arg("--fit-on").arg(folder);
        }
        for area in &self.only {
            eval.arg("--only").arg(area);
        }
        if self.json {
            eval.arg("--json");
        }
        run::run_answering(&mut eval)
    }
}
