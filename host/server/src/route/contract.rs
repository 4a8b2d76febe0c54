//! Contracts: what was agreed with a company node and everything below it.

use axum::extract::State;
use axum::response::Response;
use plugdesk_desk::{ContractPatch, NewContract};
use plugdesk_domain::{CompanyId, Contract, ContractId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Bare, Command, Path, Query, Visit};
use crate::openapi::COMMAND;
use crate::page::{self, Page};
use crate::problem::Problem;
use crate::respond::{self, Written};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(contract_list, contract_create)).routes(routes!(
        contract_view,
        contract_update,
        contract_end
    ))
}

/// Which contracts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Those with this company node.
    company: Option<CompanyId>,
    /// At most so many, 1 to 200; 50 when absent.
    limit: Option<usize>,
    /// Go on where the page before ended: its `next`.
    after: Option<String>,
}

/// Lists contracts, newest first, those that ended too.
#[utoipa::path(get, path = "/contracts", tags = ["companies"], params(Which), responses(
    (status = 200, body = Page<Contract>)))]
async fn contract_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let page = page::request(which.limit, which.after.as_deref())?;
    server.page(move || desk.contract_list(&by, which.company, &page)).await
}

/// Agrees on a contract. Open tickets of the company and everything below it are promised anew behind the answer.
#[utoipa::path(post, path = "/contracts", tags = ["companies", COMMAND], request_body = NewContract, responses(
    (status = 200, body = Written<Contract>, description = "A preview, nothing stored."),
    (status = 201, body = Written<Contract>)))]
async fn contract_create(command: Command<NewContract>) -> Result<Response, Problem> {
    let Command { desk, by, how, at, body, .. } = command;
    Ok(respond::created(&by, desk.contract_create(&by, body, &how).await?, how.preview, &at))
}

/// Shows a contract.
#[utoipa::path(get, path = "/contracts/{id}", tags = ["companies"], params(("id" = ContractId, Path)), responses(
    (status = 200, body = Contract)))]
async fn contract_view(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<ContractId>,
) -> Result<Response, Problem> {
    server.read(move || desk.contract(&by, id)).await.map(respond::record)
}

/// Changes a contract; fields that are absent stay. Open tickets are promised anew behind the answer.
#[utoipa::path(patch, path = "/contracts/{id}", tags = ["companies", COMMAND], params(("id" = ContractId, Path)),
    request_body = ContractPatch, responses((status = 200, body = Written<Contract>)))]
async fn contract_update(Path(id): Path<ContractId>, command: Command<ContractPatch>) -> Result<Response, Problem> {
    let Command { desk, by, how, body, .. } = command;
    Ok(respond::changed(&by, desk.contract_update(&by, id, body, &how).await?, how.preview))
}

/// Ends a contract now; its record stays.
#[utoipa::path(delete, path = "/contracts/{id}", tags = ["companies", COMMAND], params(("id" = ContractId, Path)),
    responses((status = 200, body = Written<Contract>)))]
async fn contract_end(Path(id): Path<ContractId>, command: Bare) -> Result<Response, Problem> {
    let Bare { desk, by, how, .. } = command;
    Ok(respond::changed(&by, desk.contract_end(&by, id, &how).await?, how.preview))
}
