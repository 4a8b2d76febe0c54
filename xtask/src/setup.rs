//! What building a policy needs beyond Rust itself: a standard library for `wasm32-unknown-unknown`.
//!
//! Two ways, both tried: rustup's own target, or Debian's compiler, which builds the standard library from its source.
//! No `rust-toolchain.toml` names the target: with rustup's server out of reach not even `cargo --version` would run.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::run;

const TARGET: &str = "wasm32-unknown-unknown";
/// Compiler, cargo and the standard library's source, as Debian packages them for its browsers.
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// Whether the toolchain in use has the target's standard library.
fn rustup_target() -> bool {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]).env("RUSTUP_AUTO_INSTALL", "0");
    run::output(&mut rustc)
        .is_ok_and(|folder| Path::new(folder.trim()).join("self-contained").exists() || has_core(folder.trim()))
}

fn has_core(folder: &str) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name()).any(|name| name.to_string_lossy().starts_with("libcore-"))
}

/// Whether Debian's compiler and the source of its standard library are there.
fn debian_way() -> bool {
    let mut rustc = Command::new("/usr/bin/rustc");
    let sysroot = run::output(rustc.args(["--print", "sysroot"]));
    let source =
        sysroot.is_ok_and(|root| Path::new(root.trim()).join("lib/rustlib/src/rust/library/std/Cargo.toml").exists());
    source && Path::new("/usr/bin/cargo").exists()
}

/// Finds one of the two ways, or sets one up, or says the exact line.
pub fn guest_toolchain() -> Result<()> {
    if rustup_target() {
        eprintln!("  policies are built with rustup's target {TARGET}");
        return Ok(());
    }
    if debian_way() {
        eprintln!("  policies are built with Debian's compiler, which builds the standard library for {TARGET} itself");
        return Ok(());
    }
    eprintln!("  no standard library for {TARGET} yet; trying rustup");
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", TARGET]);
    eprintln!("$ {}", run::shown(&rustup));
    if run::succeeds(&mut rustup) && rustup_target() {
        return Ok(());
    }
    let may_install = std::env::var_os("PLUGDESK_SETUP_INSTALLS").is_none_or(|answer| answer != "no");
    if may_install && Path::new("/usr/bin/apt-get").exists() && is_root() {
        eprintln!("  rustup can't fetch it; installing Debian's packages");
        let mut install = apt();
        install.args(["install", "--yes", "--no-install-recommends"]).args(DEBIAN_PACKAGES);
        // The lists may be missing or old: refresh them, and let the installation itself say what is wrong.
        eprintln!("$ apt-get update");
        run::succeeds(apt().arg("update"));
        run::run_aside(&mut install)?;
        if debian_way() {
            return Ok(());
        }
    }
    bail!(
        "policies can't be built here. Run one of these two lines, then the same command again:\n  \
         rustup target add {TARGET}\n  \
         sudo apt-get install --yes {}",
        DEBIAN_PACKAGES.join(" ")
    )
}

fn apt() -> Command {
    let mut apt = Command::new("apt-get");
    apt.arg("--quiet").env("DEBIAN_FRONTEND", "noninteractive");
    apt
}

fn is_root() -> bool {
    run::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
