//! Sources to a core module: one call of cargo, the same for every plugin, whatever its `Cargo.toml` says of profiles.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::toolchain::{TARGET, Toolchain};
use super::{Error, Words};

/// A policy is compiled small and fast, and a panic is a trap. In no manifest, so that a plugin can't forget it.
const PROFILE: [&str; 7] = [
    "profile.guest.inherits='release'",
    "profile.guest.debug=false",
    "profile.guest.lto=true",
    "profile.guest.codegen-units=1",
    "profile.guest.opt-level=3",
    "profile.guest.panic='abort'",
    "profile.guest.strip='debuginfo'",
];

/// 32 KiB of stack instead of 1 MiB: with data and heap it stays within the memory that the host keeps resident, which
/// makes an instance several times cheaper.
const STACK: &str = "-Clink-arg=-zstack-size=32768";

/// What would change the code from outside. `CARGO_ENCODED_RUSTFLAGS` is set anew, and wins over all the others.
const FOREIGN: [&str; 4] = ["RUSTFLAGS", "CARGO_BUILD_TARGET", "RUSTC_WORKSPACE_WRAPPER", "RUSTC"];

/// Compiles the library of the crate in `folder` and returns the core module.
pub(super) fn module(folder: &Path, toolchain: &Toolchain, target: &Path, words: Words) -> Result<Vec<u8>, Error> {
    let manifest = folder.join("Cargo.toml");
    let manifest = manifest.canonicalize().map_err(Error::io(&manifest))?;
    let mut cargo = Command::new(&toolchain.cargo);
    cargo
        .current_dir(folder)
        .args(["rustc", "--lib", "--crate-type", "cdylib", "--target", TARGET, "--profile", "guest"])
        .arg("--message-format=json-render-diagnostics")
        .arg("--manifest-path")
        .arg(&manifest)
        .arg("--target-dir")
        .arg(target.join("guest"))
        .env("RUSTUP_AUTO_INSTALL", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(match words {
            Words::Shown => Stdio::inherit(),
            Words::Kept => Stdio::piped(),
        });
    for setting in PROFILE {
        cargo.arg("--config").arg(setting);
    }
    for name in FOREIGN {
        cargo.env_remove(name);
    }
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags(toolchain, target));
    if let Some(linker) = &toolchain.from_source {
        // The compiler of a distribution is a stable one; building the standard library is its only unstable step.
        cargo
            .arg("-Zbuild-std=std,panic_abort")
            .env("RUSTC", &toolchain.rustc)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    }
    let answer = cargo.output().map_err(Error::io(&toolchain.cargo))?;
    if !answer.status.success() {
        return Err(Error::Compile { said: String::from_utf8_lossy(&answer.stderr).trim().to_owned() });
    }
    let file = artifact(&answer.stdout, &manifest)
        .ok_or_else(|| Error::Compile { said: "cargo made no WebAssembly of this crate's library".to_owned() })?;
    std::fs::read(&file).map_err(Error::io(&file))
}

/// Compiler flags for the target alone: the stack, and names instead of this machine's paths, so that the same sources
/// give the same bytes elsewhere and a panic's message does not tell where it was built.
fn flags(toolchain: &Toolchain, target: &Path) -> OsString {
    let mut flags = OsString::from(STACK);
    let mut remap = |from: &Path, to: &str| {
        flags.push("\x1f--remap-path-prefix=");
        flags.push(from);
        flags.push("=");
        flags.push(to);
    };
    if let Some(workspace) = target.parent() {
        remap(workspace, "plugin");
    }
    if let Some(home) = cargo_home() {
        remap(&home, "cargo");
    }
    remap(&toolchain.sysroot.join("lib/rustlib/src/rust"), "rust");
    flags
}

/// Cargo's own rule for where it keeps the sources of dependencies.
fn cargo_home() -> Option<PathBuf> {
    let set = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    set.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
}

/// The module among what cargo says it made.
fn artifact(told: &[u8], manifest: &Path) -> Option<PathBuf> {
    for line in told.split(|&b| b == b'\n') {
        let Ok(message) = serde_json::from_slice::<serde_json::Value>(line) else { continue };
        let made = message.get("reason").and_then(|v| v.as_str()) == Some("compiler-artifact");
        let ours =
            message.get("manifest_path").and_then(|v| v.as_str()).is_some_and(|path| Path::new(path) == manifest);
        if made && ours {
            let files = message.get("filenames").and_then(|v| v.as_array()).into_iter().flatten();
            let module = files.filter_map(|file| file.as_str()).find(|file| file.ends_with(".wasm"));
            if let Some(module) = module {
                return Some(module.into());
            }
        }
    }
    None
}
