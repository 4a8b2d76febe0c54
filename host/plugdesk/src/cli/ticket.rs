//! `plugdesk ticket`: list, show, actions, act, reply, note.

use clap::ValueEnum;
use serde_json::{Map, Value, json};

use super::connection::Desk;
use super::output::printable;
use super::text::{cell, items, plain, rows, segment};
use super::{Exit, Failure, Global, Output, connected};

/// What can be done with tickets.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Ticket {
    /// List tickets, what is due first
    #[command(after_help = "Examples:\n  plugdesk ticket list --assignee me\n  \
                            plugdesk ticket list --segment company --due-before 2026-11-22T18:00:00Z\n  \
                            plugdesk ticket list --kind lead --sort score\n  plugdesk ticket list --query 'boiler broken'")]
    List(List),
    /// Show a ticket: where it stands, what is owed, what was said, what was decided
    Show {
        /// Its id or its number
        ticket: String,
    },
    /// Tell what may be done with a ticket now, and why not
    Actions {
        /// Its id or its number
        ticket: String,
    },
    /// Do something with a ticket
    #[command(
        after_help = "Examples:\n  plugdesk ticket act 17 take\n  plugdesk ticket act 17 assign --to mia --summary 'a new valve is ordered'\n  \
                            plugdesk ticket act 17 snooze --until 2026-11-23T08:00:00Z\n  plugdesk ticket act 17 merge --into 12\n  \
                            plugdesk ticket act 17 escalate --note 'the customer threatens to leave'"
    )]
    Act(Act),
    /// Answer the customer
    Reply {
        /// Its id or its number
        ticket: String,
        /// What to say
        text: String,
    },
    /// Note something that the customer does not see
    Note {
        /// Its id or its number
        ticket: String,
        /// What to note
        text: String,
    },
}

/// Which tickets.
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    /// An agent's name, `me`, or `none`
    #[arg(long)]
    assignee: Option<String>,
    /// A team's name
    #[arg(long)]
    team: Option<String>,
    /// A category such as `waiting-customer`, or `open`: everything that is not ended
    #[arg(long)]
    status: Option<String>,
    /// A company's id
    #[arg(long)]
    company: Option<String>,
    /// A contact's id
    #[arg(long)]
    requester: Option<String>,
    /// A segment
    #[arg(long)]
    segment: Option<String>,
    /// A kind, such as `lead`
    #[arg(long)]
    kind: Option<String>,
    /// Due before that time
    #[arg(long, value_name = "TIME")]
    due_before: Option<String>,
    /// Words of the subject, an address, or `#number`
    #[arg(long, value_name = "WORDS")]
    query: Option<String>,
    /// `due`, `created`, `-created` or `score`
    #[arg(long, value_name = "ORDER", allow_hyphen_values = true)]
    sort: Option<String>,
    /// At most so many
    #[arg(long, default_value_t = 50, value_parser = super::count())]
    limit: u16,
}

/// What to do.
#[derive(Debug, clap::Args)]
pub(crate) struct Act {
    /// Its id or its number
    ticket: String,
    /// What
    action: Action,
    /// Of `assign`: the agent
    #[arg(long, value_name = "AGENT")]
    to: Option<String>,
    /// Of `assign`: the team
    #[arg(long)]
    team: Option<String>,
    /// Of `assign` and `take`: what the next one must know
    #[arg(long)]
    summary: Option<String>,
    /// Why, or what helped; kept on the ticket
    #[arg(long)]
    note: Option<String>,
    /// Of `resolve` and `reopen`: the desk's own word for where it stands then
    #[arg(long)]
    state: Option<String>,
    /// Of `snooze`: until when
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Of `merge`: the ticket that is to stand for both
    #[arg(long, value_name = "TICKET")]
    into: Option<String>,
    /// Say what would follow, and change nothing
    #[arg(long)]
    preview: bool,
}

/// What can be done with a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Action {
    /// Give it to a person or a team
    Assign,
    /// Take it oneself
    Take,
    /// It is answered
    Resolve,
    /// It came back
    Reopen,
    /// Put it off
    Snooze,
    /// End the putting off
    Wake,
    /// Ask for someone higher
    Escalate,
    /// Let another ticket stand for it
    Merge,
}

impl Ticket {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        connected(global, async |connection| {
            let desk = connection.at_desk().await?;
            match self {
                Self::List(it) => it.run(&desk, output).await,
                Self::Show { ticket } => show(&desk, ticket, output).await,
                Self::Actions { ticket } => {
                    let id = named(&desk, ticket).await?;
                    let answer = desk.get(&format!("/v1/tickets/{}/actions", segment(&id))).await?;
                    output.value(&answer)?;
                    let actions = answer.get("actions").cloned().unwrap_or_default();
                    let row = |it: &Value| {
                        let now = if cell(it, "allowed") == "true" { "may" } else { "may not" };
                        vec![cell(it, "action"), now.to_owned(), cell(it, "why_not"), cell(it, "requires")]
                    };
                    let rows = items(&actions).iter().map(row).collect();
                    output.table(&["action", "now", "why not", "needs"], rows, "nothing may be done")
                }
                Self::Act(it) => it.run(&desk, output).await,
                Self::Reply { ticket, text } => entry(&desk, ticket, "reply", text, output).await,
                Self::Note { ticket, text } => entry(&desk, ticket, "note", text, output).await,
            }
        })
        .await
    }
}

impl List {
    async fn run(&self, desk: &Desk<'_>, output: &Output) -> Result<(), Failure> {
        let filters = [
            ("assignee", &self.assignee),
            ("team", &self.team),
            ("status", &self.status),
            ("company", &self.company),
            ("requester", &self.requester),
            ("segment", &self.segment),
            ("kind", &self.kind),
            ("due_before", &self.due_before),
            ("q", &self.query),
            ("sort", &self.sort),
        ];
        let given = filters.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        let query: Vec<String> = given.map(|(name, value)| format!("{name}={}", segment(value))).collect();
        let path = if query.is_empty() { "/v1/tickets".to_owned() } else { format!("/v1/tickets?{}", query.join("&")) };
        let found = desk.pages(&path, usize::from(self.limit)).await?;
        output.value(&json!({ "items": found }))?;
        let head = ["number", "state", "priority", "kind", "segment", "assignee", "due", "subject"];
        output.table(&head, found.iter().map(row).collect(), "no such ticket")
    }
}

fn row(ticket: &Value) -> Vec<String> {
    let [number, state, priority, kind, segment, assignee, subject] =
        ["number", "state", "priority", "kind", "segment", "assignee", "subject"].map(|name| cell(ticket, name));
    let open = |it: &&Value| matches!(cell(it, "state").as_str(), "pending" | "at-risk" | "paused" | "breached");
    let owed = ticket.get("commitments").and_then(Value::as_array).into_iter().flatten();
    let due = owed.filter(open).filter(|it| it.get("met_at").is_none()).map(|it| cell(it, "due_at")).min();
    vec![number, state, priority, kind, segment, assignee, due.unwrap_or_default(), subject]
}

impl Act {
    async fn run(&self, desk: &Desk<'_>, output: &Output) -> Result<(), Failure> {
        let id = named(desk, &self.ticket).await?;
        let name = self.action.to_possible_value().map(|it| it.get_name().to_owned()).unwrap_or_default();
        let into = match &self.into {
            Some(ticket) => Some(named(desk, ticket).await?),
            None => None,
        };
        let fields = [
            ("assignee", &self.to),
            ("team", &self.team),
            ("summary", &self.summary),
            ("note", &self.note),
            ("state", &self.state),
            ("until", &self.until),
            ("into", &into),
        ];
        // What does not belong to the action is refused by its name, by the desk.
        let given = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?.into())));
        let body = Value::Object(given.collect::<Map<_, _>>());
        let preview = if self.preview { "?preview=true" } else { "" };
        let answer = desk.post(&format!("/v1/tickets/{}/actions/{name}{preview}", segment(&id)), &body).await?;
        output.value(&answer)?;
        let [number, state, assignee] = ["number", "state", "assignee"].map(|name| cell(&answer, name));
        let whose = if assignee.is_empty() { String::new() } else { format!(", {}'s", printable(&assignee)) };
        let would = if self.preview { "would be" } else { "is" };
        if number.is_empty() {
            return output.say(format!("{name}: done"));
        }
        output.say(format!("ticket {number} {would} {state}{whose}"))?;
        effects(&answer, output)
    }
}

/// What followed from the answers of policies.
fn effects(answer: &Value, output: &Output) -> Result<(), Failure> {
    let effects = answer.get("decision").and_then(|it| it.get("effects")).and_then(Value::as_array);
    for effect in effects.into_iter().flatten() {
        output.say(format!("  → {}", printable(&plain(effect))))?;
    }
    Ok(())
}

async fn entry(desk: &Desk<'_>, ticket: &str, kind: &str, text: &str, output: &Output) -> Result<(), Failure> {
    let id = named(desk, ticket).await?;
    let path = format!("/v1/tickets/{}/entries", segment(&id));
    let answer = desk.post(&path, &json!({ "kind": kind, "text": text })).await?;
    output.value(&answer)?;
    output.say(format!("{kind} {} is on the ticket", cell(&answer, "id")))?;
    effects(&answer, output)
}

async fn show(desk: &Desk<'_>, ticket: &str, output: &Output) -> Result<(), Failure> {
    let id = named(desk, ticket).await?;
    let path = format!("/v1/tickets/{}?include=contact,company,entries,decisions", segment(&id));
    let it = desk.get(&path).await?;
    output.value(&it)?;
    let [number, subject, state, category] = ["number", "subject", "state", "category"].map(|name| cell(&it, name));
    output.head(&format!("{number}  {}", printable(&subject)))?;
    output.say(format!("{id}, {state} ({category})"))?;
    for (word, path) in [
        ("kind", "kind"),
        ("priority", "priority"),
        ("segment", "segment"),
        ("track", "tracked.track"),
        ("grade", "qualified.grade"),
        ("from", "contact.name"),
        ("for", "company.name"),
        ("team", "team"),
        ("assignee", "assignee"),
        ("next", "next_action.what"),
        ("put off until", "snoozed_until"),
        ("stands for it", "merged_into"),
    ] {
        let value = cell(&it, path);
        if !value.is_empty() {
            output.say(format!("  {word}: {}", printable(&value)))?;
        }
    }
    let owed = it.get("commitments").cloned().unwrap_or_default();
    if !items(&owed).is_empty() {
        output.say("")?;
        let names = ["metric", "state", "due_at", "met_at", "source"];
        output.table(&["promised", "state", "due", "kept", "by"], rows(&owed, &names), "")?;
    }
    let said = it.get("entries").cloned().unwrap_or_default();
    for entry in items(&said) {
        let [at, kind, text] = ["at", "kind", "text"].map(|name| cell(entry, name));
        let author = entry.get("author").map(plain).unwrap_or_default();
        output.say(format!("\n{at}  {kind}, {}\n  {}", printable(&author), printable(&text).replace('\n', "\n  ")))?;
    }
    let decided = it.get("decisions").cloned().unwrap_or_default();
    if !items(&decided).is_empty() {
        output.say("")?;
        output.table(&["decision", "command", "effects"], rows(&decided, &["id", "command", "effects"]), "")?;
    }
    Ok(())
}

/// The id of a ticket that is named by its id or its number.
pub(super) async fn named(desk: &Desk<'_>, ticket: &str) -> Result<String, Failure> {
    let digits = ticket.strip_prefix('#').unwrap_or(ticket);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(ticket.to_owned());
    }
    let found = desk.get(&format!("/v1/tickets?number={digits}")).await?;
    let id = items(&found).first().map(|it| cell(it, "id"));
    id.ok_or_else(|| Failure::new(Exit::NotFound, format!("there is no ticket {digits}")))
}
