//! Links: reversible relations between tickets.

use axum::extract::State;
use axum::response::Response;
use plugdesk_desk::NewLink;
use plugdesk_domain::{Link, LinkId, TicketId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Bare, Command, Path, Query, Visit};
use crate::openapi::COMMAND;
use crate::page::{Page, Paging};
use crate::problem::Problem;
use crate::respond::{self, Written};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(link_create)).routes(routes!(link_view, link_remove)).routes(routes!(link_list))
}

/// Lists the links of a ticket in both directions, oldest first, those taken back too.
#[utoipa::path(get, path = "/tickets/{id}/links", tags = ["links"], params(("id" = TicketId, Path), Paging), responses(
    (status = 200, body = Page<Link>)))]
async fn link_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<TicketId>,
    Query(paging): Query<Paging>,
) -> Result<Response, Problem> {
    let page = paging.request()?;
    server.page(move || desk.link_list(&by, id, &page)).await
}

/// Links two tickets.
#[utoipa::path(post, path = "/links", tags = ["links", COMMAND], request_body = NewLink, responses(
    (status = 200, body = Written<Link>, description = "A preview, nothing stored."),
    (status = 201, body = Written<Link>)))]
async fn link_create(command: Command<NewLink>) -> Result<Response, Problem> {
    let Command { desk, by, how, at, body, languages, .. } = command;
    let done = respond::told(&desk, desk.link_create(&by, body, &how).await?, &languages);
    Ok(respond::created(&by, done, how.preview, &at))
}

/// Shows a link.
#[utoipa::path(get, path = "/links/{id}", tags = ["links"], params(("id" = LinkId, Path)), responses(
    (status = 200, body = Link)))]
async fn link_view(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<LinkId>,
) -> Result<Response, Problem> {
    server.read(move || desk.link(&by, id)).await.map(respond::record)
}

/// Takes a link back. It stays in the history, and no policy makes it again.
#[utoipa::path(delete, path = "/links/{id}", tags = ["links", COMMAND], params(("id" = LinkId, Path)), responses(
    (status = 200, body = Written<Link>)))]
async fn link_remove(Path(id): Path<LinkId>, command: Bare) -> Result<Response, Problem> {
    let Bare { desk, by, how, languages, .. } = command;
    let done = respond::told(&desk, desk.link_remove(&by, id, &how).await?, &languages);
    Ok(respond::changed(&by, done, how.preview))
}
