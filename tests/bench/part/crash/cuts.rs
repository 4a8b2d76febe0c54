//! Power cuts: the server's system calls are recorded under load, replayed up to any of them, and what a disk holds then
//! is opened by the real server and compared with what it had told by that moment.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};

use super::check::{Checker, again};
use super::client::Client;
use super::disk::image::{Dice, Image, Model};
use super::disk::recording::{self, Call};
use super::ending;
use super::found::Found;
use super::kills::{archive, losers, operators_key, state};
use super::ledger::{Ledger, Sort, Write};
use super::load::{self, Archive};
use super::receiver::{Failing, Receiver};
use super::server::Place;
use super::told;
use crate::{Bench, progress};

/// So many cuts are made in one recording.
const CUTS_PER_RECORDING: u64 = 25;
/// Of which one in so many falls into the making of the desk.
const INIT_CUTS: u64 = 8;
/// How long the load goes on under strace: some hundred writes, swaps, timers and deliveries.
const RECORDED: Duration = Duration::from_secs(6);
/// A server that was asked to end has so long, under strace.
const END: Duration = Duration::from_secs(60);
/// Of what was acknowledged before a cut, so many of the last are looked for and asked again, and so many of the earlier.
const LAST: usize = 60;
const EARLIER: usize = 60;
/// Of what was sent to webhooks before a cut, so many of the last are looked for.
const LAST_SENT: usize = 10;

/// What was recorded of one desk, from `init` to its end.
struct Recorded {
    ledger: Ledger,
    key: String,
    /// What `init` printed, and where in its calls.
    made: String,
    init: Vec<Call>,
    serve: Vec<Call>,
    /// Request id to the call that began to answer it.
    answers: HashMap<String, usize>,
    hooks: Vec<(String, serde_json::Value)>,
    receiver: Receiver,
}

/// Makes so many cuts, each in both models.
pub(super) fn run(bench: &Bench, seed: u64, cuts: u64, found: &mut Found) -> Result<()> {
    let mut dice = Dice(seed.rotate_left(17) | 1);
    let mut done = 0;
    while done < cuts {
        let (base, scratch) = (tempfile::tempdir()?, tempfile::tempdir()?);
        let recorded = record(bench, &mut dice, base.path(), scratch.path(), &archive(bench)?)?;
        found.unsynced_acknowledgements += unsynced(&recorded);
        let here = CUTS_PER_RECORDING.min(cuts - done);
        progress(&format!("recorded {} calls, {} answers", recorded.serve.len(), recorded.answers.len()));
        let in_init = here / INIT_CUTS;
        let mut places: Vec<usize> = (0..in_init).map(|_| dice.roll(recorded.init.len() as u64 + 1) as usize).collect();
        places.sort_unstable();
        let mut image = Replay { image: Image::new(base.path()), done: 0 };
        for place in places {
            image.until(&recorded.init, place);
            cut_in_init(bench, &recorded, &image.image, place, &mut dice, found)?;
            found.cuts += 1;
        }
        image.until(&recorded.init, recorded.init.len());
        image.done = 0;
        let first = *recorded.answers.values().min().context("nothing was acknowledged")? as u64;
        let behind = recorded.serve.len() as u64 - first;
        let mut places: Vec<usize> = (in_init..here).map(|_| (first + 1 + dice.roll(behind)) as usize).collect();
        places.sort_unstable();
        for place in places {
            image.until(&recorded.serve, place);
            for model in [Model::LoseAll, Model::Subset] {
                cut(bench, &recorded, &image.image, place, model, &mut dice, found)?;
            }
            found.cuts += 1;
            progress(&format!("cut {} at call {place}: {}", found.cuts, state(found)));
        }
        done += here;
    }
    Ok(())
}

/// An image and how many calls were replayed into it.
struct Replay {
    image: Image,
    done: usize,
}

impl Replay {
    fn until(&mut self, calls: &[Call], place: usize) {
        calls.iter().take(place).skip(self.done).for_each(|call| self.image.replay(call));
        self.done = place;
    }
}

/// Makes a desk and serves it under strace, with load and webhooks; half of the time it is asked to end.
fn record(bench: &Bench, dice: &mut Dice, base: &Path, scratch: &Path, archive: &Archive) -> Result<Recorded> {
    let place = Place::new(bench, &base.join("desk"), scratch);
    let (init, serve) = (scratch.join("init.calls"), scratch.join("serve.calls"));
    let made = place.init(&bench.packs, Some(&init))?;
    let running = place.start(Some(&serve))?;
    let key = operators_key(&place)?;
    let client = Client::new(running.address, &key);
    let receiver = Receiver::start(bench, dice.roll(u64::MAX), Failing { one_in: 3, most: u64::MAX })?;
    let hooks = ending::hooks(&client, &receiver)?;
    let (ledger, stop, seed) = (Ledger::default(), AtomicBool::new(false), dice.roll(u64::MAX));
    std::thread::scope(|scope| {
        scope.spawn(|| load::run(&client, &ledger, &stop, "cut", seed, archive));
        std::thread::sleep(RECORDED);
        let ended = if dice.roll(2) == 0 { running.end(END).map(drop) } else { running.kill() };
        stop.store(true, Ordering::Release);
        ended
    })?;
    let read = |log: &Path| recording::read(&String::from_utf8_lossy(&fs::read(log)?), base);
    let (init, serve) = (read(&init)?, read(&serve)?);
    let answers = serve.iter().enumerate().filter_map(|(place, call)| Some((told::answered(call)?, place))).collect();
    let made = made["key"]["secret"].as_str().context("init shows the key")?.to_owned();
    Ok(Recorded { ledger, key, made, init, serve, answers, hooks, receiver })
}

/// Acknowledgements between which and the same person's one before the journal was not synced.
fn unsynced(recorded: &Recorded) -> u64 {
    let person = |id: &str| id.rsplit_once('-').map(|(person, _)| person.to_owned()).unwrap_or_default();
    let writes = recorded.ledger.writes(0);
    let acknowledged: HashMap<&str, &Write> =
        writes.iter().filter(|write| write.acknowledged()).map(|write| (write.id.as_str(), write)).collect();
    let mut synced: HashMap<String, bool> = HashMap::new();
    let mut without = 0;
    for call in &recorded.serve {
        match call {
            Call::Synced { path, .. } if path.parent().is_some_and(|folder| folder.ends_with("journal")) => {
                synced.values_mut().for_each(|synced| *synced = true);
            }
            Call::Synced { .. } => {}
            _ => {
                let Some(id) = told::answered(call).filter(|id| acknowledged.contains_key(id.as_str())) else {
                    continue;
                };
                // The first of each person has the whole time before it.
                without += u64::from(synced.insert(person(&id), false) == Some(false));
            }
        }
    }
    without
}

/// A cut while the desk was made: either it was made and opens, or `init` makes it.
fn cut_in_init(
    bench: &Bench,
    recorded: &Recorded,
    image: &Image,
    place: usize,
    dice: &mut Dice,
    found: &mut Found,
) -> Result<()> {
    let told = recorded.init.iter().take(place).any(|call| matches!(call, Call::Told { .. }));
    for model in [Model::LoseAll, Model::Subset] {
        let left = tempfile::tempdir()?;
        image.leave(model, dice, left.path())?;
        let here = Place::new(bench, &left.path().join("desk"), left.path());
        let key = match told {
            true => Ok(recorded.made.clone()),
            false => made_now(bench, &here),
        };
        let works = key.and_then(|key| {
            let running = here.start(None)?;
            Client::new(running.address, &key).read("/v1/me").map(drop)
        });
        if let Err(what) = works {
            found.unopenable(format!("cut at call {place} of init, {model:?}, told: {told}: {what:#}"));
        }
    }
    progress(&format!("cut {} at call {place} of init: {}", found.cuts + 1, state(found)));
    Ok(())
}

/// What the cut left is no desk yet, or one that `init` says is whole.
fn made_now(bench: &Bench, here: &Place) -> Result<String> {
    match here.init(&bench.packs, None) {
        Ok(made) => Ok(made["key"]["secret"].as_str().context("init shows the key")?.to_owned()),
        // It was made to its end, and the power went before it was told: the help says how to get a key.
        Err(error) if error.to_string().contains("key create") => {
            let made = here.run(&["key", "create", "--role", "admin", "--label", "after the cut"])?;
            Ok(made["secret"].as_str().context("a key is shown")?.to_owned())
        }
        Err(error) => Err(error),
    }
}

fn cut(
    bench: &Bench,
    recorded: &Recorded,
    image: &Image,
    place: usize,
    model: Model,
    dice: &mut Dice,
    found: &mut Found,
) -> Result<()> {
    let left = tempfile::tempdir()?;
    image.leave(model, dice, left.path())?;
    let here = Place::new(bench, &left.path().join("desk"), left.path());
    let running = match here.start(None) {
        Ok(running) => running,
        Err(error) => {
            found.unopenable(format!("cut at call {place}, {model:?}: {error:#}"));
            return Ok(());
        }
    };
    let client = Client::new(running.address, &recorded.key);
    let before = |id: &str| recorded.answers.get(id).is_some_and(|at| *at < place);
    let (ledger, mut checker) = (Ledger::default(), Checker::default());
    checker.read_log(&client, &ledger, found)?;
    let pages = recorded.ledger.pages();
    let heard = pages.iter().filter(|page| before(&page.id)).map(|page| page.last).max().unwrap_or(0);
    checker.events(&recorded.ledger.events(heard), found);
    checker.tail(&client, checker.log().len().saturating_sub(LAST), found);
    let writes = recorded.ledger.writes(0);
    let mut done: Vec<&Write> = writes.iter().filter(|write| before(&write.id)).collect();
    done.sort_by_key(|write| recorded.answers.get(&write.id));
    let swapped = done.iter().filter(|it| it.sort == Sort::Swap && it.acknowledged()).filter_map(|it| it.generation());
    let newest = client.read("/v1/generations?limit=1")?["items"][0]["number"].as_u64().unwrap_or(0);
    if swapped.max().is_some_and(|told| newest < told) {
        found.lost(format!("cut at call {place}, {model:?}: the newest generation is {newest}"));
    }
    let merged = losers(&recorded.ledger);
    let last = done.len().saturating_sub(LAST);
    let step = (last / EARLIER).max(1);
    for write in done.iter().take(last).step_by(step).chain(done.iter().skip(last)) {
        checker.write(&client, write, &merged, found);
        again(&client, &ledger, write, found);
    }
    // What was under way is settled by asking again.
    for write in writes.iter().filter(|write| !before(&write.id)).take(3) {
        again(&client, &ledger, &Write { answer: None, ..write.clone() }, found);
    }
    sent(recorded, &client, place, found);
    if let Err(what) = here.run(&["verify"]) {
        found.torn(format!("cut at call {place}, {model:?}: {what:#}"));
    }
    running.kill()
}

/// What had left for a webhook is the same delivery afterwards: its receiver knows it by its id.
fn sent(recorded: &Recorded, client: &Client, place: usize, found: &mut Found) {
    let sent = recorded.serve.iter().take(place).filter_map(told::sent);
    let sent: Vec<_> = sent.filter(|it| recorded.receiver.taken(&it.hook).contains(&it.sequence)).collect();
    for it in sent.iter().rev().take(LAST_SENT) {
        let Some((_, hook)) = recorded.hooks.iter().find(|(name, _)| *name == it.hook) else { continue };
        let path = format!("/v1/webhooks/{}/deliveries/{}", hook.as_str().unwrap_or_default(), it.delivery);
        match client.read(&path) {
            Ok(now) if now["event"] == it.sequence => {}
            other => {
                found.lost(format!("delivery {} of event {} was sent before: {other:?}", it.delivery, it.sequence))
            }
        }
    }
}
