//! `plugdesk plugin test`: what installation would say, before anything is installed.

use std::path::Path;
use std::process::{Command, Stdio};

use plugdesk::guest;
use plugdesk_desk::pack::examine;
use plugdesk_domain::Limits;
use serde_json::{Value, json};

use crate::cli::archive::files;
use crate::cli::{Exit, Failure, Output};

/// Native tests, build, vectors: the first that fails ends it.
pub(super) fn run(plugin: &Path, out: Option<&Path>, native: bool, output: &Output) -> Result<(), Failure> {
    if native {
        native_tests(plugin, output)?;
    }
    let built = guest::build(plugin, out, super::words(output)).map_err(Failure::from)?;
    output.say(format!("built {}", built.component.display()))?;
    let examined = examine(&files(&built.pack)?, super::sandbox()?.as_ref(), &Limits::default())
        .map_err(|problems| refused(&problems))?;
    let mut ran = Vec::new();
    for plugin in &examined.plugins {
        ran.extend(plugin.vectors.iter().map(|(file, ran)| (plugin.entry.name.clone(), file.clone(), ran.clone())));
    }
    let vectors: Vec<Value> = ran
        .iter()
        .map(|(plugin, file, ran)| {
            json!({ "plugin": plugin, "file": file, "about": ran.about, "fuel": ran.fuel, "micros": ran.micros })
        })
        .collect();
    output.value(&json!({ "pack": built.pack, "component": built.component, "vectors": vectors }))?;
    let rows =
        ran.into_iter().map(|(_, file, ran)| vec![file, ran.fuel.to_string(), ran.micros.to_string(), ran.about]);
    output.table(&["vector", "fuel", "micros", "about"], rows.collect(), "the pack has no vectors")?;
    output.say(format!(
        "{} vectors passed; install it with `plugdesk pack install {}`",
        vectors.len(),
        built.pack.display()
    ))
}

/// The plugin's own tests, on this machine, without a sandbox. Cargo says what it does.
fn native_tests(plugin: &Path, output: &Output) -> Result<(), Failure> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.arg("test").current_dir(plugin).stdin(Stdio::null());
    if output.json() {
        // The answer is one JSON document; cargo's words go where remarks go.
        command.arg("--quiet").stdout(Stdio::null());
    }
    let status = command.status().map_err(|error| {
        Failure::new(Exit::NotFound, format!("cargo can't be started: {error}"))
            .with_help("install Rust: https://rustup.rs")
    })?;
    if status.success() { Ok(()) } else { Err(Failure::new(Exit::Refused, "the plugin's native tests fail")) }
}

pub(super) fn refused(problems: &[plugdesk_desk::PackProblem]) -> Failure {
    let mut text = "the pack is refused".to_owned();
    for it in problems {
        let told = it.problem.replace('\n', "\n    ");
        text.push_str(&format!("\n  {}: {told}", if it.file.is_empty() { "pack" } else { &it.file }));
    }
    let problem = serde_json::to_value(problems).unwrap_or_default();
    Failure { problem: Some(problem), ..Failure::new(Exit::Refused, text) }
}
