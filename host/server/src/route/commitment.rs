//! Commitments: what is owed, by one ticket and by all.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use plugdesk_desk::{NewCommitment, Owing, OwingFilter, Promise};
use plugdesk_domain::{CommitmentId, CommitmentState, CompanyId, Ticket, TicketId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Bare, Command, Path, PathPair, Query, Visit};
use crate::openapi::COMMAND;
use crate::page::{self, Page};
use crate::problem::{Code, Problem};
use crate::respond::{self, Written};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(commitment_list))
        .routes(routes!(commitment_of_ticket, commitment_make))
        .routes(routes!(commitment_meet))
        .routes(routes!(commitment_cancel))
}

/// Which commitments.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// `at-risk`, `breached` or `pending`.
    state: CommitmentState,
    /// Of tickets for this company node.
    company: Option<CompanyId>,
    /// At most so many tickets, 1 to 200; 50 when absent.
    limit: Option<usize>,
    /// Go on where the page before ended: its `next`.
    after: Option<String>,
}

/// Lists the tickets that owe something in a state: at risk and breached ones by due time, pending ones by when
/// something is to be done about their ticket next. A page may be shorter than its limit and still have a `next`.
#[utoipa::path(get, path = "/commitments", tags = ["tickets"], params(Which), responses(
    (status = 200, body = Page<Owing>)))]
async fn commitment_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let page = page::request(which.limit, which.after.as_deref())?;
    if !matches!(which.state, CommitmentState::Pending | CommitmentState::AtRisk | CommitmentState::Breached) {
        let rule = "`pending`, `at-risk` or `breached`; what is paused or ended stands on its ticket";
        return Err(Problem::parameter(Code::InvalidParameter, "state", rule));
    }
    let filter = OwingFilter { state: which.state, company: which.company };
    server.page(move || desk.owing_list(&by, &filter, &page)).await
}

/// Lists what a ticket owes and owed, oldest first, with what is left of each.
#[utoipa::path(get, path = "/tickets/{id}/commitments", tags = ["tickets"], params(("id" = TicketId, Path)),
    responses((status = 200, body = Page<Promise>)))]
async fn commitment_of_ticket(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<TicketId>,
) -> Result<Json<Page<Promise>>, Problem> {
    let items = server.read(move || desk.promises(&by, id)).await?;
    Ok(Json(Page { items, next: None }))
}

/// Promises something on a ticket, in a person's name. Policies and contracts leave it alone.
#[utoipa::path(post, path = "/tickets/{id}/commitments", tags = ["tickets", COMMAND], params(("id" = TicketId, Path)),
    request_body = NewCommitment, responses(
    (status = 200, body = Written<Ticket>, description = "A preview, nothing stored."),
    (status = 201, body = Written<Ticket>, description = "It is promised, and stands on the ticket.")))]
async fn commitment_make(Path(id): Path<TicketId>, command: Command<NewCommitment>) -> Result<Response, Problem> {
    let Command { desk, by, how, at, body, languages, .. } = command;
    let done = respond::told(&desk, desk.commitment_make(&by, id, body, &how).await?, &languages);
    Ok(respond::added(&by, done, how.preview, &at))
}

/// Says that a commitment was kept, now. One that was kept already stays as it is.
#[utoipa::path(post, path = "/tickets/{id}/commitments/{commitment}/meet", tags = ["tickets", COMMAND],
    params(("id" = TicketId, Path), ("commitment" = CommitmentId, Path)), responses(
    (status = 200, body = Written<Ticket>)))]
async fn commitment_meet(
    PathPair(ticket, id): PathPair<TicketId, CommitmentId>,
    command: Bare,
) -> Result<Response, Problem> {
    let Bare { desk, by, how, languages, .. } = command;
    let done = respond::told(&desk, desk.commitment_meet(&by, ticket, id, &how).await?, &languages);
    Ok(respond::changed(&by, done, how.preview))
}

/// Says that a commitment is no longer owed.
#[utoipa::path(post, path = "/tickets/{id}/commitments/{commitment}/cancel", tags = ["tickets", COMMAND],
    params(("id" = TicketId, Path), ("commitment" = CommitmentId, Path)), responses(
    (status = 200, body = Written<Ticket>)))]
async fn commitment_cancel(
    PathPair(ticket, id): PathPair<TicketId, CommitmentId>,
    command: Bare,
) -> Result<Response, Problem> {
    let Bare { desk, by, how, languages, .. } = command;
    let done = respond::told(&desk, desk.commitment_cancel(&by, ticket, id, &how).await?, &languages);
    Ok(respond::changed(&by, done, how.preview))
}
