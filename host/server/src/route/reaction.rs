//! Reactions: what policies did because of events, and what came of it.

use axum::extract::State;
use axum::response::Response;
use plugdesk_domain::{Reaction, ReactionId, TicketId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Path, Query, Visit};
use crate::page::{self, Page, Paging};
use crate::problem::Problem;
use crate::respond;
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(reaction_list))
        .routes(routes!(reaction_view))
        .routes(routes!(ticket_reaction_list))
}

/// Which reactions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// To events about the record with this id.
    subject: Option<String>,
    /// At most so many, 1 to 200; 50 when absent.
    limit: Option<usize>,
    /// Go on where the page before ended: its `next`.
    after: Option<String>,
}

/// Lists what policies did because of events, newest first, each command with what came of it.
#[utoipa::path(get, path = "/reactions", tags = ["reactions"], params(Which), responses(
    (status = 200, body = Page<Reaction>)))]
async fn reaction_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let page = page::request(which.limit, which.after.as_deref())?;
    server.page(move || desk.reaction_list(&by, which.subject.as_deref(), &page)).await
}

/// Shows a reaction: its event, its decision, its commands and what came of each.
#[utoipa::path(get, path = "/reactions/{id}", tags = ["reactions"], params(("id" = ReactionId, Path)), responses(
    (status = 200, body = Reaction)))]
async fn reaction_view(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<ReactionId>,
) -> Result<Response, Problem> {
    server.read(move || desk.reaction(&by, id)).await.map(respond::record)
}

/// Lists what policies did because of events about a ticket, newest first.
#[utoipa::path(get, path = "/tickets/{id}/reactions", tags = ["tickets"], params(("id" = TicketId, Path), Paging),
    responses((status = 200, body = Page<Reaction>)))]
async fn ticket_reaction_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<TicketId>,
    Query(paging): Query<Paging>,
) -> Result<Response, Problem> {
    let page = paging.request()?;
    server.page(move || desk.ticket_reactions(&by, id, &page)).await
}
