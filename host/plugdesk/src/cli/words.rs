//! `plugdesk agent`, `team`, `contract` and `definition`: what a desk goes by, from files and from words.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::file::document;
use super::text::{cell, rows, segment};
use super::{Failure, Global, Output, connected};

/// What can be done with agents.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Agent {
    /// List the agents
    List,
    /// Add an agent
    #[command(after_help = "Example:\n  plugdesk agent add mia --title 'Mia Lind' --teams lifts --roles team-lead")]
    Add {
        /// The name that `assignee` says
        name: String,
        /// What people read
        #[arg(long)]
        title: Option<String>,
        /// Where the person is written to
        #[arg(long)]
        email: Option<String>,
        /// The teams
        #[arg(long, value_delimiter = ',', value_name = "NAMES")]
        teams: Vec<String>,
        /// What escalation ladders call for, such as `vice-president`
        #[arg(long, value_delimiter = ',', value_name = "NAMES")]
        roles: Vec<String>,
    },
    /// Let tickets be given to an agent, or no more
    Set {
        /// The agent's id
        id: String,
        /// `on` or `off`
        #[arg(value_parser = ["on", "off"])]
        mode: String,
    },
}

impl Agent {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        match self {
            Self::List => {
                let columns = [
                    ("agent", "name"),
                    ("title", "title"),
                    ("teams", "teams"),
                    ("roles", "roles"),
                    ("active", "active"),
                    ("id", "id"),
                ];
                list(global, output, "/v1/agents", &columns).await
            }
            Self::Add { name, title, email, teams, roles } => {
                let mut body = json!({ "name": name, "teams": teams, "roles": roles });
                for (field, value) in [("title", title), ("email", email)] {
                    if let (Some(value), Some(body)) = (value, body.as_object_mut()) {
                        body.insert(field.to_owned(), value.as_str().into());
                    }
                }
                post(global, output, "/v1/agents", &body, name).await
            }
            Self::Set { id, mode } => {
                connected(global, async |connection| {
                    let desk = connection.at_desk().await?;
                    let body = json!({ "active": mode == "on" });
                    let answer = desk.patch(&format!("/v1/agents/{}", segment(id)), &body).await?;
                    output.value(&answer)?;
                    output.say(format!("{} is {mode}", cell(&answer, "name")))
                })
                .await
            }
        }
    }
}

/// What can be done with teams.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Team {
    /// List the teams
    List,
    /// Make a team, or replace it
    Set {
        /// Its name
        name: String,
        /// What people read
        #[arg(long)]
        title: Option<String>,
        /// Who leads it: an agent's name
        #[arg(long, value_name = "AGENT")]
        lead: Option<String>,
    },
}

impl Team {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        match self {
            Self::List => {
                list(global, output, "/v1/teams", &[("team", "name"), ("title", "title"), ("lead", "lead")]).await
            }
            Self::Set { name, title, lead } => {
                let given = [("title", title), ("lead", lead)];
                let given =
                    given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?.into())));
                let body = Value::Object(given.collect());
                put(global, output, &format!("/v1/teams/{}", segment(name)), &body, name).await
            }
        }
    }
}

/// What can be done with contracts.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Contract {
    /// List the contracts of a company
    List {
        /// The company's id
        company: String,
    },
    /// Add a contract
    Add {
        /// What it promises, in TOML or JSON: company, name, entitlements
        file: PathBuf,
    },
}

impl Contract {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        match self {
            Self::List { company } => {
                let columns = [("contract", "id"), ("name", "name"), ("from", "valid_from"), ("until", "valid_to")];
                list(global, output, &format!("/v1/contracts?company={}", segment(company)), &columns).await
            }
            Self::Add { file } => {
                let body = document(file)?;
                let name = cell(&body, "name");
                post(global, output, "/v1/contracts", &body, &name).await
            }
        }
    }
}

/// What can be done with definitions.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Definition {
    /// List the words of a desk: ticket kinds, states and segments
    List {
        /// `kind`, `state` or `segment`
        sort: String,
    },
    /// Define a word, or define it anew. From the first of a sort on, only defined ones are taken
    #[command(after_help = "Example:\n  plugdesk definition set segment company company.toml\n\ncompany.toml:\n  \
                            [[targets]]\n  metric = \"first-response\"\n  minutes = 240\n  calendar = \"office\"")]
    Set {
        /// `kind`, `state` or `segment`
        sort: String,
        /// The word
        name: String,
        /// What it means, in TOML or JSON; else nothing more than that there is the word
        file: Option<PathBuf>,
    },
    /// Take a definition away; tickets keep the word
    Remove {
        /// `kind`, `state` or `segment`
        sort: String,
        /// The word
        name: String,
    },
}

impl Definition {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        let at = |sort: &str, name: &str| format!("/v1/definitions/{}/{}", segment(sort), segment(name));
        match self {
            Self::List { sort } => {
                let columns = [
                    ("word", "name"),
                    ("title", "title"),
                    ("category", "category"),
                    ("next", "next"),
                    ("pack", "pack"),
                ];
                list(global, output, &format!("/v1/definitions?sort={}", segment(sort)), &columns).await
            }
            Self::Set { sort, name, file } => {
                let body = file.as_ref().map(|file| document(file)).transpose()?.unwrap_or_else(|| json!({}));
                put(global, output, &at(sort, name), &body, name).await
            }
            Self::Remove { sort, name } => remove(global, output, &at(sort, name), name).await,
        }
    }
}

/// A list, by heading and field. A desk's set-up is given whole.
pub(super) async fn list(
    global: &Global,
    output: &Output,
    path: &str,
    columns: &[(&str, &str)],
) -> Result<(), Failure> {
    connected(global, async |connection| {
        let found = connection.at_desk().await?.get(path).await?;
        output.value(&found)?;
        let (head, names): (Vec<&str>, Vec<&str>) = columns.iter().copied().unzip();
        output.table(&head, rows(&found, &names), "none is there yet")
    })
    .await
}

pub(super) async fn put(global: &Global, output: &Output, path: &str, body: &Value, name: &str) -> Result<(), Failure> {
    connected(global, async |connection| {
        let answer = connection.at_desk().await?.put(path, body).await?;
        output.value(&answer)?;
        output.say(format!("{name} is set"))
    })
    .await
}

async fn post(global: &Global, output: &Output, path: &str, body: &Value, name: &str) -> Result<(), Failure> {
    connected(global, async |connection| {
        let answer = connection.at_desk().await?.post(path, body).await?;
        output.value(&answer)?;
        output.say(format!("{name} is added ({})", cell(&answer, "id")))
    })
    .await
}

pub(super) async fn remove(global: &Global, output: &Output, path: &str, name: &str) -> Result<(), Failure> {
    connected(global, async |connection| {
        let answer = connection.at_desk().await?.delete(path).await?;
        output.value(&answer)?;
        output.say(format!("{name} is gone"))
    })
    .await
}
