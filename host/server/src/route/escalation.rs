//! Escalations: matters on their way up, each with its brief.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};
use plugdesk_desk::{EscalationFilter, EscalationView};
use plugdesk_domain::{Escalation, EscalationId, EscalationState, TicketId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Bare, Path, Query, Visit};
use crate::openapi::COMMAND;
use crate::page::{self, Page};
use crate::problem::Problem;
use crate::respond::{self, Written, etag};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(escalation_list))
        .routes(routes!(escalation_view))
        .routes(routes!(escalation_acknowledge))
}

/// Which escalations. Everything that is given must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// In this state: `open`, `acknowledged` or `ended`.
    state: Option<EscalationState>,
    /// Of this ticket.
    ticket: Option<TicketId>,
    /// At most so many, 1 to 200; 50 when absent.
    limit: Option<usize>,
    /// Go on where the page before ended: its `next`.
    after: Option<String>,
}

/// Lists escalations, newest first.
#[utoipa::path(get, path = "/escalations", tags = ["escalations"], params(Which), responses(
    (status = 200, body = Page<Escalation>)))]
async fn escalation_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let page = page::request(which.limit, which.after.as_deref())?;
    let filter = EscalationFilter { state: which.state, ticket: which.ticket };
    server.page(move || desk.escalation_list(&by, &filter, &page)).await
}

/// Shows an escalation with its brief; with `Accept: text/markdown` the brief alone, one page.
#[utoipa::path(get, path = "/escalations/{id}", tags = ["escalations"], params(("id" = EscalationId, Path)), responses(
    (status = 200, content((EscalationView = "application/json"), (String = "text/markdown")))))]
async fn escalation_view(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<EscalationId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let view = server.read(move || desk.escalation(&by, id)).await?;
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let tag = etag(view.escalation.version);
    if accept.split(',').any(|it| it.trim().to_ascii_lowercase().starts_with("text/markdown")) {
        let kind = [(header::CONTENT_TYPE, "text/markdown; charset=utf-8")];
        return Ok((tag, kind, view.markdown()).into_response());
    }
    Ok((tag, Json(view)).into_response())
}

/// Takes an escalation: it climbs no further.
#[utoipa::path(post, path = "/escalations/{id}/acknowledge", tags = ["escalations", COMMAND],
    params(("id" = EscalationId, Path)), responses((status = 200, body = Written<Escalation>)))]
async fn escalation_acknowledge(Path(id): Path<EscalationId>, command: Bare) -> Result<Response, Problem> {
    let Bare { desk, by, how, .. } = command;
    let done = desk.escalation_acknowledge(&by, id, &how).await?;
    Ok(respond::changed(&by, done, how.preview))
}
