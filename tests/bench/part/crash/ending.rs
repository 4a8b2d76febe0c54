//! What takes its time: promises come due, webhooks are tried again, the import gets to its end; and then everything once
//! more.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::check::again;
use super::client::{Client, Request};
use super::found::Found;
use super::kills::{Folder, losers};
use super::ledger::Sort;
use super::receiver::Receiver;
use super::server::Running;
use crate::{Bench, progress};

/// Which webhooks there are and what each hears. `firm` ones lead to a receiver that never fails.
pub(super) const HOOKS: [(&str, &[&str]); 4] = [
    ("promises", &["commitment.breached"]),
    ("merges", &["ticket.merged"]),
    ("swaps", &["generation.swapped"]),
    ("firm", &["ticket.resolved", "ticket.reopened"]),
];
/// As long as something arrives, more may come; an attempt is repeated after five seconds.
const QUIET: Duration = Duration::from_secs(40);
/// A promise that is due is told within a second; a busy machine may take longer.
const TOLD_WITHIN: Duration = Duration::from_secs(60);
/// An import of ten thousand rows takes seconds, in a debug build on a busy machine minutes.
const IMPORTED_WITHIN: Duration = Duration::from_secs(600);
/// How often is looked.
const LOOK: Duration = Duration::from_millis(100);
/// Of an import so many rows are looked for, spread over all of it.
const MOST_ROWS: u64 = 200;
/// So many writes are asked again at the end; each was asked again once before.
const MOST_AGAIN: usize = 300;

/// Makes the webhooks. Name and id of each.
pub(super) fn hooks(client: &Client, receiver: &Receiver) -> Result<Vec<(String, Value)>> {
    let mut made = Vec::new();
    for (name, events) in HOOKS {
        let body = json!({ "title": name, "url": receiver.url(name), "events": events }).to_string();
        let id = format!("hook-{name}");
        let request = Request {
            method: "POST",
            path: "/v1/webhooks",
            id: &id,
            content_type: "application/json",
            body: body.as_bytes(),
        };
        let answer = client.send(&request).context("no answer")?;
        anyhow::ensure!(answer.good(), "{answer:?}");
        made.push((name.to_owned(), answer.json()["id"].clone()));
    }
    Ok(made)
}

/// Everything about a folder, after its last crash.
pub(super) fn look(bench: &Bench, folder: &mut Folder, running: &Running, found: &mut Found) -> Result<()> {
    let client = folder.client(running);
    import(folder, &client, found)?;
    promises(folder, &client, found)?;
    deliveries(folder, &client, found)?;
    folder.checker.read_log(&client, &folder.ledger, found)?;
    let (writes, merged) = (folder.ledger.writes(0), losers(&folder.ledger));
    for write in &writes {
        folder.checker.write(&client, write, &merged, found);
    }
    let step = (writes.len() / MOST_AGAIN).max(1);
    writes.iter().step_by(if bench.short { step.max(4) } else { step }).for_each(|write| {
        again(&client, &folder.ledger, write, found);
    });
    folder.verify(found);
    Ok(())
}

/// The import went on by itself and got to its end, and each row is there once.
fn import(folder: &mut Folder, client: &Client, found: &mut Found) -> Result<()> {
    let Some((id, rows)) = &folder.import else { return Ok(()) };
    let begun = Instant::now();
    let ended = loop {
        let import = client.read(&format!("/v1/imports/{id}"))?;
        if !matches!(import["state"].as_str(), Some("checking" | "writing")) || begun.elapsed() > IMPORTED_WITHIN {
            break import;
        }
        std::thread::sleep(LOOK);
    };
    found.rows += rows;
    let sum = ended["written"].as_u64().unwrap_or(0) + ended["repeated"].as_u64().unwrap_or(0);
    if ended["state"] != "done" || sum != *rows {
        found.row(format!("the import did not get to its end: {ended}"));
    }
    let step = (rows / MOST_ROWS).max(1);
    for row in (1..=*rows).step_by(usize::try_from(step)?) {
        let there = client.read(&format!("/v1/tickets?external=crm:L-{row}"))?;
        let count = there["items"].as_array().map_or(0, Vec::len);
        if count != 1 {
            found.row(format!("row {row} is there {count} times"));
        }
    }
    Ok(())
}

/// Every promise that came due was told, once, also those that came due while the server was down.
fn promises(folder: &mut Folder, client: &Client, found: &mut Found) -> Result<()> {
    let promised: Vec<(String, String)> = folder
        .ledger
        .writes(0)
        .iter()
        .filter_map(|write| {
            let said = write.said();
            let made = said["commitments"].as_array()?.iter().find(|it| it["what"] == write.id.as_str())?.clone();
            (write.sort == Sort::Commitment)
                .then(|| (write.id.clone(), made["id"].as_str().unwrap_or_default().to_owned()))
        })
        .collect();
    let begun = Instant::now();
    loop {
        folder.checker.read_log(client, &folder.ledger, found)?;
        let mut told: HashMap<&str, u64> = HashMap::new();
        for event in folder.checker.log().iter().filter(|event| event["name"] == "commitment.breached") {
            *told.entry(event["data"]["commitment"].as_str().unwrap_or_default()).or_default() += 1;
        }
        let times = |id: &str| told.get(id).copied().unwrap_or(0);
        let waiting = promised.iter().filter(|(_, id)| times(id) == 0).count();
        if waiting == 0 || begun.elapsed() > TOLD_WITHIN {
            found.promises += promised.len() as u64;
            for (write, id) in promised.iter().filter(|(_, id)| times(id) != 1) {
                found.untold(format!("promise {id} of {write} was told {} times", times(id)));
            }
            return Ok(());
        }
        std::thread::sleep(LOOK);
    }
}

/// Every event that a webhook hears of was delivered, in order, under one id.
fn deliveries(folder: &mut Folder, client: &Client, found: &mut Found) -> Result<()> {
    folder.checker.read_log(client, &folder.ledger, found)?;
    let log = folder.checker.log();
    for ((name, id), (_, heard)) in folder.hooks.iter().zip(HOOKS) {
        let made = log.iter().position(|event| event["name"] == "webhook.created" && event["subject"] == *id);
        let after = log.iter().skip(made.context("a webhook's making is told")? + 1);
        let hears = after.filter(|event| event["name"].as_str().is_some_and(|name| heard.contains(&name)));
        let events: Vec<u64> = hears.filter_map(|event| event["sequence"].as_u64()).collect();
        let (mut count, mut since) = (0, Instant::now());
        loop {
            let taken = folder.receiver.taken(name);
            if events.iter().all(|event| taken.contains(event)) || since.elapsed() > QUIET {
                break;
            }
            if taken.len() != count {
                (count, since) = (taken.len(), Instant::now());
            }
            std::thread::sleep(LOOK);
        }
        let compared = folder.receiver.compare(name, &events);
        progress(&format!("  webhook {name}: {}", serde_json::to_string(&compared)?));
        found.deliveries.add(compared);
    }
    Ok(())
}
