//! `plugdesk verify`: whether records, indexes, counters, events and files agree.

use serde_json::{Value, json};

use super::text::{cell, plain};
use super::{Exit, Failure, Global, Output, connected};

/// Compare everything that is stored.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {}

impl Verify {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        connected(global, async |connection| {
            let found = connection.post("/v1/verify", &json!({})).await?;
            output.value(&found)?;
            let [records, entries, events, blobs] =
                ["records", "index_entries", "events", "blobs"].map(|name| cell(&found, name));
            output
                .say(format!("{records} records, {entries} index entries, {events} events, {blobs} files compared"))?;
            let problems = found.get("problems").and_then(Value::as_array).cloned().unwrap_or_default();
            if problems.is_empty() {
                return output.say("everything agrees");
            }
            for problem in &problems {
                output.say(format!("  {}", plain(problem)))?;
            }
            output.note("  help: restore a backup with `plugdesk restore FILE --replace`");
            Err(Failure::said(Exit::Refused))
        })
        .await
    }
}
