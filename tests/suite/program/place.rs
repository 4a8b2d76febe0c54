//! A folder with a desk, the program to use on it, and a server that is stopped when the test ends.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Leads that every state is tried with; the second row of `BAD` has no id.
pub(crate) const LEADS: &str = "Lead,Name,Email,Company,Message\n\
    L-1,Ann Smith,ann@gmail.com,,I would love a warm home again\n\
    L-2,Bob Jones,bob@northgate.example,Northgate Ltd,Please send a quote for 14 buildings\n";
pub(crate) const BAD: &str =
    "Lead,Name,Email,Company,Message\nL-8,Eve,eve@gmail.com,,Hello\n,Mal,mal@gmail.com,,Hello\n";
const MAP: &str = r#"
kind = "lead"
external-id = { system = "crm", column = "Lead" }
[ticket]
subject = { template = "Lead of {Name}" }
[contact]
name = "Name"
email = "Email"
[company]
name = "Company"
[[entry]]
text = "Message"
"#;

/// Office hours with a break.
const OFFICE: &str = r#"
time_zone = "Europe/Warsaw"
[week]
mon = [{ from = "08:00", to = "12:00" }, { from = "13:00", to = "17:00" }]
[holidays]
"2026-12-25" = "Christmas"
"#;

/// How a desk is served here.
const SERVE: [&str; 6] = ["serve", "--listen", "127.0.0.1:0", "--json", "--log", "warn"];

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) exit: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// The answer as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("not JSON ({error}): {self:?}"))
    }

    /// The answer, if all went well.
    pub(crate) fn good(self) -> Self {
        assert_eq!(self.exit, 0, "{self:?}");
        self
    }
}

/// The program; built before the tests, as `cargo xtask test` does.
pub(crate) fn program() -> PathBuf {
    let built = option_env!("CARGO_BIN_EXE_plugdesk").map(PathBuf::from).unwrap_or_else(|| debug().join("plugdesk"));
    assert!(built.exists(), "{} is not built; run `cargo xtask test`", built.display());
    built
}

/// Where this test was built.
pub(crate) fn debug() -> PathBuf {
    let here = std::env::current_exe().unwrap();
    here.parent().and_then(Path::parent).unwrap().to_owned()
}

/// The pack of a shipped policy; built before the tests, as `cargo xtask test` does.
pub(crate) fn shipped(name: &str) -> String {
    let target = debug().parent().unwrap().to_owned();
    // Where `cargo xtask` has it, or where `plugdesk plugin build` alone puts it.
    let places = ["packs", "plugins"].map(|folder| target.join(folder).join(name));
    let pack = places.iter().find(|pack| pack.join("pack.toml").exists());
    let pack = pack.unwrap_or_else(|| panic!("the pack {name} is not built; run `cargo xtask test`"));
    pack.to_string_lossy().into_owned()
}

/// The program without anything of this machine's environment that it listens to.
pub(crate) fn plugdesk() -> Command {
    let mut command = Command::new(program());
    for name in ["PLUGDESK_FOLDER", "PLUGDESK_URL", "PLUGDESK_KEY", "PLUGDESK_DESK", "PLUGDESK_LISTEN", "PLUGDESK_LOG"]
    {
        command.env_remove(name);
    }
    command.env("LC_ALL", "en_US.UTF-8").stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub(crate) fn run(command: &mut Command) -> Ran {
    let done = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { exit: done.status.code().unwrap_or(-1), out: text(&done.stdout), err: text(&done.stderr) }
}

/// A folder of a test: files lie in it, the desk in `desk`.
pub(crate) struct Place {
    dir: TempDir,
}

impl Place {
    /// An empty one.
    pub(crate) fn empty() -> Self {
        let dir = TempDir::new().unwrap();
        let files = [("leads.csv", LEADS), ("bad.csv", BAD), ("map.toml", MAP), ("office.toml", OFFICE)];
        for (name, text) in files {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        Self { dir }
    }

    /// One with a desk `main`.
    pub(crate) fn with_desk() -> Self {
        let place = Self::empty();
        place.run(&["init"]).good();
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A command, run in this folder on its desk.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = plugdesk();
        command.current_dir(self.dir.path()).env("PLUGDESK_FOLDER", "desk").args(arguments);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        run(&mut self.command(arguments))
    }

    /// Serves the desk on a free port.
    pub(crate) fn serve(&self) -> Served {
        Self::served(self.command(&SERVE))
    }

    /// The same in a process that may open so many files, and no more.
    pub(crate) fn serve_with_files(&self, files: u32) -> Served {
        let limited = format!("ulimit -n {files} && exec \"$0\" \"$@\"");
        let mut command = Command::new("sh");
        command.arg("-c").arg(limited).arg(program()).args(SERVE);
        command.current_dir(self.dir.path()).env("PLUGDESK_FOLDER", "desk").stdin(Stdio::null());
        Self::served(command)
    }

    fn served(mut command: Command) -> Served {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut text = String::new();
        // The announcement is one JSON document over several lines; it ends with a brace of its own.
        while !text.ends_with("}\n") {
            let line = lines.next().unwrap_or_else(|| panic!("the server ended: {:?}", child.wait())).unwrap();
            text.push_str(&line);
            text.push('\n');
        }
        let said: Value = serde_json::from_str(&text).unwrap();
        Served { child, url: said["listening"].as_str().unwrap().to_owned() }
    }
}

/// A running server.
pub(crate) struct Served {
    child: Child,
    pub(crate) url: String,
}

impl Served {
    /// The server's process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Where it listens, without the scheme.
    pub(crate) fn address(&self) -> std::net::SocketAddr {
        self.url.trim_start_matches("http://").parse().unwrap()
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and how it ended.
    pub(crate) fn end(mut self) -> Option<i32> {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(asked.success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have been stopped by the test already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
