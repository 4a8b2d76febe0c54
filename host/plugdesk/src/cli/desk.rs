//! `plugdesk desk`: create, list, fill.

use std::path::PathBuf;

use http::Method;
use serde_json::json;

use super::stream::upload;
use super::text::{cell, rows};
use super::{Failure, Global, Output, connected};

/// What can be done with desks.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Desk {
    /// Make a desk: an isolated tenant with its own records, policies and keys
    #[command(
        after_help = "Example:\n  plugdesk desk create shop --title 'Shop' --time-zone Europe/Warsaw --locale pl"
    )]
    Create(NewDesk),
    /// List the desks
    List,
    /// Read what `export` wrote into a desk that holds nothing yet; all of it or nothing
    #[command(after_help = "Example:\n  plugdesk desk create copy && plugdesk --desk copy desk fill main.jsonl")]
    Fill {
        /// The export
        file: PathBuf,
    },
}

/// A desk to make; `init` makes its first one of the same.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct NewDesk {
    /// A short name: lower-case letters, digits, hyphens
    pub(crate) name: String,
    /// What people read; else the name
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// The language of reasons where nothing says otherwise (BCP 47)
    #[arg(long, default_value = "en")]
    pub(crate) locale: String,
    /// The time zone of its people (IANA)
    #[arg(long, default_value = "UTC")]
    pub(crate) time_zone: String,
}

impl NewDesk {
    /// The body of the request.
    pub(crate) fn body(&self) -> serde_json::Value {
        let title = self.title.as_ref().unwrap_or(&self.name);
        json!({ "name": self.name, "title": title, "locale": self.locale, "time_zone": self.time_zone })
    }
}

impl Desk {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        connected(global, async |connection| match self {
            Self::Create(new) => {
                let desk = connection.post("/v1/desks", &new.body()).await?;
                output.value(&desk)?;
                output.say(format!("desk {} is made; give it a key: plugdesk --desk {0} key create", new.name))
            }
            Self::List => {
                let desks = connection.get("/v1/desks").await?;
                output.value(&desks)?;
                let head = ["name", "title", "locale", "time zone", "id"];
                output.table(&head, rows(&desks, &["name", "title", "locale", "time_zone", "id"]), "no desk yet")
            }
            Self::Fill { file } => {
                let desk = connection.at_desk().await?;
                let filled = desk.upload(Method::PUT, "/v1/export", upload(file).await?, "application/jsonl").await?;
                output.value(&filled)?;
                output.say(format!("{} records from {}", cell(&filled, "records"), file.display()))
            }
        })
        .await
    }
}
