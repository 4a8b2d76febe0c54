//! What the desk says of itself: its store, and each desk's bindings.

use serde_json::Value;

use super::findings::{Findings, Grade};
use crate::cli::text::{bytes, cell, items, plain};

pub(super) fn look(health: &Value, found: &mut Findings) {
    store(health.get("store").unwrap_or(&Value::Null), found);
    let why = cell(health, "why");
    if health.get("ready") == Some(&Value::Bool(false)) && cell(health, "store.read_only") != why {
        found.add(Grade::Bad, "desk", format!("it takes no commands: {why}"), None);
    }
    let desks = health.get("desks").cloned().unwrap_or_default();
    if items(&desks).is_empty() {
        let help = "make one with `plugdesk desk create NAME`".to_owned();
        found.add(Grade::Warn, "desk", "there is no desk yet", Some(help));
    }
    for desk in items(&desks) {
        bindings(desk, found);
    }
}

fn store(store: &Value, found: &mut Findings) {
    let [engine, read_only, queued] = ["engine", "read_only", "queued"].map(|name| cell(store, name));
    if read_only.is_empty() {
        let size = store.get("disk_bytes").and_then(Value::as_u64).unwrap_or_default();
        found.add(Grade::Good, "store", format!("{engine}, {}, {queued} changes waiting", bytes(size)), None);
    } else {
        let help =
            "mend the cause (a full or failing disk), then start the desk again; `plugdesk verify` says whether \
                    everything agrees, `plugdesk restore` goes back to a backup"
                .to_owned();
        found.add(Grade::Bad, "store", format!("it takes no writes: {read_only}"), Some(help));
    }
    let damaged = cell(store, "damaged");
    if !damaged.is_empty() {
        let help = "start the desk again: it builds the tree anew from snapshot and journal".to_owned();
        found.add(Grade::Bad, "store", format!("something could not be read: {damaged}"), Some(help));
    }
    for repaired in store.get("repaired").and_then(Value::as_array).into_iter().flatten() {
        let help = "nothing is lost; `plugdesk verify` compares everything".to_owned();
        found.add(Grade::Warn, "store", format!("repaired at the start: {}", plain(repaired)), Some(help));
    }
    let dropped = store.get("captures_dropped").and_then(Value::as_u64).unwrap_or_default();
    if dropped > 0 {
        let says = format!("{dropped} captured inputs were dropped: those decisions can't be replayed");
        found.add(Grade::Warn, "captures", says, None);
    }
}

/// What follows where no policy answers a question: nothing breaks, somebody decides it by hand or nobody does.
fn without(question: &str) -> &'static str {
    match question {
        "classify" => "no segment is found by itself, so policies and targets of a segment hold only where one is set",
        "identify" => "two records of one person are not noticed; people are known by equal addresses alone",
        "merge" => "merges show the winner's values, and nothing objects to one",
        "affiliate" => "a ticket has a company only if the request names one",
        "correlate" => "tickets about one problem are not gathered under a lead ticket",
        "qualify" => "leads have no grade, and stand in the order of their creation",
        "track" => "tickets have no track",
        "promise" => "only contracts and the targets of segments say when a ticket is due",
        "escalate" => "nobody is called when a commitment is at risk or breached",
        "react" => "nothing is done by itself after an event",
        _ => "what it decides is left to people",
    }
}

fn bindings(desk: &Value, found: &mut Findings) {
    let [name, generation] = ["desk.name", "generation"].map(|path| cell(desk, path));
    let failing = desk.get("failing").cloned().unwrap_or_default();
    let unbound: Vec<String> = desk.get("unbound").map(|it| items(it).iter().map(plain).collect()).unwrap_or_default();
    for it in items(&failing) {
        let [policy, question, class, message] = ["policy", "question", "class", "message"].map(|path| cell(it, path));
        let help = format!(
            "plugdesk --desk {name} policy off {policy}, or go back with `plugdesk --desk {name} generation list`"
        );
        let says = format!("desk {name}: {policy} fails at {question} ({class}: {message})");
        found.add(Grade::Bad, "policy", says, Some(help));
    }
    for it in items(&desk.get("followers").cloned().unwrap_or_default()) {
        let [follower, failures, message] = ["follower", "failures", "message"].map(|path| cell(it, path));
        let says = format!("desk {name}: {follower} does not get on with the log ({failures} times: {message})");
        let help = "it tries again by itself; mend what the message names".to_owned();
        found.add(Grade::Warn, "follower", says, Some(help));
    }
    for question in &unbound {
        let help = format!("plugdesk --desk {name} pack install PACK, with a policy that answers it");
        let says = format!("desk {name}: no policy answers `{question}`: {}", without(question));
        found.add(Grade::Warn, "policy", says, Some(help));
    }
    if items(&failing).is_empty() && unbound.is_empty() {
        found.add(
            Grade::Good,
            "policy",
            format!("desk {name}: every question is answered (generation {generation})"),
            None,
        );
    }
}
