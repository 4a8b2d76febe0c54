//! Entries: what was said or done on a ticket.

use axum::extract::State;
use axum::response::Response;
use plugdesk_desk::NewEntry;
use plugdesk_domain::{Entry, EntryId, TicketId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Command, Path, PathPair, Query, Visit};
use crate::openapi::COMMAND;
use crate::page::{Page, Paging};
use crate::problem::Problem;
use crate::respond::{self, Written};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(entry_list, entry_create)).routes(routes!(entry_view))
}

/// Lists a ticket's entries, oldest first. Customers see replies and calls only.
#[utoipa::path(get, path = "/tickets/{id}/entries", tags = ["tickets"], params(("id" = TicketId, Path), Paging),
    responses((status = 200, body = Page<Entry>)))]
async fn entry_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<TicketId>,
    Query(paging): Query<Paging>,
) -> Result<Response, Problem> {
    let page = paging.request()?;
    server.page(move || desk.entries(&by, id, &page)).await
}

/// Shows an entry with its whole text; a list has only the beginning of one that is over 32 KiB.
#[utoipa::path(get, path = "/tickets/{id}/entries/{entry}", tags = ["tickets"],
    params(("id" = TicketId, Path), ("entry" = EntryId, Path)), responses((status = 200, body = Entry)))]
async fn entry_view(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    PathPair(ticket, id): PathPair<TicketId, EntryId>,
) -> Result<Response, Problem> {
    server.read(move || desk.entry(&by, ticket, id)).await.map(respond::record)
}

/// Adds an entry to a ticket. A lead is qualified again.
#[utoipa::path(post, path = "/tickets/{id}/entries", tags = ["tickets", COMMAND], params(("id" = TicketId, Path)),
    request_body = NewEntry, responses(
    (status = 200, body = Written<Entry>, description = "A preview, nothing stored."),
    (status = 201, body = Written<Entry>)))]
async fn entry_create(Path(id): Path<TicketId>, command: Command<NewEntry>) -> Result<Response, Problem> {
    let Command { desk, by, how, at, body, languages, .. } = command;
    let done = respond::told(&desk, desk.entry_add(&by, id, body, &how).await?, &languages);
    Ok(respond::created(&by, done, how.preview, &at))
}
