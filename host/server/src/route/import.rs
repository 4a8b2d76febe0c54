//! Imports: leads, contacts and companies from a file, checked before anything is written.

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use plugdesk_desk::NewImport;
use plugdesk_domain::{Import, ImportId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Command, Path, Query, Visit};
use crate::limits::MOST_IMPORT_BYTES;
use crate::page::{Page, Paging};
use crate::problem::Problem;
use crate::respond;
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(import_list, import_create))
        .routes(routes!(import_view))
        .routes(routes!(import_file))
}

/// Lists imports, newest first.
#[utoipa::path(get, path = "/imports", tags = ["imports"], params(Paging), responses((status = 200, body = Page<Import>)))]
async fn import_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Query(paging): Query<Paging>,
) -> Result<Response, Problem> {
    let page = paging.request()?;
    server.page(move || desk.import_list(&by, &page)).await
}

/// Prepares an import: its name, format and mapping. Its file comes next.
#[utoipa::path(post, path = "/imports", tags = ["imports"], request_body = NewImport, responses(
    (status = 201, body = Import)))]
async fn import_create(command: Command<NewImport>) -> Result<Response, Problem> {
    let Command { desk, by, how, at, body, .. } = command;
    let done = desk.import_create(&by, body, how.idempotency.as_ref()).await?;
    Ok(respond::created(&by, done, false, &at))
}

/// Shows how far an import is, and which rows were refused and why.
#[utoipa::path(get, path = "/imports/{id}", tags = ["imports"], params(("id" = ImportId, Path)), responses(
    (status = 200, body = Import)))]
async fn import_view(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<ImportId>,
) -> Result<Response, Problem> {
    server.read(move || desk.import(&by, id)).await.map(respond::record)
}

/// Sends the file, at most 64 MiB; the import then runs on, and `GET` shows how far it is.
#[utoipa::path(put, path = "/imports/{id}/file", tags = ["imports"], params(("id" = ImportId, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "CSV or JSON lines."),
    responses((status = 202, body = Import)))]
async fn import_file(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<ImportId>,
    body: Body,
) -> Result<Response, Problem> {
    let _upload = server.upload()?;
    let read = async move |from| desk.import_file(&by, id, from).await.map_err(Problem::from);
    server.stream_to(body, MOST_IMPORT_BYTES, read).await.map(respond::accepted)
}
