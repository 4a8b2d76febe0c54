//! `plugdesk audit`: who did what to the desk itself, to keys and to the process.

use serde_json::{Value, json};

use super::text::{cell, segment};
use super::{Failure, Global, Output, connected};

/// What can be asked of the audit.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Audit {
    /// List what was done, oldest first: set-up, packs, bindings, webhooks, imports, keys, and who took data out
    #[command(after_help = "Example:\n  plugdesk audit list --since 2026-11-01T00:00:00Z --by key_01j9…")]
    List {
        /// By that key, contact or name, as the list shows it
        #[arg(long, value_name = "WHO")]
        by: Option<String>,
        /// Not before
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
        /// What belongs to no single desk: desks, keys, backups; for operators
        #[arg(long)]
        process: bool,
        /// At most so many
        #[arg(long, default_value_t = 200, value_parser = super::count())]
        limit: u16,
    },
}

impl Audit {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        connected(global, async |connection| {
            let Self::List { by, since, process, limit } = self;
            let desk = if *process { connection.no_desk() } else { connection.at_desk().await? };
            let given = [("by", by), ("since", since)];
            let query = given.iter().filter_map(|(name, it)| Some(format!("{name}={}", segment(it.as_ref()?))));
            let query: Vec<String> = query.collect();
            let found = desk.pages(&format!("/v1/audit?{}", query.join("&")), usize::from(*limit)).await?;
            output.value(&json!({ "items": found }))?;
            let row = |it: &Value| {
                let by = cell(it, "by");
                let who = match cell(it, "label") {
                    label if label.is_empty() => by,
                    label => format!("{label} ({by})"),
                };
                vec![cell(it, "at"), cell(it, "name"), cell(it, "subject"), who, cell(it, "role")]
            };
            let head = ["when", "what", "of what", "who", "role"];
            output.table(&head, found.iter().map(row).collect(), "nothing was done")
        })
        .await
    }
}
