//! Desks: isolated tenants of one process.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use plugdesk_desk::{DeskPatch, Done, NewDesk};
use plugdesk_domain::record::Desk;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::process::require_process;
use crate::extract::{Caller, Command, Posted, Visit};
use crate::openapi::{COMMAND, PROCESS};
use crate::page::Page;
use crate::problem::Problem;
use crate::respond::{self, Written, etag};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(desk_list, desk_create)).routes(routes!(desk_view, desk_update))
}

/// The desks that the caller may know of.
#[utoipa::path(get, path = "/desks", tags = ["desks", PROCESS], responses((status = 200, body = Page<Desk>)))]
async fn desk_list(State(server): State<Server>, Caller(by): Caller) -> Result<Json<Page<Desk>>, Problem> {
    let items = server.desks().desk_list(&by)?;
    Ok(Json(Page { items, next: None }))
}

/// Makes a desk. Its name is unique; another request for it is answered 409.
#[utoipa::path(post, path = "/desks", tags = ["desks", PROCESS], request_body = NewDesk, responses(
    (status = 201, body = Desk)))]
async fn desk_create(
    State(server): State<Server>,
    Caller(by): Caller,
    Posted { key, body, .. }: Posted<NewDesk>,
) -> Result<Response, Problem> {
    require_process(&by)?;
    let Done { value: desk, repeated, .. } = server.desks().desk_create(&by, body, key.as_ref()).await?;
    Ok(respond::marked(repeated, (StatusCode::CREATED, etag(desk.version), Json(desk))))
}

/// Shows the desk with its settings; not to customers.
#[utoipa::path(get, path = "/desk", tags = ["desks"], responses((status = 200, body = Desk)))]
async fn desk_view(Visit { desk, by, .. }: Visit) -> Result<Response, Problem> {
    let desk = desk.settings(&by)?;
    Ok((etag(desk.version), Json(desk)).into_response())
}

/// Changes the desk's settings; fields that are absent stay. Its admins only.
#[utoipa::path(patch, path = "/desk", tags = ["desks", COMMAND], request_body = DeskPatch, responses(
    (status = 200, body = Written<Desk>)))]
async fn desk_update(State(server): State<Server>, command: Command<DeskPatch>) -> Result<Response, Problem> {
    let Command { desk, by, how, body, .. } = command;
    let record = server.desks().desk_update(&by, desk.id(), body, &how).await?;
    let tag = etag(record.version);
    let written = Json(Written { record, decision: None, preview: how.preview });
    // What was not stored has no version that anybody could match.
    Ok(if how.preview { written.into_response() } else { (tag, written).into_response() })
}
