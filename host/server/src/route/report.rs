//! Reports: kept as events come, read as JSON or as CSV.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};
use plugdesk_desk::ReportView;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Path, Visit};
use crate::page::Page;
use crate::problem::Problem;
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(report_list)).routes(routes!(report_view))
}

/// Lists the reports, whole.
#[utoipa::path(get, path = "/reports", tags = ["reports"], responses((status = 200, body = Page<ReportView>)))]
async fn report_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
) -> Result<Json<Page<ReportView>>, Problem> {
    let items = server.read(move || desk.report_list(&by)).await?;
    Ok(Json(Page { items, next: None }))
}

/// Shows a report: `conversion` (leads by grade), `calibration` (leads by what was promised of them) or `commitments`
/// (met and breached by segment). With `Accept: text/csv` as a table. It may be a moment behind the log.
#[utoipa::path(get, path = "/reports/{name}", tags = ["reports"], params(("name" = String, Path)), responses(
    (status = 200, content((ReportView = "application/json"), (String = "text/csv")))))]
async fn report_view(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let report = server.read(move || desk.report(&by, &name)).await?;
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Ok(match accept.contains("text/csv") {
        true => ([(header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present")], csv(&report)).into_response(),
        false => Json(report).into_response(),
    })
}

/// RFC 4180. Names of segments, metrics, grades and bands hold neither commas nor quotes nor line ends.
fn csv(report: &ReportView) -> String {
    let line = |cells: Vec<String>| format!("{}\r\n", cells.join(","));
    let mut text = line(report.by.iter().chain(&report.columns).cloned().collect());
    for row in &report.rows {
        let of = report.by.iter().map(|part| row.of.get(part).cloned().unwrap_or_default());
        let counts = report.columns.iter().map(|column| row.counts.get(column).copied().unwrap_or(0).to_string());
        text.push_str(&line(of.chain(counts).collect()));
    }
    text
}
