//! SIGKILL under load.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;

use crate::{Found, WRITERS, acknowledgement, options};

/// A folder is thrown away after so many kills, so that looking at all of it stays quick.
const KILLS_PER_FOLDER: u64 = 10;

/// Kills a writer so often.
pub(crate) fn run(kills: u64) -> anyhow::Result<Found> {
    let mut found = Found::default();
    let mut folder = tempfile::tempdir()?;
    let mut acknowledged = vec![0; WRITERS as usize];
    for kill in 0..kills {
        if kill % KILLS_PER_FOLDER == 0 {
            folder = tempfile::tempdir()?;
            acknowledged.fill(0);
        }
        // Not a round number, so that kills fall into every part of a group's way to the disk.
        write_and_kill(folder.path(), 5 + (kill * 7919) % 211, &mut acknowledged)?;
        found.look(&options(folder.path()), &acknowledged);
    }
    Ok(found)
}

fn write_and_kill(folder: &Path, enough: u64, acknowledged: &mut [u64]) -> anyhow::Result<()> {
    let mut child = Command::new(std::env::current_exe()?)
        .arg("write")
        .arg(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut lines = BufReader::new(child.stdout.take().context("no output")?).lines();
    let mut hear = |line: String| {
        if let Some((writer, n)) = acknowledgement(&line) {
            acknowledged[writer] = n;
        }
    };
    lines.by_ref().take(enough as usize).map_while(Result::ok).for_each(&mut hear);
    child.kill()?;
    lines.map_while(Result::ok).for_each(&mut hear);
    child.wait()?;
    Ok(())
}
