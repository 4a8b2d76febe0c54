//! Generations: all bindings of a desk at one moment. Going back makes a new one.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use plugdesk_desk::GenerationDiff;
use plugdesk_domain::Generation;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Bare, Path, PathPair, Query, Visit};
use crate::openapi::GENERATION;
use crate::page::{Page, Paging};
use crate::problem::Problem;
use crate::respond::{self, Written};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(generation_list))
        .routes(routes!(generation_view))
        .routes(routes!(generation_diff))
        .routes(routes!(generation_rollback))
}

/// Lists generations, newest first; the first is in force.
#[utoipa::path(get, path = "/generations", tags = ["policies"], params(Paging), responses(
    (status = 200, body = Page<Generation>)))]
async fn generation_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Query(paging): Query<Paging>,
) -> Result<Response, Problem> {
    let page = paging.request()?;
    server.page(move || desk.generation_list(&by, &page)).await
}

/// Shows a generation.
#[utoipa::path(get, path = "/generations/{number}", tags = ["policies"], params(("number" = u64, Path)), responses(
    (status = 200, body = Generation)))]
async fn generation_view(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(number): Path<u64>,
) -> Result<Response, Problem> {
    server.read(move || desk.generation(&by, number)).await.map(respond::record)
}

/// Tells what distinguishes generation `other` from generation `number`: bindings added, removed, changed, with the
/// differences of their configurations. 0 stands for the desk before anything was bound.
#[utoipa::path(get, path = "/generations/{number}/diff/{other}", tags = ["policies"],
    params(("number" = u64, Path), ("other" = u64, Path)), responses((status = 200, body = GenerationDiff)))]
async fn generation_diff(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    PathPair(number, other): PathPair<u64, u64>,
) -> Result<Json<GenerationDiff>, Problem> {
    server.read(move || desk.generation_diff(&by, number, other)).await.map(Json)
}

/// Goes back: makes a generation with the bindings of an old one. If-Match names the one that must be in force.
#[utoipa::path(post, path = "/generations/{number}/rollback", tags = ["policies", GENERATION],
    params(("number" = u64, Path)), responses((status = 200, body = Written<Generation>)))]
async fn generation_rollback(Path(number): Path<u64>, bare: Bare) -> Result<Response, Problem> {
    let Bare { desk, by, how, .. } = bare;
    let done = desk.generation_rollback(&by, number, &how).await?;
    Ok(respond::changed(&by, done, how.preview))
}
