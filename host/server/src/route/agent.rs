//! Agents: the people who serve.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use plugdesk_desk::{AgentPatch, NewAgent};
use plugdesk_domain::{Agent, AgentId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Command, Path, Query, Visit};
use crate::openapi::COMMAND;
use crate::page::Page;
use crate::problem::Problem;
use crate::respond::{self, Written};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(agent_list, agent_create)).routes(routes!(agent_view, agent_update))
}

/// Which agents.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Those of this team.
    team: Option<String>,
}

/// Lists the agents, by name.
#[utoipa::path(get, path = "/agents", tags = ["set-up"], params(Which), responses((status = 200, body = Page<Agent>)))]
async fn agent_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Query(which): Query<Which>,
) -> Result<Json<Page<Agent>>, Problem> {
    let items = server.read(move || desk.agent_list(&by, which.team.as_deref())).await?;
    Ok(Json(Page { items, next: None }))
}

/// Makes an agent. From the first one on, tickets are given to active agents only.
#[utoipa::path(post, path = "/agents", tags = ["set-up", COMMAND], request_body = NewAgent, responses(
    (status = 200, body = Written<Agent>, description = "A preview, nothing stored."),
    (status = 201, body = Written<Agent>)))]
async fn agent_create(command: Command<NewAgent>) -> Result<Response, Problem> {
    let Command { desk, by, how, at, body, .. } = command;
    Ok(respond::created(&by, desk.agent_create(&by, body, &how).await?, how.preview, &at))
}

/// Shows an agent.
#[utoipa::path(get, path = "/agents/{id}", tags = ["set-up"], params(("id" = AgentId, Path)), responses(
    (status = 200, body = Agent)))]
async fn agent_view(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<AgentId>,
) -> Result<Response, Problem> {
    server.read(move || desk.agent(&by, id)).await.map(respond::record)
}

/// Changes an agent; fields that are absent stay. Tickets that the person has stay with the person;
/// keys that stand for the person open nothing while `active` is false.
#[utoipa::path(patch, path = "/agents/{id}", tags = ["set-up", COMMAND], params(("id" = AgentId, Path)),
    request_body = AgentPatch, responses((status = 200, body = Written<Agent>)))]
async fn agent_update(Path(id): Path<AgentId>, command: Command<AgentPatch>) -> Result<Response, Problem> {
    let Command { desk, by, how, body, .. } = command;
    Ok(respond::changed(&by, desk.agent_update(&by, id, body, &how).await?, how.preview))
}
