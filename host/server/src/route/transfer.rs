//! A whole desk as JSON lines, out and in.

use std::io::Read;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use plugdesk_desk::Error;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::process::{file, require_process};
use crate::extract::{Visit, require_type};
use crate::limits::MOST_RESTORE_BYTES;
use crate::problem::Problem;
use crate::state::Server;

/// The media type of JSON lines.
const JSON_LINES: &str = "application/jsonl";

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(export_view, export_restore))
}

/// Every record and event of the desk as JSON lines; an operator's. Breaks off if it can't be finished.
#[utoipa::path(get, path = "/export", tags = ["transfer"], responses(
    (status = 200, body = String, content_type = "application/jsonl")))]
async fn export_view(State(server): State<Server>, Visit { desk, by, .. }: Visit) -> Result<Response, Problem> {
    require_process(&by)?;
    let care = server.desks().maintenance(&by)?;
    server.desks().audited(&by, "desk.exported", Some(desk.id())).await?;
    let (id, name) = (desk.id(), format!("{}.jsonl", desk.record().name));
    let written = server.stream_out(move |to| care.export(id, to).map(drop).map_err(|e| Error::from(e).into())).await?;
    Ok(file(JSON_LINES, &name, written))
}

/// What was read.
#[derive(Debug, Serialize, ToSchema)]
struct Restored {
    /// Records read.
    records: u64,
}

/// Reads an export into a desk that holds nothing yet; an operator's; all of it or nothing. Its policies hold at once.
#[utoipa::path(put, path = "/export", tags = ["transfer"],
    request_body(content = String, content_type = "application/jsonl"), responses((status = 200, body = Restored)))]
async fn export_restore(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Restored>, Problem> {
    require_process(&by)?;
    require_type(&headers, JSON_LINES)?;
    let (desks, id) = (server.desks().clone(), desk.id());
    let read = move |from: &mut dyn Read| desks.desk_restore(&by, id, from).map_err(Problem::from);
    let records = server.stream_in(body, MOST_RESTORE_BYTES, read).await?;
    Ok(Json(Restored { records }))
}
