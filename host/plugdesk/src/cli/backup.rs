//! `plugdesk backup`: a consistent backup of every desk while work goes on.

use std::path::PathBuf;

use serde_json::json;

use super::stream::save;
use super::text::bytes;
use super::{Exit, Failure, Global, Output, connected};

/// Write a backup.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  plugdesk backup desk-2026-11-22.backup\n\n\
                        Never copy a running desk's folder instead: such a copy may not open.")]
pub(crate) struct Backup {
    /// The file to write; it must not exist
    file: PathBuf,
}

impl Backup {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        if self.file.exists() {
            return Err(Failure::new(Exit::Conflict, format!("{} exists already", self.file.display()))
                .with_help("give another name, or move the file away"));
        }
        connected(global, async |connection| {
            let size = save(connection.stream("/v1/backup").await?, &self.file).await?;
            output.value(&json!({ "file": self.file, "bytes": size }))?;
            output.say(format!("{} holds everything ({})", self.file.display(), bytes(size)))?;
            output.say(format!("try it: plugdesk restore {} --folder elsewhere", self.file.display()))
        })
        .await
    }
}
