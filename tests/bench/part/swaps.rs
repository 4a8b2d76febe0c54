//! A pack is exchanged for one that disagrees, again and again, while tickets are made: none may fail, each must be judged
//! by the generation that its decision names, and the slowest may hardly be slower than between the exchanges.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use hyper::StatusCode;
use serde_json::{Map, Value, json};

use super::fields;
use crate::desk::Desk;
use crate::load::{Hit, Shot, Stream, fire};
use crate::measure::{Times, hundredth};
use crate::{Bench, cast, packs, progress};

/// Connections that make tickets all the while.
const CONNECTIONS: usize = 16;
/// Exchanges in one stretch of exchanging; a stretch of the same length without any follows.
const STRETCH: u64 = 20;
/// The pack that is exchanged.
const PACK: &str = "lead-qualification";

/// A time, and whether the pack was exchanged in it.
struct Stretch {
    from: Instant,
    to: Instant,
    swapping: bool,
}

pub(crate) fn run(bench: &Bench) -> Result<Map<String, Value>> {
    let folder = bench.folder()?;
    let desk = Desk::create(bench, &folder.path().join("desk"))?;
    let shipped =
        bench.packs.iter().find(|pack| pack.ends_with(PACK)).context("the pack that is exchanged is given")?;
    let swaps = bench.count(200, 8);
    let (stop, misjudged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let parity = generation(&desk)? % 2;
    let load = bench.runtime.spawn(fire(stream(&desk, parity, &stop, &misjudged), CONNECTIONS, 1));
    let exchanged = exchange(bench, &desk, shipped, swaps);
    stop.store(true, Ordering::Relaxed);
    let hits = bench.runtime.block_on(load)??;
    let (stretches, mut took) = exchanged?;
    let failed = hits.iter().filter(|hit| !hit.good).count();
    let misjudged = misjudged.load(Ordering::Relaxed);
    bench.check(failed == 0, || format!("{failed} of {} tickets failed while a pack was exchanged", hits.len()));
    bench.check(misjudged == 0, || format!("{misjudged} tickets were not judged as their generation judges"));
    let now = generation(&desk)?;
    bench.check((now - parity) % 2 == swaps % 2, || format!("after {swaps} exchanges generation {now} is in force"));
    let (mut with, mut without) = (times(&hits, &stretches, true), times(&hits, &stretches, false));
    bench.check(with.len() > 0 && without.len() > 0, || "no ticket was made in one of the stretches".to_owned());
    let ratio = hundredth(with.at_ms(99) / without.at_ms(99));
    progress(&format!("{swaps} exchanges, p99 {:.1} ms with and {:.1} ms without", with.at_ms(99), without.at_ms(99)));
    Ok(fields(json!({ "swaps": {
        "count": swaps, "failed": failed, "p99_ratio": ratio, "p99_ms": hundredth(with.at_ms(99)),
        "p99_without_ms": hundredth(without.at_ms(99)), "p50_ratio": hundredth(with.at_ms(50) / without.at_ms(50)),
        "slowest_ms": hundredth(with.at_ms(100)), "slowest_without_ms": hundredth(without.at_ms(100)),
        "swap_p50_ms": hundredth(took.at_ms(50)), "tickets": hits.len(),
    } })))
}

/// Installs the two versions in turns, each stretch of it followed by a quiet one of the same length.
fn exchange(bench: &Bench, desk: &Desk, shipped: &Path, swaps: u64) -> Result<(Vec<Stretch>, Times)> {
    let versions = packs::two_minds(shipped)?;
    let pace = Duration::from_millis(bench.count(250, 50));
    let (mut stretches, mut took, mut done) = (Vec::new(), Times::default(), 0);
    while done < swaps {
        let from = Instant::now();
        for _ in 0..STRETCH.min(swaps - done) {
            let begun = Instant::now();
            // The shipped version is in force, so the other one comes first.
            desk.install(&versions[usize::from(done % 2 == 0)])?;
            done += 1;
            took.add(begun.elapsed());
            std::thread::sleep(pace.saturating_sub(begun.elapsed()));
        }
        let (to, length) = (Instant::now(), from.elapsed());
        stretches.push(Stretch { from, to, swapping: true });
        // The load's time is what passes here; nothing is waited for.
        std::thread::sleep(length);
        stretches.push(Stretch { from: to, to: Instant::now(), swapping: false });
    }
    Ok((stretches, took))
}

/// Leads that the shipped version thinks worth a call, and the other one does not.
fn stream(desk: &Desk, parity: u64, stop: &Arc<AtomicBool>, misjudged: &Arc<AtomicU64>) -> Stream {
    let (stop, misjudged) = (Arc::clone(stop), Arc::clone(misjudged));
    let shot = |number| {
        let mut lead: Value = serde_json::from_str(&cast::lead(number)).unwrap_or_default();
        for (name, answer) in [("budget", "Approved"), ("horizon", "This week"), ("source", "recommended")] {
            lead["custom"][name] = answer.into();
        }
        lead["channel"] = "phone".into();
        Shot::post("/v1/tickets", lead.to_string(), 0)
    };
    let good = move |_, status: StatusCode, body: &[u8]| {
        let ticket: Value = serde_json::from_slice(body).unwrap_or_default();
        let generation = ticket["decision"]["generation"].as_u64();
        let hopeful = generation.map(|number| (number - parity).is_multiple_of(2));
        let worth_a_call = ticket["qualified"]["grade"].as_str().map(|grade| grade != "d");
        if status.is_success() && (hopeful.is_none() || hopeful != worth_a_call) {
            misjudged.fetch_add(1, Ordering::Relaxed);
        }
        status.is_success()
    };
    Stream {
        address: desk.address,
        authorization: desk.bearer(),
        shot: Arc::new(shot),
        good: Arc::new(good),
        pace: None,
        goes_on: Arc::new(move || !stop.load(Ordering::Relaxed)),
    }
}

fn generation(desk: &Desk) -> Result<u64> {
    desk.get("/v1/generations?limit=1")?["items"][0]["number"].as_u64().context("a generation has a number")
}

fn times(hits: &[Hit], stretches: &[Stretch], swapping: bool) -> Times {
    let within = |hit: &&Hit| stretches.iter().any(|it| it.swapping == swapping && it.from <= hit.at && hit.at < it.to);
    let mut times = Times::default();
    times.extend(hits.iter().filter(within).map(|hit| hit.took));
    times
}
