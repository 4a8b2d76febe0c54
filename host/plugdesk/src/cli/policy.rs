//! `plugdesk policy`: list, on, off, shadow, rollback.

use serde_json::{Value, json};

use super::connection::Desk;
use super::text::{cell, items, segment};
use super::{Exit, Failure, Global, Output, connected};

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
    /// Make one binding of a policy as it was before, and leave everything else; this makes a new generation
    #[command(
        after_help = "Examples:\n  plugdesk policy rollback risk-track\n  plugdesk policy rollback escalation --question promise --to 3\n\n\
                      `plugdesk generation diff 3 4` tells what changed in between."
    )]
    Rollback(Rollback),
}

/// Which binding goes back, and how far.
#[derive(Debug, clap::Args)]
pub(crate) struct Rollback {
    /// The policy
    name: String,
    /// The question it answers, where it answers several
    #[arg(long)]
    question: Option<String>,
    /// The binding's id, where the policy is bound to the question in several scopes
    #[arg(long, value_name = "ID")]
    binding: Option<String>,
    /// The generation to go back to; else the binding as it was before it was changed last
    #[arg(long, value_name = "NUMBER")]
    to: Option<u64>,
}

impl Policy {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        let (name, mode) = match self {
            Self::List => return list(global, output).await,
            Self::Rollback(it) => return it.run(global, output).await,
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

impl Rollback {
    async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        connected(global, async |connection| {
            let desk = connection.at_desk().await?;
            let binding = self.which(&desk).await?;
            let path = format!("/v1/bindings/{}/rollback", segment(&binding));
            let body = self.to.map_or_else(|| json!({}), |number| json!({ "to": number }));
            let answer = desk.post(&path, &body).await?;
            output.value(&answer)?;
            let [number, why] = ["number", "why"].map(|name| cell(&answer, name));
            output.say(format!("{}: {why}; generation {number} is in force", self.name))
        })
        .await
    }

    /// The one binding that is meant, of those in force and, if a generation is named, of those in it.
    async fn which(&self, desk: &Desk<'_>) -> Result<String, Failure> {
        if let Some(id) = &self.binding {
            return Ok(id.clone());
        }
        let mut known = items(&desk.get("/v1/bindings").await?).to_vec();
        if let Some(number) = self.to {
            let old = desk.get(&format!("/v1/generations/{number}")).await?;
            known.extend(old.get("bindings").map(|it| items(it).to_vec()).unwrap_or_default());
        }
        let mut found: Vec<(String, String)> = Vec::new();
        for it in &known {
            let [id, policy, question, scope] = ["id", "policy", "question", "scope"].map(|name| cell(it, name));
            let meant = policy == self.name && self.question.as_ref().is_none_or(|wanted| *wanted == question);
            if meant && found.iter().all(|(other, _)| *other != id) {
                found.push((id, format!("{question} in {scope}")));
            }
        }
        match found.as_slice() {
            [(only, _)] => Ok(only.clone()),
            [] => Err(Failure::new(Exit::NotFound, format!("no binding of the policy `{}` is in force", self.name))
                .with_help("name the generation that had it with --to; `plugdesk generation list` tells them")),
            many => {
                let listed: Vec<String> = many.iter().map(|(id, what)| format!("{id}: {what}")).collect();
                Err(Failure::new(Exit::Usage, format!("`{}` has {} bindings", self.name, many.len()))
                    .with_help(format!("say which with --question, or with --binding:\n{}", listed.join("\n"))))
            }
        }
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
