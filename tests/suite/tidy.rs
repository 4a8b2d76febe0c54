//! What a machine can hold of the architecture and the house style: layering, front pages, file sizes, forbidden calls.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the workspace").to_owned()
}

/// Every file of the repository with one of these endings, relative to its root.
fn files(endings: &[&str]) -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder of the repository can be read").flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() && !name.starts_with('.') && name != "target" && name != "data" {
                walk(&path, found);
            } else if path.is_file() {
                found.push(path);
            }
        }
    }
    let root = root();
    let mut found = Vec::new();
    walk(&root, &mut found);
    found.retain(|path| endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)));
    found.iter().map(|path| path.strip_prefix(&root).expect("it was found below the root").to_owned()).collect()
}

fn read(path: &Path) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn none_of(what: &str, offenders: &[String]) {
    assert!(offenders.is_empty(), "{what}:\n  {}", offenders.join("\n  "));
}

/// The code of a file without its comments and its unit tests.
fn code(path: &Path) -> String {
    let text = read(path);
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn every_crate_knows_only_the_layers_below_it() {
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("host/domain", &[] as &[&str]),
        ("host/store", &["plugdesk-domain"]),
        ("host/sandbox", &["plugdesk-domain"]),
        ("host/desk", &["plugdesk-domain"]),
        ("host/server", &["plugdesk-domain", "plugdesk-desk"]),
        // The SDK for its rules of reading alone: a condition must hold in a policy for the rows it was learned from.
        ("host/fit", &["plugdesk-sdk"]),
        (
            "host/plugdesk",
            &[
                "plugdesk-domain",
                "plugdesk-store",
                "plugdesk-sandbox",
                "plugdesk-desk",
                "plugdesk-server",
                "plugdesk-fit",
            ],
        ),
        ("sdk/rust", &[]),
        ("plugins/segmentation", &["plugdesk-sdk"]),
        ("plugins/lead-qualification", &["plugdesk-sdk"]),
        ("plugins/contact-merging", &["plugdesk-sdk"]),
        ("plugins/escalation", &["plugdesk-sdk"]),
        ("plugins/risk-track", &["plugdesk-sdk"]),
        ("xtask", &[]),
    ]);
    // The engines' own libraries, and who may name them.
    let engines = [
        ("wasmtime", "host/sandbox"),
        ("sled", "host/store"),
        ("axum", "host/server host/plugdesk"),
        ("tokio", "host/server host/plugdesk"),
        ("wit-bindgen", "sdk/rust"),
    ];
    let mut offenders = Vec::new();
    for (folder, below) in allowed {
        let manifest = read(&Path::new(folder).join("Cargo.toml"));
        let dependencies = dependencies(&manifest);
        for name in dependencies.iter().filter(|name| name.starts_with("plugdesk")) {
            if !below.contains(&name.as_str()) {
                offenders.push(format!("{folder} depends on {name}"));
            }
        }
        for (library, owners) in engines {
            if dependencies.contains(library) && !owners.split(' ').any(|owner| owner == folder) {
                offenders.push(format!("{folder} depends on {library}, which belongs to {owners}"));
            }
        }
    }
    none_of("the layering is broken", &offenders);
}

/// The names in the `[dependencies]` of a manifest; tests may use what they like.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut inside = false;
    let mut names = BTreeSet::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line == "[dependencies]";
        } else if inside && let Some(end) = line.find(['.', ' ', '=']) {
            names.insert(line[..end].to_owned());
        }
    }
    names.remove("");
    names.remove("#");
    names
}

#[test]
fn versions_of_dependencies_stand_in_the_root_alone() {
    let mut offenders = Vec::new();
    for path in files(&["Cargo.toml"]).iter().filter(|path| path.parent() != Some(Path::new(""))) {
        let mut inside = false;
        for line in read(path).lines() {
            if line.starts_with('[') {
                inside = line.contains("dependencies");
            } else if inside && line.contains('=') && !line.contains("workspace = true") && !line.starts_with('#') {
                offenders.push(format!("{}: {line}", path.display()));
            }
        }
    }
    none_of("a dependency is not taken from the workspace", &offenders);
}

#[test]
fn every_file_opens_with_what_it_owns() {
    let bare =
        files(&[".rs"]).into_iter().filter(|path| !read(path).starts_with("//! ") && !path.ends_with("build.rs"));
    none_of("no front page (`//! …` on the first line)", &bare.map(|p| p.display().to_string()).collect::<Vec<_>>());
}

#[test]
fn a_file_owns_one_thing_and_fits_in_the_head() {
    const MOST_LINES: usize = 350;
    let long = files(&[".rs"]).into_iter().filter_map(|path| {
        let lines = read(&path).lines().count();
        (lines > MOST_LINES).then(|| format!("{}: {lines} lines, at most {MOST_LINES}", path.display()))
    });
    none_of("too long", &long.collect::<Vec<_>>());
}

#[test]
fn a_module_is_a_file_beside_its_folder() {
    let old: Vec<_> = files(&["mod.rs"]).iter().map(|path| path.display().to_string()).collect();
    none_of("mod.rs", &old.into_iter().filter(|path| path.ends_with("/mod.rs")).collect::<Vec<_>>());
}

#[test]
fn clocks_entropy_environment_and_tasks_have_one_door_each() {
    // What may be named where: everything else comes through a port or a parameter.
    let doors: &[(&str, &[&str])] = &[
        ("SystemTime::now", &["host/plugdesk/src/system.rs"]),
        (
            "std::env::var",
            &["host/plugdesk/src/bin", "host/plugdesk/src/cli", "host/plugdesk/src/guest", "host/plugdesk/build.rs"],
        ),
        ("tokio::spawn", &["host/server/src/serve", "host/plugdesk/src"]),
        // The second: the secret that seals the cache of compiled code, which no decision ever sees.
        ("getrandom::", &["host/plugdesk/src/system.rs", "host/sandbox/src/cache/files.rs"]),
        ("process::exit", &[]),
        ("panic!(", &[]),
        ("todo!(", &[]),
        ("unimplemented!(", &[]),
        ("unsafe ", &["host/sandbox/src/cache"]),
    ];
    let mut offenders = Vec::new();
    for path in
        files(&[".rs"]).iter().filter(|p| p.starts_with("host") && p.components().any(|c| c.as_os_str() == "src"))
    {
        let code = code(path);
        for (call, allowed) in doors {
            let door = allowed.iter().any(|door| path.to_string_lossy().starts_with(door));
            if !door && code.contains(call) {
                offenders.push(format!("{}: {call}", path.display()));
            }
        }
    }
    none_of("a call outside its door", &offenders);
}

#[test]
fn the_domain_does_no_io() {
    let io = ["std::fs", "std::net", "std::thread", "std::env", "std::process", "Instant::now"];
    let mut offenders = Vec::new();
    for path in files(&[".rs"]).iter().filter(|path| path.starts_with("host/domain")) {
        let code = code(path);
        offenders
            .extend(io.iter().filter(|call| code.contains(**call)).map(|call| format!("{}: {call}", path.display())));
    }
    none_of("the domain reaches out", &offenders);
}

#[test]
fn nothing_is_left_for_later_in_the_code() {
    let marks = ["TODO", "FIXME", "XXX", "HACK", "#[ignore"];
    let this = Path::new("tests/suite/tidy.rs");
    let mut offenders = Vec::new();
    for path in files(&[".rs", ".wit"]).iter().filter(|path| path.as_path() != this) {
        let text = read(path);
        offenders.extend(
            marks.iter().filter(|mark| text.contains(**mark)).map(|mark| format!("{}: {mark}", path.display())),
        );
    }
    none_of("unfinished", &offenders);
}

#[test]
fn no_toolchain_file_names_a_target() {
    let files = files(&["rust-toolchain.toml", "rust-toolchain"]);
    none_of(
        "with rustup's server out of reach not even `cargo --version` would run",
        &files.iter().map(|p| p.display().to_string()).collect::<Vec<_>>(),
    );
}

#[test]
fn the_readme_begins_with_two_commands() {
    let readme = read(Path::new("README.md"));
    for command in ["cargo xtask demo", "cargo xtask test"] {
        assert!(readme.contains(command), "README.md does not name `{command}`");
    }
}
