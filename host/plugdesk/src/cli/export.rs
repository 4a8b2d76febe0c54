//! `plugdesk export`: one desk's records and events as JSON lines.

use std::path::PathBuf;

use serde_json::json;

use super::stream::{each_piece, save};
use super::text::bytes;
use super::{Failure, Global, Output, connected};

/// Write a desk as JSON lines.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  plugdesk export > desk.jsonl\n  plugdesk export --out desk.jsonl")]
pub(crate) struct Export {
    /// The file to write; else the standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Export {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        connected(global, async |connection| {
            let answer = connection.at_desk().await?.stream("/v1/export").await?;
            let Some(file) = &self.out else {
                return each_piece(answer, |piece| output.bytes(piece)).await;
            };
            let size = save(answer, file).await?;
            output.value(&json!({ "file": file, "bytes": size }))?;
            output.say(format!("{} holds the desk ({})", file.display(), bytes(size)))
        })
        .await
    }
}
