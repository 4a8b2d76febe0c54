//! What must be there after a crash, asked of the server that opened what it left.

use std::collections::HashMap;

use anyhow::Result;
use serde_json::Value;

use super::client::{Client, Request};
use super::found::Found;
use super::ledger::{Ledger, Sort, Write};

/// Events are read in pages of so many, the API's largest.
const PAGE: usize = 200;

/// Looks at a server. What it knows of the log grows from crash to crash.
#[derive(Default)]
pub(super) struct Checker {
    log: Vec<Value>,
    /// How many events of a name each subject has.
    told: HashMap<(String, String), u64>,
}

impl Checker {
    /// Reads on in the log: no gap, nothing changed, and whatever it tells of is there.
    pub(super) fn read_log(&mut self, client: &Client, ledger: &Ledger, found: &mut Found) -> Result<()> {
        loop {
            let after = self.log.len();
            let page = client.read(&format!("/v1/events?limit={PAGE}&after={after}"))?;
            let items = page["items"].as_array().cloned().unwrap_or_default();
            for event in &items {
                let expected = self.log.len() as u64 + 1;
                if event["sequence"].as_u64() != Some(expected) {
                    found.lost(format!("event {expected} is missing: {} follows", event["sequence"]));
                    return Ok(());
                }
                let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
                *self.told.entry((text("name"), text("subject"))).or_default() += 1;
                self.log.push(event.clone());
            }
            ledger.read("crash-check", &items).into_iter().for_each(|what| found.torn(what));
            if items.len() < PAGE {
                return Ok(());
            }
        }
    }

    /// Every event that somebody read before the crash is in the log.
    pub(super) fn events(&self, before: &[Value], found: &mut Found) {
        for event in before {
            let place = event["sequence"].as_u64().unwrap_or_default() as usize;
            match place.checked_sub(1).and_then(|place| self.log.get(place)) {
                None => found.lost(format!("event {place} was read before and is gone: {event}")),
                Some(now) if now != event => found.torn(format!("event {place} was {event} and is {now}")),
                Some(_) => {}
            }
        }
    }

    /// The log's events behind a place.
    pub(super) fn log(&self) -> &[Value] {
        &self.log
    }

    fn told(&self, name: &str, subject: &str) -> u64 {
        self.told.get(&(name.to_owned(), subject.to_owned())).copied().unwrap_or(0)
    }

    /// What the last events tell of is whole: the ticket with its decision.
    pub(super) fn tail(&self, client: &Client, from: usize, found: &mut Found) {
        for event in self.log.get(from..).unwrap_or_default() {
            let Some(subject) = event["subject"].as_str().filter(|_| event["name"] == "ticket.created") else {
                continue;
            };
            if client.read(&format!("/v1/tickets/{subject}")).is_err() {
                found.torn(format!("{subject} was told and is not there: {event}"));
            }
            let decision = event["decision"].as_str().unwrap_or("none");
            if client.read(&format!("/v1/decisions/{decision}")).is_err() {
                found.torn(format!("{subject} has no decision {decision}"));
            }
        }
    }

    /// One write, as it was answered, and answered again. With `merged` those that others stand for now.
    pub(super) fn write(&self, client: &Client, write: &Write, merged: &[String], found: &mut Found) {
        if write.acknowledged() {
            found.acknowledged += 1;
            if let Err(what) = self.is_there(client, write, merged) {
                found.lost(format!("{}: {what:#}", write.id));
            }
        } else if write.sort == Sort::Ticket && !write.open() {
            let items = external(client, &write.id);
            if items.as_ref().is_ok_and(|items| !items.is_empty()) {
                found.torn(format!("{} was refused ({}) and is there", write.id, write.said()));
            }
        }
    }

    fn is_there(&self, client: &Client, write: &Write, merged: &[String]) -> Result<()> {
        let said = write.said();
        let id = said["id"].as_str().unwrap_or_default();
        match &write.sort {
            Sort::Ticket => {
                ticket(client, &said, merged)?;
                anyhow::ensure!(self.told("ticket.created", id) == 1, "told {} times", self.told("ticket.created", id));
                let decision = said["decision"]["id"].as_str().unwrap_or("none");
                let now = client.read(&format!("/v1/decisions/{decision}"))?;
                anyhow::ensure!(now == said["decision"], "the decision was {} and is {now}", said["decision"]);
                let entries = client.read(&format!("/v1/tickets/{id}/entries"))?;
                let sent: Value = serde_json::from_slice(&write.body)?;
                let text = &sent["entries"][0]["text"];
                // Of a merged ticket those of the winner are shown along.
                let there = entries["items"].as_array().is_some_and(|all| all.iter().any(|it| it["text"] == *text));
                anyhow::ensure!(there, "its entry was {text}, and there are {entries}");
            }
            Sort::Entry => {
                let now = client.read(&format!("{}/{id}", write.path))?;
                anyhow::ensure!(now == said, "was {said} and is {now}");
            }
            Sort::Commitment | Sort::Action => ticket(client, &said, merged)?,
            Sort::Merge { .. } => {
                let now = client.read(&format!("/v1/merges/{id}"))?;
                for name in ["id", "winner", "loser", "created_at"] {
                    anyhow::ensure!(now[name] == said[name], "{name} was {} and is {}", said[name], now[name]);
                }
            }
            Sort::Swap => {
                let Some(number) = write.generation() else { return Ok(()) };
                client.read(&format!("/v1/generations/{number}"))?;
            }
        }
        Ok(())
    }
}

/// The ticket stands as it was answered, or was changed since.
fn ticket(client: &Client, said: &Value, merged: &[String]) -> Result<()> {
    let id = said["id"].as_str().unwrap_or_default();
    let now = client.read(&format!("/v1/tickets/{id}"))?;
    if merged.iter().any(|it| it == id) {
        return Ok(());
    }
    let mut before = said.clone();
    before.as_object_mut().map(|fields| fields.remove("decision"));
    if now["version"] == before["version"] {
        anyhow::ensure!(now == before, "was {before} and is {now}");
    }
    anyhow::ensure!(now["version"].as_u64() >= before["version"].as_u64(), "was {before} and is older: {now}");
    for name in ["id", "number", "kind", "subject", "created_at", "external_ids", "requester", "custom", "channel"] {
        anyhow::ensure!(now[name] == before[name], "{name} was {} and is {}", before[name], now[name]);
    }
    Ok(())
}

/// The tickets with a write's external id.
pub(super) fn external(client: &Client, id: &str) -> Result<Vec<Value>> {
    let page = client.read(&format!("/v1/tickets?external=crash:{id}"))?;
    Ok(page["items"].as_array().cloned().unwrap_or_default())
}

/// Asks again with the same key: what was answered is answered again, what nobody knows is settled, and nothing is done
/// twice.
pub(super) fn again(client: &Client, ledger: &Ledger, write: &Write, found: &mut Found) {
    let request = Request {
        method: "POST",
        path: &write.path,
        id: &write.id,
        content_type: write.content_type,
        body: &write.body,
    };
    let Some(answer) = client.send(&request) else {
        return found.torn(format!("{}: asked again, no answer", write.id));
    };
    if write.acknowledged() {
        let (first, second) = (write.said(), answer.json());
        let status = write.answer.as_ref().map(|it| it.status);
        let unchanged = first["version"] == second["version"];
        if status != Some(answer.status) || !answer.replayed || first["id"] != second["id"] {
            found.lost(format!("{}: answered {status:?} {first}, and asked again {answer:?}", write.id));
        } else if unchanged && first != second {
            found.torn(format!("{}: answered {first}, and asked again {second}", write.id));
        }
    } else if write.open() {
        if answer.status >= 500 {
            found.torn(format!("{}: nobody knew, and asked again {answer:?}", write.id));
        }
        if write.sort == Sort::Ticket && answer.good() && external(client, &write.id).map_or(0, |it| it.len()) != 1 {
            found.torn(format!("{}: it is not there exactly once", write.id));
        }
        ledger.settle(&write.id, answer);
    }
}
