//! Definitions: the kinds, states and segments of a desk, with the schemas of their tickets' custom fields.

use std::str::FromStr;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use plugdesk_desk::NewDefinition;
use plugdesk_domain::{Definition, DefinitionSort};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Bare, Command, PathPair, Query, Visit};
use crate::openapi::COMMAND;
use crate::page::Page;
use crate::problem::Problem;
use crate::respond::{self, Written};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(definition_list)).routes(routes!(
        definition_view,
        definition_put,
        definition_delete
    ))
}

/// The sort in an address.
struct Sort(DefinitionSort);

impl FromStr for Sort {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = [DefinitionSort::Kind, DefinitionSort::State, DefinitionSort::Segment];
        let found = all.into_iter().find(|it| it.name() == text).map(Self);
        found.ok_or_else(|| "definitions are of the sorts `kind`, `state` and `segment`".to_owned())
    }
}

/// Which definitions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Those of this sort.
    sort: Option<DefinitionSort>,
}

/// Lists the desk's words, by sort and name.
#[utoipa::path(get, path = "/definitions", tags = ["set-up"], params(Which), responses(
    (status = 200, body = Page<Definition>)))]
async fn definition_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Query(which): Query<Which>,
) -> Result<Json<Page<Definition>>, Problem> {
    let items = server.read(move || desk.definition_list(&by, which.sort)).await?;
    Ok(Json(Page { items, next: None }))
}

/// Shows what the desk means by a word.
#[utoipa::path(get, path = "/definitions/{sort}/{name}", tags = ["set-up"],
    params(("sort" = DefinitionSort, Path), ("name" = String, Path)), responses((status = 200, body = Definition)))]
async fn definition_view(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    PathPair(Sort(sort), name): PathPair<Sort, String>,
) -> Result<Response, Problem> {
    server.read(move || desk.definition(&by, sort, &name)).await.map(respond::record)
}

/// Defines a word, or defines it anew. From the first one of a sort on, tickets take only those defined.
#[utoipa::path(put, path = "/definitions/{sort}/{name}", tags = ["set-up", COMMAND],
    params(("sort" = DefinitionSort, Path), ("name" = String, Path)), request_body = NewDefinition,
    responses((status = 200, body = Written<Definition>)))]
async fn definition_put(
    PathPair(Sort(sort), name): PathPair<Sort, String>,
    command: Command<NewDefinition>,
) -> Result<Response, Problem> {
    let Command { desk, by, how, body, .. } = command;
    Ok(respond::changed(&by, desk.definition_put(&by, sort, &name, body, &how).await?, how.preview))
}

/// Takes a definition away. Tickets keep the word.
#[utoipa::path(delete, path = "/definitions/{sort}/{name}", tags = ["set-up", COMMAND],
    params(("sort" = DefinitionSort, Path), ("name" = String, Path)), responses(
    (status = 200, body = Written<Definition>)))]
async fn definition_delete(
    PathPair(Sort(sort), name): PathPair<Sort, String>,
    command: Bare,
) -> Result<Response, Problem> {
    let Bare { desk, by, how, .. } = command;
    Ok(respond::changed(&by, desk.definition_delete(&by, sort, &name, &how).await?, how.preview))
}
