//! The measuring program behind `cargo xtask bench`: the real server as a child process, and load from this one.
//!
//! Each part is a file in `part/` with one `run`, which answers with the fields it adds to the report. What is compared
//! runs in one process, in turns, with the same client, so that its ratio means something on a machine whose speed
//! drifts. A part also checks what must be true whatever the speed: a check that fails ends the program with a failure,
//! after the report.

mod cast;
mod desk;
mod files;
mod load;
mod measure;
mod other;
mod packs;
mod part;
mod stock;
mod store;

use std::cell::{OnceCell, RefCell};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use tempfile::TempDir;

use desk::Template;
use part::Part;
use stock::Stock;

/// The program's own: what a part measures in this process is what the program would take.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    /// Where dice begin: the same seed, the same run
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How often the crash part kills, if not 100 times
    #[arg(long)]
    kills: Option<u64>,
    /// How many power cuts the crash part replays, if not 100; they need strace
    #[arg(long)]
    cuts: Option<u64>,
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
    /// Where dice begin.
    pub(crate) seed: u64,
    /// Kills of the crash part, if said.
    pub(crate) kills: Option<u64>,
    /// Power cuts of the crash part, if said.
    pub(crate) cuts: Option<u64>,
    /// Where the clients run.
    pub(crate) runtime: tokio::runtime::Runtime,
    template: OnceCell<Template>,
    stock: OnceCell<Stock>,
    broken: RefCell<Vec<String>>,
}

impl Bench {
    /// The whole number, or in the short form the small one.
    pub(crate) fn count(&self, whole: u64, short: u64) -> u64 {
        if self.short { short } else { whole }
    }

    /// A folder that goes with its value, beside this program: what is measured is the disk that builds are on, which
    /// `/tmp` is not everywhere.
    pub(crate) fn folder(&self) -> Result<TempDir> {
        let program = std::env::current_exe()?;
        let beside = program.parent().context("this program stands in a folder")?;
        Ok(tempfile::Builder::new().prefix("bench-").tempdir_in(beside)?)
    }

    /// The desk that every part begins with.
    pub(crate) fn template(&self) -> Result<&Template> {
        if self.template.get().is_none() {
            let made = Template::make(self)?;
            drop(self.template.set(made));
        }
        self.template.get().context("it is made")
    }

    /// The large desk that starts are measured with; made for the first that asks.
    pub(crate) fn stock(&self) -> Result<&Stock> {
        if self.stock.get().is_none() {
            let made = Stock::make(self)?;
            drop(self.stock.set(made));
        }
        self.stock.get().context("it is made")
    }

    /// Something that must be true whatever the speed. If it is not, the program goes on, and fails in the end.
    pub(crate) fn check(&self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            let what = what();
            progress(&format!("BROKEN: {what}"));
            self.broken.borrow_mut().push(what);
        }
    }
}

/// Tells whoever waits how far it is.
#[expect(clippy::print_stderr, reason = "the report alone is on stdout")]
pub(crate) fn progress(what: &str) {
    eprintln!("  {what}");
}

fn main() -> Result<ExitCode> {
    let Arguments { part, plugdesk, pack, connections, seconds, short, seed, kills, cuts } = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    if short {
        cast::know_few();
    }
    // The rows of a short form are as short as they can be.
    let seconds = if short { 1 } else { seconds };
    let (template, stock, broken) = Default::default();
    let bench = Bench {
        plugdesk,
        packs: pack,
        connections,
        seconds,
        short,
        seed,
        kills,
        cuts,
        runtime,
        template,
        stock,
        broken,
    };
    let mut report = serde_json::Map::new();
    for part in part {
        progress(&format!("{part:?}"));
        match part.run(&bench) {
            Ok(fields) => report.extend(fields),
            // The others are still worth knowing.
            Err(error) => bench.check(false, || format!("{part:?}: {error:#}")),
        }
    }
    let broken = bench.broken.take();
    let code = if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    if !broken.is_empty() {
        report.insert("broken".to_owned(), broken.into());
    }
    #[expect(clippy::print_stdout, reason = "this is the program's answer")]
    {
        println!("{}", serde_json::Value::Object(report));
    }
    Ok(code)
}
