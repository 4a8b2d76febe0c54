//! Tickets; a lead is a ticket of the kind `lead`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use plugdesk_desk::{
    Assigned, CompanyView, ContactView, Desk, Done, Error, NewTicket, PageRequest, Present, Sort, Status, TicketFilter,
    TicketPatch, TimelineItem,
};
use plugdesk_domain::{
    Category, CompanyId, ContactId, Decision, Entry, Findings, Instant, Principal, Ticket, TicketId,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Command, Languages, Path, Query, Visit, external};
use crate::limits::MOST_INCLUDED;
use crate::openapi::COMMAND;
use crate::page::{self, Page};
use crate::problem::{Code, Problem};
use crate::respond::{self, Written, etag};
use crate::seen::Seen;
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(ticket_list, ticket_create))
        .routes(routes!(ticket_view, ticket_update))
        .routes(routes!(timeline_list))
}

/// Which tickets. Everything that is given must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Of this kind; leads come best score first.
    kind: Option<String>,
    /// Of this contact, newest first.
    requester: Option<ContactId>,
    /// For this company node, newest first.
    company: Option<CompanyId>,
    /// `true`: for the nodes below the company too.
    subtree: Option<bool>,
    /// Whose: `me`, `none`, or an agent's name; what is due first comes first.
    assignee: Option<String>,
    /// Of this team, likewise.
    team: Option<String>,
    /// Where they stand: a category, or `open` for all that have not ended; likewise.
    status: Option<String>,
    /// Of this segment, likewise.
    segment: Option<String>,
    /// With something due before that time.
    due_before: Option<Instant>,
    /// What somebody types: words of the subject (the last may be a beginning), a number as `#123`, or the beginning of
    /// the requester's e-mail address or telephone number.
    q: Option<String>,
    /// `due`, `-created` (newest first), `created`, or `score` (of one kind).
    sort: Option<String>,
    /// The one with this number.
    number: Option<u64>,
    /// The one with this id in another system, as `system:id`.
    external: Option<String>,
    /// At most so many, 1 to 200; 50 when absent.
    limit: Option<usize>,
    /// Go on where the page before ended: its `next`.
    after: Option<String>,
}

impl Which {
    fn filter(self) -> Result<TicketFilter, Problem> {
        let wrong = |name, rule: &str| Problem::parameter(Code::InvalidParameter, name, rule);
        let status = |text: String| match text.as_str() {
            "open" => Ok(Status::Open),
            word => {
                let found = Category::ALL.iter().find(|it| it.name() == word);
                let names: Vec<_> = Category::ALL.iter().map(|it| it.name()).collect();
                let rule = format!("it is one of {}; `open` is all that have not ended", names.join(", "));
                found.map(|it| Status::In(*it)).ok_or_else(|| wrong("status", &rule))
            }
        };
        let sort = |text: String| match text.as_str() {
            "due" => Ok(Sort::Due),
            "-created" => Ok(Sort::Newest),
            "created" => Ok(Sort::Oldest),
            "score" => Ok(Sort::Score),
            _ => Err(wrong("sort", "it is `due`, `-created`, `created` or `score`")),
        };
        let assigned = |text: String| match text.as_str() {
            "me" => Assigned::Me,
            "none" => Assigned::Nobody,
            _ => Assigned::To(text),
        };
        Ok(TicketFilter {
            kind: self.kind,
            requester: self.requester,
            company: self.company,
            subtree: self.subtree.unwrap_or(false),
            assignee: self.assignee.map(assigned),
            team: self.team,
            status: self.status.map(status).transpose()?,
            segment: self.segment,
            due_before: self.due_before,
            q: self.q,
            number: self.number,
            external: self.external.as_deref().map(external).transpose()?,
            sort: self.sort.map(sort).transpose()?,
        })
    }
}

/// Lists tickets, a page at a time, by an index; in the order asked for, else: leads best score first, queues what is
/// due first, all others newest first. A page may be short and still have a next.
#[utoipa::path(get, path = "/tickets", tags = ["tickets"], params(Which), responses((status = 200, body = Page<Ticket>)))]
async fn ticket_list(
    State(server): State<Server>,
    Visit { desk, by, languages }: Visit,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let page = page::request(which.limit, which.after.as_deref())?;
    let filter = which.filter()?;
    let read = move || {
        let mut found = desk.ticket_list(&by, &filter, &page)?;
        found.records = found.records.into_iter().map(|it| desk.ticket_told(it.seen_by(&by), &languages.0)).collect();
        Ok(found)
    };
    server.page(read).await
}

/// Makes a ticket, with its person, company and entries, in one change; policies classify it, and qualify a lead.
#[utoipa::path(post, path = "/tickets", tags = ["tickets", COMMAND], request_body = NewTicket, responses(
    (status = 200, body = Written<Ticket>, description = "A preview, nothing stored."),
    (status = 201, body = Written<Ticket>)))]
async fn ticket_create(command: Command<NewTicket>) -> Result<Response, Problem> {
    let Command { desk, by, how, at, body, languages, .. } = command;
    let done = told(&desk, desk.ticket_create(&by, body, &how).await?, &languages);
    Ok(respond::created(&by, done, how.preview, &at))
}

/// A write's ticket and decision, said in the reader's language.
fn told(desk: &Desk, done: Done<Ticket>, languages: &Languages) -> Done<Ticket> {
    let done = respond::told(desk, done, languages);
    Done { value: desk.ticket_told(done.value, &languages.0), ..done }
}

/// What is shown along.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Along {
    /// Related records to show along, divided by commas: `contact`, `company`, `entries`, `decisions`, `findings`,
    /// `presence`. Of lists the first 50: the oldest entries, the newest decisions.
    include: Option<String>,
}

/// A ticket with what was asked for along.
#[derive(Debug, Serialize, ToSchema)]
struct TicketView {
    #[serde(flatten)]
    ticket: Ticket,
    /// The id that was asked for, when it points to this ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_from: Option<TicketId>,
    /// What `include` asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    included: Option<Included>,
}

/// Records related to a ticket.
#[derive(Debug, Default, Serialize, ToSchema)]
struct Included {
    /// Who brought it.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<ContactView>,
    /// The company it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    company: Option<CompanyView>,
    /// What was said or done, oldest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    entries: Option<Vec<Entry>>,
    /// What policies decided, newest first, with reasons in the reader's language.
    #[serde(skip_serializing_if = "Option::is_none")]
    decisions: Option<Vec<Decision>>,
    /// What policies found, by policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<Vec<Findings>>,
    /// Who is at the ticket now.
    #[serde(skip_serializing_if = "Option::is_none")]
    presence: Option<Vec<Present>>,
}

/// Shows a ticket.
#[utoipa::path(get, path = "/tickets/{id}", tags = ["tickets"], params(("id" = TicketId, Path), Along), responses(
    (status = 200, body = TicketView)))]
async fn ticket_view(
    State(server): State<Server>,
    Visit { desk, by, languages }: Visit,
    Path(id): Path<TicketId>,
    Query(along): Query<Along>,
) -> Result<Response, Problem> {
    let wanted = wanted(along.include.as_deref())?;
    let view = move || {
        let ticket = desk.ticket(&by, id)?;
        let included = wanted.map(|wanted| included(&desk, &by, &ticket, &wanted, &languages)).transpose()?;
        let merged_from = (ticket.id != id).then_some(id);
        Ok(TicketView { merged_from, ticket: desk.ticket_told(ticket.seen_by(&by), &languages.0), included })
    };
    let view = server.read(view).await?;
    Ok((etag(view.ticket.version), Json(view)).into_response())
}

/// The kinds of record that can be shown along.
const INCLUDES: &[&str] = &["contact", "company", "entries", "decisions", "findings", "presence"];

fn wanted(include: Option<&str>) -> Result<Option<Vec<String>>, Problem> {
    let Some(list) = include else { return Ok(None) };
    let names: Vec<_> = list.split(',').map(|name| name.trim().to_owned()).collect();
    match names.iter().find(|name| !INCLUDES.contains(&name.as_str())) {
        None => Ok(Some(names)),
        Some(_) => {
            let known = format!("it is a list of {}", INCLUDES.join(", "));
            Err(Problem::parameter(Code::InvalidParameter, "include", known))
        }
    }
}

fn included(
    desk: &Desk,
    by: &Principal,
    ticket: &Ticket,
    wanted: &[String],
    languages: &Languages,
) -> Result<Included, Error> {
    let wants = |name: &str| wanted.iter().any(|wanted| wanted == name);
    let first = PageRequest { limit: Some(MOST_INCLUDED), after: None };
    let mut included = Included::default();
    if wants("contact") {
        included.contact = ticket.requester.map(|id| desk.contact(by, id)).transpose()?.map(|it| it.seen_by(by));
    }
    if wants("company") {
        included.company = ticket.company.map(|id| desk.company(by, id)).transpose()?;
    }
    if wants("entries") {
        included.entries = Some(desk.entries(by, ticket.id, &first)?.records);
    }
    if wants("decisions") {
        let decisions = desk.decisions(by, Some(&ticket.id.to_string()), &first)?.records;
        included.decisions = Some(decisions.into_iter().map(|it| desk.decision_told(it, &languages.0)).collect());
    }
    if wants("findings") {
        included.findings = Some(desk.findings(by, &ticket.id.to_string())?);
    }
    if wants("presence") {
        included.presence = Some(desk.presence(by, ticket.id)?);
    }
    Ok(included)
}

/// Changes a ticket; fields that are absent stay. A lead is qualified again.
#[utoipa::path(patch, path = "/tickets/{id}", tags = ["tickets", COMMAND], params(("id" = TicketId, Path)),
    request_body = TicketPatch, responses((status = 200, body = Written<Ticket>)))]
async fn ticket_update(Path(id): Path<TicketId>, command: Command<TicketPatch>) -> Result<Response, Problem> {
    let Command { desk, by, how, body, languages, .. } = command;
    let done = told(&desk, desk.ticket_update(&by, id, body, &how).await?, &languages);
    Ok(respond::changed(&by, done, how.preview))
}

/// A ticket's story, oldest first: what was said and done, where it stood, what was promised, who was called, and what
/// policies decided, with reasons in the reader's `Accept-Language`.
#[utoipa::path(get, path = "/tickets/{id}/timeline", tags = ["tickets"],
    params(("id" = TicketId, Path), crate::page::Paging), responses((status = 200, body = Page<TimelineItem>)))]
async fn timeline_list(
    State(server): State<Server>,
    Visit { desk, by, languages }: Visit,
    Path(id): Path<TicketId>,
    Query(paging): Query<crate::page::Paging>,
) -> Result<Response, Problem> {
    let page = paging.request()?;
    let read = move || {
        let mut found = desk.timeline(&by, id, &page)?;
        for item in &mut found.records {
            item.decision = item.decision.take().map(|it| desk.decision_told(it, &languages.0));
        }
        Ok(found)
    };
    server.page(read).await
}
