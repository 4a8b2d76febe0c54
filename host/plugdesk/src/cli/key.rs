//! `plugdesk key`: create, list, rotate, revoke.

use clap::ValueEnum;
use serde_json::{Value, json};

use super::text::{cell, rows, segment};
use super::webhook::{HOUR_MS, MOST_OVERLAP_HOURS};
use super::{Failure, Global, Output, connected};

/// What can be done with API keys.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Key {
    /// Make a key; its secret is shown once
    #[command(after_help = "Examples:\n  plugdesk key create --role agent --agent mia --label 'console'\n  \
                            plugdesk key create --role customer --contact contact_01j9…\n\n\
                            `plugdesk key rotate` replaces a key without a gap.")]
    Create(NewKey),
    /// List the keys of the desk; an operator who names none sees every key
    List,
    /// Make a key like this one, and let this one run out after a while; the new secret is shown once
    Rotate {
        /// Its id, as `key list` shows it
        id: String,
        /// How long the old key works on, in hours, at most 90 days; 0: not at all
        #[arg(long, default_value_t = 24, value_name = "HOURS",
              value_parser = clap::value_parser!(u64).range(..=MOST_OVERLAP_HOURS))]
        overlap: u64,
    },
    /// Refuse a key from now on
    Revoke {
        /// Its id, as `key list` shows it
        id: String,
    },
}

/// A key to make.
#[derive(Debug, clap::Args)]
pub(crate) struct NewKey {
    /// What it may do
    #[arg(long, value_enum, default_value = "admin")]
    role: Role,
    /// What it is for
    #[arg(long, default_value = "made on the command line")]
    label: String,
    /// The contact that a customer's key stands for
    #[arg(long, value_name = "CONTACT")]
    contact: Option<String>,
    /// The agent that an agent's key stands for, by name: whom `--assignee me` means. It opens nothing while the agent
    /// is not active
    #[arg(long, value_name = "AGENT")]
    agent: Option<String>,
    /// When it runs out, such as 2027-01-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    expires_at: Option<String>,
}

/// The roles that keys have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    /// The whole process: every desk, backups
    Operator,
    /// Everything within the desk
    Admin,
    /// Tickets, contacts, companies
    Agent,
    /// One customer's own tickets
    Customer,
    /// Packs and bindings; reads decisions
    Author,
    /// Reads everything, writes nothing
    Auditor,
}

impl NewKey {
    fn body(&self) -> Value {
        let role = self.role.to_possible_value().map(|value| value.get_name().to_owned());
        let mut body = json!({ "label": self.label, "role": role });
        for (name, value) in [("contact", &self.contact), ("agent", &self.agent), ("expires_at", &self.expires_at)] {
            if let Some(value) = value {
                body[name] = json!(value);
            }
        }
        body
    }
}

impl Key {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        connected(global, async |connection| match self {
            Self::Create(new) if new.role == Role::Operator => {
                made(&connection.post("/v1/keys", &new.body()).await?, output)
            }
            Self::Create(new) => made(&connection.at_desk().await?.post("/v1/keys", &new.body()).await?, output),
            Self::List => {
                let keys = connection.named_desk().get("/v1/keys").await?;
                output.value(&keys)?;
                let head = ["id", "role", "label", "begins with", "expires", "revoked"];
                let columns = ["id", "role", "label", "prefix", "expires_at", "revoked_at"];
                output.table(&head, rows(&keys, &columns), "no key yet")
            }
            Self::Rotate { id, overlap } => {
                let body = json!({ "overlap_ms": overlap.saturating_mul(HOUR_MS) });
                let desk = connection.named_desk();
                made(&desk.post(&format!("/v1/keys/{}/rotate", segment(id)), &body).await?, output)?;
                output.say(format!("The old key {id} works for {overlap} hours more."))
            }
            Self::Revoke { id } => {
                let key = connection.named_desk().delete(&format!("/v1/keys/{}", segment(id))).await?;
                output.value(&key)?;
                output.say(format!("{id} is refused from now on"))
            }
        })
        .await
    }
}

fn made(key: &Value, output: &Output) -> Result<(), Failure> {
    output.value(key)?;
    output.say(format!("key {} ({}):", cell(key, "key.id"), cell(key, "key.role")))?;
    output.say(format!("\n  {}\n\nIt is shown only now. Keep it safe.", cell(key, "secret")))
}
