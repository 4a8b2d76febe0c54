//! Bindings: a policy bound to a question in a scope. Their ETag is the generation's number.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use plugdesk_desk::{BindingPatch, BindingView, NewBinding};
use plugdesk_domain::{BindingId, Generation};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Bare, Command, Path, Visit};
use crate::openapi::{GENERATION, OVERWRITES};
use crate::page::Page;
use crate::problem::{Code, Problem};
use crate::respond::{self, Written};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(binding_list, binding_create))
        .routes(routes!(binding_view, binding_update, binding_delete))
        .routes(routes!(binding_rollback))
}

/// Lists the bindings in force, with their configurations, by question, rank and id.
#[utoipa::path(get, path = "/bindings", tags = ["policies"], responses((status = 200, body = Page<BindingView>)))]
async fn binding_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
) -> Result<Json<Page<BindingView>>, Problem> {
    let items = server.read(move || desk.binding_list(&by)).await?;
    Ok(Json(Page { items, next: None }))
}

/// Binds a plugin of an installed pack. Makes a generation; If-Match names the one that must be in force.
#[utoipa::path(post, path = "/bindings", tags = ["policies", GENERATION], request_body = NewBinding, responses(
    (status = 200, body = Written<BindingView>, description = "A preview, nothing stored."),
    (status = 201, body = Written<BindingView>)))]
async fn binding_create(command: Command<NewBinding>) -> Result<Response, Problem> {
    let Command { desk, by, how, at, body, .. } = command;
    let done = desk.binding_create(&by, body, &how).await?;
    Ok(respond::created(&by, done, how.preview, &at))
}

/// Shows a binding of the generation in force.
#[utoipa::path(get, path = "/bindings/{id}", tags = ["policies"], params(("id" = BindingId, Path)), responses(
    (status = 200, body = BindingView)))]
async fn binding_view(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<BindingId>,
) -> Result<Response, Problem> {
    server.read(move || desk.binding(&by, id)).await.map(respond::record)
}

/// Changes a binding: rank, mode, scope, failure rule, what it replaces, its configuration's overlay. Makes a
/// generation; If-Match names the one that must be in force. An overlay or a list is replaced whole, so with one of them
/// If-Match is needed (428).
#[utoipa::path(patch, path = "/bindings/{id}", tags = ["policies", GENERATION, OVERWRITES], params(("id" = BindingId, Path)),
    request_body = BindingPatch, responses((status = 200, body = Written<BindingView>)))]
async fn binding_update(Path(id): Path<BindingId>, command: Command<BindingPatch>) -> Result<Response, Problem> {
    let Command { desk, by, how, body, .. } = command;
    if how.if_match.is_none() && (body.overlay.is_some() || body.replaces.is_some()) {
        let text = "`overlay` and `replaces` are replaced whole: send If-Match with the ETag as it was read";
        return Err(Problem::parameter(Code::PreconditionRequired, "If-Match", text));
    }
    let done = desk.binding_update(&by, id, body, &how).await?;
    Ok(respond::changed(&by, done, how.preview))
}

/// Takes a binding away. Makes a generation, which is the answer.
#[utoipa::path(delete, path = "/bindings/{id}", tags = ["policies", GENERATION], params(("id" = BindingId, Path)),
    responses((status = 200, body = Written<Generation>)))]
async fn binding_delete(Path(id): Path<BindingId>, bare: Bare) -> Result<Response, Problem> {
    let Bare { desk, by, how, .. } = bare;
    let done = desk.binding_delete(&by, id, &how).await?;
    Ok(respond::changed(&by, done, how.preview))
}

/// Where to go back to.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct BindingRollback {
    /// The generation's number; none: the binding as it was before it was changed last.
    to: Option<u64>,
}

/// Goes back with one binding: it becomes as it was in an earlier generation, there or not there, and everything else
/// stays. Makes a generation, which is the answer.
#[utoipa::path(post, path = "/bindings/{id}/rollback", tags = ["policies", GENERATION],
    params(("id" = BindingId, Path)), request_body = BindingRollback,
    responses((status = 200, body = Written<Generation>)))]
async fn binding_rollback(Path(id): Path<BindingId>, command: Command<BindingRollback>) -> Result<Response, Problem> {
    let Command { desk, by, how, body, .. } = command;
    let done = desk.binding_rollback(&by, id, body.to, &how).await?;
    Ok(respond::changed(&by, done, how.preview))
}
