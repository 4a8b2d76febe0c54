//! The routes: one file per noun, every handler named noun_verb.

mod action;
mod agent;
mod audit;
mod binding;
mod calendar;
mod commitment;
mod company;
mod contact;
mod contract;
mod decision;
mod definition;
mod desk;
mod entry;
mod escalation;
mod event;
mod generation;
mod import;
mod key;
mod link;
mod membership;
mod merge;
mod pack;
mod policy;
mod process;
mod proposal;
mod reaction;
mod report;
mod team;
mod ticket;
mod transfer;
mod webhook;
mod welcome;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;

use crate::openapi::{Addresses, Base, complete, finished, index};
use crate::state::Server;
use crate::{layer, reader};

/// Every route with its description.
fn described() -> OpenApiRouter<Server> {
    let v1 = OpenApiRouter::new()
        .merge(welcome::routes())
        .merge(ticket::routes())
        .merge(action::routes())
        .merge(entry::routes())
        .merge(contact::routes())
        .merge(company::routes())
        .merge(membership::routes())
        .merge(link::routes())
        .merge(merge::routes())
        .merge(proposal::routes())
        .merge(contract::routes())
        .merge(commitment::routes())
        .merge(calendar::routes())
        .merge(definition::routes())
        .merge(agent::routes())
        .merge(team::routes())
        .merge(decision::routes())
        .merge(event::routes())
        .merge(escalation::routes())
        .merge(reaction::routes())
        .merge(report::routes())
        .merge(webhook::routes())
        .merge(import::routes())
        .merge(pack::routes())
        .merge(policy::routes())
        .merge(binding::routes())
        .merge(generation::routes())
        .merge(key::routes())
        .merge(audit::routes())
        .merge(desk::routes())
        .merge(transfer::routes())
        .merge(process::routes());
    OpenApiRouter::with_openapi(Base::openapi()).merge(process::probes()).nest("/v1", v1)
}

/// The API's description as served at `/openapi.json`.
pub fn openapi() -> serde_json::Value {
    let mut api = described().into_openapi();
    complete(&mut api);
    finished(&api)
}

/// The whole API as a router, good for nesting under a prefix. It starts nothing and holds no global state.
pub fn router(server: Server) -> Router {
    let (routes, mut api) = described().split_for_parts();
    complete(&mut api);
    let api = finished(&api);
    let addresses = Arc::new(Addresses::of(&api));
    let welcome = Arc::new(index(&api));
    let api: Arc<str> = api.to_string().into();
    routes
        .route("/v1", get(move || welcome::api_view(Arc::clone(&welcome))))
        .route("/openapi.json", get(move || welcome::openapi_view(Arc::clone(&api))))
        .merge(reader::routes())
        .layer(from_fn_with_state(Arc::clone(&addresses), layer::parameters))
        .layer(CatchPanicLayer::custom(layer::panicked))
        .layer(from_fn_with_state((server.clone(), addresses), layer::surround))
        .with_state(server)
}
