//! API keys: shown once, stored as a hash, scoped by role.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use plugdesk_desk::{Done, NewKey};
use plugdesk_domain::{ApiKey, ContactId, DeskId, Instant, KeyId, Principal, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Path, Posted, Somewhere};
use crate::page::Page;
use crate::problem::Problem;
use crate::respond::{self, etag};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(key_list, key_create)).routes(routes!(key_revoke)).routes(routes!(key_rotate))
}

/// A key, without its hash.
#[derive(Debug, Serialize, ToSchema)]
struct KeyView {
    /// Its id.
    id: KeyId,
    /// Grows by one per write.
    version: u64,
    /// When it was made.
    created_at: Instant,
    /// When it was last written.
    updated_at: Instant,
    /// The desk it opens; absent: the whole process.
    #[serde(skip_serializing_if = "Option::is_none")]
    desk: Option<DeskId>,
    /// What it is for.
    label: String,
    /// What it may do.
    role: Role,
    /// The customer it stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<ContactId>,
    /// The agent it stands for, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<String>,
    /// The first characters of the secret.
    prefix: String,
    /// From when on it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Instant>,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Instant>,
}

impl From<ApiKey> for KeyView {
    fn from(key: ApiKey) -> Self {
        let ApiKey { id, version, created_at, updated_at, desk, label, role, contact, agent, prefix, .. } = key;
        let (expires_at, revoked_at) = (key.expires_at, key.revoked_at);
        Self { id, version, created_at, updated_at, desk, label, role, contact, agent, prefix, expires_at, revoked_at }
    }
}

/// What stands in the place of a secret that was shown already.
const SHOWN: &str =
    "the secret is shown only once, with the first answer, and is not kept; if it is lost, revoke this key";

/// A key and its secret.
#[derive(Debug, Serialize, ToSchema)]
struct KeyMade {
    /// The key.
    key: KeyView,
    /// Send it as `Authorization: Bearer`. It is shown only here, and not to a repeated request.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    /// Why there is no secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
}

fn made(done: Done<plugdesk_desk::KeyMade>) -> Response {
    let Done { value: plugdesk_desk::KeyMade { key, secret }, repeated, .. } = done;
    let tag = etag(key.version);
    let note = secret.is_none().then_some(SHOWN);
    let made = KeyMade { key: key.into(), secret: secret.map(|secret| secret.to_string()), note };
    respond::marked(repeated, (StatusCode::CREATED, tag, Json(made)))
}

/// Lists the keys of the desk; of an operator who names none: every key.
#[utoipa::path(get, path = "/keys", tags = ["keys"], responses((status = 200, body = Page<KeyView>)))]
async fn key_list(
    State(server): State<Server>,
    Somewhere { by, desk }: Somewhere,
) -> Result<Json<Page<KeyView>>, Problem> {
    let desks = server.desks().clone();
    let keys = server.read(move || desks.key_list(&by, desk.map(|desk| desk.id()))).await?;
    Ok(Json(Page { items: keys.into_iter().map(KeyView::from).collect(), next: None }))
}

/// Makes a key and shows its secret this once. The secret is not kept: a repeated request with the same idempotency key
/// hears of the key without it. Should the first answer be lost, revoke the key and make another.
#[utoipa::path(post, path = "/keys", tags = ["keys"], request_body = NewKey, responses((status = 201, body = KeyMade)))]
async fn key_create(
    State(server): State<Server>,
    Somewhere { by, desk }: Somewhere,
    Posted { key, body: new, .. }: Posted<NewKey>,
) -> Result<Response, Problem> {
    let operators = new.role == Role::Operator;
    let new = NewKey { desk: new.desk.or(desk.filter(|_| !operators).map(|desk| desk.id())), ..new };
    Ok(made(server.desks().key_create(&by, new, key.as_ref()).await?))
}

/// Whoever asks, as one of the desk that is named: an operator who names one means a key of that desk alone.
fn there(here: Somewhere) -> Principal {
    let Somewhere { by, desk } = here;
    Principal { desk: desk.map(|desk| desk.id()).or(by.desk), ..by }
}

/// Refuses a key from now on; its record stays.
#[utoipa::path(delete, path = "/keys/{id}", tags = ["keys"], params(("id" = KeyId, Path)), responses(
    (status = 200, body = KeyView)))]
async fn key_revoke(State(server): State<Server>, here: Somewhere, Path(id): Path<KeyId>) -> Result<Response, Problem> {
    let key = server.desks().key_revoke(&there(here), id).await?;
    Ok((etag(key.version), Json(KeyView::from(key))).into_response())
}

/// How long both keys work.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Rotation {
    /// Milliseconds, at most 90 days.
    pub(super) overlap_ms: u64,
}

/// Makes a key like this one, and lets this one expire after the overlap.
#[utoipa::path(post, path = "/keys/{id}/rotate", tags = ["keys"], params(("id" = KeyId, Path)), request_body = Rotation,
    responses((status = 201, body = KeyMade)))]
async fn key_rotate(
    State(server): State<Server>,
    here: Somewhere,
    Path(id): Path<KeyId>,
    Posted { key, body: rotation, .. }: Posted<Rotation>,
) -> Result<Response, Problem> {
    Ok(made(server.desks().key_rotate(&there(here), id, rotation.overlap_ms, key.as_ref()).await?))
}
