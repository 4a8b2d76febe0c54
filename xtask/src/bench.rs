//! `cargo xtask bench`: what the product does in a second, and what it holds while it does, in one run.
//!
//! Absolute figures move with the machine; the ratios within one run are what counts. `docs/promises.md` says which
//! promise each part is for.

mod show;

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::{Map, Value};

use crate::{run, setup, test};

/// What is measured where nothing is named. The first is measured by two examples, all others by `plugdesk-bench`.
const PARTS: [&str; 8] = [QUESTION, "create", "growth", "import", "cold-start", "rebuild", "swaps", "soak"];
const QUESTION: &str = "question";
/// What the tests run in short beside those: they measure nothing, but hold in seconds what the whole form holds.
const HELD: [&str; 2] = ["hostile", "mutate"];

/// Measures.
#[derive(Args)]
pub struct Bench {
    /// What to measure; nothing named: question, create, growth, import, cold-start, rebuild, swaps, soak.
    /// `plugdesk-bench --help` tells more of them
    part: Vec<String>,
    /// Print one JSON object instead of tables
    #[arg(long)]
    json: bool,
    /// Also kill and cut power: 100 SIGKILLs under load and 100 power cuts replayed from recorded system calls
    /// (needs strace)
    #[arg(long)]
    crash: bool,
    /// The short form, with the debug build: the same checks in seconds, figures that mean nothing
    #[arg(long)]
    short: bool,
    /// Seconds per row of the load; minutes of the soak
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

impl Bench {
    /// Builds what is not built, measures, shows.
    pub fn run(&self) -> Result<()> {
        setup::guest_toolchain()?;
        let built = self.build()?;
        test::packs_with(&built.join("plugdesk"))?;
        let named = self.part.iter().map(String::as_str).collect::<Vec<_>>();
        let mut parts = if named.is_empty() { PARTS.to_vec() } else { named };
        let mut report = Map::new();
        if parts.contains(&QUESTION) {
            parts.retain(|part| *part != QUESTION);
            report.insert(QUESTION.to_owned(), question(&built)?);
        }
        if !parts.is_empty() {
            let seconds = self.seconds.to_string();
            let more: &[&str] = if self.short { &["--short"] } else { &["--seconds", &seconds] };
            report.extend(measured(&built, &parts, more)?);
        }
        if self.crash {
            report.extend(self.crash(&built)?);
        }
        if self.json {
            println!("{}", Value::Object(report.clone()));
        } else {
            show::all(&report);
        }
        kept(&report)
    }

    /// The whole server killed and cut off, and in the long form the store alone too; the short forms are tests.
    fn crash(&self, built: &std::path::Path) -> Result<Map<String, Value>> {
        if self.short {
            return measured(built, &["crash"], &["--short"]);
        }
        let mut report = measured(built, &["crash"], &[])?;
        let mut store = run::cargo();
        store.args(["run", "--quiet", "--release", "--package", "plugdesk-store", "--example", "crash", "--"]);
        let store = json_of(store.args(["--kills", "100", "--cuts", "100", "--json"]))?;
        if let Some(Value::Object(crash)) = report.get_mut("crash") {
            crash.insert("store".to_owned(), store);
        }
        Ok(report)
    }

    /// Builds everything that is measured, in one command, so that no dependency is built twice. What stands is reused.
    fn build(&self) -> Result<PathBuf> {
        let mut build = run::cargo();
        build.args(["build", "--package", "plugdesk", "--package", "plugdesk-tests"]);
        build.args(["--package", "plugdesk-sandbox", "--package", "plugdesk-lead-qualification"]);
        build.args(["--bin", "plugdesk", "--bin", "plugdesk-bench"]);
        build.args(["--example", "question_bench", "--example", "native_bench"]);
        let profile = if self.short { "debug" } else { "release" };
        if !self.short {
            build.arg("--release");
        }
        // The report is what stdout is for.
        run::run_aside(&mut build)?;
        Ok(run::target().join(profile))
    }
}

/// The short form of every part and of what is held, with the debug build that the tests have: fails where a check fails.
pub fn short() -> Result<()> {
    let parts = [&PARTS[1..], &HELD].concat();
    kept(&measured(&run::target().join("debug"), &parts, &["--short"])?)
}

/// What `plugdesk-bench` measures.
fn measured(built: &std::path::Path, parts: &[&str], more: &[&str]) -> Result<Map<String, Value>> {
    let mut bench = Command::new(built.join("plugdesk-bench"));
    bench.args(parts).args(more).arg("--plugdesk").arg(built.join("plugdesk"));
    for name in test::PACKS {
        bench.arg("--pack").arg(run::target().join("packs").join(name));
    }
    match json_of(&mut bench)? {
        Value::Object(fields) => Ok(fields),
        other => anyhow::bail!("it measured {other}"),
    }
}

/// The lead-qualification policy in a fresh and in a reused instance, and the same rule natively. Both are shown the same
/// lead, so both must come to the same score.
fn question(built: &std::path::Path) -> Result<Value> {
    let examples = built.join("examples");
    let mut sandboxed = Command::new(examples.join("question_bench"));
    sandboxed.arg("--component").arg(run::target().join("packs/lead-qualification/lead-qualification.wasm"));
    let mut report = json_of(sandboxed.arg("--json"))?;
    let native = json_of(Command::new(examples.join("native_bench")).arg("--json"))?;
    ensure!(
        report["score"].is_u64() && report["score"] == native["score"],
        "sandboxed the lead scores {}, natively {}: they are not asked the same",
        report["score"],
        native["score"]
    );
    report["native_ns"] = native["native_ns"].clone();
    Ok(report)
}

/// The last line that is a JSON object; a program that fails after it has something to tell all the same.
fn json_of(command: &mut Command) -> Result<Value> {
    eprintln!("$ {}", run::shown(command));
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.with_context(|| format!("`{}` can't be started", run::shown(command)))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().rfind(|line| line.starts_with('{'));
    let line = line.with_context(|| format!("`{}` told nothing ({})", run::shown(command), output.status))?;
    let told: Value = serde_json::from_str(line)?;
    let explained = output.status.success() || told.get("broken").is_some();
    ensure!(explained, "`{}` failed ({}): {line}", run::shown(command), output.status);
    Ok(told)
}

/// Fails with what did not hold.
fn kept(report: &Map<String, Value>) -> Result<()> {
    let broken = report.get("broken").and_then(Value::as_array).cloned().unwrap_or_default();
    let told: Vec<&str> = broken.iter().filter_map(Value::as_str).collect();
    ensure!(told.is_empty(), "what must be true is not:\n  {}", told.join("\n  "));
    Ok(())
}
