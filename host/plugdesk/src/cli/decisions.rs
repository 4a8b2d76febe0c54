//! `plugdesk decisions`: list, show, vector.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::output::printable;
use super::text::{cell, plain, segment};
use super::{Exit, Failure, Global, Output, connected};

/// What can be done with decisions.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Decisions {
    /// List the newest decisions
    #[command(after_help = "Example:\n  plugdesk decisions list --subject ticket_01j9… --limit 10")]
    List {
        /// Only about this record
        #[arg(long, value_name = "ID")]
        subject: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
        limit: u16,
    },
    /// Show a decision with every opinion and its reasons
    Show {
        /// The decision
        id: String,
    },
    /// Write a decision's input and answer as a test vector for the plugin
    #[command(after_help = "Example:\n  plugdesk decisions vector decision_01j9… > vectors/a-real-case.json")]
    Vector {
        /// The decision
        id: String,
        /// The policy, where several were asked
        #[arg(long)]
        policy: Option<String>,
    },
}

impl Decisions {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        connected(global, async |connection| {
            let desk = connection.at_desk().await?;
            match self {
                Self::List { subject, limit } => {
                    let filter = subject.as_ref().map(|id| format!("?subject={}", segment(id))).unwrap_or_default();
                    let found = desk.pages(&format!("/v1/decisions{filter}"), usize::from(*limit)).await?;
                    output.value(&json!({ "items": found }))?;
                    let rows = found.iter().map(row).collect();
                    output.table(
                        &["decision", "when", "command", "subject", "outcome", "effects"],
                        rows,
                        "no decision yet",
                    )
                }
                Self::Show { id } => {
                    let decision = desk.get(&format!("/v1/decisions/{}", segment(id))).await?;
                    output.value(&decision)?;
                    show(&decision, output)
                }
                Self::Vector { id, policy } => {
                    let which = policy.as_ref().map(|name| format!("?policy={}", segment(name))).unwrap_or_default();
                    let path = format!("/v1/decisions/{}", segment(id));
                    match (desk.get(&format!("{path}/vector{which}")).await, policy) {
                        (Ok(vector), _) => output.raw(&format!("{vector:#}\n")),
                        (Err(failure), Some(policy)) if failure.exit == Exit::NotFound => {
                            Err(desk.get(&path).await.ok().and_then(|it| unasked(&it, policy)).unwrap_or(failure))
                        }
                        (Err(failure), _) => Err(failure),
                    }
                }
            }
        })
        .await
    }
}

fn row(decision: &Value) -> Vec<String> {
    ["id", "created_at", "command", "subject", "outcome", "effects"].map(|name| cell(decision, name)).into()
}

/// A decision as a person reads it.
fn show(decision: &Value, output: &Output) -> Result<(), Failure> {
    let [id, at, command, subject, by, generation, outcome] =
        ["id", "created_at", "command", "subject", "by", "generation", "outcome"].map(|name| cell(decision, name));
    output.head(&format!("{command} of {subject}: {outcome}"))?;
    output.say(format!("{id}, {at}, by {}, generation {generation}", printable(&by)))?;
    for effect in list(decision, "effects") {
        output.say(format!("  → {}", printable(&plain(effect))))?;
    }
    for asked in list(decision, "asked") {
        let degraded = if cell(asked, "degraded") == "true" { " (a failure rule was applied)" } else { "" };
        output.say("")?;
        output.head(&format!("{} of {}{degraded}", cell(asked, "question"), cell(asked, "about")))?;
        for opinion in list(asked, "opinions") {
            opinion_show(opinion, output)?;
        }
    }
    Ok(())
}

fn opinion_show(opinion: &Value, output: &Output) -> Result<(), Failure> {
    let [policy, version, outcome, message, fuel, micros] =
        ["policy", "pack_version", "outcome", "message", "fuel", "micros"].map(|name| cell(opinion, name));
    let shadow = if cell(opinion, "shadow") == "true" { ", in shadow" } else { "" };
    output.say(format!("  {policy} {version}: {outcome}{shadow} ({fuel} fuel, {micros} µs)"))?;
    if !message.is_empty() {
        output.say(format!("    {}", printable(&message)))?;
    }
    for (name, value) in opinion.get("answer").and_then(Value::as_object).into_iter().flatten() {
        // Facts and signals are shown with the subject; empty values say nothing.
        if matches!(name.as_str(), "facts" | "signals" | "reasons") || value.is_null() {
            continue;
        }
        output.say(format!("    {name}: {}", printable(&plain(value))))?;
    }
    for reason in list(opinion, "reasons") {
        let text = cell(reason, "text");
        let text = if text.is_empty() { cell(reason, "code") } else { text };
        output.say(format!("    · {}", printable(&text)))?;
    }
    Ok(())
}

/// Why there is no vector of that policy: it was not asked. None: it was.
fn unasked(decision: &Value, policy: &str) -> Option<Failure> {
    let opinions = list(decision, "asked").iter().flat_map(|asked| list(asked, "opinions"));
    let asked: BTreeSet<String> = opinions.map(|opinion| cell(opinion, "policy")).collect();
    if asked.contains(policy) {
        return None;
    }
    let failure = Failure::new(Exit::NotFound, format!("{} did not ask the policy `{policy}`", cell(decision, "id")));
    let asked = asked.into_iter().collect::<Vec<_>>().join(", ");
    Some(failure.with_help(if asked.is_empty() { "it asked none".to_owned() } else { format!("it asked {asked}") }))
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
