//! What there is, and who you are.

use std::sync::Arc;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header;
use plugdesk_domain::record::Desk;
use plugdesk_domain::{ContactId, DeskId, KeyId, Role};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::Caller;
use crate::openapi::PROCESS;
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(me_view))
}

/// Whoever asks.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    /// How it is named in events.
    name: String,
    /// What it may do.
    role: Role,
    /// Its desk; absent: every desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    desk: Option<DeskId>,
    /// The key it came with.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<KeyId>,
    /// The customer it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<ContactId>,
    /// The agent it is: `me` in lists and actions.
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<String>,
    /// The desks it may name.
    #[schema(value_type = Vec<Desk>)]
    desks: Vec<Desk>,
}

/// Who I am and which desks I may name.
#[utoipa::path(get, path = "/me", tags = ["me", PROCESS], responses((status = 200, body = Me)))]
async fn me_view(axum::extract::State(server): axum::extract::State<Server>, Caller(by): Caller) -> Response {
    match server.desks().desk_list(&by) {
        Err(error) => crate::Problem::from(error).into_response(),
        Ok(desks) => {
            let plugdesk_domain::Principal { name, role, desk, key, contact, agent } = by;
            let me = Me { name, role, desk, key, contact, agent, desks };
            Json(me).into_response()
        }
    }
}

/// `GET /v1`: every address, its methods, each with a sentence.
pub(super) async fn api_view(index: Arc<Value>) -> Json<Arc<Value>> {
    Json(index)
}

/// `GET /openapi.json`.
pub(super) async fn openapi_view(api: Arc<str>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], api.to_string()).into_response()
}
