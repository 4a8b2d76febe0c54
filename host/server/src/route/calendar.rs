//! Calendars: which minutes count.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use plugdesk_desk::NewCalendar;
use plugdesk_domain::Calendar;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Bare, Command, Path, Visit};
use crate::openapi::COMMAND;
use crate::page::Page;
use crate::problem::Problem;
use crate::respond::{self, Written};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(calendar_list)).routes(routes!(calendar_view, calendar_put, calendar_delete))
}

/// Lists the desk's own calendars, by name. Every desk has `always` too, in which every minute counts.
#[utoipa::path(get, path = "/calendars", tags = ["set-up"], responses((status = 200, body = Page<Calendar>)))]
async fn calendar_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
) -> Result<Json<Page<Calendar>>, Problem> {
    let items = server.read(move || desk.calendar_list(&by)).await?;
    Ok(Json(Page { items, next: None }))
}

/// Shows a calendar.
#[utoipa::path(get, path = "/calendars/{name}", tags = ["set-up"], params(("name" = String, Path)), responses(
    (status = 200, body = Calendar)))]
async fn calendar_view(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    server.read(move || desk.calendar(&by, &name)).await.map(respond::record)
}

/// Makes a calendar, or replaces it. Open tickets whose clocks go by it are computed anew behind the answer.
#[utoipa::path(put, path = "/calendars/{name}", tags = ["set-up", COMMAND], params(("name" = String, Path)),
    request_body = NewCalendar, responses((status = 200, body = Written<Calendar>)))]
async fn calendar_put(Path(name): Path<String>, command: Command<NewCalendar>) -> Result<Response, Problem> {
    let Command { desk, by, how, body, .. } = command;
    Ok(respond::changed(&by, desk.calendar_put(&by, &name, body, &how).await?, how.preview))
}

/// Takes a calendar away; refused while a contract or a segment's definition uses it.
#[utoipa::path(delete, path = "/calendars/{name}", tags = ["set-up", COMMAND], params(("name" = String, Path)),
    responses((status = 200, body = Written<Calendar>)))]
async fn calendar_delete(Path(name): Path<String>, command: Bare) -> Result<Response, Problem> {
    let Bare { desk, by, how, .. } = command;
    Ok(respond::changed(&by, desk.calendar_delete(&by, &name, &how).await?, how.preview))
}
