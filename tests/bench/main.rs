//! The measuring program behind `cargo xtask bench`: the real server as a child process, and load from this one.
//!
//! Each part is a file in `part/` with one `run`, which answers with the fields it adds to the report. Parts that are
//! compared run in one process, one after the other, with the same client, so that their ratio means something on a
//! machine whose speed drifts.

mod desk;
mod load;
mod part;

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;

use part::Part;

/// Measures a running desk.
#[derive(Parser)]
struct Arguments {
    /// What to measure
    #[arg(value_enum, required = true)]
    part: Vec<Part>,
    /// The program to measure, built in release
    #[arg(long)]
    plugdesk: PathBuf,
    /// Packs to install, as folders
    #[arg(long)]
    pack: Vec<PathBuf>,
    /// Connections, one row each
    #[arg(long, value_delimiter = ',', default_value = "1,16,64")]
    connections: Vec<usize>,
    /// Seconds per row of the load
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// The short form that the tests run: small numbers, the same checks, figures that mean nothing
    #[arg(long)]
    short: bool,
}

/// What every part is given.
pub(crate) struct Bench {
    /// The program to measure.
    pub(crate) plugdesk: PathBuf,
    /// Packs, as folders.
    pub(crate) packs: Vec<PathBuf>,
    /// Connections, one row each.
    pub(crate) connections: Vec<usize>,
    /// Seconds per row of the load.
    pub(crate) seconds: u64,
    /// Small numbers, the same checks.
    pub(crate) short: bool,
    /// Where the clients run.
    pub(crate) runtime: tokio::runtime::Runtime,
}

impl Bench {
    /// The whole number, or in the short form the small one.
    pub(crate) fn count(&self, whole: u64, short: u64) -> u64 {
        if self.short { short } else { whole }
    }
}

fn main() -> Result<()> {
    let Arguments { part, plugdesk, pack, connections, seconds, short } = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let bench = Bench { plugdesk, packs: pack, connections, seconds, short, runtime };
    let mut report = serde_json::Map::new();
    for part in part {
        report.extend(part.run(&bench)?);
    }
    #[expect(clippy::print_stdout, reason = "this is the program's answer")]
    {
        println!("{}", serde_json::Value::Object(report));
    }
    Ok(())
}
