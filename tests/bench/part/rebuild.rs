//! The tree built anew from snapshot and journal: sled's folder is taken away, and the start has to do without.

use std::time::Instant;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use super::fields;
use crate::desk::{Desk, json_of};
use crate::measure::{disk_mb, hundredth};
use crate::{Bench, progress};

pub(crate) fn run(bench: &Bench) -> Result<Map<String, Value>> {
    let stock = bench.stock()?;
    let place = stock.place();
    let desk = Desk::open(bench, &place, stock.key.clone(), &[])?;
    // Timers and followers rest from here on, also after the next start: what is counted twice stays as it is.
    json_of(&mut desk.command(&["read-only", "on", "--why", "what the tree holds is counted", "--json"]))?;
    let before = counted(bench, desk)?;
    let sources = ["snapshots", "journal"].map(|name| disk_mb(&place.join(name)));
    std::fs::remove_dir_all(place.join("sled")).context("the tree stands in `sled`")?;
    let begun = Instant::now();
    let desk = Desk::open(bench, &place, stock.key.clone(), &[])?;
    ureq::get(format!("http://{}/readyz?for=reads", desk.address)).call()?;
    let seconds = begun.elapsed().as_secs_f64();
    let after = counted(bench, desk)?;
    // The journal and the captures are not the tree's.
    let same = ["records", "index_entries", "events", "problems"].iter().all(|name| before[name] == after[name]);
    bench.check(same, || format!("the tree held {before}, built anew it holds {after}"));
    let keys: u64 = ["records", "index_entries", "events"].iter().filter_map(|name| after[name].as_u64()).sum();
    let rate = (keys as f64 / seconds).round();
    progress(&format!("{keys} keys in {seconds:.1} s"));
    Ok(fields(json!({
        "rebuild_keys_per_s": rate,
        "rebuild": { "keys": keys, "seconds": hundredth(seconds), "snapshot_mb": sources[0], "journal_mb": sources[1] },
    })))
}

/// What `plugdesk verify` counts, having found nothing wrong.
fn counted(bench: &Bench, desk: Desk) -> Result<Value> {
    let verified = json_of(&mut desk.command(&["verify", "--json"]))?;
    let problems = verified["problems"].as_array().context("verify tells problems")?;
    bench.check(problems.is_empty(), || format!("verify finds {problems:?}"));
    desk.stop()?;
    Ok(verified)
}
