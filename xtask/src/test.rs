//! `cargo xtask test`: everything that CI asks. No root, no fixed port, no network beyond the registries.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::Result;
use clap::Args;

use crate::demo::Demo;
use crate::{bench, run, setup};

/// The shipped policies, built before the tests because the tests run the real components.
pub const PACKS: [&str; 5] = ["segmentation", "lead-qualification", "contact-merging", "escalation", "risk-track"];

/// Checks everything.
#[derive(Args)]
pub struct Test {
    /// Only the tests whose name contains this; skips format, lints and licences
    filter: Option<String>,
}

impl Test {
    /// Runs each step and says how long it took.
    pub fn run(&self) -> Result<()> {
        let quick = self.filter.is_some();
        if !quick {
            step("format", || run::run(run::cargo().args(["fmt", "--all", "--", "--check"])))?;
        }
        step("the toolchain for policies", setup::guest_toolchain)?;
        step("build", || {
            build()?;
            run::run(run::cargo().args(["build", "--package", "plugdesk", "--examples"]))
        })?;
        step("the shipped policies", packs)?;
        if !quick {
            let mut clippy = run::cargo();
            clippy.args(["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]);
            step("lints", || run::run(&mut clippy))?;
            step("embedding without the program", || {
                run::run(run::cargo().args(["check", "--package", "plugdesk", "--no-default-features"]))
            })?;
            step("licences and advisories", deny)?;
        }
        step("tests", || self.tests())?;
        if !quick {
            step("the promises, in short", bench::short)?;
            step("the demo's story", || Demo::for_test().run())?;
            step("examples in the documentation", || run::run(run::cargo().args(["test", "--workspace", "--doc"])))?;
        }
        Ok(())
    }

    fn tests(&self) -> Result<()> {
        let mut cargo = run::cargo();
        if run::succeeds(run::cargo().args(["nextest", "--version"])) {
            cargo.args(["nextest", "run", "--workspace", "--no-fail-fast"]);
        } else {
            cargo.args(["test", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"]);
        }
        cargo.args(&self.filter);
        run::run(&mut cargo)
    }
}

/// Builds the whole workspace once. The demo does the same with the same features, so neither compiles a dependency
/// for the other a second time.
pub fn build() -> Result<()> {
    run::run_answering(run::cargo().args(["build", "--workspace", "--bins", "--lib"]))
}

/// Builds the shipped policies into complete packs, with the program that the demo and the tests build.
pub fn packs() -> Result<()> {
    packs_with(&run::target().join("debug/plugdesk"))
}

/// Likewise, with that program.
pub fn packs_with(plugdesk: &Path) -> Result<()> {
    for name in PACKS {
        let mut build = Command::new(plugdesk);
        build.current_dir(run::root()).args(["plugin", "build"]).arg(format!("plugins/{name}"));
        build.arg("--out").arg(run::target().join("packs").join(name));
        run::run_aside(&mut build)?;
    }
    Ok(())
}

/// Advisories, licences and sources, where cargo-deny is installed.
fn deny() -> Result<()> {
    if !run::succeeds(run::cargo().args(["deny", "--version"])) {
        println!("  cargo-deny is not installed: left out (cargo install --locked cargo-deny)");
        return Ok(());
    }
    // Advisories need a database from a repository that a closed network does not reach.
    run::run(run::cargo().args(["deny", "--offline", "check", "bans", "licenses", "sources"]))
}

/// Names a step, runs it, says how long it took.
fn step(name: &str, run: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("\n== {name}");
    let begun = Instant::now();
    run()?;
    println!("== {name}: {:.1} s", begun.elapsed().as_secs_f64());
    Ok(())
}
