//! Running other programs: shown before they run, and named when they fail.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The workspace's folder.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The folder that cargo builds into.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The cargo that runs us.
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

/// The program `plugdesk` as the demo and the tests build it.
pub fn plugdesk() -> Command {
    let mut command = Command::new(target().join("debug").join("plugdesk"));
    command.current_dir(root());
    command
}

/// The command as a person would type it.
pub fn shown(command: &Command) -> String {
    let name = |word: &OsStr| Path::new(word).file_name().unwrap_or(word).to_string_lossy().into_owned();
    let mut line = name(command.get_program());
    let root = format!("{}/", root().display());
    for word in command.get_args().map(|word| word.to_string_lossy().replace(&root, "")) {
        line.push(' ');
        if word.is_empty() || word.contains([' ', '\'', '"', '{', '$']) {
            line.push_str(&format!("'{word}'"));
        } else {
            line.push_str(&word);
        }
    }
    line
}

/// Shows the command, runs it, and fails when it does.
pub fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", shown(command));
    finished(command)
}

/// Likewise, with nothing of ours on stdout beside the command's answer.
pub fn run_answering(command: &mut Command) -> Result<()> {
    eprintln!("$ {}", shown(command));
    finished(command)
}

fn finished(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("`{}` can't be started", shown(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

/// Likewise, with everything on stderr: stdout is for an answer.
pub fn run_aside(command: &mut Command) -> Result<()> {
    eprintln!("$ {}", shown(command));
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.with_context(|| format!("`{}` can't be started", shown(command)))?;
    eprint!("{}", String::from_utf8_lossy(&output.stdout));
    if !output.status.success() {
        bail!("`{}` failed ({})", shown(command), output.status);
    }
    Ok(())
}

/// What the command prints, if it succeeds.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .with_context(|| format!("`{}` can't be started", shown(command)))?;
    if !output.status.success() {
        bail!("`{}` failed ({}):\n{}", shown(command), output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether the command starts and succeeds; it prints nothing.
pub fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}
