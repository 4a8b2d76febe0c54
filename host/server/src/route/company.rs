//! Companies: nodes of a tree, each with its people.

mod account;

use axum::extract::State;
use axum::response::Response;
use plugdesk_desk::{CompanyPatch, CompanyView, NewCompany};
use plugdesk_domain::{Company, CompanyId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Command, Path, Query, Visit, external};
use crate::openapi::COMMAND;
use crate::page::{self, Page};
use crate::problem::Problem;
use crate::respond::{self, Written};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(company_list, company_create))
        .routes(routes!(company_view, company_update))
        .merge(account::routes())
}

/// Which companies.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// The one with this id in another system, as `system:id`.
    external: Option<String>,
    /// Those of this mail domain.
    domain: Option<String>,
    /// Those of this name, without regard to case.
    name: Option<String>,
    /// At most so many, 1 to 200; 50 when absent.
    limit: Option<usize>,
    /// Go on where the page before ended: its `next`.
    after: Option<String>,
}

/// Lists companies, newest first, a page at a time.
#[utoipa::path(get, path = "/companies", tags = ["companies"], params(Which), responses(
    (status = 200, body = Page<Company>)))]
async fn company_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let page = page::request(which.limit, which.after.as_deref())?;
    let Some((system, id)) = which.external.as_deref().map(external).transpose()? else {
        let (domain, name) = (which.domain, which.name);
        let read = move || desk.company_list(&by, domain.as_deref(), name.as_deref(), &page);
        return server.page(read).await;
    };
    Page::found(server.read(move || desk.company_by_external(&by, &system, &id)).await)
}

/// Makes a company node; policies classify it.
#[utoipa::path(post, path = "/companies", tags = ["companies", COMMAND], request_body = NewCompany, responses(
    (status = 200, body = Written<CompanyView>, description = "A preview, nothing stored."),
    (status = 201, body = Written<CompanyView>)))]
async fn company_create(command: Command<NewCompany>) -> Result<Response, Problem> {
    let Command { desk, by, how, at, body, languages, .. } = command;
    let done = respond::told(&desk, desk.company_create(&by, body, &how).await?, &languages);
    Ok(respond::created(&by, done, how.preview, &at))
}

/// Shows a company node.
#[utoipa::path(get, path = "/companies/{id}", tags = ["companies"], params(("id" = CompanyId, Path)), responses(
    (status = 200, body = CompanyView)))]
async fn company_view(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<CompanyId>,
) -> Result<Response, Problem> {
    server.read(move || desk.company(&by, id)).await.map(respond::record)
}

/// Changes a company node; fields that are absent stay. Policies classify it again.
#[utoipa::path(patch, path = "/companies/{id}", tags = ["companies", COMMAND], params(("id" = CompanyId, Path)),
    request_body = CompanyPatch, responses((status = 200, body = Written<CompanyView>)))]
async fn company_update(Path(id): Path<CompanyId>, command: Command<CompanyPatch>) -> Result<Response, Problem> {
    let Command { desk, by, how, body, languages, .. } = command;
    let done = respond::told(&desk, desk.company_update(&by, id, body, &how).await?, &languages);
    Ok(respond::changed(&by, done, how.preview))
}
