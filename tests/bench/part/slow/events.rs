//! Readers of events: hundreds at once, some of whom stop reading. Each of the others hears everything once, in order,
//! and good requests hardly notice.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::good::{self, Phase};
use crate::Bench;
use crate::desk::Desk;

/// One of so many readers stops reading at once.
const DEAF: u64 = 10;
/// So many readers come with one key: the server lets one key open 32 streams.
const READERS_OF_A_KEY: u64 = 32;
/// What was told last must be heard after this time.
const PATIENCE: Duration = Duration::from_secs(30);

/// Good requests with and without so many readers.
pub(super) async fn run(bench: &Bench, desk: &Desk, readers: u64, rounds: u64, seconds: Duration) -> Result<Value> {
    let (mut ratios, mut during) = (Vec::new(), Phase::default());
    let mut heard = 0;
    for _ in 0..rounds {
        let before = good::phase(desk, seconds).await?;
        let (tasks, places) = open(desk, readers).await?;
        let read = good::phase(desk, seconds).await?;
        let last = last_event(desk)?;
        heard = heard.max(all_hear(&places, last).await?);
        // Their tasks end with an error if an event was missing or came twice.
        drop(tasks);
        ratios.push(read.p99() / before.p99());
        during.add(read);
    }
    if let Some(fault) = during.fault() {
        bench.check(false, || format!("beside {readers} readers of events: {fault}"));
    }
    ratios.sort_by(f64::total_cmp);
    let ratio = ratios[ratios.len() / 2];
    Ok(json!({ "readers": readers, "p99_ratio": ratio, "p99_ms": during.p99(), "last_heard_ms": heard }))
}

type Places = Vec<Arc<AtomicU64>>;

async fn open(desk: &Desk, readers: u64) -> Result<(JoinSet<Result<()>>, Places)> {
    let (mut tasks, mut places) = (JoinSet::new(), Vec::new());
    let after = last_event(desk)?;
    let mut bearer = String::new();
    for number in 0..readers {
        if number % READERS_OF_A_KEY == 0 {
            let made = desk.post("/v1/keys", &json!({ "label": "reader", "role": "agent" }))?;
            bearer = format!("Bearer {}", made["secret"].as_str().context("a key is shown once")?);
        }
        let mut stream = connected(desk.address, &bearer, after).await?;
        if number % DEAF == 0 {
            tasks.spawn(async move {
                // Held, and never read.
                let _held = &mut stream;
                std::future::pending().await
            });
            continue;
        }
        let place = Arc::new(AtomicU64::new(after));
        places.push(Arc::clone(&place));
        tasks.spawn(read(stream, place));
    }
    Ok((tasks, places))
}

async fn connected(address: SocketAddr, bearer: &str, after: u64) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    let head = format!(
        "GET /v1/events?after={after} HTTP/1.1\r\nhost: x\r\nauthorization: {bearer}\r\naccept: text/event-stream\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    Ok(stream)
}

/// Reads for ever; an error: an event was missing, or came twice.
async fn read(stream: TcpStream, place: Arc<AtomicU64>) -> Result<()> {
    let mut lines = BufReader::new(stream).lines();
    while let Some(line) = lines.next_line().await? {
        let Some(id) = line.strip_prefix("id: ") else { continue };
        let (id, before) = (id.trim().parse::<u64>()?, place.load(Ordering::Relaxed));
        // It stays where it was, and whoever waits for the last one says so.
        ensure!(id == before + 1, "event {id} came behind {before}");
        place.store(id, Ordering::Relaxed);
    }
    Ok(())
}

/// Waits until every reader heard the last event; how long that took, in milliseconds.
async fn all_hear(places: &Places, last: u64) -> Result<u64> {
    let begun = Instant::now();
    loop {
        let least = places.iter().map(|it| it.load(Ordering::Relaxed)).min().unwrap_or(last);
        if least >= last {
            return Ok(u64::try_from(begun.elapsed().as_millis())?);
        }
        ensure!(begun.elapsed() < PATIENCE, "a reader stands at {least}, the log at {last}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn last_event(desk: &Desk) -> Result<u64> {
    // Tickets tell more than one event each, so it is asked in steps of a page.
    let mut last = 0;
    loop {
        let page = desk.get(&format!("/v1/events?after={last}&limit=200"))?;
        let Some(event) = page["items"].as_array().and_then(|items| items.last()) else { return Ok(last) };
        last = event["sequence"].as_u64().context("an event has a sequence")?;
    }
}
