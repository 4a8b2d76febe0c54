//! `plugdesk webhook` and `plugdesk report`: what is told to others, and what is counted.

use serde_json::{Value, json};

use super::text::{cell, items, rows, segment};
use super::{Failure, Global, Output, connected};

/// An hour, in the API's milliseconds.
pub(super) const HOUR_MS: u64 = 3_600_000;
/// As long as the desk lets two keys overlap: 90 days.
pub(super) const MOST_OVERLAP_HOURS: u64 = 90 * 24;

/// What can be done with webhooks.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Webhook {
    /// Send events to an address; the secret that signs them is shown once (Standard Webhooks)
    #[command(
        after_help = "Example:\n  plugdesk webhook add https://crm.example/hooks --events ticket.created,commitment.breached"
    )]
    Add {
        /// Where to
        #[arg(value_name = "URL")]
        address: String,
        /// Their names, such as `ticket.*`; else every event
        #[arg(long, value_delimiter = ',', value_name = "NAMES")]
        events: Vec<String>,
        /// What it is for
        #[arg(long, default_value = "")]
        title: String,
    },
    /// List the webhooks
    List,
    /// Switch a webhook on again, or off
    Set {
        /// The webhook
        id: String,
        /// `on` or `off`
        #[arg(value_parser = ["on", "off"])]
        mode: String,
    },
    /// List what was and is to be sent, with the last attempt
    Deliveries {
        /// The webhook
        id: String,
        /// `pending`, `delivered` or `failed`
        #[arg(long)]
        state: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 50, value_parser = super::count())]
        limit: u16,
    },
    /// Send a delivery again
    Replay {
        /// The webhook
        id: String,
        /// The delivery
        delivery: String,
    },
    /// Replace the key that signs; for a while both sign, so that the receiver can be moved over
    Rotate {
        /// The webhook
        id: String,
        /// How long the old key signs too, in hours, at most 90 days; 0: not once more
        #[arg(long, default_value_t = 24, value_name = "HOURS",
              value_parser = clap::value_parser!(u64).range(..=MOST_OVERLAP_HOURS))]
        overlap: u64,
    },
    /// Send a test event
    Test {
        /// The webhook
        id: String,
    },
    /// Take a webhook away
    Remove {
        /// The webhook
        id: String,
    },
}

impl Webhook {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        connected(global, async |connection| {
            let desk = connection.at_desk().await?;
            let at = |id: &str| format!("/v1/webhooks/{}", segment(id));
            match self {
                Self::Add { address, events, title } => {
                    let body = json!({ "url": address, "events": events, "title": title });
                    let made = desk.post("/v1/webhooks", &body).await?;
                    output.value(&made)?;
                    output.say(format!("{} sends to {address}; its secret, shown only now:", cell(&made, "id")))?;
                    output.say(format!("\n  {}\n", cell(&made, "secret")))
                }
                Self::List => {
                    let found = desk.get("/v1/webhooks").await?;
                    output.value(&found)?;
                    let names = ["id", "url", "events", "active", "disabled", "title"];
                    let head = ["webhook", "address", "events", "active", "why not", "title"];
                    output.table(&head, rows(&found, &names), "no webhook yet")
                }
                Self::Set { id, mode } => {
                    let answer = desk.patch(&at(id), &json!({ "active": mode == "on" })).await?;
                    output.value(&answer)?;
                    output.say(format!("{id} is {mode}"))
                }
                Self::Deliveries { id, state, limit } => {
                    let state = state.as_ref().map(|it| format!("?state={}", segment(it))).unwrap_or_default();
                    let found = desk.pages(&format!("{}/deliveries{state}", at(id)), usize::from(*limit)).await?;
                    output.value(&json!({ "items": found }))?;
                    let row = |it: &Value| {
                        let [id, name, state, made] = ["id", "name", "state", "created_at"].map(|n| cell(it, n));
                        let attempts = it.get("attempts").cloned().unwrap_or_default();
                        let last = items(&attempts).last().cloned().unwrap_or_default();
                        let [status, error] = ["status", "error"].map(|name| cell(&last, name));
                        vec![id, name, state, items(&attempts).len().to_string(), status, error, made]
                    };
                    let head = ["delivery", "event", "state", "attempts", "status", "error", "made"];
                    output.table(&head, found.iter().map(row).collect(), "nothing was to be sent")
                }
                Self::Replay { id, delivery } => {
                    let path = format!("{}/deliveries/{}/replay", at(id), segment(delivery));
                    let answer = desk.post(&path, &json!({})).await?;
                    output.value(&answer)?;
                    output.say(format!("{delivery} is sent again"))
                }
                Self::Rotate { id, overlap } => {
                    let body = json!({ "overlap_ms": overlap.saturating_mul(HOUR_MS) });
                    let answer = desk.post(&format!("{}/rotate", at(id)), &body).await?;
                    output.value(&answer)?;
                    output.say(format!("{id} is signed by a new key; the old one signs too for {overlap} hours:"))?;
                    output.say(format!("\n  {}\n\nIt is shown only now.", cell(&answer, "secret")))
                }
                Self::Test { id } => {
                    let answer = desk.post(&format!("{}/test", at(id)), &json!({})).await?;
                    output.value(&answer)?;
                    output.say(format!("a test is sent; see `plugdesk webhook deliveries {id}`"))
                }
                Self::Remove { id } => {
                    let answer = desk.delete(&at(id)).await?;
                    output.value(&answer)?;
                    output.say(format!("{id} is gone"))
                }
            }
        })
        .await
    }
}

/// What can be done with reports.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Report {
    /// Show a report: `conversion` (leads by grade), `calibration` (leads by what was promised) or `commitments` (by segment)
    Show {
        /// Which
        name: String,
    },
}

impl Report {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        connected(global, async |connection| {
            let Self::Show { name } = self;
            let report = connection.at_desk().await?.get(&format!("/v1/reports/{}", segment(name))).await?;
            output.value(&report)?;
            let names = |field: &str| -> Vec<String> {
                let list = report.get(field).cloned().unwrap_or_default();
                items(&list).iter().map(super::text::plain).collect()
            };
            let (by, columns) = (names("by"), names("columns"));
            let list = report.get("rows").cloned().unwrap_or_default();
            let row = |it: &Value| {
                let of = by.iter().map(|name| cell(it, &format!("of.{name}")));
                of.chain(columns.iter().map(|name| cell(it, &format!("counts.{name}")))).collect()
            };
            let head: Vec<&str> = by.iter().chain(&columns).map(String::as_str).collect();
            output.table(&head, items(&list).iter().map(row).collect(), "nothing is counted yet")
        })
        .await
    }
}
