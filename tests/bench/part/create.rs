//! Creating tickets over HTTP, durable, five policies bound: from consumers, and from people of companies that the desk
//! knows; and the limit, in the same run. Each number of connections begins with a fresh desk, so that its row does not
//! depend on how many tickets the rows before it made: what a larger desk costs is measured by growth.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use super::{fields, limit};
use crate::Bench;
use crate::cast::{consumer, lead};
use crate::desk::Desk;
use crate::load::{self, Target};
use crate::progress;

/// So many of the tickets that were made are looked at.
const LOOKED_AT: usize = 20;

pub(crate) fn run(bench: &Bench) -> Result<Map<String, Value>> {
    let folder = bench.folder()?;
    let bare = limit::start(&folder.path().join("limit"))?;
    let (mut create, mut known, mut limit) = (Vec::new(), Vec::new(), Vec::new());
    let mut asked = Value::Null;
    for &connections in &bench.connections {
        let desk = Desk::create(bench, &folder.path().join(format!("desk-{connections}")))?;
        let authorization = desk.bearer();
        let created = Target { address: desk.address, path: "/v1/tickets", authorization, body: consumer };
        let of_known = Target { body: lead, ..created.clone() };
        for (what, rows, target) in [
            ("limit", &mut limit, bare.target()),
            ("create", &mut create, created),
            ("create_known", &mut known, of_known),
        ] {
            let row = bench.runtime.block_on(load::run(target, connections, bench.seconds))?;
            progress(&format!("{what}, {connections} connections: {} a second", row.per_s));
            bench.check(row.failed == 0, || format!("{what}: {} of {} requests failed", row.failed, row.requests));
            rows.push(row);
        }
        // The newest are those of known companies: of each of them all five were asked.
        asked = policies(bench, &desk)?;
    }
    Ok(fields(json!({ "create": create, "create_known": known, "limit": limit, "policies": asked })))
}

/// Which policies were asked which questions, of the newest tickets; every pack's must have been asked, and have
/// answered well, for each of them.
pub(crate) fn policies(bench: &Bench, desk: &Desk) -> Result<Value> {
    let mut asked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let newest = desk.get(&format!("/v1/tickets?sort=-created&limit={LOOKED_AT}"))?;
    for ticket in newest["items"].as_array().context("a page has items")? {
        let id = ticket["id"].as_str().context("a ticket has an id")?;
        let decisions = desk.get(&format!("/v1/decisions?subject={id}"))?;
        let decisions = decisions["items"].as_array().context("a page has items")?;
        let creating = decisions.iter().find(|it| it["command"] == "ticket.create").context("creating is decided")?;
        let mut here = BTreeSet::new();
        for question in creating["asked"].as_array().into_iter().flatten() {
            for opinion in question["opinions"].as_array().into_iter().flatten() {
                let [policy, outcome] = ["policy", "outcome"].map(|name| opinion[name].as_str().unwrap_or_default());
                let question = question["question"].as_str().unwrap_or_default();
                bench.check(outcome == "ok", || format!("{policy} answers {question} of {id} with {outcome}"));
                here.insert(policy.to_owned());
                asked.entry(policy.to_owned()).or_default().insert(question.to_owned());
            }
        }
        bench.check(here.len() >= bench.packs.len(), || format!("of {id} only {here:?} were asked"));
    }
    Ok(json!(asked))
}
