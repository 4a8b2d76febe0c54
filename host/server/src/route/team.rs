//! Teams: who serves together.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use plugdesk_desk::NewTeam;
use plugdesk_domain::Team;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Command, Path, Visit};
use crate::openapi::COMMAND;
use crate::page::Page;
use crate::problem::Problem;
use crate::respond::{self, Written};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(team_list)).routes(routes!(team_view, team_put))
}

/// Lists the teams, by name.
#[utoipa::path(get, path = "/teams", tags = ["set-up"], responses((status = 200, body = Page<Team>)))]
async fn team_list(State(server): State<Server>, Visit { desk, by, .. }: Visit) -> Result<Json<Page<Team>>, Problem> {
    let items = server.read(move || desk.team_list(&by)).await?;
    Ok(Json(Page { items, next: None }))
}

/// Shows a team.
#[utoipa::path(get, path = "/teams/{name}", tags = ["set-up"], params(("name" = String, Path)), responses(
    (status = 200, body = Team)))]
async fn team_view(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    server.read(move || desk.team(&by, &name)).await.map(respond::record)
}

/// Makes a team, or replaces it. From the first one on, tickets are given to the desk's teams only.
#[utoipa::path(put, path = "/teams/{name}", tags = ["set-up", COMMAND], params(("name" = String, Path)),
    request_body = NewTeam, responses((status = 200, body = Written<Team>)))]
async fn team_put(Path(name): Path<String>, command: Command<NewTeam>) -> Result<Response, Problem> {
    let Command { desk, by, how, body, .. } = command;
    Ok(respond::changed(&by, desk.team_put(&by, &name, body, &how).await?, how.preview))
}
