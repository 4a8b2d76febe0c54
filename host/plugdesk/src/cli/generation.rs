//! `plugdesk generation`: list, rollback.

use serde_json::json;

use super::text::{cell, items};
use super::{Failure, Global, Output, connected};

/// What can be done with generations.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Generation {
    /// List the generations, the newest first
    List,
    /// Bind again what an earlier generation bound; this makes a new one
    Rollback {
        /// The earlier generation's number
        number: u64,
    },
}

impl Generation {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        connected(global, async |connection| {
            let desk = connection.at_desk().await?;
            match self {
                Self::List => {
                    let answer = desk.get("/v1/generations").await?;
                    output.value(&answer)?;
                    let row = |item: &serde_json::Value| {
                        let count = item.get("bindings").and_then(|b| b.as_array()).map_or(0, Vec::len);
                        let [number, at, by, why] = ["number", "created_at", "by", "why"].map(|name| cell(item, name));
                        vec![number, at, by, count.to_string(), why]
                    };
                    let rows = items(&answer).iter().map(row).collect();
                    output.table(&["number", "made", "by", "bindings", "why"], rows, "no generation yet")
                }
                Self::Rollback { number } => {
                    let answer = desk.post(&format!("/v1/generations/{number}/rollback"), &json!({})).await?;
                    output.value(&answer)?;
                    let made = cell(&answer, "number");
                    output.say(format!("generation {made} binds again what generation {number} bound"))
                }
            }
        })
        .await
    }
}
