//! `plugdesk policy`: list, on, off, shadow.

use serde_json::{Value, json};

use super::text::{cell, items, segment};
use super::{Failure, Global, Output, connected};

/// What can be done with policies.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Policy {
    /// List the policies and what they are bound to
    List,
    /// Let a policy's answers count
    On {
        /// The policy
        name: String,
    },
    /// Stop asking a policy, at once
    Off {
        /// The policy
        name: String,
    },
    /// Ask a policy and record its answers, without counting them
    Shadow {
        /// The policy
        name: String,
    },
}

impl Policy {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        let (name, mode) = match self {
            Self::List => return list(global, output).await,
            Self::On { name } => (name, "active"),
            Self::Off { name } => (name, "off"),
            Self::Shadow { name } => (name, "shadow"),
        };
        connected(global, async |connection| {
            let path = format!("/v1/policies/{}/mode", segment(name));
            let answer = connection.at_desk().await?.post(&path, &json!({ "mode": mode })).await?;
            output.value(&answer)?;
            let generation = answer.get("number").map(|number| format!(" (generation {number})")).unwrap_or_default();
            output.say(format!("{name} is {mode} from now on{generation}"))
        })
        .await
    }
}

async fn list(global: &Global, output: &Output) -> Result<(), Failure> {
    connected(global, async |connection| {
        let policies = connection.at_desk().await?.get("/v1/policies").await?;
        output.value(&policies)?;
        let rows = items(&policies).iter().flat_map(rows_of).collect();
        let head = ["policy", "question", "scope", "rank", "mode", "pack", "version", "state"];
        output.table(&head, rows, "no policy is bound; install a pack with `plugdesk pack install`")
    })
    .await
}

/// A row for each binding of a policy.
fn rows_of(policy: &Value) -> Vec<Vec<String>> {
    let row = |binding: &Value| {
        let [question, scope, rank, mode] = ["question", "scope", "rank", "mode"].map(|name| cell(binding, name));
        let [name, pack, version] = ["name", "pack", "pack_version"].map(|name| cell(policy, name));
        let state = match (mode.as_str(), cell(binding, "failing")) {
            ("off", _) => "not asked".to_owned(),
            ("shadow", class) if class.is_empty() => "answers, not counted".to_owned(),
            (_, class) if class.is_empty() => "answers".to_owned(),
            (_, class) => format!("{class}: {}", cell(binding, "message")),
        };
        vec![name, question, scope, rank, mode, pack, version, state]
    };
    policy.get("bindings").map(|bindings| items(bindings).iter().map(row).collect()).unwrap_or_default()
}
