//! `plugdesk proposal`, `merge` and `company`: what policies suggest, what stands for what, and how an account stands.

use clap::ValueEnum;
use serde_json::{Value, json};

use super::output::printable;
use super::text::{cell, items, plain, rows, segment};
use super::{Failure, Global, Output, connected};

/// What can be done with proposals.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Proposal {
    /// List what policies propose, the oldest first
    List {
        /// `open`, `accepted`, `rejected` or `withdrawn`; else the open ones
        #[arg(long)]
        state: Option<String>,
        /// Only about this contact or ticket, in any state
        #[arg(long, value_name = "ID")]
        of: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 50, value_parser = super::count())]
        limit: u16,
    },
    /// Do what is proposed
    #[command(after_help = "Example:\n  plugdesk proposal accept proposal_01j9… --option company_01j9…")]
    Accept {
        /// The proposal
        id: String,
        /// The option, where there are several
        #[arg(long, value_name = "ID")]
        option: Option<String>,
    },
    /// Leave it undone; the same is not proposed again
    Reject {
        /// The proposal
        id: String,
    },
}

impl Proposal {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        connected(global, async |connection| {
            let desk = connection.at_desk().await?;
            let (answer, done) = match self {
                Self::List { state, of, limit } => {
                    let given = [("state", state), ("of", of)];
                    let given = given.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
                    let query: Vec<String> = given.map(|(name, value)| format!("{name}={}", segment(value))).collect();
                    let path = format!("/v1/proposals?{}", query.join("&"));
                    let found = desk.pages(path.trim_end_matches('?'), usize::from(*limit)).await?;
                    output.value(&json!({ "items": found }))?;
                    let head = ["proposal", "kind", "about", "options", "state", "made"];
                    return output.table(&head, found.iter().map(proposed).collect(), "nothing is proposed");
                }
                Self::Accept { id, option } => {
                    let body = option.as_ref().map_or_else(|| json!({}), |option| json!({ "option": option }));
                    (desk.post(&format!("/v1/proposals/{}/accept", segment(id)), &body).await?, "accepted")
                }
                Self::Reject { id } => {
                    (desk.post(&format!("/v1/proposals/{}/reject", segment(id)), &json!({})).await?, "rejected")
                }
            };
            output.value(&answer)?;
            let outcome = cell(&answer, "outcome");
            let outcome = if outcome.is_empty() { outcome } else { format!(": {}", printable(&outcome)) };
            output.say(format!("{} is {done}{outcome}", cell(&answer, "id")))
        })
        .await
    }
}

fn proposed(it: &Value) -> Vec<String> {
    let options = it.get("options").cloned().unwrap_or_default();
    let option = |it: &Value| {
        let score = it.get("score").and_then(Value::as_f64).unwrap_or_default() / 100.0;
        format!("{} ({score:.0} %)", cell(it, "id"))
    };
    let options = items(&options).iter().map(option).collect::<Vec<_>>().join(", ");
    let [id, kind, subject, state, made] = ["id", "kind", "subject", "state", "created_at"].map(|name| cell(it, name));
    vec![id, kind, subject, options, state, made]
}

/// What can be done with merges.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Merge {
    /// Let one record stand for another; nothing is copied, and undoing is exact
    #[command(after_help = "Example:\n  plugdesk merge make contact contact_01j9…a contact_01j9…b")]
    Make {
        /// What they are
        kind: MergeKind,
        /// The record that is to stand for both
        winner: String,
        /// The record that is to point to it
        loser: String,
    },
    /// List merges, undone ones too
    List {
        /// Only of this contact, company or ticket
        #[arg(long, value_name = "ID")]
        of: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 50, value_parser = super::count())]
        limit: u16,
    },
    /// Undo a merge: everything is as if it had not been
    Undo {
        /// The merge
        id: String,
    },
}

/// What is merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MergeKind {
    /// Two records of one person
    Contact,
    /// Two records of one company
    Company,
    /// Two tickets of one matter
    Ticket,
}

impl Merge {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        connected(global, async |connection| {
            let desk = connection.at_desk().await?;
            match self {
                Self::Make { kind, winner, loser } => {
                    let kind = kind.to_possible_value().map(|it| it.get_name().to_owned()).unwrap_or_default();
                    let body = json!({ "kind": kind, "winner": winner, "loser": loser });
                    let answer = desk.post("/v1/merges", &body).await?;
                    output.value(&answer)?;
                    let id = cell(&answer, "id");
                    output.say(format!("{winner} stands for {loser}; take it back with `plugdesk merge undo {id}`"))
                }
                Self::List { of, limit } => {
                    let filter = of.as_ref().map(|id| format!("?of={}", segment(id))).unwrap_or_default();
                    let found = desk.pages(&format!("/v1/merges{filter}"), usize::from(*limit)).await?;
                    let found = json!({ "items": found });
                    output.value(&found)?;
                    let names = ["id", "kind", "winner", "loser", "by", "created_at", "undone_at"];
                    let head = ["merge", "kind", "stands", "for", "by", "made", "undone"];
                    output.table(&head, rows(&found, &names), "nothing is merged")
                }
                Self::Undo { id } => {
                    let answer = desk.post(&format!("/v1/merges/{}/undo", segment(id)), &json!({})).await?;
                    output.value(&answer)?;
                    output.say(format!("{} stands for itself again", cell(&answer, "loser")))
                }
            }
        })
        .await
    }
}

/// What can be done with companies.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Company {
    /// Tell how an account stands: who, with which roles, what is open, what was tried and promised, who decides
    Account {
        /// The company's id
        id: String,
    },
}

impl Company {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        connected(global, async |connection| {
            let Self::Account { id } = self;
            let account = connection.at_desk().await?.get(&format!("/v1/companies/{}/account", segment(id))).await?;
            output.value(&account)?;
            for (name, value) in account.as_object().into_iter().flatten() {
                if value.as_array().is_some_and(Vec::is_empty) || value.is_null() {
                    continue;
                }
                output.head(&name.replace('_', " "))?;
                match value.as_array() {
                    Some(list) => {
                        for it in list {
                            output.say(format!("  {}", printable(&line(it))))?;
                        }
                    }
                    None => output.say(format!("  {}", printable(&line(value))))?,
                }
            }
            Ok(())
        })
        .await
    }
}

/// A record in a line: its plain values that are no ids and no versions.
fn line(value: &Value) -> String {
    let Some(fields) = value.as_object() else { return plain(value) };
    let told = fields.iter().filter(|(name, value)| {
        !matches!(name.as_str(), "id" | "version" | "created_at" | "updated_at")
            && !value.is_object()
            && !value.is_null()
    });
    told.map(|(name, value)| format!("{name} {}", plain(value))).collect::<Vec<_>>().join(", ")
}
