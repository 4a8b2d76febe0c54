//! Merges by pointer, and undoing them.

use axum::extract::State;
use axum::response::Response;
use plugdesk_desk::{NewMerge, TicketMerge};
use plugdesk_domain::{Merge, MergeId, TicketId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Bare, Command, Path, Query, Visit};
use crate::openapi::COMMAND;
use crate::page::{self, Page};
use crate::problem::Problem;
use crate::respond::{self, Written};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(merge_list, merge_create))
        .routes(routes!(merge_view))
        .routes(routes!(merge_undo))
        .routes(routes!(ticket_merge))
}

/// Which merges.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Those of this contact, company or ticket: every one that it was ever the loser of, and those that stand into it.
    of: Option<String>,
    /// At most so many, 1 to 200; 50 when absent.
    limit: Option<usize>,
    /// Go on where the page before ended: its `next`.
    after: Option<String>,
}

/// Lists merges, undone ones too: of a record oldest first, otherwise newest first.
#[utoipa::path(get, path = "/merges", tags = ["merges"], params(Which), responses((status = 200, body = Page<Merge>)))]
async fn merge_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let page = page::request(which.limit, which.after.as_deref())?;
    server.page(move || desk.merge_list(&by, which.of.as_deref(), &page)).await
}

/// Lets one record point to another that stands for both; policies plan which values show, and may say no (409).
#[utoipa::path(post, path = "/merges", tags = ["merges", COMMAND], request_body = NewMerge, responses(
    (status = 200, body = Written<Merge>, description = "A preview, nothing stored."),
    (status = 201, body = Written<Merge>)))]
async fn merge_create(command: Command<NewMerge>) -> Result<Response, Problem> {
    let Command { desk, by, how, at, body, languages, .. } = command;
    let done = respond::told(&desk, desk.merge_create(&by, body, &how).await?, &languages);
    Ok(respond::created(&by, done, how.preview, &at))
}

/// Shows a merge.
#[utoipa::path(get, path = "/merges/{id}", tags = ["merges"], params(("id" = MergeId, Path)), responses(
    (status = 200, body = Merge)))]
async fn merge_view(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<MergeId>,
) -> Result<Response, Problem> {
    server.read(move || desk.merge(&by, id)).await.map(respond::record)
}

/// Undoes a merge exactly, in any order with others.
#[utoipa::path(post, path = "/merges/{id}/undo", tags = ["merges", COMMAND], params(("id" = MergeId, Path)),
    responses((status = 200, body = Written<Merge>)))]
async fn merge_undo(Path(id): Path<MergeId>, command: Bare) -> Result<Response, Problem> {
    let Bare { desk, by, how, languages, .. } = command;
    let done = respond::told(&desk, desk.merge_undo(&by, id, &how).await?, &languages);
    Ok(respond::changed(&by, done, how.preview))
}

/// Merges this ticket into another: its entries show there, its clocks rest. If-Match is of this ticket.
#[utoipa::path(post, path = "/tickets/{id}/actions/merge", tags = ["merges", COMMAND], params(("id" = TicketId, Path)),
    request_body = TicketMerge, responses(
        (status = 200, body = Written<Merge>, description = "A preview, nothing stored."),
        (status = 201, body = Written<Merge>)))]
async fn ticket_merge(Path(id): Path<TicketId>, command: Command<TicketMerge>) -> Result<Response, Problem> {
    let Command { desk, by, how, at, body, languages, .. } = command;
    let done = respond::told(&desk, desk.ticket_merge(&by, id, body, &how).await?, &languages);
    let prefix = at.rsplit_once("/tickets/").map_or("", |(prefix, _)| prefix);
    Ok(respond::created(&by, done, how.preview, &format!("{prefix}/merges")))
}
