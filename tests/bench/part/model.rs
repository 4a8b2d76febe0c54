//! Random operations against every engine and against a plain map, with crashes, snapshots and backups in between.

use anyhow::{Result, anyhow};
use serde_json::{Map, Value, json};

use super::fields;
use crate::Bench;
use crate::store::machine;

/// Steps of a case: long enough for some snapshots and many crashes, short enough to be shrunk.
const STEPS: u64 = 200;

pub(crate) fn run(bench: &Bench) -> Result<Map<String, Value>> {
    let operations = bench.count(100_000, 400);
    let done = machine::run(bench.seed, (operations / STEPS) as u32, STEPS as usize).map_err(|what| anyhow!(what))?;
    Ok(fields(json!({ "model": { "operations": done, "differences": 0, "seed": bench.seed } })))
}
