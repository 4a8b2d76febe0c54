//! Ten minutes of a heavy day: four reads to each write, at a steady rate that leaves room. Memory must not grow once the
//! caches are full.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use hyper::StatusCode;
use serde_json::{Map, Value, json};

use super::fields;
use super::growth::FROM_FILES;
use crate::cast::{self, drawn};
use crate::desk::Desk;
use crate::load::{Hit, Shot, Stream, fire};
use crate::measure::{Times, hundredth, rss_mb, slope, tenth};
use crate::{Bench, files, progress};

/// Connections of the reads, and as many of the writes: a read that waited on its connection for a stalled write would
/// measure the write.
const CONNECTIONS: usize = 8;
/// What a request is; the first three read.
const SORTS: [&str; 6] = ["get", "list", "search", "create", "entry", "assign"];
/// Of a hundred requests so many are of each sort, or one before it.
const SHARES: [u64; 6] = [60, 74, 80, 90, 96, 100];
/// Which of the hundred read.
const READS: Range<u64> = 0..80;
/// Which of the hundred write.
const WRITES: Range<u64> = 80..100;
/// MiB of cache, so that it is full in the first half and what grows in the second is something else.
const CACHE: &str = "32";

type Ids = Arc<Mutex<Vec<String>>>;

pub(crate) fn run(bench: &Bench) -> Result<Map<String, Value>> {
    let folder = bench.folder()?;
    let desk = Desk::create_with(bench, &folder.path().join("desk"), &["--cache-mb", CACHE])?;
    files::leads(&desk, folder.path(), FROM_FILES, bench.count(5_000, 40))?;
    let first = desk.get("/v1/tickets?sort=-created&limit=200")?;
    let first = first["items"].as_array().context("a page has items")?;
    let ids: Vec<String> = first.iter().filter_map(|it| it["id"].as_str().map(str::to_owned)).collect();
    let ids = Arc::new(Mutex::new(ids));
    let length = if bench.short { Duration::from_secs(3) } else { Duration::from_secs(bench.seconds * 60) };
    let pace = bench.count(400, 40) as f64;
    let begun = Instant::now();
    let end = begun + length;
    let halves = [READS, WRITES].map(|shares| {
        let stream = stream(&desk, &ids, shares, pace, end);
        bench.runtime.spawn(fire(stream, CONNECTIONS, 1))
    });
    let points = watch(bench, &desk, begun, end)?;
    let mut hits = Vec::new();
    for half in halves {
        hits.extend(bench.runtime.block_on(half)??);
    }
    for (sort, name) in SORTS.iter().enumerate() {
        let of = hits.iter().filter(|hit| hit.sort == sort);
        let (all, failed) = (of.clone().count(), of.filter(|hit| !hit.good).count());
        bench.check(all > 0 && failed == 0, || format!("soak: {failed} of {all} `{name}` failed"));
    }
    Ok(fields(json!({ "soak": told(&hits, &points, length)? })))
}

/// Looks at the server's memory until the end; minutes and MB.
fn watch(bench: &Bench, desk: &Desk, begun: Instant, end: Instant) -> Result<Vec<(f64, f64)>> {
    let every = Duration::from_millis(bench.count(1_000, 100));
    let mut points = Vec::new();
    while Instant::now() < end {
        points.push((begun.elapsed().as_secs_f64() / 60.0, rss_mb(desk.pid())?));
        if !bench.short && points.len() % 60 == 0 {
            progress(&format!("{:.0} minutes, {:.0} MB", begun.elapsed().as_secs_f64() / 60.0, rss_mb(desk.pid())?));
        }
        std::thread::sleep(every);
    }
    Ok(points)
}

fn told(hits: &[Hit], points: &[(f64, f64)], length: Duration) -> Result<Value> {
    let second = points.get(points.len() / 2..).unwrap_or_default();
    let (slope, error) = slope(second)?;
    let times = |sorts: Range<usize>| {
        let mut times = Times::default();
        times.extend(hits.iter().filter(|hit| sorts.contains(&hit.sort)).map(|hit| hit.took));
        times
    };
    let (mut reads, mut writes) = (times(0..3), times(3..6));
    let rss = |point: Option<&(f64, f64)>| point.map(|it| it.1);
    Ok(json!({
        "minutes": hundredth(length.as_secs_f64() / 60.0), "rss_slope_mb_per_min": hundredth(slope),
        "rss_slope_error": hundredth(error), "rss_first_mb": rss(points.first()), "rss_half_mb": rss(second.first()),
        "rss_last_mb": rss(points.last()), "per_s": tenth(hits.len() as f64 / length.as_secs_f64()),
        "failed": hits.iter().filter(|hit| !hit.good).count(), "read_p50_ms": hundredth(reads.at_ms(50)),
        "read_p99_ms": hundredth(reads.at_ms(99)), "write_p50_ms": hundredth(writes.at_ms(50)),
        "write_p99_ms": hundredth(writes.at_ms(99)),
    }))
}

/// Those requests of the mixture, at their part of its pace.
fn stream(desk: &Desk, ids: &Ids, shares: Range<u64>, pace: f64, end: Instant) -> Stream {
    let (known, made) = (Arc::clone(ids), Arc::clone(ids));
    let good = move |sort: usize, status: StatusCode, body: &[u8]| {
        if SORTS.get(sort) == Some(&"create")
            && let Ok(Value::Object(ticket)) = serde_json::from_slice::<Value>(body)
            && let Some(id) = ticket.get("id").and_then(Value::as_str)
        {
            made.lock().unwrap_or_else(PoisonError::into_inner).push(id.to_owned());
        }
        status.is_success()
    };
    Stream {
        address: desk.address,
        authorization: desk.bearer(),
        pace: Some(pace * (shares.end - shares.start) as f64 / 100.0),
        shot: Arc::new(move |number| shot(number, &shares, &known)),
        good: Arc::new(good),
        goes_on: Arc::new(move || Instant::now() < end),
    }
}

fn shot(number: u64, shares: &Range<u64>, ids: &Ids) -> Shot {
    let share = shares.start + drawn(number, 50) % (shares.end - shares.start);
    let sort = SHARES.iter().position(|&most| share < most).unwrap_or(0);
    let id = || {
        let ids = ids.lock().unwrap_or_else(PoisonError::into_inner);
        let place = usize::try_from(drawn(number, 51)).unwrap_or(0) % ids.len().max(1);
        ids.get(place).cloned().unwrap_or_default()
    };
    match SORTS.get(sort).copied().unwrap_or_default() {
        "list" => Shot::get(format!("/v1/tickets?{}limit=50", list(number)), sort),
        "search" => Shot::get(format!("/v1/tickets?q={}", cast::name(number).to_lowercase().replace(' ', "%20")), sort),
        "create" => Shot::post("/v1/tickets", cast::lead(number), sort),
        "entry" => {
            let body = json!({ "kind": if number.is_multiple_of(2) { "reply" } else { "note" }, "text": cast::message(number) });
            Shot::post(format!("/v1/tickets/{}/entries", id()), body.to_string(), sort)
        }
        "assign" => {
            let body = json!({ "assignee": cast::agent(drawn(number, 52)), "summary": cast::message(number) });
            Shot::post(format!("/v1/tickets/{}/actions/assign", id()), body.to_string(), sort)
        }
        _ => Shot::get(format!("/v1/tickets/{}?include=contact,company,entries,decisions", id()), sort),
    }
}

/// The lists that people look at.
fn list(number: u64) -> String {
    match drawn(number, 53) % 4 {
        0 => String::new(),
        1 => "sort=due&".to_owned(),
        2 => "kind=lead&".to_owned(),
        _ => format!("assignee={}&status=open&", cast::agent(drawn(number, 54))),
    }
}
