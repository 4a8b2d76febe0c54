//! Bit rot and careless hands, often: every part of a store harmed in every way, everything read compared with what was
//! written, and what the store says that helps followed.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use serde_json::{Map, Value, json};

use super::fields;
use crate::Bench;
use crate::store::rot::{Harm, Left, Part, Sample};

/// A sample's changes and the longest text in them: little, so that a thousand copies are made quickly; and more than
/// two of sled's segments, where damage between them hides.
const SMALL: (u64, u64) = (60, 2_000);
const LARGE: (u64, u64) = (300, 24 << 10);

pub(crate) fn run(bench: &Bench) -> Result<Map<String, Value>> {
    let times = bench.count(1_000, 2);
    let others = bench.count(20, 1);
    let mut outcomes: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    let mut failures = Vec::new();
    let quiet = std::panic::take_hook();
    // sled panics on damage, contained and by the thousand.
    std::panic::set_hook(Box::new(|_| {}));
    let samples = [
        Sample::new(Left::Closed, SMALL.0, SMALL.1, 1),
        Sample::new(Left::Killed, SMALL.0, SMALL.1, 2),
        Sample::new(Left::Closed, LARGE.0, LARGE.1, 3),
        Sample::new(Left::Killed, LARGE.0, LARGE.1, 4),
    ];
    for (part, harm) in Part::ALL.iter().flat_map(|part| Harm::ALL.iter().map(move |harm| (*part, *harm))) {
        for seed in 0..if harm == Harm::Bytes { times } else { others } {
            // sled's log is what differs with its size.
            let choice = if part == Part::Tree { seed % 4 } else { seed % 2 };
            match samples[choice as usize].harm(part, harm, seed) {
                None => {}
                Some(Ok(outcome)) => {
                    let of_part = outcomes.entry(format!("{part:?} {harm:?}").to_lowercase()).or_default();
                    *of_part.entry(format!("{outcome:?}")).or_default() += 1;
                }
                Some(Err(what)) => failures.push(format!("seed {seed}: {what}")),
            }
        }
    }
    std::panic::set_hook(quiet);
    ensure!(failures.is_empty(), "{} of the damages were not dealt with:\n{}", failures.len(), failures.join("\n"));
    Ok(fields(json!({ "damage": { "each": times, "silent": 0, "unrepaired": 0, "outcomes": outcomes } })))
}
