//! What every test needs: where the built program and the built packs are.

pub mod shelf;

use std::path::{Path, PathBuf};

/// The repository's folder.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The folder that this test was built into, such as `target/debug`.
pub fn built() -> PathBuf {
    let this = std::env::current_exe().expect("a running test has a path");
    let folder = this.ancestors().find(|folder| folder.ends_with("debug") || folder.ends_with("release"));
    folder.expect("cargo builds into debug or release").to_owned()
}

/// A program of the workspace, as `cargo xtask test` builds it before the tests.
pub fn program(name: &str) -> PathBuf {
    let path = built().join(name);
    assert!(path.exists(), "{} is not built; `cargo xtask test` builds it, and the tests after it", path.display());
    path
}

/// The folder of a shipped pack, complete with its component, likewise.
pub fn pack(name: &str) -> PathBuf {
    let path = built().parent().unwrap_or(Path::new("target")).join("packs").join(name);
    assert!(path.exists(), "{} is not built; `cargo xtask test` builds it, and the tests after it", path.display());
    path
}
