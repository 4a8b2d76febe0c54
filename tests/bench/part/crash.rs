//! Crashes of the whole server: killed at any moment under load, and power cuts replayed from its recorded system calls.
//!
//! The clients are the witnesses: whatever they were told is there afterwards, byte for byte, and asked again it is
//! answered again; nothing is there by half; every promise that came due is told; every event reaches its webhooks, in
//! order; an import goes on. `lost`, `torn` and `unopenable` count what is not so.

mod check;
mod client;
mod cuts;
mod disk;
mod ending;
mod found;
mod kills;
mod ledger;
mod load;
mod receiver;
mod server;
mod told;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use super::fields;
use crate::{Bench, progress};
use found::Found;

/// How often in the long form.
const KILLS: u64 = 100;
const CUTS: u64 = 100;
/// How often in the short form, which the tests run: one kill of each sort, and no strace.
const SHORT_KILLS: u64 = 3;

pub(crate) fn run(bench: &Bench) -> Result<Map<String, Value>> {
    let seed = bench.seed;
    progress(&format!("crash runs with --seed {seed}"));
    let mut found = Found { seed, ..Found::default() };
    kills::run(bench, seed, bench.kills.unwrap_or_else(|| bench.count(KILLS, SHORT_KILLS)), &mut found)?;
    cuts::run(bench, seed, bench.cuts.unwrap_or_else(|| bench.count(CUTS, 0)), &mut found)?;
    let well = found.well();
    bench.check(well, || format!("crash: {:?}", found.messages));
    let mut report = fields(serde_json::to_value(&found).context("what was found is JSON")?);
    report.insert("well".to_owned(), well.into());
    Ok(fields(json!({ "crash": report })))
}
