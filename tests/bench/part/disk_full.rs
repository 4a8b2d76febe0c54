//! A disk that fills up under the real server: reads go on, writes are answered 507, nothing acknowledged is lost, and
//! writing goes on by itself when there is room.
//!
//! The disk is a small ext4 in a file, loop-mounted, which takes root; without it the report says so.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value, json};

use super::fields;
use crate::Bench;
use crate::cast::lead;
use crate::desk::{Desk, json_of};

/// Room for a desk with its packs, the reserve of 64 MiB, and some minutes of writing.
const DISK_BYTES: u64 = 512 << 20;
/// Writers at once while the disk fills up: so that several changes of a group meet the end.
const WRITERS: u64 = 4;
/// What is written so that the disk is just above its reserve.
const ABOVE_RESERVE: u64 = 66 << 20;
/// Whatever should happen by itself happens within this.
const PATIENCE: Duration = Duration::from_secs(60);

/// A mounted disk; it is unmounted with this value.
struct Disk {
    image: PathBuf,
    place: PathBuf,
}

impl Disk {
    /// None: it can't be mounted here.
    fn mount(folder: &Path) -> Result<Option<Self>> {
        let disk = Self { image: folder.join("disk.img"), place: folder.join("disk") };
        fs::create_dir(&disk.place)?;
        File::create(&disk.image)?.set_len(DISK_BYTES)?;
        let made = Command::new("mkfs.ext4").args(["-q", "-m", "0"]).arg(&disk.image).status();
        let mounted = || Command::new("mount").args(["-o", "loop"]).arg(&disk.image).arg(&disk.place).status();
        let ready = made.is_ok_and(|it| it.success()) && mounted().is_ok_and(|it| it.success());
        Ok(ready.then_some(disk))
    }

    fn free(&self) -> Result<u64> {
        let told = Command::new("df").args(["--output=avail", "-B1"]).arg(&self.place).output()?;
        let text = String::from_utf8(told.stdout)?;
        Ok(text.lines().nth(1).context("df tells what is free")?.trim().parse()?)
    }

    /// Takes room until so much is free; all of it, if that is 0.
    fn fill(&self, leave: u64) -> Result<()> {
        let mut file = File::options().create(true).append(true).open(self.ballast())?;
        let mut take = self.free()?.saturating_sub(leave);
        let block = vec![0x5a; 1 << 20];
        while take > 0 || leave == 0 {
            let piece = if leave == 0 { block.len() } else { take.min(block.len() as u64) as usize };
            match file.write(&block[..piece]) {
                Ok(written) => take = take.saturating_sub(written as u64),
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn ballast(&self) -> PathBuf {
        self.place.join("ballast")
    }

    fn make_room(&self) -> Result<()> {
        fs::remove_file(self.ballast()).context("the ballast can be removed")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(&self.place).status());
    }
}

/// What was answered.
#[derive(Default)]
struct Told {
    acknowledged: Mutex<BTreeSet<String>>,
    refused: Mutex<Vec<String>>,
}

fn send(desk: &Desk, method: &str, target: &str, body: &str) -> Result<(u16, Value)> {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let url = format!("http://{}{target}", desk.address);
    let request = ureq::http::Request::builder()
        .method(method)
        .uri(url)
        .header("authorization", desk.bearer().unwrap_or_default())
        .header("content-type", "application/json");
    let mut answer = agent.run(request.body(body.to_owned())?)?;
    let status = answer.status().as_u16();
    Ok((status, serde_json::from_str(&answer.body_mut().read_to_string()?).unwrap_or(Value::Null)))
}

/// One ticket more; what a full disk may answer is noted, anything else is an error.
fn create(desk: &Desk, number: u64, told: &Told) -> Result<bool> {
    let (status, answer) = send(desk, "POST", "/v1/tickets", &lead(number))?;
    let code = answer["code"].as_str().unwrap_or_default();
    match (status, code) {
        (201, _) => {
            let id = answer["id"].as_str().or(answer["ticket"]["id"].as_str()).context("a ticket has an id")?;
            told.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned());
            Ok(true)
        }
        (507, "no-space") => {
            let detail = answer["detail"].as_str().unwrap_or_default();
            ensure!(detail.contains("makes room"), "a 507 says what helps, this: {detail}");
            told.refused.lock().unwrap_or_else(PoisonError::into_inner).push(detail.to_owned());
            Ok(false)
        }
        // It may be in the journal and not in the tree yet.
        (503, "outcome-unknown") => Ok(false),
        _ => bail!("a full disk answers {status} {answer}"),
    }
}

/// Every acknowledged ticket is read.
fn read_all(desk: &Desk, told: &Told) -> Result<u64> {
    let ids = told.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).clone();
    for id in &ids {
        let (status, answer) = send(desk, "GET", &format!("/v1/tickets/{id}"), "")?;
        ensure!(status == 200, "acknowledged ticket {id} answers {status} {answer}");
    }
    Ok(ids.len() as u64)
}

fn wait_until(what: &str, mut done: impl FnMut() -> Result<bool>) -> Result<()> {
    let begun = Instant::now();
    while !done()? {
        ensure!(begun.elapsed() < PATIENCE, "{what} did not happen within {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Writers write while the disk is filled to its last byte, and readers read; then there is room again.
fn filled_under_load(desk: &Desk, disk: &Disk, told: &Told, numbers: u64) -> Result<()> {
    let stop = Arc::new(AtomicBool::new(false));
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let stop = stop.clone();
                scope.spawn(move || -> Result<()> {
                    let mut number = numbers + writer;
                    while !stop.load(Ordering::Relaxed) {
                        create(desk, number, told)?;
                        number += WRITERS;
                    }
                    Ok(())
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(200));
        let filled = disk.fill(0).and_then(|()| {
            let refused = || told.refused.lock().unwrap_or_else(PoisonError::into_inner).len();
            let before = refused();
            wait_until("a refusal", || Ok(refused() > before))?;
            read_all(desk, told).map(drop)
        });
        stop.store(true, Ordering::Relaxed);
        let written: Result<Vec<()>> =
            writers.into_iter().map(|writer| writer.join().unwrap_or_else(|_| bail!("a writer panicked"))).collect();
        filled.and(written.map(drop))
    })
}

pub(crate) fn run(bench: &Bench) -> Result<Map<String, Value>> {
    let folder = tempfile::tempdir()?;
    let Some(disk) = Disk::mount(folder.path())? else {
        return Ok(fields(json!({ "disk_full": { "skipped": "a disk can be mounted by root alone" } })));
    };
    let rounds = bench.count(20, 2);
    let mut desk = Desk::create(bench, &disk.place.join("desk"))?;
    let told = Told::default();
    let mut number = 1;
    for round in 0..rounds {
        // The reserve is reached while writing.
        disk.fill(ABOVE_RESERVE)?;
        wait_until("the reserve", || {
            number += 1;
            Ok(!create(&desk, number, &told)?)
        })?;
        read_all(&desk, &told)?;
        let backup = folder.path().join("full.backup").display().to_string();
        let refused = desk.command(&["backup", &backup]).output()?;
        let said = String::from_utf8_lossy(&refused.stderr);
        ensure!(
            !refused.status.success() && said.contains("no room on the disk"),
            "a backup without room for it says {said}"
        );
        disk.make_room()?;
        wait_until("writing", || {
            number += 1;
            create(&desk, number, &told)
        })?;
        // The last byte is taken under load: the journal's own write, and sled's, find no room.
        number += 10_000;
        filled_under_load(&desk, &disk, &told, number)?;
        number += 10_000;
        disk.make_room()?;
        wait_until("writing after the last byte", || {
            number += 1;
            create(&desk, number, &told)
        })?;
        read_all(&desk, &told)?;
        if round % 2 == 1 {
            // Killed with the disk full: it may refuse to open, saying why; with room it opens.
            disk.fill(0)?;
            desk.kill()?;
            let key = desk.key().to_owned();
            drop(Desk::open(bench, &disk.place.join("desk"), key.clone(), &[]));
            disk.make_room()?;
            desk = Desk::open(bench, &disk.place.join("desk"), key, &[])?;
            read_all(&desk, &told)?;
        }
        let verified = json_of(&mut desk.command(&["verify", "--json"]))?;
        ensure!(verified["problems"] == json!([]), "after round {round}: {verified}");
    }
    let acknowledged = read_all(&desk, &told)?;
    let refused = told.refused.lock().unwrap_or_else(PoisonError::into_inner).len();
    Ok(fields(json!({ "disk_full": {
        "rounds": rounds, "acknowledged": acknowledged, "lost": 0, "refused": refused,
    } })))
}
