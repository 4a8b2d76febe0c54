//! Power cuts, replayed from recordings of a writer's system calls.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use plugdesk_store::Options;

use crate::image::{Dice, Image, Model};
use crate::recording::{self, Call, STRACE};
use crate::{Found, WRITERS, acknowledgement, options};

/// So many cuts are made in one recording.
const CUTS_PER_RECORDING: u64 = 25;
/// A recording ends after so many acknowledged operations: some segments, checkpoints and snapshots.
const ACKNOWLEDGEMENTS: usize = 700;

/// What the cuts came to.
#[derive(Default)]
pub(crate) struct Cuts {
    pub(crate) lose_all: Found,
    pub(crate) subset: Found,
    /// Acknowledgements without an fdatasync of the journal between them and their writer's last one.
    pub(crate) unsynced: u64,
}

/// Replays so many cuts, each in both models.
pub(crate) fn run(cuts: u64) -> anyhow::Result<Cuts> {
    let mut found = Cuts::default();
    let mut dice = Dice(0x5851_f42d_4c95_7f2d);
    let mut done = 0;
    while done < cuts {
        let (here, scratch) = (tempfile::tempdir()?, tempfile::tempdir()?);
        let folder = here.path().join("store");
        let calls = record(here.path(), &folder, scratch.path())?;
        found.unsynced += unsynced(&calls);
        let first = calls.iter().position(|call| acknowledged(call).is_some());
        let first = first.context("nothing was acknowledged")? as u64;
        let mut places: Vec<u64> = (0..CUTS_PER_RECORDING.min(cuts - done))
            .map(|_| first + 1 + dice.roll(calls.len() as u64 - first))
            .collect();
        places.sort_unstable();
        let (mut image, mut told) = (Image::new(here.path()), vec![0; WRITERS as usize]);
        let mut replayed = 0;
        for place in places {
            for call in calls.iter().take(place as usize).skip(replayed) {
                image.replay(call);
                if let Some((writer, n)) = acknowledged(call) {
                    told[writer] = n;
                }
            }
            replayed = place as usize;
            for (model, found) in [(Model::LoseAll, &mut found.lose_all), (Model::Subset, &mut found.subset)] {
                let left = tempfile::tempdir()?;
                image.leave(model, &mut dice, left.path())?;
                let options =
                    Options { boot: Some(format!("after cut {done}")), ..options(&left.path().join("store")) };
                found.look(&options, &told);
            }
            done += 1;
        }
    }
    Ok(found)
}

/// Writer and operation of a call that told of an acknowledged one.
fn acknowledged(call: &Call) -> Option<(usize, u64)> {
    let Call::Told { bytes } = call else { return None };
    acknowledgement(std::str::from_utf8(bytes).ok()?.trim_end())
}

/// Runs a writer under strace until it acknowledged enough, then kills it.
fn record(here: &Path, folder: &Path, scratch: &Path) -> anyhow::Result<Vec<Call>> {
    let log = scratch.join("strace.log");
    let mut strace = Command::new("strace")
        .args(STRACE)
        .arg("-o")
        .arg(&log)
        .arg(std::env::current_exe()?)
        .arg("write")
        .arg(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("strace is needed to record power cuts; --cuts 0 leaves them out")?;
    let lines = BufReader::new(strace.stdout.take().context("no output")?).lines();
    let heard = lines.map_while(Result::ok).take(ACKNOWLEDGEMENTS).count();
    // strace ends its writer when it is asked to end; the pipe that nobody reads any more ends it too.
    strace.kill()?;
    strace.wait()?;
    if heard < ACKNOWLEDGEMENTS {
        bail!("the recorded writer ended by itself after {heard} acknowledgements");
    }
    wait_until_released(folder)?;
    recording::read(&String::from_utf8_lossy(&fs::read(&log)?), here)
}

/// The writer outlives a killed strace by a moment: until then the folder's lock is held.
fn wait_until_released(folder: &Path) -> anyhow::Result<()> {
    let lock = fs::File::open(folder.join("LOCK"))?;
    Ok(lock.lock()?)
}

fn unsynced(calls: &[Call]) -> u64 {
    let (mut synced, mut without) = (vec![false; WRITERS as usize], 0);
    for call in calls {
        match call {
            Call::Synced { path, .. } if path.parent().is_some_and(|folder| folder.ends_with("journal")) => {
                synced.fill(true);
            }
            _ => {
                if let Some((writer, _)) = acknowledged(call) {
                    without += u64::from(!std::mem::replace(&mut synced[writer], false));
                }
            }
        }
    }
    without
}
