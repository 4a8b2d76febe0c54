//! Decisions: what policies answered, why, and what came of it.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use plugdesk_domain::{Decision, DecisionId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Path, Query, Visit};
use crate::page::{self, Page};
use crate::problem::Problem;
use crate::respond;
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(decision_list))
        .routes(routes!(decision_view))
        .routes(routes!(decision_vector_view))
}

/// Which decisions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// About the record with this id.
    subject: Option<String>,
    /// At most so many, 1 to 200; 50 when absent.
    limit: Option<usize>,
    /// Go on where the page before ended: its `next`.
    after: Option<String>,
}

/// Lists decisions, newest first, with reasons in the reader's `Accept-Language`.
#[utoipa::path(get, path = "/decisions", tags = ["decisions"], params(Which), responses(
    (status = 200, body = Page<Decision>)))]
async fn decision_list(
    State(server): State<Server>,
    Visit { desk, by, languages }: Visit,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let page = page::request(which.limit, which.after.as_deref())?;
    let read = move || {
        let mut found = desk.decisions(&by, which.subject.as_deref(), &page)?;
        found.records = found.records.into_iter().map(|it| desk.decision_told(it, &languages.0)).collect();
        Ok(found)
    };
    server.page(read).await
}

/// Shows a decision with every opinion and its reasons, in the reader's `Accept-Language`.
#[utoipa::path(get, path = "/decisions/{id}", tags = ["decisions"], params(("id" = DecisionId, Path)), responses(
    (status = 200, body = Decision)))]
async fn decision_view(
    State(server): State<Server>,
    Visit { desk, by, languages }: Visit,
    Path(id): Path<DecisionId>,
) -> Result<Response, Problem> {
    let read = move || {
        let decision = desk.decision(&by, id)?;
        Ok(desk.decision_told(decision, &languages.0))
    };
    server.read(read).await.map(respond::record)
}

/// Which opinion.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Opinion {
    /// The policy, where several were asked.
    policy: Option<String>,
}

/// A decision's input and answer as a test vector, as plugins keep them in `vectors/`.
#[utoipa::path(get, path = "/decisions/{id}/vector", tags = ["decisions"], params(("id" = DecisionId, Path), Opinion),
    responses((status = 200, body = Object)))]
async fn decision_vector_view(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<DecisionId>,
    Query(which): Query<Opinion>,
) -> Result<Response, Problem> {
    let read = move || desk.decision_vector(&by, id, which.policy.as_deref());
    server.read(read).await.map(|vector| Json(vector).into_response())
}
