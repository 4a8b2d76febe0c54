//! Care of the whole process: probes, metrics, health, backup, verify.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use plugdesk_desk::{Error, HealthView, HoldView, NewHold, State as ProcessState};
use plugdesk_domain::Principal;
use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::storage::Verified;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Caller, Posted, Query};
use crate::openapi::{HARMLESS, OPEN, PROCESS};
use crate::problem::{Code, Problem};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(health_view))
        .routes(routes!(hold_view, hold_set))
        .routes(routes!(backup_view))
        .routes(routes!(verify_run))
}

/// What stands outside `/v1`.
pub(super) fn probes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(live_view)).routes(routes!(ready_view)).routes(routes!(metrics_view))
}

pub(super) fn require_process(by: &Principal) -> Result<(), Problem> {
    match by.may(Area::Process, Act::Read) {
        true => Ok(()),
        false => Err(Problem::new(Code::Forbidden, "this is an operator's")),
    }
}

/// Whether the process lives.
#[utoipa::path(get, path = "/livez", tags = [PROCESS, OPEN], responses((status = 200, body = String, content_type = "text/plain")))]
async fn live_view() -> &'static str {
    "ok\n"
}

/// What a probe asks for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Readiness {
    /// `reads`: ready is who answers reads, also while writes are held or fail. Without it: who takes writes.
    #[serde(default, rename = "for")]
    #[param(inline)]
    wanted: Option<Wanted>,
}

/// What a probe wants of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Wanted {
    Reads,
    Writes,
}

/// Whether the process is ready, in a word: `ready`, else 503 with `held`, `no-space`, `read-only` or `shutting-down`.
#[utoipa::path(get, path = "/readyz", tags = [PROCESS, OPEN], params(Readiness), responses(
    (status = 200, body = String, content_type = "text/plain"),
    (status = 503, body = String, content_type = "text/plain", description = "Not now.")))]
async fn ready_view(State(server): State<Server>, Query(wanted): Query<Readiness>) -> Response {
    // Why not is an operator's: GET /v1/health says it.
    let desks = server.desks().clone();
    let state = match server.is_closing() {
        true => ProcessState::ShuttingDown,
        // A probe that fails met a store that can't be read.
        false => server.probe(move || Ok(desks.state().0)).await.unwrap_or(ProcessState::ReadOnly),
    };
    let reads = wanted.wanted == Some(Wanted::Reads);
    let ready = state == ProcessState::Ready || (reads && state != ProcessState::ShuttingDown);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, format!("{}\n", state.name())).into_response()
}

/// Counters and histograms as Prometheus reads them; an operator's, unless the server was started with them open.
#[utoipa::path(get, path = "/metrics", tags = [PROCESS], responses(
    (status = 200, body = String, content_type = "application/openmetrics-text")))]
async fn metrics_view(State(server): State<Server>, caller: Result<Caller, Problem>) -> Result<Response, Problem> {
    if !server.options().open_metrics {
        require_process(&caller?.0)?;
    }
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let desks = server.desks().clone();
    let text = server.read(move || Ok(desks.metrics())).await?;
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

/// How the process, its store, its desks and their policies are.
#[utoipa::path(get, path = "/health", tags = [PROCESS], responses((status = 200, body = HealthView)))]
async fn health_view(State(server): State<Server>, Caller(by): Caller) -> Result<Json<HealthView>, Problem> {
    require_process(&by)?;
    let desks = server.desks().clone();
    server.read(move || Ok(desks.health())).await.map(Json)
}

/// Whether an operator holds writes.
#[utoipa::path(get, path = "/hold", tags = [PROCESS], responses((status = 200, body = HoldView)))]
async fn hold_view(State(server): State<Server>, Caller(by): Caller) -> Result<Json<HoldView>, Problem> {
    require_process(&by)?;
    Ok(Json(server.desks().hold(&by)?))
}

/// Holds writes, or takes them again. Everything that was answered before is durable, and until the hold ends every write
/// is refused with 503 `read-only` and the reason; timers, followers, webhooks and imports rest; reads, previews, backups
/// and exports go on. A restart changes nothing of it.
#[utoipa::path(put, path = "/hold", tags = [PROCESS], request_body = NewHold, responses((status = 200, body = HoldView)))]
async fn hold_set(
    State(server): State<Server>,
    Caller(by): Caller,
    Posted { body, .. }: Posted<NewHold>,
) -> Result<Json<HoldView>, Problem> {
    require_process(&by)?;
    server.desks().hold_set(&by, body).await.map(Json).map_err(Problem::from)
}

/// A consistent backup of everything, while writing goes on. Breaks off if it can't be finished: a backup that ends
/// properly is whole.
#[utoipa::path(get, path = "/backup", tags = [PROCESS], responses(
    (status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
async fn backup_view(State(server): State<Server>, Caller(by): Caller) -> Result<Response, Problem> {
    require_process(&by)?;
    server.desks().audited(&by, "process.backed-up", None).await?;
    let desks = server.desks().clone();
    let body = server.stream_out(move |to| desks.backup(&by, to).map(drop).map_err(Problem::from)).await?;
    Ok(file("application/octet-stream", "plugdesk.backup", body))
}

/// Compares records, indexes, counters, events and files with each other.
#[utoipa::path(post, path = "/verify", tags = [PROCESS, HARMLESS], responses((status = 200, body = Verified)))]
async fn verify_run(State(server): State<Server>, Caller(by): Caller) -> Result<Json<Verified>, Problem> {
    require_process(&by)?;
    let care = server.desks().maintenance(&by)?;
    server.desks().audited(&by, "process.verified", None).await?;
    let long = server.long()?;
    let verified = server.read(move || {
        let verified = care.verify().map_err(Error::from);
        drop(long);
        verified
    });
    verified.await.map(Json)
}

/// A streamed file.
pub(super) fn file(kind: &'static str, name: &str, body: Body) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, http::HeaderValue::from_static(kind));
    if let Ok(value) = http::HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    (headers, body).into_response()
}
