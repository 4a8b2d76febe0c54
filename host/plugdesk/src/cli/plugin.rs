//! `plugdesk plugin`: new, build, test, check, run. These work on a plugin's folder, not on a desk.

mod check;
mod run;
mod test;

use std::path::PathBuf;

use plugdesk::guest;
use serde_json::json;

use super::text::bytes;
use super::{Exit, Failure, Global, Output};

/// What an author does.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Plugin {
    /// Write a plugin to begin with: sources, pack, vectors, texts
    #[command(after_help = "Example:\n  plugdesk plugin new good-lead && cd good-lead && plugdesk plugin test")]
    New {
        /// Its name: lower-case letters, digits, hyphens
        name: String,
        /// The question it answers
        #[arg(long, default_value = "qualify")]
        question: String,
        /// Where; else a folder of its name here
        #[arg(long, value_name = "FOLDER")]
        into: Option<PathBuf>,
    },
    /// Build a plugin's folder into a pack that can be installed
    Build {
        /// The plugin's folder
        #[arg(default_value = ".")]
        plugin: PathBuf,
        /// Where the pack goes; else `plugins/<name>` in the plugin's target folder
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
    },
    /// Run its native tests, build it, and run its vectors in the sandbox
    #[command(after_help = "Example:\n  plugdesk plugin test plugins/segmentation")]
    Test {
        /// The plugin's folder
        #[arg(default_value = ".")]
        plugin: PathBuf,
        /// Where the pack goes; else `plugins/<name>` in the plugin's target folder
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
        /// Only the vectors; the native tests are left out
        #[arg(long)]
        vectors_only: bool,
    },
    /// Say what a built pack answers, reads and uses, and what could be better
    #[command(after_help = "Example:\n  plugdesk plugin check target/plugins/good-lead")]
    Check(check::Check),
    /// Ask a plugin once and show its answer, its reasons and its fuel
    #[command(after_help = "Examples:\n  plugdesk plugin run target/plugins/good-lead vectors/a-good-lead.json\n  \
                            plugdesk plugin run good-lead.wasm inquiry.json --config config.json\n\n\
                            The file is a vector, or {\"question\": …, \"inquiry\": …}.")]
    Run(run::Run),
}

impl Plugin {
    pub(crate) fn run(&self, _global: &Global, output: &Output) -> Result<(), Failure> {
        match self {
            Self::New { name, question, into } => {
                let folder = into.clone().unwrap_or_else(|| PathBuf::from(name));
                guest::scaffold(name, question, &folder).map_err(Failure::from)?;
                output.value(&json!({ "plugin": name, "question": question, "folder": folder }))?;
                output.say(format!("{name} is in {}; try it:", folder.display()))?;
                output.say(format!("\n  cd {}\n  plugdesk plugin test\n", folder.display()))
            }
            Self::Build { plugin, out } => {
                let built = guest::build(plugin, out.as_deref(), words(output)).map_err(Failure::from)?;
                output.value(&json!({ "pack": built.pack, "component": built.component, "bytes": built.bytes }))?;
                output.say(format!("{} ({}); install it:", built.component.display(), bytes(built.bytes)))?;
                output.say(format!("\n  plugdesk pack install {}\n", built.pack.display()))
            }
            Self::Test { plugin, out, vectors_only } => test::run(plugin, out.as_deref(), !vectors_only, output),
            Self::Check(it) => it.run(output),
            Self::Run(it) => it.run(output),
        }
    }
}

/// Where the compiler's words go: people see its progress, machines get one JSON document.
fn words(output: &Output) -> guest::Words {
    if output.json() { guest::Words::Kept } else { guest::Words::Shown }
}

/// A sandbox for tools: nothing is cached, few instances are needed.
fn sandbox() -> Result<std::sync::Arc<plugdesk_sandbox::Sandbox>, Failure> {
    let options = plugdesk_sandbox::Options { pool: 2, ..Default::default() };
    plugdesk_sandbox::Sandbox::new(options).map_err(|error| Failure::new(Exit::Fault, error.to_string()))
}
