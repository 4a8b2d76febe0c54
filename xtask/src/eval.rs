//! `cargo xtask eval`: scores the product against data that stands elsewhere, never in the project. Not part of the tests,
//! which stand alone.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::{run, setup, test};

/// Scores against data that somebody else made.
#[derive(Args)]
pub struct Eval {
    /// The folder with the data: any tables that a score recognises by their columns
    #[arg(long)]
    data: PathBuf,
    /// `calendars` or `contact-merging`
    score: String,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

impl Eval {
    pub fn run(&self) -> Result<()> {
        setup::guest_toolchain()?;
        test::build()?;
        test::packs()?;
        let mut eval = std::process::Command::new(run::target().join("debug").join("plugdesk-eval"));
        eval.arg(&self.score).arg("--data").arg(&self.data);
        if self.json {
            eval.arg("--json");
        }
        run::run(&mut eval)
    }
}
