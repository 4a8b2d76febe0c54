//! Proposals: what policies suggest and a person decides.

use axum::extract::State;
use axum::response::Response;
use plugdesk_desk::Acceptance;
use plugdesk_domain::{Proposal, ProposalId, ProposalState};
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
        .routes(routes!(proposal_list))
        .routes(routes!(proposal_view))
        .routes(routes!(proposal_accept))
        .routes(routes!(proposal_reject))
}

/// Which proposals.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// `open` (when nothing is given), `accepted`, `rejected`, `withdrawn`.
    state: Option<ProposalState>,
    /// Those about this contact or ticket, in any state.
    of: Option<String>,
    /// At most so many, 1 to 200; 50 when absent.
    limit: Option<usize>,
    /// Go on where the page before ended: its `next`.
    after: Option<String>,
}

/// Lists proposals, oldest first.
#[utoipa::path(get, path = "/proposals", tags = ["proposals"], params(Which), responses(
    (status = 200, body = Page<Proposal>)))]
async fn proposal_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let page = page::request(which.limit, which.after.as_deref())?;
    let read = move || desk.proposal_list(&by, which.of.as_deref(), which.state, &page);
    server.page(read).await
}

/// Shows a proposal.
#[utoipa::path(get, path = "/proposals/{id}", tags = ["proposals"], params(("id" = ProposalId, Path)), responses(
    (status = 200, body = Proposal)))]
async fn proposal_view(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<ProposalId>,
) -> Result<Response, Problem> {
    server.read(move || desk.proposal(&by, id)).await.map(respond::record)
}

/// Does what is proposed: merges the contacts, or sets the ticket's company.
#[utoipa::path(post, path = "/proposals/{id}/accept", tags = ["proposals", COMMAND],
    params(("id" = ProposalId, Path)), request_body = Acceptance, responses((status = 200, body = Written<Proposal>)))]
async fn proposal_accept(Path(id): Path<ProposalId>, command: Command<Acceptance>) -> Result<Response, Problem> {
    let Command { desk, by, how, body, languages, .. } = command;
    let done = respond::told(&desk, desk.proposal_accept(&by, id, body, &how).await?, &languages);
    Ok(respond::changed(&by, done, how.preview))
}

/// Leaves what is proposed undone; the same is not proposed again.
#[utoipa::path(post, path = "/proposals/{id}/reject", tags = ["proposals", COMMAND],
    params(("id" = ProposalId, Path)), responses((status = 200, body = Written<Proposal>)))]
async fn proposal_reject(Path(id): Path<ProposalId>, command: Bare) -> Result<Response, Problem> {
    let Bare { desk, by, how, languages, .. } = command;
    let done = respond::told(&desk, desk.proposal_reject(&by, id, &how).await?, &languages);
    Ok(respond::changed(&by, done, how.preview))
}
