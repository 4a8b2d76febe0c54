//! What the desk says of itself: its store, and each desk's bindings.

use plugdesk_domain::Instant;
use serde_json::Value;

use super::findings::{Findings, Grade};
use super::upkeep::instant;
use crate::cli::text::{bytes, cell, items, plain};

/// A clock that differs from ours by more is worth a word: keys, due times and signatures of webhooks go by it.
const SKEW_MS: i64 = 60_000;

/// The way back from something that can't be read. It is true of both: the tree is built anew, and what was damaged before
/// it was written comes again with the journal.
pub(super) const REBUILT: &str = "start the desk again, which builds the tree anew from snapshot and journal; what can't \
                                  be read after that too is damaged in these as well: restore the newest backup into a \
                                  new folder, `plugdesk restore FILE --folder NEW`";

pub(super) fn look(health: &Value, served: bool, now: Instant, found: &mut Findings) {
    store(health.get("store").unwrap_or(&Value::Null), found);
    state(health, found);
    if let Some(theirs) = instant(health, "now").filter(|theirs| apart(*theirs, now)) {
        let help = "set both, for example with `timedatectl set-ntp true`".to_owned();
        found.add_as(
            "clock-skewed",
            Grade::Warn,
            "clock",
            format!("the desk's shows {theirs}, ours {now}"),
            Some(help),
        );
    }
    let desks = health.get("desks").cloned().unwrap_or_default();
    if items(&desks).is_empty() {
        let help = "make one with `plugdesk desk create NAME`".to_owned();
        found.add_as("desk-missing", Grade::Warn, "desk", "there is no desk yet", Some(help));
    }
    for desk in items(&desks) {
        bindings(desk, found);
        behind(desk, served, now, found);
    }
}

fn apart(one: Instant, other: Instant) -> bool {
    one.millis().abs_diff(other.millis()) > SKEW_MS.unsigned_abs()
}

/// Why no writes are taken; a store that failed is told of beside it.
fn state(health: &Value, found: &mut Findings) {
    let [state, why, by, since] = ["state", "why", "hold.by", "hold.since"].map(|path| cell(health, path));
    match state.as_str() {
        "ready" | "read-only" | "" => {}
        "held" => {
            let says = format!("writes are held since {since} by {by}: {why}");
            found.add_as("held", Grade::Bad, "desk", says, Some("plugdesk read-only off".to_owned()));
        }
        "no-space" => {
            let help = "make room on its disk; writing goes on by itself, nothing was lost".to_owned();
            found.add_as("no-space", Grade::Bad, "desk", format!("it takes no writes: {why}"), Some(help));
        }
        other => found.add_as("not-ready", Grade::Bad, "desk", format!("it takes no commands ({other}): {why}"), None),
    }
}

/// What is late: timers, followers of the log, and a clock that was set back.
fn behind(desk: &Value, served: bool, now: Instant, found: &mut Findings) {
    let name = cell(desk, "desk.name");
    let late = desk.get("timers").and_then(|timers| timers.get("late")?.as_u64()).unwrap_or_default();
    if late > 0 {
        let says = format!("desk {name}: {late} are late, the first since {}", cell(desk, "timers.oldest"));
        let (grade, help) = match served {
            true => (
                Grade::Bad,
                "the log names the tickets that can't be woken, and why; `plugdesk doctor` again in a minute",
            ),
            false => (Grade::Warn, "nobody serves the desk: `plugdesk serve` makes them go off"),
        };
        found.add_as("timers-late", grade, "timers", says, Some(help.to_owned()));
    }
    for lag in desk.get("behind").map(items).unwrap_or_default() {
        let [follower, events] = ["follower", "events"].map(|path| cell(lag, path));
        let help = if served {
            "it catches up by itself; look again in a minute"
        } else {
            "`plugdesk serve` lets it catch up"
        };
        let says = format!("desk {name}: {follower} is {events} events behind the log");
        found.add_as("follower-behind", Grade::Warn, "follower", says, Some(help.to_owned()));
    }
    if let Some(last) =
        instant(desk, "last_event_at").filter(|last| last.millis() > now.millis().saturating_add(SKEW_MS))
    {
        let help =
            "set the clock, for example with `timedatectl set-ntp true`: until it is there again timers are late";
        let says = format!("desk {name}: it was set back: the newest event is of {last}");
        found.add_as("clock-back", Grade::Bad, "clock", says, Some(help.to_owned()));
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
        found.add_as("store-read-only", Grade::Bad, "store", format!("it takes no writes: {read_only}"), Some(help));
    }
    let damaged = cell(store, "damaged");
    if !damaged.is_empty() {
        let help = format!("{REBUILT}; `plugdesk verify` tells all that is damaged");
        let says = format!("something could not be read: {damaged}");
        found.add_as("store-damaged", Grade::Bad, "store", says, Some(help));
    }
    for repaired in store.get("repaired").and_then(Value::as_array).into_iter().flatten() {
        let help = "nothing is lost; `plugdesk verify` compares everything".to_owned();
        found.add_as(
            "store-repaired",
            Grade::Warn,
            "store",
            format!("repaired at the start: {}", plain(repaired)),
            Some(help),
        );
    }
    let dropped = store.get("captures_dropped").and_then(Value::as_u64).unwrap_or_default();
    if dropped > 0 {
        let says = format!("{dropped} captured inputs were dropped: those decisions can't be replayed");
        found.add_as("captures-dropped", Grade::Warn, "captures", says, None);
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
        found.add_as("policy-failing", Grade::Bad, "policy", says, Some(help));
    }
    for it in items(&desk.get("followers").cloned().unwrap_or_default()) {
        let [follower, failures, message] = ["follower", "failures", "message"].map(|path| cell(it, path));
        let says = format!("desk {name}: {follower} does not get on with the log ({failures} times: {message})");
        let help = "it tries again by itself; mend what the message names".to_owned();
        found.add_as("follower-failing", Grade::Warn, "follower", says, Some(help));
    }
    for question in &unbound {
        let help = format!("plugdesk --desk {name} pack install PACK, with a policy that answers it");
        let says = format!("desk {name}: no policy answers `{question}`: {}", without(question));
        found.add_as("question-unbound", Grade::Warn, "policy", says, Some(help));
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
