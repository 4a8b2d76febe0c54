//! The real server over a folder: started, killed, asked to end, started again; under strace where its calls are wanted.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::disk::recording::STRACE;
use crate::Bench;

/// A server that does not listen after this time counts as one that can't open its folder. It compiles every policy
/// where the cache of compiled ones was lost, in a debug build on a busy machine.
const START: Duration = Duration::from_secs(300);

/// A folder, and the program for it.
pub(super) struct Place {
    program: PathBuf,
    /// The desk's folder.
    pub(super) folder: PathBuf,
    /// What the servers say of themselves.
    log: PathBuf,
}

/// A running server; killed with this value.
pub(super) struct Running {
    child: Child,
    /// The server's own process, also where strace stands before it.
    pid: u32,
    pub(super) address: SocketAddr,
}

impl Place {
    pub(super) fn new(bench: &Bench, folder: &Path, scratch: &Path) -> Self {
        Self { program: bench.plugdesk.clone(), folder: folder.to_owned(), log: scratch.join("server.log") }
    }

    fn command(&self, calls: Option<&Path>) -> Command {
        let Some(calls) = calls else { return Command::new(&self.program) };
        let mut command = Command::new("strace");
        command.args(STRACE).arg("-o").arg(calls).arg(&self.program);
        command
    }

    /// `plugdesk init`; its answer, or what it said instead.
    pub(super) fn init(&self, packs: &[PathBuf], calls: Option<&Path>) -> Result<Value> {
        let mut init = self.command(calls);
        init.args(["init", "--json", "--folder"]).arg(&self.folder);
        for pack in packs {
            init.arg("--pack").arg(pack);
        }
        json(&mut init)
    }

    /// Any other command on the folder; what it said, if it ended well.
    pub(super) fn run(&self, arguments: &[&str]) -> Result<Value> {
        json(Command::new(&self.program).args(arguments).args(["--json", "--folder"]).arg(&self.folder))
    }

    /// Starts a server and waits until it listens.
    pub(super) fn start(&self, calls: Option<&Path>) -> Result<Running> {
        let (mut child, heard) = self.begin(calls)?;
        let said = heard.recv_timeout(START);
        let said = said.ok().and_then(|line| serde_json::from_str::<Value>(&line).ok());
        let listening = said.as_ref().and_then(|said| {
            let address = said["listening"].as_str()?.trim_start_matches("http://").parse().ok()?;
            Some((address, u32::try_from(said["pid"].as_u64()?).ok()?))
        });
        let Some((address, pid)) = listening else {
            child.kill()?;
            child.wait()?;
            let log = std::fs::read_to_string(&self.log).unwrap_or_default();
            bail!("it does not start: {}", log.lines().rev().take(4).collect::<Vec<_>>().join(" | "));
        };
        Ok(Running { child, pid, address })
    }

    /// Starts a server and kills it after a time, whether or not it listens by then.
    pub(super) fn start_and_kill(&self, after: Duration) -> Result<()> {
        let (mut child, heard) = self.begin(None)?;
        // Waiting for what it says is waiting for at most that long.
        drop(heard.recv_timeout(after));
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    fn begin(&self, calls: Option<&Path>) -> Result<(Child, mpsc::Receiver<String>)> {
        let mut serve = self.command(calls);
        serve.args(["serve", "--json", "--log", "error", "--rate", "1000000", "--webhook-allow", "127.0.0.1"]);
        serve.args(["--listen", "127.0.0.1:0", "--folder"]).arg(&self.folder);
        let log = File::create(&self.log)?;
        let spawned = serve.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn();
        let mut child = spawned.context(match calls {
            Some(_) => "strace records power cuts and is not there: `apt-get install strace`, or --cuts 0",
            None => "the server can't be started",
        })?;
        let out = child.stdout.take().context("its output")?;
        let (tell, heard) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            if BufReader::new(out).read_line(&mut line).is_ok() {
                // Nobody waits any more where the server was killed before it listened.
                let _ = tell.send(line);
            }
        });
        Ok((child, heard))
    }
}

impl Running {
    /// `kill -9`, and waits until it is gone.
    pub(super) fn kill(mut self) -> Result<()> {
        signal(self.pid, "-KILL")?;
        self.child.wait()?;
        Ok(())
    }

    /// SIGTERM, and after a time `kill -9` if it has not ended by then. Whether it ended by itself.
    pub(super) fn end(mut self, within: Duration) -> Result<bool> {
        signal(self.pid, "-TERM")?;
        let begun = Instant::now();
        while begun.elapsed() < within {
            if self.child.try_wait()?.is_some() {
                return Ok(true);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        self.kill().map(|()| false)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            drop(signal(self.pid, "-KILL"));
            drop(self.child.wait());
        }
    }
}

fn signal(pid: u32, which: &str) -> Result<()> {
    Command::new("kill").args([which, &pid.to_string()]).status()?;
    Ok(())
}

fn json(command: &mut Command) -> Result<Value> {
    let done = command.stdin(Stdio::null()).output()?;
    let (said, complained) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    anyhow::ensure!(done.status.success(), "{command:?}: {}{complained}", said.trim());
    serde_json::from_str(&said).with_context(|| format!("`{said}` is not JSON"))
}
