//! `kill -9` under load, again and again on the same folder.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::check::{Checker, again};
use super::client::{Client, Request};
use super::disk::image::Dice;
use super::ending;
use super::found::Found;
use super::ledger::{Ledger, Sort};
use super::load::{self, Archive};
use super::receiver::{Failing, Receiver};
use super::server::{Place, Running};
use crate::{Bench, progress};

/// A folder is thrown away after so many kills, so that looking at all of it stays quick.
const KILLS_PER_FOLDER: u64 = 10;
/// A moment that is waited for is given up after so long.
const MOST_WAIT: Duration = Duration::from_secs(6);

/// When it is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// At any time.
    Anytime,
    /// As a journal segment begins.
    Segment,
    /// While a snapshot is being made.
    Snapshot,
    /// At any time, and again while it starts.
    Start,
    /// While it ends because it was asked to.
    End,
}

impl Moment {
    fn name(self) -> &'static str {
        match self {
            Self::Anytime => "anytime",
            Self::Segment => "segment",
            Self::Snapshot => "snapshot",
            Self::Start => "start",
            Self::End => "end",
        }
    }
}

/// One folder and everything that is known of it.
pub(super) struct Folder {
    pub(super) place: Place,
    pub(super) key: String,
    pub(super) ledger: Ledger,
    pub(super) checker: Checker,
    pub(super) receiver: Receiver,
    /// The webhooks: name and the events that each hears.
    pub(super) hooks: Vec<(String, Value)>,
    /// The import, once it was begun: its id and its rows.
    pub(super) import: Option<(String, u64)>,
    generation: u64,
}

/// Kills a server so often.
pub(super) fn run(bench: &Bench, seed: u64, kills: u64, found: &mut Found) -> Result<()> {
    let mut dice = Dice(seed | 1);
    let archive = archive(bench)?;
    let mut done = 0;
    while done < kills {
        let here = KILLS_PER_FOLDER.min(kills - done);
        one_folder(bench, &mut dice, done, here, &archive, found)?;
        done += here;
    }
    Ok(())
}

fn one_folder(
    bench: &Bench,
    dice: &mut Dice,
    done: u64,
    kills: u64,
    archive: &Archive,
    found: &mut Found,
) -> Result<()> {
    let scratch = tempfile::tempdir()?;
    // In the short form the first one of each, and no other: each failure takes five seconds.
    let failing = Failing { one_in: bench.count(3, 1), most: bench.count(1_000, 1) };
    let receiver = Receiver::start(bench, dice.roll(u64::MAX), failing)?;
    let mut folder = Folder::make(bench, scratch.path(), receiver)?;
    let mut running = folder.place.start(None)?;
    folder.hooks = ending::hooks(&folder.client(&running), &folder.receiver)?;
    for kill in 0..kills {
        if kill == kills.min(2) - 1 {
            // Ten thousand rows once; elsewhere as many as a kill or two fall into.
            let rows = bench.count(if done == 0 { 10_000 } else { 500 }, 40);
            folder.import = Some((begin_import(&folder.client(&running), rows)?, rows));
        }
        let begin = folder.ledger.len();
        let told = folder.checker.log().len();
        let hit = folder.crash(running, bench, dice, done + kill, archive)?;
        *found.moments.entry(hit.name()).or_default() += 1;
        found.kills += 1;
        running = match folder.place.start(None) {
            Ok(running) => running,
            Err(error) => {
                found.unopenable(format!("{error:#}"));
                return Ok(());
            }
        };
        folder.look(&running, begin, told, found)?;
        let writes = folder.ledger.len() - begin;
        progress(&format!("kill {} ({}): {writes} writes, {}", done + kill + 1, hit.name(), state(found)));
    }
    ending::look(bench, &mut folder, &running, found)?;
    running.end(Duration::from_secs(60))?;
    Ok(())
}

/// What was found so far.
pub(super) fn state(found: &Found) -> String {
    format!("{} lost, {} torn, {} not opened so far", found.lost, found.torn, found.unopenable)
}

impl Folder {
    /// A new desk, and an operator's key to it.
    pub(super) fn make(bench: &Bench, scratch: &Path, receiver: Receiver) -> Result<Self> {
        let place = Place::new(bench, &scratch.join("desk"), scratch);
        place.init(&bench.packs, None)?;
        let key = operators_key(&place)?;
        Ok(Self {
            place,
            key,
            ledger: Ledger::default(),
            checker: Checker::default(),
            receiver,
            hooks: Vec::new(),
            import: None,
            generation: 0,
        })
    }

    pub(super) fn client(&self, running: &Running) -> Client {
        Client::new(running.address, &self.key)
    }

    /// Load, and the end of the server at some moment of it. The moment that was hit.
    fn crash(
        &self,
        running: Running,
        bench: &Bench,
        dice: &mut Dice,
        number: u64,
        archive: &Archive,
    ) -> Result<Moment> {
        let wanted = match (bench.short, number, dice.roll(10)) {
            (true, 1, _) | (false, _, 6) => Moment::Start,
            (true, 2, _) | (false, _, 7) => Moment::End,
            (false, _, 4 | 5) => Moment::Segment,
            (false, _, 8 | 9) => Moment::Snapshot,
            _ => Moment::Anytime,
        };
        let (client, stop) = (self.client(&running), AtomicBool::new(false));
        let seed = dice.roll(u64::MAX);
        let after = Duration::from_millis(300 + dice.roll(1_500));
        std::thread::scope(|scope| {
            let (ledger, stop_ref) = (&self.ledger, &stop);
            scope.spawn(move || load::run(&client, ledger, stop_ref, &format!("{number}"), seed, archive));
            std::thread::sleep(after);
            let hit = match wanted {
                Moment::Segment if self.segment_begins() => Moment::Segment,
                Moment::Snapshot if self.snapshot_begins() => Moment::Snapshot,
                Moment::Start => Moment::Start,
                Moment::End => Moment::End,
                Moment::Anytime | Moment::Segment | Moment::Snapshot => Moment::Anytime,
            };
            let killed = match hit {
                Moment::End => running.end(Duration::from_millis(dice.roll(400))).map(drop),
                _ => running.kill(),
            };
            stop.store(true, Ordering::Release);
            killed?;
            if hit == Moment::Start {
                for _ in 0..=dice.roll(3) {
                    self.place.start_and_kill(Duration::from_millis(dice.roll(600)))?;
                }
            }
            Ok(hit)
        })
    }

    fn segment_begins(&self) -> bool {
        let segments =
            || std::fs::read_dir(self.place.folder.join("journal")).map_or(0, |names| names.flatten().count());
        let before = segments();
        until(|| segments() > before)
    }

    fn snapshot_begins(&self) -> bool {
        let young = self.place.folder.join("snapshots").join("next.tmp");
        until(|| young.exists())
    }

    /// Everything since the server was started last.
    fn look(&mut self, running: &Running, begin: usize, told: usize, found: &mut Found) -> Result<()> {
        let client = self.client(running);
        let heard = self.ledger.last_event();
        self.checker.read_log(&client, &self.ledger, found)?;
        let last = self.checker.log().len() as u64;
        if last < heard {
            found.lost(format!("event {heard} was read before, and the log ends at {last}"));
        }
        self.checker.tail(&client, told, found);
        self.in_force(&client, begin, found)?;
        let merged = losers(&self.ledger);
        for write in self.ledger.writes(begin) {
            self.checker.write(&client, &write, &merged, found);
            again(&client, &self.ledger, &write, found);
        }
        self.verify(found);
        Ok(())
    }

    /// What is bound is what was swapped in last, or what was on its way.
    fn in_force(&mut self, client: &Client, begin: usize, found: &mut Found) -> Result<()> {
        let swaps: Vec<_> = self.ledger.writes(0).into_iter().filter(|it| it.sort == Sort::Swap).collect();
        let told = swaps.iter().filter(|it| it.acknowledged()).filter_map(|it| it.generation()).max().unwrap_or(1);
        let open = self.ledger.writes(begin).iter().filter(|it| it.sort == Sort::Swap && it.open()).count() as u64;
        let newest = client.read("/v1/generations?limit=1")?["items"][0]["number"].as_u64().unwrap_or(0);
        if newest < told.max(self.generation) {
            found.lost(format!("generation {told} was acknowledged, and the newest is {newest}"));
        }
        if self.generation > 0 && newest > told.max(self.generation) + open {
            found.torn(format!(
                "generation {newest} was made by nobody; {told} was acknowledged, {open} were under way"
            ));
        }
        let health = client.read("/v1/health")?;
        if health["desks"][0]["generation"].as_u64() != Some(newest) {
            found.torn(format!("generation {newest} is the newest, and in force is {}", health["desks"][0]));
        }
        self.generation = newest;
        Ok(())
    }

    pub(super) fn verify(&self, found: &mut Found) {
        if let Err(what) = self.place.run(&["verify"]) {
            found.torn(format!("{what:#}"));
        }
    }
}

/// The tickets that others may stand for.
pub(super) fn losers(ledger: &Ledger) -> Vec<String> {
    let loser = |sort: Sort| if let Sort::Merge { loser } = sort { Some(loser) } else { None };
    ledger.writes(0).into_iter().filter_map(|write| loser(write.sort)).collect()
}

/// Waits for a moment, but not for ever.
fn until(there: impl Fn() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < MOST_WAIT {
        if there() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    false
}

pub(super) fn operators_key(place: &Place) -> Result<String> {
    let made = place.run(&["key", "create", "--role", "operator", "--label", "crash"])?;
    Ok(made["secret"].as_str().context("the key's secret is shown")?.to_owned())
}

/// The pack that is installed again and again, as the command line sends it.
pub(super) fn archive(bench: &Bench) -> Result<Archive> {
    let pack = bench.packs.first().context("--pack names at least one pack")?;
    let mut archive = tar::Builder::new(Vec::new());
    for entry in walkdir::WalkDir::new(pack).sort_by_file_name() {
        let entry = entry?;
        if entry.file_type().is_file() {
            archive.append_path_with_name(entry.path(), entry.path().strip_prefix(pack)?)?;
        }
    }
    Ok(Archive(archive.into_inner()?))
}

fn begin_import(client: &Client, rows: u64) -> Result<String> {
    let mapping = json!({
        "kind": "lead", "external-id": { "system": "crm", "column": "Lead" },
        "ticket": { "subject": { "template": "Lead of {Name}" } },
        "contact": { "name": "Name", "email": "Email" }, "entry": [{ "text": "Message" }],
    });
    let body = json!({ "name": "fair", "format": "csv", "mapping": mapping }).to_string();
    let send = |method, path: &str, content_type, body: &[u8]| {
        let answer = client.send(&Request { method, path, id: "fair", content_type, body }).context("no answer")?;
        anyhow::ensure!(answer.good(), "{method} {path}: {answer:?}");
        Ok(answer.json())
    };
    let made = send("POST", "/v1/imports", "application/json", body.as_bytes())?;
    let id = made["id"].as_str().context("an import has an id")?.to_owned();
    let mut file = String::from("Lead,Name,Email,Message\n");
    for row in 1..=rows {
        file.push_str(&format!("L-{row},Visitor {row},visitor{row}@example.org,Please send a quote for house {row}\n"));
    }
    send("PUT", &format!("/v1/imports/{id}/file"), "text/csv", file.as_bytes())?;
    Ok(id)
}
