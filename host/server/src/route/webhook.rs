//! Webhooks: where events are sent, and what came of each delivery.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use plugdesk_desk::{NewWebhook, WebhookPatch, WebhookView};
use plugdesk_domain::{Delivery, DeliveryId, DeliveryState, WebhookId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::key::Rotation;
use crate::extract::{Bare, Command, Path, PathPair, Query, Visit};
use crate::openapi::COMMAND;
use crate::page::{self, Page};
use crate::problem::Problem;
use crate::respond::{self, Written};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(webhook_list, webhook_create))
        .routes(routes!(webhook_view, webhook_update, webhook_delete))
        .routes(routes!(webhook_rotate))
        .routes(routes!(webhook_test))
        .routes(routes!(delivery_list))
        .routes(routes!(delivery_view))
        .routes(routes!(delivery_replay))
}

/// Lists the desk's webhooks, oldest first; at most 32.
#[utoipa::path(get, path = "/webhooks", tags = ["webhooks"], responses((status = 200, body = Page<WebhookView>)))]
async fn webhook_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
) -> Result<Json<Page<WebhookView>>, Problem> {
    let items = server.read(move || desk.webhook_list(&by)).await?;
    Ok(Json(Page { items, next: None }))
}

/// Makes a webhook, which hears what happens from now on. The answer shows the key that signs, this once: a repeated
/// request with the same idempotency key hears of the webhook without it.
#[utoipa::path(post, path = "/webhooks", tags = ["webhooks", COMMAND], request_body = NewWebhook, responses(
    (status = 200, body = Written<WebhookView>, description = "A preview, nothing stored."),
    (status = 201, body = Written<WebhookView>)))]
async fn webhook_create(command: Command<NewWebhook>) -> Result<Response, Problem> {
    let Command { desk, by, how, at, body, .. } = command;
    Ok(respond::created(&by, desk.webhook_create(&by, body, &how).await?, how.preview, &at))
}

/// Shows a webhook.
#[utoipa::path(get, path = "/webhooks/{id}", tags = ["webhooks"], params(("id" = WebhookId, Path)), responses(
    (status = 200, body = WebhookView)))]
async fn webhook_view(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<WebhookId>,
) -> Result<Response, Problem> {
    server.read(move || desk.webhook(&by, id)).await.map(respond::record)
}

/// Changes a webhook. `{"active": true}` switches one on again; it hears what happens from then on.
#[utoipa::path(patch, path = "/webhooks/{id}", tags = ["webhooks", COMMAND], params(("id" = WebhookId, Path)),
    request_body = WebhookPatch, responses((status = 200, body = Written<WebhookView>)))]
async fn webhook_update(Path(id): Path<WebhookId>, command: Command<WebhookPatch>) -> Result<Response, Problem> {
    let Command { desk, by, how, body, .. } = command;
    Ok(respond::changed(&by, desk.webhook_update(&by, id, body, &how).await?, how.preview))
}

/// Deletes a webhook; what waits for it is never sent. Answers with the webhook as it was.
#[utoipa::path(delete, path = "/webhooks/{id}", tags = ["webhooks", COMMAND], params(("id" = WebhookId, Path)),
    responses((status = 200, body = Written<WebhookView>)))]
async fn webhook_delete(Path(id): Path<WebhookId>, bare: Bare) -> Result<Response, Problem> {
    let Bare { desk, by, how, .. } = bare;
    Ok(respond::changed(&by, desk.webhook_delete(&by, id, &how).await?, how.preview))
}

/// Gives a webhook another key, shown this once. Within the overlap both sign (Standard Webhooks), so that its receiver
/// can be moved over; afterwards, and with an overlap of 0 at once, the new one alone.
#[utoipa::path(post, path = "/webhooks/{id}/rotate", tags = ["webhooks", COMMAND], params(("id" = WebhookId, Path)),
    request_body = Rotation, responses((status = 200, body = Written<WebhookView>)))]
async fn webhook_rotate(Path(id): Path<WebhookId>, command: Command<Rotation>) -> Result<Response, Problem> {
    let Command { desk, by, how, body, .. } = command;
    let done = desk.webhook_rotate(&by, id, body.overlap_ms, &how).await?;
    Ok(respond::changed(&by, done, how.preview))
}

/// Sends the event `webhook.tested` to this webhook alone. What came of it stands in its deliveries.
#[utoipa::path(post, path = "/webhooks/{id}/test", tags = ["webhooks", COMMAND], params(("id" = WebhookId, Path)),
    responses((status = 200, body = Written<WebhookView>, description = "A preview, nothing sent."),
    (status = 202, body = Written<WebhookView>)))]
async fn webhook_test(Path(id): Path<WebhookId>, bare: Bare) -> Result<Response, Problem> {
    let Bare { desk, by, how, .. } = bare;
    let done = desk.webhook_test(&by, id, &how).await?;
    Ok(begun(respond::changed(&by, done, how.preview), how.preview))
}

/// Which deliveries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// `pending`, `delivered` or `failed`.
    state: Option<DeliveryState>,
    /// At most so many, 1 to 200; 50 when absent.
    limit: Option<usize>,
    /// Go on where the page before ended: its `next`.
    after: Option<String>,
}

/// Lists a webhook's deliveries, newest first, each with its newest attempts. A page of one state may be short and still
/// have a next one.
#[utoipa::path(get, path = "/webhooks/{id}/deliveries", tags = ["webhooks"],
    params(("id" = WebhookId, Path), Which), responses((status = 200, body = Page<Delivery>)))]
async fn delivery_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<WebhookId>,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let page = page::request(which.limit, which.after.as_deref())?;
    server.page(move || desk.delivery_list(&by, id, which.state, &page)).await
}

/// Shows a delivery with its newest attempts.
#[utoipa::path(get, path = "/webhooks/{id}/deliveries/{delivery}", tags = ["webhooks"],
    params(("id" = WebhookId, Path), ("delivery" = DeliveryId, Path)), responses((status = 200, body = Delivery)))]
async fn delivery_view(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    PathPair(webhook, id): PathPair<WebhookId, DeliveryId>,
) -> Result<Response, Problem> {
    server.read(move || desk.delivery(&by, webhook, id)).await.map(respond::record)
}

/// Sends a delivery again, under the same `webhook-id`, as a new round of attempts.
#[utoipa::path(post, path = "/webhooks/{id}/deliveries/{delivery}/replay", tags = ["webhooks", COMMAND],
    params(("id" = WebhookId, Path), ("delivery" = DeliveryId, Path)),
    responses((status = 200, body = Written<Delivery>, description = "A preview, nothing sent."),
    (status = 202, body = Written<Delivery>)))]
async fn delivery_replay(
    PathPair(webhook, id): PathPair<WebhookId, DeliveryId>,
    bare: Bare,
) -> Result<Response, Problem> {
    let Bare { desk, by, how, .. } = bare;
    let done = desk.delivery_replay(&by, webhook, id, &how).await?;
    Ok(begun(respond::changed(&by, done, how.preview), how.preview))
}

/// The work goes on behind the answer.
fn begun(mut response: Response, preview: bool) -> Response {
    if !preview {
        *response.status_mut() = StatusCode::ACCEPTED;
    }
    response
}
