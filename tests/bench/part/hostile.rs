//! Every hostile component as a bound policy in another desk of the same process, while tickets are made in this one: each
//! must end in its class with a decision that says so, nobody else's requests may be much slower for it, and what it took
//! is given back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use plugdesk_tests::shelf::table::{Row, rows};
use serde_json::{Map, Value, json};

use super::fields;
use super::growth::FROM_FILES;
use crate::desk::Desk;
use crate::load::{Hit, Shot, Stream, fire};
use crate::measure::{Times, hundredth, rss_mb, tenth};
use crate::other::Other;
use crate::{Bench, cast, files, progress};

/// Connections that make tickets all the while.
const CONNECTIONS: usize = 8;
/// So many tickets a second: a busy desk, and a machine that is not full of it.
const PACE: f64 = 60.0;
/// Hostile components in one stretch; a quiet one of the same length follows.
const STRETCH: usize = 6;
/// The whole shelf so often, each time compiled anew: a percentile of fewer requests is the worst few.
const ROUNDS: u64 = 10;
/// Each policy is asked so often: the breaker opens at the fifth failure, so the last are not asked any more.
const ASKS: u32 = 7;
/// The others may be slower by a fifth, and as much may be left of the memory as a twentieth.
const MOST_P99_RATIO: f64 = 1.2;
const MOST_MEMORY_RATIO: f64 = 1.05;
/// The desk's cache is full before memory is first looked at, so that what is counted is what policies leave, and not the
/// tickets that are made meanwhile.
const CACHE: [&str; 2] = ["--cache-mb", "8"];
/// So many tickets fill it.
const FILLING: u64 = 5_000;
/// The allocator gives memory back with a delay of its own.
const SETTLING: Duration = Duration::from_secs(10);

pub(crate) fn run(bench: &Bench) -> Result<Map<String, Value>> {
    let folder = bench.folder()?;
    let desk = Desk::create_with(bench, &folder.path().join("desk"), &CACHE)?;
    files::leads(&desk, folder.path(), FROM_FILES, bench.count(FILLING, 50))?;
    let other = Other::make(&desk)?;
    let rows = chosen(bench);
    let stop = Arc::new(AtomicBool::new(false));
    let load = bench.runtime.spawn(fire(stream(&desk, &stop), CONNECTIONS, 1));
    let ran = shelf(bench, &desk, &other, &rows);
    stop.store(true, Ordering::Relaxed);
    let hits = bench.runtime.block_on(load)??;
    let Ran { stretches, in_class, before_mb, after_mb, end_mb } = ran?;
    let failed = hits.iter().filter(|hit| !hit.good).count();
    bench.check(failed == 0, || format!("{failed} of {} tickets of the other desk failed", hits.len()));
    let all = rows.len() * usize::try_from(bench.count(ROUNDS, 1))?;
    bench.check(in_class == all, || format!("{in_class} of {all} ended in their class"));
    let restarts = u32::from(desk.get("/v1/me").is_err());
    bench.check(restarts == 0, || "the server did not live through it".to_owned());
    let (mut with, mut without) = (times(&hits, &stretches, true), times(&hits, &stretches, false));
    let p99_ratio = hundredth(with.at_ms(99) / without.at_ms(99));
    let memory_ratio = hundredth(after_mb / before_mb);
    // A short form has too few requests for the one, and not the time to settle for the other.
    bench.check(bench.short || p99_ratio < MOST_P99_RATIO, || format!("the others' p99 is {p99_ratio} times as long"));
    bench.check(bench.short || memory_ratio < MOST_MEMORY_RATIO, || format!("memory is {memory_ratio} times as much"));
    Ok(fields(json!({ "hostile": {
        "components": rows.len(), "asked": all, "in_class": in_class, "p99_ratio": p99_ratio, "memory_ratio": memory_ratio,
        "restarts": restarts, "tickets": hits.len(), "p99_ms": hundredth(with.at_ms(99)),
        "p99_without_ms": hundredth(without.at_ms(99)), "p50_ratio": hundredth(with.at_ms(50) / without.at_ms(50)),
        "before_mb": before_mb, "after_mb": after_mb, "end_mb": end_mb,
    } })))
}

/// All of them; in the short form the first of each class at each place.
fn chosen(bench: &Bench) -> Vec<Row> {
    let mut seen = Vec::new();
    let first = |row: &Row| {
        let sort = (row.form.clone(), row.world.clone(), row.class.clone());
        let known = seen.contains(&sort);
        seen.push(sort);
        !known
    };
    let all = rows().into_iter();
    if bench.short { all.filter(first).collect() } else { all.collect() }
}

/// A time, and whether hostile components were about.
struct Stretch {
    from: Instant,
    to: Instant,
    hostile: bool,
}

struct Ran {
    stretches: Vec<Stretch>,
    in_class: usize,
    before_mb: f64,
    after_mb: f64,
    end_mb: f64,
}

fn shelf(bench: &Bench, desk: &Desk, other: &Other<'_>, rows: &[Row]) -> Result<Ran> {
    // What the first of anything costs, an honest policy pays.
    let honest = Row { file: "honest".to_owned(), form: "golden".to_owned(), ..rows.first().context("rows")?.clone() };
    for round in 0..bench.count(10, 2) {
        other.bind_and_ask(&Row { class: "ok".to_owned(), message: String::new(), ..honest.clone() }, ASKS, round)?;
    }
    let before_mb = rss_mb(desk.pid())?;
    let (mut stretches, mut in_class, mut after_mb) = (Vec::new(), 0, f64::MAX);
    let rounds = bench.count(ROUNDS, 1);
    let chunks = || rows.chunks(STRETCH);
    for (round, some) in (0..rounds).flat_map(|round| chunks().map(move |some| (round, some))) {
        let from = Instant::now();
        for row in some {
            match other.bind_and_ask(row, ASKS, round) {
                Ok(()) => in_class += 1,
                Err(error) => bench.check(false, || format!("{}: {error:#}", row.file)),
            }
        }
        let (to, length) = (Instant::now(), from.elapsed());
        stretches.push(Stretch { from, to, hostile: true });
        // The load's time is what passes here; nothing is waited for.
        std::thread::sleep(length.min(Duration::from_secs(bench.count(60, 1))));
        stretches.push(Stretch { from: to, to: Instant::now(), hostile: false });
        progress(&format!("{in_class} ended in their class, {} MB", rss_mb(desk.pid())?));
        // What one of each leaves. The later rounds also write ten thousand tickets, which are not theirs to give back.
        if round == 0 && in_class == rows.len() {
            after_mb = settled(bench, desk, before_mb)?;
        }
    }
    let end_mb = settled(bench, desk, before_mb)?;
    Ok(Ran { stretches, in_class, before_mb: tenth(before_mb), after_mb: tenth(after_mb), end_mb: tenth(end_mb) })
}

/// The memory, once what was given back has come to the system.
fn settled(bench: &Bench, desk: &Desk, before_mb: f64) -> Result<f64> {
    let end = Instant::now() + if bench.short { Duration::ZERO } else { SETTLING };
    let mut mb = rss_mb(desk.pid())?;
    while mb > before_mb * MOST_MEMORY_RATIO && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(100));
        mb = mb.min(rss_mb(desk.pid())?);
    }
    Ok(mb)
}

fn stream(desk: &Desk, stop: &Arc<AtomicBool>) -> Stream {
    let stop = Arc::clone(stop);
    Stream {
        address: desk.address,
        authorization: desk.bearer(),
        shot: Arc::new(|number| Shot::post("/v1/tickets", cast::lead(number), 0)),
        good: Arc::new(|_, status, _| status.is_success()),
        pace: Some(PACE),
        goes_on: Arc::new(move || !stop.load(Ordering::Relaxed)),
    }
}

fn times(hits: &[Hit], stretches: &[Stretch], hostile: bool) -> Times {
    let within = |hit: &&Hit| stretches.iter().any(|it| it.hostile == hostile && it.from <= hit.at && hit.at < it.to);
    let mut times = Times::default();
    times.extend(hits.iter().filter(within).map(|hit| hit.took));
    times
}
