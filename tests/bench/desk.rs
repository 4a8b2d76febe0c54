//! The real server, its real store and its real policies, as a child process.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::{Bench, files};

/// A server that is asked to end drains for 20 s at most; a debug build on a busy machine gets some times as much.
const MOST_ENDING: Duration = Duration::from_secs(120);

/// A desk as every part begins with one: made once, copied for each.
pub(crate) struct Template {
    folder: tempfile::TempDir,
    key: String,
}

impl Template {
    /// Makes a desk with the packs, the companies and their people.
    pub(crate) fn make(bench: &Bench) -> Result<Self> {
        crate::progress("making a desk with the packs, companies and their people");
        let folder = bench.folder()?;
        let place = folder.path().join("desk");
        let mut init = Command::new(&bench.plugdesk);
        init.args(["init", "--json", "--folder"]).arg(&place);
        for pack in &bench.packs {
            init.arg("--pack").arg(pack);
        }
        let made = json_of(&mut init)?;
        let key = made["key"]["secret"].as_str().context("init shows the key")?.to_owned();
        let desk = Desk::open(bench, &place, key.clone(), &[])?;
        files::known(&desk, folder.path())?;
        desk.stop()?;
        Ok(Self { folder, key })
    }
}

/// A running desk; it is killed with this value.
pub(crate) struct Desk {
    server: Child,
    program: PathBuf,
    folder: PathBuf,
    /// Where it listens, on loopback.
    pub(crate) address: SocketAddr,
    key: String,
}

impl Desk {
    /// A new folder with the packs bound and the companies known.
    pub(crate) fn create(bench: &Bench, folder: &Path) -> Result<Self> {
        Self::create_with(bench, folder, &[])
    }

    /// Likewise; `more` are further arguments of `serve`.
    pub(crate) fn create_with(bench: &Bench, folder: &Path, more: &[&str]) -> Result<Self> {
        let template = bench.template()?;
        copy(&template.folder.path().join("desk"), folder)?;
        Self::open(bench, folder, template.key.clone(), more)
    }

    /// Serves an existing folder; `more` are further arguments of `serve`.
    pub(crate) fn open(bench: &Bench, folder: &Path, key: String, more: &[&str]) -> Result<Self> {
        let mut serve = Command::new(&bench.plugdesk);
        // One key sends everything here, so its rate limit would be what is measured.
        serve.args(["serve", "--json", "--log", "error", "--rate", "1000000"]);
        serve.args(["--listen", "127.0.0.1:0", "--folder"]).arg(folder).args(more);
        let mut server = serve.stdout(Stdio::piped()).stdin(Stdio::null()).spawn()?;
        let mut line = String::new();
        BufReader::new(server.stdout.take().context("its output")?).read_line(&mut line)?;
        let listening: Value = serde_json::from_str(&line).with_context(|| format!("serve says `{line}`"))?;
        let url = listening["listening"].as_str().context("serve says where it listens")?.to_owned();
        let address = url.trim_start_matches("http://").parse()?;
        Ok(Self { server, program: bench.plugdesk.clone(), folder: folder.to_owned(), address, key })
    }

    /// `Authorization`.
    pub(crate) fn bearer(&self) -> Option<String> {
        Some(format!("Bearer {}", self.key))
    }

    /// The admin's key.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// The desk's folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The server's process.
    pub(crate) fn pid(&self) -> u32 {
        self.server.id()
    }

    /// A command of the program on this desk.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).arg("--folder").arg(&self.folder);
        command
    }

    /// Kills it as `kill -9` does, and waits until it is gone.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.server.kill()?;
        self.server.wait()?;
        Ok(())
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn stop(mut self) -> Result<()> {
        kill_process(Pid::from_child(&self.server), Signal::TERM)?;
        let end = Instant::now() + MOST_ENDING;
        while Instant::now() < end {
            if let Some(status) = self.server.try_wait()? {
                ensure!(status.success(), "the server ended with {status}");
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        bail!("the server did not end within {} s", MOST_ENDING.as_secs())
    }

    /// Installs a pack's archive, approving what it asks for.
    pub(crate) fn install(&self, archive: &[u8]) -> Result<Value> {
        let url = format!("http://{}/v1/packs?approve=true", self.address);
        let request = ureq::post(url).header("Authorization", self.bearer().unwrap_or_default());
        let request = request.config().http_status_as_error(false).build();
        let mut answer = request.header("Content-Type", "application/x-tar").send(archive)?;
        let (status, body) = (answer.status(), answer.body_mut().with_config().limit(64 << 20).read_to_string()?);
        ensure!(status.is_success(), "a pack is refused with {status}: {body}");
        Ok(serde_json::from_str(&body)?)
    }

    /// One read; an answer that is no success is an error.
    pub(crate) fn get(&self, target: &str) -> Result<Value> {
        let url = format!("http://{}{target}", self.address);
        let request = ureq::get(url).header("Authorization", self.bearer().unwrap_or_default());
        let mut answer = request.call().with_context(|| format!("GET {target}"))?;
        // A page of two hundred full tickets is larger than the client takes by itself.
        Ok(answer.body_mut().with_config().limit(64 << 20).read_json()?)
    }

    /// One write; an answer that is no success is an error.
    pub(crate) fn post(&self, target: &str, body: &Value) -> Result<Value> {
        let url = format!("http://{}{target}", self.address);
        let request = ureq::post(url).header("Authorization", self.bearer().unwrap_or_default());
        Ok(request.send_json(body).with_context(|| format!("POST {target}"))?.body_mut().read_json()?)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        drop(self.kill());
    }
}

/// Copies the folder of a desk that nobody has open.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry?;
        let place = to.join(entry.path().strip_prefix(from)?);
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(&place)?;
        } else if entry.file_type().is_file() {
            std::fs::copy(entry.path(), &place)?;
        }
    }
    Ok(())
}

/// The JSON that a command prints.
pub(crate) fn json_of(command: &mut Command) -> Result<Value> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8(output.stdout)?;
    ensure!(output.status.success(), "{command:?} failed: {text}");
    serde_json::from_str(&text).with_context(|| format!("`{text}` is not JSON"))
}
