//! `calendars`: the rows of [`crate::clocks`] by calendar and country, with those that disagree.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant as Stopwatch;

use anyhow::{bail, ensure};
use serde_json::json;

use crate::clocks::{Asks, verdicts};
use crate::data::Data;

/// So many disagreements are shown.
const SHOWN: usize = 10;

/// The subcommand's arguments.
#[derive(clap::Args)]
pub(crate) struct Calendars {
    /// The folder with the calendars and the oracles
    #[arg(long)]
    data: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Calendars {
    /// Scores every row on which the oracles agree; an error if one is wrong.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let data = Data::new(self.data, None, PathBuf::new());
        let started = Stopwatch::now();
        let verdicts = verdicts(&data)?;
        let micros = started.elapsed().as_micros() as f64 / verdicts.len().max(1) as f64;
        ensure!(!verdicts.is_empty(), "{} has no oracle of clocks", data.folder.display());
        let mut scores: BTreeMap<(Asks, &str), (u32, u32)> = BTreeMap::new();
        for it in &verdicts {
            let (rows, right) = scores.entry((it.asks, it.of.as_str())).or_default();
            *rows += 1;
            *right += u32::from(it.right);
        }
        if self.json {
            let of = |(key, count): (&(Asks, &str), &(u32, u32))| json!({"asks": key.0.name(), "of": key.1, "rows": count.0, "right": count.1});
            let by: Vec<_> = scores.iter().map(of).collect();
            println!("{}", json!({"rows": verdicts.len(), "micros_per_row": micros, "by_calendar": by}));
        } else {
            println!("{:<14}{:<28}{:>8}{:>8}", "asks", "of", "rows", "right");
            for ((asks, of), (rows, right)) in &scores {
                println!("{:<14}{of:<28}{rows:>8}{right:>8}", asks.name());
            }
            println!("{micros:.1} µs a row, reading included");
        }
        let wrong: Vec<_> = verdicts.iter().filter(|it| !it.right).collect();
        wrong.iter().take(SHOWN).for_each(|it| eprintln!("{}: {}", it.asks.name(), it.told));
        if wrong.is_empty() { Ok(()) } else { bail!("{} of {} rows are wrong", wrong.len(), verdicts.len()) }
    }
}
