//! The long crash proofs: writers killed with SIGKILL under load, and power cuts replayed from recorded system calls.
//!
//! `crash --kills 100 --cuts 100 --json` prints what was found; it exits with 1 if anything was lost, with 2 if it
//! could not run to its end. The cuts need `strace`;
//! nothing needs root. `crash write FOLDER` is the writer that it starts.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod cuts;
mod image;
mod kills;
mod recording;
#[path = "../../../../tests/suite/store/workload.rs"]
#[allow(dead_code)]
mod workload;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use plugdesk_domain::Storage;
use plugdesk_store::{Options, Store};

/// Writers at once: enough for groups to form, few enough for two cores.
const WRITERS: u32 = 6;

/// What a series of crashes came to.
#[derive(Debug, Default)]
struct Found {
    crashes: u64,
    acknowledged: u64,
    lost: u64,
    disagreeing: u64,
    unopenable: u64,
    messages: Vec<String>,
}

impl Found {
    /// Opens what a crash left and compares it with what was acknowledged. Returns what stands there.
    fn look(&mut self, options: &Options, acknowledged: &[u64]) {
        self.crashes += 1;
        self.acknowledged += acknowledged.iter().sum::<u64>();
        let what = match Store::open(options) {
            Err(error) => {
                self.unopenable += 1;
                error.to_string()
            }
            Ok(store) => match workload::check(&*store, acknowledged) {
                Ok(_) => return,
                Err(what) => {
                    *(if what.contains("were acknowledged") { &mut self.lost } else { &mut self.disagreeing }) += 1;
                    what
                }
            },
        };
        if self.messages.len() < 5 {
            self.messages.push(what);
        }
    }

    fn well(&self) -> bool {
        self.lost + self.disagreeing + self.unopenable == 0
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "crashes": self.crashes, "acknowledged": self.acknowledged, "lost": self.lost,
            "disagreeing": self.disagreeing, "unopenable": self.unopenable, "messages": self.messages,
        })
    }

    fn tell(&self, what: &str) {
        println!(
            "{what}: {} crashes, {} acknowledged writes looked for, {} crashes lost some, {} left something by half or \
             disagreeing, {} did not open",
            self.crashes, self.acknowledged, self.lost, self.disagreeing, self.unopenable
        );
        self.messages.iter().for_each(|message| println!("  {message}"));
    }
}

/// Limits so small that segments, checkpoints and snapshots come often.
fn options(folder: &Path) -> Options {
    Options {
        segment_bytes: 256 << 10,
        checkpoint_bytes: 64 << 10,
        snapshot_bytes: 512 << 10,
        ..Options::new(folder).with_cache_bytes(16 << 20)
    }
}

/// Writes until it is killed; one line for each acknowledged operation.
fn write(folder: &Path) -> anyhow::Result<()> {
    let store = Store::open(&options(folder))?;
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let store = &store;
            scope.spawn(move || -> anyhow::Result<()> {
                let begin = workload::done(&*store.records(workload::desk()), writer)?;
                for n in begin + 1.. {
                    workload::write(&**store, writer, n)?;
                    // One write call a line: what is seen of it was acknowledged.
                    std::io::stdout().lock().write_all(format!("ack {writer} {n}\n").as_bytes())?;
                    std::io::stdout().flush()?;
                }
                Ok(())
            });
        }
    });
    bail!("the writers ended by themselves")
}

/// Writer and operation of a line.
fn acknowledgement(line: &str) -> Option<(usize, u64)> {
    let (writer, n) = line.strip_prefix("ack ")?.split_once(' ')?;
    Some((writer.parse().ok()?, n.parse().ok()?))
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the crash proofs did not run to their end: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Whether the store kept its promise.
fn run() -> anyhow::Result<bool> {
    let (mut kills, mut cuts, mut json) = (100, 100, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "write" => return write(Path::new(&value()?)).map(|()| true),
            "--kills" => kills = value()?.parse()?,
            "--cuts" => cuts = value()?.parse()?,
            "--json" => json = true,
            other => bail!("unknown argument {other}; known: --kills N, --cuts N, --json"),
        }
    }
    let killed = kills::run(kills)?;
    let cut = cuts::run(cuts)?;
    let well = killed.well() && cut.lose_all.well() && cut.subset.well() && cut.unsynced == 0;
    if json {
        let report = serde_json::json!({
            "kills": killed.json(),
            "cuts": { "lose_all": cut.lose_all.json(), "subset": cut.subset.json() },
            "acknowledged_without_fdatasync": cut.unsynced, "well": well,
        });
        println!("{report}");
    } else {
        killed.tell("SIGKILL");
        cut.lose_all.tell("power cut, all that was not synced lost");
        cut.subset.tell("power cut, any part of what was not synced kept");
        println!("{} acknowledgements came without an fdatasync of the journal before them", cut.unsynced);
    }
    Ok(well)
}
