//! `cargo xtask bench`: a question, creating tickets over HTTP, and the limit a durable write sets, in one run.
//!
//! Absolute figures move with the machine; the ratios within one run are what counts.

use anyhow::{Context, Result};
use clap::Args;
use serde_json::{Value, json};

use crate::{run, setup, test};

/// Measures.
#[derive(Args)]
pub struct Bench {
    /// Print one JSON object instead of tables
    #[arg(long)]
    json: bool,
    /// Also kill and cut power: 100 SIGKILLs under load and 100 power cuts replayed from recorded system calls
    /// (needs strace)
    #[arg(long)]
    crash: bool,
    /// Seconds per row of the load
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

impl Bench {
    pub fn run(&self) -> Result<()> {
        setup::guest_toolchain()?;
        test::build()?;
        test::packs()?;
        run::run(run::cargo().args([
            "build",
            "--release",
            "--package",
            "plugdesk",
            "--package",
            "plugdesk-tests",
            "--bins",
        ]))?;
        let mut report = json!({ "question": question()?, });
        let load = self.load()?;
        for part in ["create", "limit"] {
            report[part] = load[part].clone();
        }
        if self.crash {
            report["crash"] = crash()?;
        }
        if self.json {
            println!("{report}");
        } else {
            show(&report);
        }
        Ok(())
    }

    fn load(&self) -> Result<Value> {
        let release = run::target().join("release");
        let mut load = std::process::Command::new(release.join("plugdesk-bench"));
        load.arg("create").arg("--plugdesk").arg(release.join("plugdesk")).args(["--seconds", &self.seconds.to_string()]);
        for name in test::PACKS {
            load.arg("--pack").arg(run::target().join("packs").join(name));
        }
        json_of(&mut load)
    }
}

/// The lead-qualification policy in a fresh and in a reused instance, and the same rule natively.
fn question() -> Result<Value> {
    let mut sandboxed = run::cargo();
    sandboxed.args([
        "run",
        "--quiet",
        "--release",
        "--package",
        "plugdesk-sandbox",
        "--example",
        "question_bench",
        "--",
    ]);
    sandboxed
        .arg("--component")
        .arg(run::target().join("packs/lead-qualification/lead-qualification.wasm"))
        .arg("--json");
    let mut report = json_of(&mut sandboxed)?;
    let mut native = run::cargo();
    native.args([
        "run",
        "--quiet",
        "--release",
        "--package",
        "plugdesk-lead-qualification",
        "--example",
        "native_bench",
        "--",
        "--json",
    ]);
    report["native_ns"] = json_of(&mut native)?["native_ns"].clone();
    Ok(report)
}

/// Both long crash runs; the short forms are tests.
fn crash() -> Result<Value> {
    let mut crash = run::cargo();
    crash.args(["run", "--quiet", "--release", "--package", "plugdesk-store", "--example", "crash", "--"]);
    crash.args(["--kills", "100", "--cuts", "100", "--json"]);
    json_of(&mut crash)
}

fn json_of(command: &mut std::process::Command) -> Result<Value> {
    eprintln!("$ {}", run::shown(command));
    command.stderr(std::process::Stdio::inherit());
    let output = command.output().with_context(|| format!("`{}` can't be started", run::shown(command)))?;
    anyhow::ensure!(output.status.success(), "`{}` failed ({})", run::shown(command), output.status);
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().rfind(|line| line.starts_with('{')).context("it printed no JSON object")?;
    Ok(serde_json::from_str(line)?)
}

fn show(report: &Value) {
    let question = &report["question"];
    let micros = |name: &str| question[name].as_f64().unwrap_or(f64::NAN) / 1e3;
    println!("\none question (lead-qualification, 12 attributes, 5 entries, 5 digests, limits on; median)");
    println!("  natively           {:8.2} µs", micros("native_ns"));
    println!("  reused instance    {:8.2} µs", micros("reused_ns"));
    println!("  fresh instance     {:8.2} µs   fuel {}", micros("fresh_ns"), question["fuel"]);
    println!(
        "\ncreating a lead over HTTP, durable, five policies; and the limit: append the body to a file, same groups"
    );
    println!(
        "  connections   tickets/s   p50 ms   p99 ms   failed |   limit/s   p50 ms   p99 ms |  share of the limit"
    );
    let rows = |part: &str| report[part].as_array().cloned().unwrap_or_default();
    for (create, limit) in rows("create").iter().zip(rows("limit")) {
        let figure = |row: &Value, name: &str| row[name].as_f64().unwrap_or(f64::NAN);
        println!(
            "  {:>11}   {:9.0} {:8.2} {:8.2} {:8} | {:9.0} {:8.2} {:8.2} | {:8.2}",
            create["connections"],
            figure(create, "per_s"),
            figure(create, "p50_ms"),
            figure(create, "p99_ms"),
            create["failed"],
            figure(&limit, "per_s"),
            figure(&limit, "p50_ms"),
            figure(&limit, "p99_ms"),
            figure(create, "per_s") / figure(&limit, "per_s"),
        );
    }
    if let Some(crash) = report.get("crash") {
        println!("\ncrash: {crash}");
    }
}
