//! Memberships: who belongs to which company node, as what, since when.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use plugdesk_desk::NewMembership;
use plugdesk_domain::{CompanyId, Membership};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Command, Path, Query, Visit};
use crate::openapi::COMMAND;
use crate::page::{Page, Paging};
use crate::problem::Problem;
use crate::respond::{self, Written};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(membership_create)).routes(routes!(membership_list))
}

/// Lists who belongs to a company node, oldest first, those who left too.
#[utoipa::path(get, path = "/companies/{id}/memberships", tags = ["companies"],
    params(("id" = CompanyId, Path), Paging), responses((status = 200, body = Page<Membership>)))]
async fn membership_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<CompanyId>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Membership>>, Problem> {
    let page = paging.request()?;
    server.read(move || desk.membership_list(&by, Some(id), None, &page)).await.map(respond::page)
}

/// Ties a contact to a company node. A contact may have many.
#[utoipa::path(post, path = "/memberships", tags = ["companies", COMMAND], request_body = NewMembership, responses(
    (status = 200, body = Written<Membership>, description = "A preview, nothing stored."),
    (status = 201, body = Written<Membership>)))]
async fn membership_create(command: Command<NewMembership>) -> Result<Response, Problem> {
    let Command { desk, by, how, at, body, languages, .. } = command;
    let done = respond::told(&desk, desk.membership_create(&by, body, &how).await?, &languages);
    Ok(respond::created(&by, done, how.preview, &at))
}
