//! Which compiler can make WebAssembly here: one with the target installed, or one that can build its standard library.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Error;

/// The target of every Rust plugin: no WASI, so no import that a desk does not offer.
pub(super) const TARGET: &str = "wasm32-unknown-unknown";

/// What to do where nothing is found. The lines are meant to be copied.
const HELP: &str = "run one of these, then try again:
    rustup target add wasm32-unknown-unknown
    apt-get install rustc-web cargo-web rust-web-src lld    # Debian; builds the standard library from its source";

/// A compiler that can make plugins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toolchain {
    pub(super) cargo: PathBuf,
    pub(super) rustc: PathBuf,
    /// Where the compiler keeps its libraries.
    pub(super) sysroot: PathBuf,
    /// None: the target is installed. Otherwise the linker to use while the standard library is built from its source.
    pub(super) from_source: Option<PathBuf>,
}

impl fmt::Display for Toolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.from_source {
            None => write!(f, "{} with {TARGET} installed", self.rustc.display()),
            Some(linker) => write!(
                f,
                "{}, which builds the standard library from its source, linked by {}",
                self.rustc.display(),
                linker.display()
            ),
        }
    }
}

impl Toolchain {
    /// The first that works: what `rustc` means in the plugin's folder, then Debian's own. Installs and downloads
    /// nothing, so that an unreachable server can't hold it up.
    pub fn find(folder: &Path) -> Result<Self, Error> {
        let candidates = [("cargo", "rustc"), ("/usr/bin/cargo", "/usr/bin/rustc")];
        let compilers: Vec<Self> =
            candidates.iter().filter_map(|(cargo, rustc)| Self::candidate(folder, cargo, rustc)).collect();
        if let Some(ready) = compilers.iter().find(|compiler| compiler.has_target()) {
            return Ok(ready.clone());
        }
        let Some(compiler) = compilers.iter().find(|compiler| compiler.has_library_source()) else {
            return Err(Error::NoToolchain(HELP.to_owned()));
        };
        let linker = compilers.iter().find_map(|compiler| rust_lld(&compiler.sysroot)).or_else(wasm_ld);
        let Some(linker) = linker else {
            return Err(Error::NoToolchain(format!(
                "{} could build the standard library, but there is no linker for WebAssembly; run:\n    apt-get install lld",
                compiler.rustc.display()
            )));
        };
        Ok(Self { from_source: Some(linker), ..compiler.clone() })
    }

    fn candidate(folder: &Path, cargo: &str, rustc: &str) -> Option<Self> {
        let sysroot = PathBuf::from(ask(folder, rustc, &["--print", "sysroot"])?);
        ask(folder, cargo, &["--version"])?;
        Some(Self { cargo: cargo.into(), rustc: rustc.into(), sysroot, from_source: None })
    }

    /// Whether the target's standard library lies there: rustc names the folder even if it does not exist.
    fn has_target(&self) -> bool {
        let libraries = self.sysroot.join("lib/rustlib").join(TARGET).join("lib");
        names(&libraries).iter().any(|name| name.starts_with("libstd-") && name.ends_with(".rlib"))
    }

    fn has_library_source(&self) -> bool {
        self.sysroot.join("lib/rustlib/src/rust/library/std/Cargo.toml").exists()
    }

    /// The target directory that cargo uses for that folder.
    pub(super) fn target_folder(&self, folder: &Path) -> Result<PathBuf, Error> {
        let manifest = folder.join("Cargo.toml");
        let path = manifest.display().to_string();
        let answer = Command::new(&self.cargo)
            .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path", &path])
            .env("RUSTUP_AUTO_INSTALL", "0")
            .output()
            .map_err(Error::io(&self.cargo))?;
        let broken = |why: String| Error::NotAPlugin { path: manifest.clone(), why };
        if !answer.status.success() {
            return Err(broken(String::from_utf8_lossy(&answer.stderr).trim().to_owned()));
        }
        let told: serde_json::Value = serde_json::from_slice(&answer.stdout).map_err(|e| broken(e.to_string()))?;
        let target = told.get("target_directory").and_then(|v| v.as_str());
        target.map(PathBuf::from).ok_or_else(|| broken("cargo names no target directory".to_owned()))
    }
}

/// What a program prints, if it runs and is content. rustup's stand-ins answer only for what is installed.
fn ask(folder: &Path, program: &str, arguments: &[&str]) -> Option<String> {
    let answer = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("RUSTUP_AUTO_INSTALL", "0")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let said = String::from_utf8(answer.stdout).ok()?;
    answer.status.success().then(|| said.trim().to_owned())
}

/// The linker that comes with a compiler, or with another one that rustup installed beside it.
fn rust_lld(sysroot: &Path) -> Option<PathBuf> {
    let mut roots = vec![sysroot.to_owned()];
    if let Some(beside) = sysroot.parent().filter(|beside| beside.ends_with("toolchains")) {
        roots.extend(names(beside).iter().map(|name| beside.join(name)));
    }
    roots.iter().map(|root| root.join("lib/rustlib")).find_map(|rustlib| {
        let mut linkers = names(&rustlib).into_iter().map(|host| rustlib.join(host).join("bin/rust-lld"));
        linkers.find(|linker| linker.exists())
    })
}

/// The distribution's linker.
fn wasm_ld() -> Option<PathBuf> {
    let folder = Path::new("/usr/bin");
    let mut found: Vec<String> = names(folder).into_iter().filter(|name| name.starts_with("wasm-ld")).collect();
    found.sort();
    found.last().map(|name| folder.join(name))
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries.flatten().filter_map(|e| e.file_name().into_string().ok()).collect();
    names.sort();
    names
}
