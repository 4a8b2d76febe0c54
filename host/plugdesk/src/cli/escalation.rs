//! `plugdesk escalation` and `plugdesk commitment`: what climbs, and what is owed.

use serde_json::{Value, json};

use super::output::printable;
use super::text::{cell, plain, rows, segment};
use super::ticket::named;
use super::{Failure, Global, Output, connected};

/// What can be done with escalations.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Escalation {
    /// List escalations
    List {
        /// `open`, `acknowledged` or `ended`
        #[arg(long)]
        state: Option<String>,
        /// Only of this ticket, by id or number
        #[arg(long)]
        ticket: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 50, value_parser = super::count())]
        limit: u16,
    },
    /// Show an escalation with its brief: facts, steps tried, promises
    Show {
        /// The escalation
        id: String,
    },
    /// Take it in hand: the ladder stops
    Ack {
        /// The escalation
        id: String,
    },
}

impl Escalation {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        connected(global, async |connection| {
            let desk = connection.at_desk().await?;
            match self {
                Self::List { state, ticket, limit } => {
                    let mut query: Vec<String> = state.iter().map(|it| format!("state={}", segment(it))).collect();
                    if let Some(ticket) = ticket {
                        query.push(format!("ticket={}", segment(&named(&desk, ticket).await?)));
                    }
                    let path = format!("/v1/escalations?{}", query.join("&"));
                    let found = desk.pages(path.trim_end_matches('?'), usize::from(*limit)).await?;
                    output.value(&json!({ "items": found }))?;
                    let row = |it: &Value| {
                        let [id, ticket, level, state, by] =
                            ["id", "ticket", "level", "state", "acknowledged_by"].map(|name| cell(it, name));
                        let steps = it.get("steps").and_then(Value::as_array);
                        let last = steps.and_then(|steps| steps.last()).cloned().unwrap_or_default();
                        vec![id, ticket, level, state, cell(&last, "cause"), cell(&last, "people"), by]
                    };
                    let head = ["escalation", "ticket", "level", "state", "because", "people", "taken by"];
                    output.table(&head, found.iter().map(row).collect(), "nothing is escalated")
                }
                Self::Show { id } => {
                    let it = desk.get(&format!("/v1/escalations/{}", segment(id))).await?;
                    output.value(&it)?;
                    let [id, ticket, level, state] = ["id", "ticket", "level", "state"].map(|name| cell(&it, name));
                    output.head(&format!("{id}: level {level}, {state}"))?;
                    output.say(format!("  of {ticket}"))?;
                    for step in it.get("steps").and_then(Value::as_array).into_iter().flatten() {
                        let [at, level, cause, people] =
                            ["at", "level", "cause", "people"].map(|name| cell(step, name));
                        output.say(format!("  {at}  level {level}, {cause}: {}", printable(&people)))?;
                        for reason in step.get("reasons").and_then(Value::as_array).into_iter().flatten() {
                            output.say(format!("    · {}", printable(&plain(reason))))?;
                        }
                    }
                    Ok(())
                }
                Self::Ack { id } => {
                    let path = format!("/v1/escalations/{}/acknowledge", segment(id));
                    let answer = desk.post(&path, &json!({})).await?;
                    output.value(&answer)?;
                    output.say(format!("{} is acknowledged; it climbs no further", cell(&answer, "id")))
                }
            }
        })
        .await
    }
}

/// What can be done with commitments.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Commitment {
    /// List the tickets that owe something (in an SLA: its targets)
    List {
        /// `pending`, `at-risk` or `breached`
        #[arg(long, default_value = "at-risk")]
        state: String,
        /// Only for this company
        #[arg(long, value_name = "ID")]
        company: Option<String>,
        /// At most so many tickets
        #[arg(long, default_value_t = 50, value_parser = super::count())]
        limit: u16,
    },
    /// List what a ticket owes and owed, with what is left
    Of {
        /// The ticket, by id or number
        ticket: String,
    },
}

impl Commitment {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        connected(global, async |connection| {
            let desk = connection.at_desk().await?;
            match self {
                Self::List { state, company, limit } => {
                    let company = company.as_ref().map(|id| format!("&company={}", segment(id))).unwrap_or_default();
                    let path = format!("/v1/commitments?state={}{company}", segment(state));
                    let found = desk.pages(&path, usize::from(*limit)).await?;
                    output.value(&json!({ "items": found }))?;
                    let owed = |ticket: &Value| {
                        let [number, subject] = ["number", "subject"].map(|name| cell(ticket, name));
                        let of = ticket.get("commitments").or_else(|| ticket.get("promises"));
                        let of = of.and_then(Value::as_array).cloned().unwrap_or_default();
                        let row = |it: &Value| {
                            let [metric, state, due] = ["metric", "state", "due_at"].map(|name| cell(it, name));
                            vec![number.clone(), metric, state, due, subject.clone()]
                        };
                        of.iter().map(row).collect::<Vec<_>>()
                    };
                    let head = ["ticket", "promised", "state", "due", "subject"];
                    output.table(&head, found.iter().flat_map(owed).collect(), "nothing is owed in that state")
                }
                Self::Of { ticket } => {
                    let id = named(&desk, ticket).await?;
                    let found = desk.get(&format!("/v1/tickets/{}/commitments", segment(&id))).await?;
                    output.value(&found)?;
                    let names = ["id", "metric", "state", "due_at", "met_at", "breached_at", "source"];
                    let head = ["commitment", "promised", "state", "due", "kept", "breached", "by"];
                    output.table(&head, rows(&found, &names), "nothing was promised")
                }
            }
        })
        .await
    }
}
