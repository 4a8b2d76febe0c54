//! `contact-merging`: the built component, through the sandbox, on every folder with reports and a table of duplicates.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

pub(crate) mod ask;
mod reports;
mod table;

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Args;
use serde_json::{Value, json};

use ask::Policy;
use table::Table;

/// Scores contact-merging.
#[derive(Args)]
pub(crate) struct ContactMerging {
    /// A folder with tables in CSV, at most three levels deep
    #[arg(long)]
    data: PathBuf,
    /// The built pack
    #[arg(long, default_value = "target/packs/contact-merging")]
    pack: PathBuf,
    /// Rows read of a table
    #[arg(long, default_value_t = 20_000)]
    rows: usize,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// Shows so many wrong answers of each table
    #[arg(long, default_value_t = 0)]
    wrong: usize,
}

impl ContactMerging {
    pub(crate) fn run(&self) -> Result<()> {
        let policy = Policy::load(&self.pack)?;
        let mut reports = Vec::new();
        let files = walkdir::WalkDir::new(&self.data).max_depth(3).sort_by_file_name();
        for file in files.into_iter().filter_map(Result::ok).filter(|file| file.file_type().is_file()) {
            if file.path().extension().is_none_or(|ending| ending != "csv") {
                continue;
            }
            let name = file.path().strip_prefix(&self.data).unwrap_or(file.path()).display().to_string();
            let Ok(table) = Table::read(file.path(), self.rows) else { continue };
            let report = if let Some(found) = reports::Reports::of(file.path(), &table, self.rows)? {
                Some(found.score(&policy, self.wrong)?)
            } else {
                None
            };
            if let Some(report) = report {
                if !self.json {
                    println!("{name}\n{}", shown(&report, "  "));
                }
                reports.push(json!({"table": name, "report": report}));
            }
        }
        ensure!(!reports.is_empty(), "no table of {} is one of reports", self.data.display());
        let all = json!({"tables": reports, "fuel": policy.fuel()});
        match self.json {
            true => println!("{all:#}"),
            false => println!("fuel a call: {}", policy.fuel()),
        }
        Ok(())
    }
}

/// A report as lines.
fn shown(report: &Value, indent: &str) -> String {
    let Some(fields) = report.as_object() else { return report.to_string() };
    let line = |(name, value): (&String, &Value)| format!("{indent}{name}: {value}");
    fields.iter().map(line).collect::<Vec<_>>().join("\n")
}
