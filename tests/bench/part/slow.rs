//! Slow, silent and flooding clients: what good requests notice of thousands of them, and how soon each is cut off.
//!
//! Quiet phases and phases with one sort of attackers alternate, measured by the same good clients, so that their ratio
//! means something on a machine whose speed drifts. The attackers run in this process and share the machine with the
//! server: what they burn themselves is in the ratio too.

mod attack;
mod events;
mod good;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::{Map, Value, json};

use super::fields;
use crate::cast::lead;
use crate::desk::{Desk, json_of};
use crate::{Bench, progress};
use attack::{Attack, Kind};
use good::Phase;

/// Beside the attackers' connections this process needs some for itself.
const FILES_BESIDE: u64 = 256;
/// A connection is cut off within its ten seconds; this machine may be busy, and some attackers see it a second later.
const CLOSED_WITHIN: Duration = Duration::from_secs(14);

pub(crate) fn run(bench: &Bench) -> Result<Map<String, Value>> {
    let wanted = bench.count(2_000, 100);
    let connections = files(wanted)?;
    let folder = bench.folder()?;
    let desk = Desk::create(bench, &folder.path().join("desk"))?;
    for number in 0..bench.count(200, 20) {
        desk.post("/v1/tickets", &serde_json::from_str(&lead(number))?)?;
    }
    // Whoever attacks has a key of its own: what one key may hold, its other requests wait for.
    let key = json_of(&mut desk.command(&["--json", "key", "create"]))?;
    let attacker = format!("Bearer {}", key["secret"].as_str().context("a new key shows its secret")?);
    let (rounds, seconds) = (bench.count(3, 1), Duration::from_millis(bench.count(4_000, 600)));
    let mut rows = Vec::new();
    for kind in Kind::ALL {
        let row = bench.runtime.block_on(against(bench, (&desk, &attacker), kind, connections, rounds, seconds))?;
        progress(&format!("{kind:?}: {row}"));
        rows.push(row);
    }
    let closed = if bench.short { Value::Null } else { bench.runtime.block_on(closed(&desk))? };
    let readers = bench.count(500, 20);
    let events = bench.runtime.block_on(events::run(bench, &desk, readers, rounds, seconds))?;
    let after = resident(desk.pid());
    Ok(fields(json!({ "slow": {
        "connections": connections, "wanted": wanted, "kinds": rows, "closed_after_s": closed, "events": events,
        "rss_mb_after": after,
    } })))
}

/// Raises this process's limit of open files as far as it goes, and says how many connections fit.
fn files(wanted: u64) -> Result<u64> {
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(u64::MAX);
    let raised = most.min(wanted + FILES_BESIDE).max(limit.current.unwrap_or(0));
    setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum: limit.maximum })?;
    let fit = wanted.min(raised.saturating_sub(FILES_BESIDE));
    ensure!(fit > 0, "this process may open {raised} files only");
    Ok(fit)
}

/// One sort of attackers against good requests.
async fn against(
    bench: &Bench,
    (desk, attacker): (&Desk, &str),
    kind: Kind,
    connections: u64,
    rounds: u64,
    seconds: Duration,
) -> Result<Value> {
    let (mut ratios, mut quiet, mut attacked) = (Vec::new(), Phase::default(), Phase::default());
    let (mut memory, mut open) = (0, 0);
    for _ in 0..rounds {
        let before = good::phase(desk, seconds).await?;
        let attack = Attack::begin(desk, attacker, kind, connections).await;
        let during = good::phase(desk, seconds).await?;
        memory = memory.max(resident(desk.pid()));
        open = open.max(std::fs::read_dir(format!("/proc/{}/fd", desk.pid()))?.count());
        attack.end().await;
        ratios.push(during.p99() / before.p99());
        quiet.add(before);
        attacked.add(during);
    }
    for (when, phase) in [("before", &quiet), ("beside", &attacked)] {
        if let Some(fault) = phase.fault() {
            bench.check(false, || format!("{when} {kind:?}: {fault}"));
        }
    }
    ratios.sort_by(f64::total_cmp);
    Ok(json!({
        "kind": format!("{kind:?}").to_lowercase(), "requests": attacked.count(),
        "p99_ratio": ratios[ratios.len() / 2], "quiet_p99_ms": quiet.p99(), "attacked_p99_ms": attacked.p99(),
        "slowest_ms": attacked.slowest(), "rss_mb": memory, "open_files": open,
    }))
}

/// After how long the last connection of each sort is closed, when there is room for all.
async fn closed(desk: &Desk) -> Result<Value> {
    let mut times = Map::new();
    let mut waits = Vec::new();
    for kind in Kind::ALL.into_iter().filter(|kind| kind.is_slow()) {
        waits.push((kind, Attack::until_closed(desk, kind, 20)));
    }
    for (kind, wait) in waits {
        let longest = wait.await?;
        // An idle connection of HTTP/2 is told so first.
        let turns = if kind == Kind::Pings { 2 } else { 1 };
        ensure!(longest < turns * CLOSED_WITHIN, "{kind:?}: closed after {longest:?}");
        times.insert(format!("{kind:?}").to_lowercase(), json!(longest.as_secs_f64()));
    }
    Ok(times.into())
}

/// The server's memory, in MB.
fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|it| it.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1_024
}
