//! A company as a whole: its tree, everybody's tickets, the account.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use plugdesk_desk::{AccountView, TreeView};
use plugdesk_domain::{CompanyId, Ticket};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Path, Query, Visit};
use crate::page::{self, Page};
use crate::problem::Problem;
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(company_tickets)).routes(routes!(company_tree)).routes(routes!(company_account))
}

/// Which of a company's tickets.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Those of the nodes below too.
    subtree: Option<bool>,
    /// At most so many, 1 to 200; 50 when absent.
    limit: Option<usize>,
    /// Go on where the page before ended: its `next`.
    after: Option<String>,
}

/// Lists the tickets of a company node, whoever brought them, newest first.
#[utoipa::path(get, path = "/companies/{id}/tickets", tags = ["companies"],
    params(("id" = CompanyId, Path), Which), responses((status = 200, body = Page<Ticket>)))]
async fn company_tickets(
    State(server): State<Server>,
    Visit { desk, by, languages }: Visit,
    Path(id): Path<CompanyId>,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let page = page::request(which.limit, which.after.as_deref())?;
    let read = move || {
        let mut found = desk.company_tickets(&by, id, which.subtree.unwrap_or(false), &page)?;
        found.records = found.records.into_iter().map(|it| desk.ticket_told(it, &languages.0)).collect();
        Ok(found)
    };
    server.page(read).await
}

/// Shows the nodes above and below a company node.
#[utoipa::path(get, path = "/companies/{id}/tree", tags = ["companies"], params(("id" = CompanyId, Path)), responses(
    (status = 200, body = TreeView)))]
async fn company_tree(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<CompanyId>,
) -> Result<Json<TreeView>, Problem> {
    server.read(move || desk.company_tree(&by, id)).await.map(Json)
}

/// Shows a company with everything below it: who, as what, with which concerns; open and recent tickets by anyone; steps
/// tried; promises; contracts; who decides; what waits for a decision.
#[utoipa::path(get, path = "/companies/{id}/account", tags = ["companies"], params(("id" = CompanyId, Path)),
    responses((status = 200, body = AccountView)))]
async fn company_account(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<CompanyId>,
) -> Result<Json<AccountView>, Problem> {
    server.read(move || desk.company_account(&by, id)).await.map(Json)
}
