//! From the start of the process to the first answers, with ten packs and a hundred thousand tickets, after a clean end
//! and after `kill -9`. What the kernel has of the folder in memory stays there.

use std::time::Instant;

use anyhow::{Result, ensure};
use serde_json::{Map, Value, json};

use super::{create, fields};
use crate::desk::Desk;
use crate::load::{self, Target};
use crate::measure::{median, tenth};
use crate::stock::Stock;
use crate::{Bench, cast, progress};

/// Connections that write before a kill.
const WRITERS: usize = 16;

/// One start: when `/readyz` said so, and when a ticket was made, in milliseconds since the process was started.
struct Start {
    ready_ms: f64,
    created_ms: f64,
}

pub(crate) fn run(bench: &Bench) -> Result<Map<String, Value>> {
    let stock = bench.stock()?;
    let (mut clean, mut killed) = (Vec::new(), Vec::new());
    for round in 0..bench.count(7, 1) {
        let (desk, start) = begin(bench, stock, 2 * round)?;
        clean.push(start);
        // Something is under way when it is killed.
        let target =
            Target { address: desk.address, path: "/v1/tickets", authorization: desk.bearer(), body: cast::lead };
        bench.runtime.block_on(load::run(target, WRITERS, 1))?;
        if round == 0 {
            create::policies(bench, &desk)?;
        }
        drop(desk);
        let (desk, start) = begin(bench, stock, 2 * round + 1)?;
        killed.push(start);
        desk.stop()?;
    }
    // A debug build takes long to compile ten policies, and shows nothing by it.
    let uncompiled = if bench.short { None } else { Some(uncompiled(bench, stock)?) };
    let middle = |starts: &[Start], of: fn(&Start) -> f64| tenth(median(&starts.iter().map(of).collect::<Vec<_>>()));
    let created = middle(&clean, |it| it.created_ms);
    Ok(fields(json!({
        "cold_start_ms": created,
        "cold_start": {
            "tickets": stock.tickets, "packs": stock.packs, "starts": clean.len(),
            "ready_ms": middle(&clean, |it| it.ready_ms), "created_ms": created,
            "killed_ready_ms": middle(&killed, |it| it.ready_ms),
            "killed_created_ms": middle(&killed, |it| it.created_ms),
            "uncompiled_created_ms": uncompiled.map(|it| tenth(it.created_ms)),
        },
    })))
}

/// A start that finds no compiled policies: what the first one after an upgrade takes.
fn uncompiled(bench: &Bench, stock: &Stock) -> Result<Start> {
    let compiled = stock.place().join("compiled");
    ensure!(compiled.is_dir(), "compiled policies are kept in {}", compiled.display());
    std::fs::remove_dir_all(&compiled)?;
    let (desk, start) = begin(bench, stock, 1_000)?;
    desk.stop()?;
    Ok(start)
}

fn begin(bench: &Bench, stock: &Stock, number: u64) -> Result<(Desk, Start)> {
    let begun = Instant::now();
    let desk = Desk::open(bench, &stock.place(), stock.key.clone(), &[])?;
    let since = || begun.elapsed().as_secs_f64() * 1e3;
    ureq::get(format!("http://{}/readyz", desk.address)).call()?;
    let ready_ms = since();
    desk.post("/v1/tickets", &serde_json::from_str(&cast::lead(500_000 + number))?)?;
    let created_ms = since();
    progress(&format!("ready after {ready_ms:.0} ms, a ticket after {created_ms:.0} ms"));
    Ok((desk, Start { ready_ms, created_ms }))
}
