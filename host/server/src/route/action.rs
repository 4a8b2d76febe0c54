//! What may be done with a ticket now, doing it, and who is at it.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use plugdesk_desk::{
    ActionsView, AssignTicket, Desk, Done, EscalateTicket, NewPresence, Present, ReopenTicket, ResolveTicket,
    SnoozeTicket, TakeTicket,
};
use plugdesk_domain::{Ticket, TicketId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Bare, Command, Languages, Path, Visit};
use crate::openapi::COMMAND;
use crate::page::Page;
use crate::problem::Problem;
use crate::respond::{self, Written};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(action_list))
        .routes(routes!(ticket_assign))
        .routes(routes!(ticket_take))
        .routes(routes!(ticket_resolve))
        .routes(routes!(ticket_reopen))
        .routes(routes!(ticket_snooze))
        .routes(routes!(ticket_wake))
        .routes(routes!(ticket_escalate))
        .routes(routes!(presence_update))
}

/// Lists what the caller may do with a ticket now, and why not; and who is at it.
#[utoipa::path(get, path = "/tickets/{id}/actions", tags = ["tickets"], params(("id" = TicketId, Path)), responses(
    (status = 200, body = ActionsView)))]
async fn action_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<TicketId>,
) -> Result<Json<ActionsView>, Problem> {
    server.read(move || desk.ticket_actions(&by, id)).await.map(Json)
}

fn told(desk: &Desk, done: Done<Ticket>, languages: &Languages) -> Done<Ticket> {
    let done = respond::told(desk, done, languages);
    Done { value: desk.ticket_told(done.value, &languages.0), ..done }
}

/// Gives a ticket to a person, a team, or both. From the second handoff on it takes a summary.
#[utoipa::path(post, path = "/tickets/{id}/actions/assign", tags = ["tickets", COMMAND],
    params(("id" = TicketId, Path)), request_body = AssignTicket, responses((status = 200, body = Written<Ticket>)))]
async fn ticket_assign(Path(id): Path<TicketId>, command: Command<AssignTicket>) -> Result<Response, Problem> {
    let Command { desk, by, how, body, languages, .. } = command;
    let done = told(&desk, desk.ticket_assign(&by, id, body, &how).await?, &languages);
    Ok(respond::changed(&by, done, how.preview))
}

/// Takes a ticket: it is the caller's, and a new one is open.
#[utoipa::path(post, path = "/tickets/{id}/actions/take", tags = ["tickets", COMMAND],
    params(("id" = TicketId, Path)), request_body = TakeTicket, responses((status = 200, body = Written<Ticket>)))]
async fn ticket_take(Path(id): Path<TicketId>, command: Command<TakeTicket>) -> Result<Response, Problem> {
    let Command { desk, by, how, body, languages, .. } = command;
    let done = told(&desk, desk.ticket_take(&by, id, body, &how).await?, &languages);
    Ok(respond::changed(&by, done, how.preview))
}

/// Resolves a ticket; one that nobody has becomes the caller's.
#[utoipa::path(post, path = "/tickets/{id}/actions/resolve", tags = ["tickets", COMMAND],
    params(("id" = TicketId, Path)), request_body = ResolveTicket, responses((status = 200, body = Written<Ticket>)))]
async fn ticket_resolve(Path(id): Path<TicketId>, command: Command<ResolveTicket>) -> Result<Response, Problem> {
    let Command { desk, by, how, body, languages, .. } = command;
    let done = told(&desk, desk.ticket_resolve(&by, id, body, &how).await?, &languages);
    Ok(respond::changed(&by, done, how.preview))
}

/// Opens a resolved or closed ticket again.
#[utoipa::path(post, path = "/tickets/{id}/actions/reopen", tags = ["tickets", COMMAND],
    params(("id" = TicketId, Path)), request_body = ReopenTicket, responses((status = 200, body = Written<Ticket>)))]
async fn ticket_reopen(Path(id): Path<TicketId>, command: Command<ReopenTicket>) -> Result<Response, Problem> {
    let Command { desk, by, how, body, languages, .. } = command;
    let done = told(&desk, desk.ticket_reopen(&by, id, body, &how).await?, &languages);
    Ok(respond::changed(&by, done, how.preview))
}

/// Puts a ticket off: it is on hold and opens by itself.
#[utoipa::path(post, path = "/tickets/{id}/actions/snooze", tags = ["tickets", COMMAND],
    params(("id" = TicketId, Path)), request_body = SnoozeTicket, responses((status = 200, body = Written<Ticket>)))]
async fn ticket_snooze(Path(id): Path<TicketId>, command: Command<SnoozeTicket>) -> Result<Response, Problem> {
    let Command { desk, by, how, body, languages, .. } = command;
    let done = told(&desk, desk.ticket_snooze(&by, id, body, &how).await?, &languages);
    Ok(respond::changed(&by, done, how.preview))
}

/// Opens a ticket that is put off.
#[utoipa::path(post, path = "/tickets/{id}/actions/wake", tags = ["tickets", COMMAND],
    params(("id" = TicketId, Path)), responses((status = 200, body = Written<Ticket>)))]
async fn ticket_wake(Path(id): Path<TicketId>, command: Bare) -> Result<Response, Problem> {
    let Bare { desk, by, how, languages, .. } = command;
    let done = told(&desk, desk.ticket_unsnooze(&by, id, &how).await?, &languages);
    Ok(respond::changed(&by, done, how.preview))
}

/// Asks for someone higher: the policies first; where they would not climb, by one level.
#[utoipa::path(post, path = "/tickets/{id}/actions/escalate", tags = ["tickets", COMMAND],
    params(("id" = TicketId, Path)), request_body = EscalateTicket, responses((status = 200, body = Written<Ticket>)))]
async fn ticket_escalate(Path(id): Path<TicketId>, command: Command<EscalateTicket>) -> Result<Response, Problem> {
    let Command { desk, by, how, body, languages, .. } = command;
    let done = told(&desk, desk.ticket_escalate(&by, id, body, &how).await?, &languages);
    Ok(respond::changed(&by, done, how.preview))
}

/// Says that the caller is at a ticket, for a minute; answers who is. Nothing is stored.
#[utoipa::path(put, path = "/tickets/{id}/presence", tags = ["tickets"], params(("id" = TicketId, Path)),
    request_body = NewPresence, responses((status = 200, body = Page<Present>)))]
async fn presence_update(
    State(server): State<Server>,
    Path(id): Path<TicketId>,
    command: Command<NewPresence>,
) -> Result<Json<Page<Present>>, Problem> {
    let Command { desk, by, body, .. } = command;
    let items = server.read(move || desk.presence_set(&by, id, body)).await?;
    Ok(Json(Page { items, next: None }))
}
