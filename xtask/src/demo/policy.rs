//! A copy of a shipped policy's sources in the demo's folder, one line changed, and built.
//!
//! A copy, so that the story leaves the repository as it was. It keeps the workspace's shape, because the policy takes
//! its dependencies and its profile from there.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::run;

/// The policy of the story.
const NAME: &str = "lead-qualification";
/// The file of the policy that holds the line.
const FILE: &str = "src/lib.rs";
/// The line as shipped, and as changed.
const CHANGE: (&str, &str) = (
    "let mut answer = Qualification::new(score.probability, self.grade(score.probability));",
    "let mut answer = Qualification::new(score.probability / 2, self.grade(score.probability / 2));",
);

/// The line once more, as somebody might write it by mistake: it never ends.
const RUNAWAY: &str = "while score.probability < 20_000 { core::hint::spin_loop(); } \
    let mut answer = Qualification::new(score.probability, self.grade(score.probability));";

/// The copied sources.
pub struct Policy {
    workspace: PathBuf,
}

impl Policy {
    /// Copies what building the policy needs.
    pub fn copy(folder: &Path) -> Result<Self> {
        let workspace = folder.join("sources");
        for part in ["sdk/rust", "wit", "plugins"] {
            copy(&run::root().join(part), &workspace.join(part))?;
        }
        fs::copy(run::root().join("Cargo.lock"), workspace.join("Cargo.lock"))?;
        let manifest = fs::read_to_string(run::root().join("Cargo.toml"))?;
        let members =
            manifest.split_once("members = [").and_then(|(head, rest)| Some((head, rest.split_once("\n]")?.1)));
        let (head, tail) = members.context("Cargo.toml lists its members")?;
        let tail = tail.replace("default-members = [\"host/plugdesk\"]", "");
        // What the host's packages are optimised with means nothing to a workspace without them.
        let profiles = tail
            .split_once("[profile.dev.package]")
            .and_then(|(head, rest)| Some(format!("{head}{}", &rest[rest.find("\n[profile")?..])));
        let tail = profiles.context("Cargo.toml optimises some packages")?;
        let few = "\"sdk/rust\", \"plugins/segmentation\", \"plugins/lead-qualification\"";
        fs::write(workspace.join("Cargo.toml"), format!("{head}members = [{few}]{tail}"))?;
        Ok(Self { workspace })
    }

    /// Changes the line, shows it, builds the pack and names its folder.
    pub fn change_and_build(&self) -> Result<PathBuf> {
        self.change(CHANGE.0, CHANGE.1, "0.1.1")
    }

    /// The same with a line that never ends.
    pub fn run_away_and_build(&self) -> Result<PathBuf> {
        self.change(CHANGE.1, RUNAWAY, "0.1.2")
    }

    fn change(&self, from: &str, to: &str, version: &str) -> Result<PathBuf> {
        let file = self.workspace.join("plugins").join(NAME).join(FILE);
        let source = fs::read_to_string(&file)?;
        ensure!(source.contains(from), "{FILE} no longer has the line `{from}`");
        fs::write(&file, source.replacen(from, to, 1))?;
        println!("  in plugins/{NAME}/{FILE}:\n    - {from}\n    + {to}");
        self.raise_version(version)?;
        let pack = self.workspace.join("pack");
        drop(fs::remove_dir_all(&pack));
        let mut build = run::plugdesk();
        // A target folder of its own, kept from demo to demo: in the shared one the changed component would take the
        // place of the shipped one, which bears the same name.
        build.env("CARGO_TARGET_DIR", run::target().join("demo-build"));
        build.args(["plugin", "build"]).arg(self.workspace.join("plugins").join(NAME)).arg("--out").arg(&pack);
        run::run(&mut build)?;
        Ok(pack)
    }

    /// Takes the pack's test vectors out: they state the numbers of the line before.
    pub fn drop_vectors(pack: &Path) -> Result<()> {
        Ok(fs::remove_dir_all(pack.join("vectors"))?)
    }

    /// The changed pack is another version, so that decisions tell the two apart.
    fn raise_version(&self, version: &str) -> Result<()> {
        let file = self.workspace.join("plugins").join(NAME).join("pack.toml");
        let manifest = fs::read_to_string(&file)?;
        let line = manifest.lines().find(|line| line.starts_with("version = ")).context("pack.toml has a version")?;
        fs::write(&file, manifest.replacen(line, &format!("version = \"{version}\""), 1))?;
        Ok(())
    }
}

/// Copies a folder without what was built in it.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("{} can't be read", from.display()))? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            if name != "target" {
                copy(&path, &to.join(name))?;
            }
        } else {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}
