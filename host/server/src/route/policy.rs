//! Policies: plugins as they are bound in a desk, by name.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use plugdesk_desk::PolicyView;
use plugdesk_domain::{Generation, Mode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Command, Path, Visit};
use crate::openapi::GENERATION;
use crate::page::Page;
use crate::problem::Problem;
use crate::respond::{self, Written};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(policy_list)).routes(routes!(policy_mode))
}

/// Lists the policies in force, each with its bindings and how it fails, if it does.
#[utoipa::path(get, path = "/policies", tags = ["policies"], responses((status = 200, body = Page<PolicyView>)))]
async fn policy_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
) -> Result<Json<Page<PolicyView>>, Problem> {
    let items = server.read(move || desk.policies(&by)).await?;
    Ok(Json(Page { items, next: None }))
}

/// How much a policy is to count.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PolicyMode {
    /// `active`, `shadow` or `off`.
    mode: Mode,
}

/// Turns every binding of a policy on, into shadow or off, at once. Makes a generation, which is the answer.
#[utoipa::path(post, path = "/policies/{name}/mode", tags = ["policies", GENERATION], params(("name" = String, Path)),
    request_body = PolicyMode, responses((status = 200, body = Written<Generation>)))]
async fn policy_mode(Path(name): Path<String>, command: Command<PolicyMode>) -> Result<Response, Problem> {
    let Command { desk, by, how, body, .. } = command;
    let done = desk.policy_mode(&by, &name, body.mode, &how).await?;
    Ok(respond::changed(&by, done, how.preview))
}
