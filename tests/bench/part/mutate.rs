//! Valid components, spoilt by a seed: each is loaded, prepared and asked everything with all limits. None may panic,
//! hang, or end outside of its limits; memory comes back.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use plugdesk_sandbox::{Options, Sandbox};
use plugdesk_tests::shelf::trial::Trials;
use serde_json::{Map, Value, json};

use super::fields;
use crate::measure::{hundredth, median, rss_mb};
use crate::{Bench, progress};

/// After so many, memory is looked at for the first time: what is kept for good is kept by then.
const WARM: u64 = 500;
/// Memory is the median behind so many mutants: what the compiler took for the last one goes back with a delay, and one
/// look would tell of that mutant alone.
const LOOKS: u64 = 500;
/// What may be left of it.
const MOST_MEMORY_RATIO: f64 = 1.05;

pub(crate) fn run(bench: &Bench) -> Result<Map<String, Value>> {
    let sandbox = Sandbox::new(Options { pool: 8, ..Options::default() })?;
    let seed = bench.seed;
    let count = bench.count(10_000, 100);
    let mut trials = Trials::new(bench.seed, shipped(bench)?);
    let mut classes: BTreeMap<String, u64> = BTreeMap::new();
    let (warm, looks) = (WARM.min(count / 2), LOOKS.min(count / 4));
    let (mut before, mut after, mut broken) = (Vec::new(), Vec::new(), 0u64);
    for number in 0..count {
        let trial = trials.next(&*sandbox);
        *classes.entry(trial.ended.clone()).or_default() += 1;
        if let Some(rule) = &trial.broken {
            let path = PathBuf::from(format!("mutant-{seed}-{number}.wasm"));
            std::fs::write(&path, &trial.bytes).with_context(|| format!("{} can't be written", path.display()))?;
            let way = trial.way;
            bench
                .check(false, || format!("mutant {number} ({way}) of seed {seed}: {rule}; kept as {}", path.display()));
            broken += 1;
        }
        if (warm..warm + looks).contains(&number) {
            before.push(rss_mb(std::process::id())?);
        } else if number >= count - looks {
            after.push(rss_mb(std::process::id())?);
        }
        if number % 1_000 == 999 {
            progress(&format!("{} mutants, {broken} broke a rule", number + 1));
        }
    }
    let memory_ratio = hundredth(median(&after) / median(&before));
    bench.check(bench.short || memory_ratio < MOST_MEMORY_RATIO, || format!("memory is {memory_ratio} times as much"));
    Ok(fields(json!({ "mutate": {
        "seed": seed, "mutants": count, "broken": broken, "classes": classes, "memory_ratio": memory_ratio,
    } })))
}

/// The components of the packs that were given.
fn shipped(bench: &Bench) -> Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    for pack in &bench.packs {
        for entry in std::fs::read_dir(pack)? {
            let path = entry?.path();
            if path.extension().is_some_and(|it| it == "wasm") {
                found.push(std::fs::read(path)?);
            }
        }
    }
    Ok(found)
}
