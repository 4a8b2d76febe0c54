//! Calendars: which minutes count.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use plugdesk_desk::{DueView, ElapsedView, NewCalendar, TimeUnit};
use plugdesk_domain::{Calendar, Instant};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Bare, Command, Path, Query, Visit};
use crate::limits::MOST_BUSINESS_TIME;
use crate::openapi::COMMAND;
use crate::page::Page;
use crate::problem::{Code, Problem};
use crate::respond::{self, Written};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(calendar_list))
        .routes(routes!(calendar_view, calendar_put, calendar_delete))
        .routes(routes!(calendar_due_view))
        .routes(routes!(calendar_elapsed_view))
}

/// How much from when on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Amount {
    /// How much, 1 to 5,256,000.
    amount: u32,
    /// What it is counted in; `minutes` when absent. A working day is one on which the calendar opens; the day of the
    /// start is not counted, and the last is over when the calendar closes.
    unit: Option<TimeUnit>,
    /// From when on; now when absent.
    start: Option<Instant>,
}

/// From when to when.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Stretch {
    /// From.
    start: Instant,
    /// To; now when absent.
    end: Option<Instant>,
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

/// Tells when so much of a calendar's time has passed: minutes in which it is open, or working days. Of `always` too.
#[utoipa::path(get, path = "/calendars/{name}/due", tags = ["set-up"], params(("name" = String, Path), Amount),
    responses((status = 200, body = DueView)))]
async fn calendar_due_view(
    State(server): State<Server>,
    Visit { desk, by, languages }: Visit,
    Path(name): Path<String>,
    Query(asked): Query<Amount>,
) -> Result<Json<DueView>, Problem> {
    if !(1..=MOST_BUSINESS_TIME).contains(&asked.amount) {
        return Err(Problem::parameter(Code::InvalidParameter, "amount", format!("1 to {MOST_BUSINESS_TIME}")));
    }
    let amount = (asked.amount, asked.unit.unwrap_or_default());
    server.read(move || desk.calendar_due(&by, &name, asked.start, amount, &languages.0)).await.map(Json)
}

/// Tells how much of a calendar's time lies between two moments, in minutes and in working days. Of `always` too.
#[utoipa::path(get, path = "/calendars/{name}/elapsed", tags = ["set-up"], params(("name" = String, Path), Stretch),
    responses((status = 200, body = ElapsedView)))]
async fn calendar_elapsed_view(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(name): Path<String>,
    Query(asked): Query<Stretch>,
) -> Result<Json<ElapsedView>, Problem> {
    server.read(move || desk.calendar_elapsed(&by, &name, asked.start, asked.end)).await.map(Json)
}
