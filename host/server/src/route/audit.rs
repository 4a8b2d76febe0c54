//! The audit: who did what to the desk itself, to keys and to the process.

use axum::Json;
use axum::extract::State;
use plugdesk_desk::{AuditFilter, Audited};
use plugdesk_domain::Instant;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Query, Somewhere};
use crate::page::{self, Page};
use crate::problem::Problem;
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(audit_list))
}

/// Which acts. Everything that is given must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// By that key, as events name it.
    by: Option<String>,
    /// Not before.
    since: Option<Instant>,
    /// At most so many, 1 to 200; 50 when absent.
    limit: Option<usize>,
    /// Go on where the page before ended: its `next`.
    after: Option<String>,
}

/// What was done to the desk itself: its set-up, packs and bindings, webhooks, imports and keys, and who took data out
/// (exports, captured cases), oldest first. Of an operator who names no desk: what was done to desks, keys and the
/// process. One request looks through a bounded piece of the log: a page may be short, even empty, and have a next one.
#[utoipa::path(get, path = "/audit", tags = ["audit"], params(Which), responses((status = 200, body = Page<Audited>)))]
async fn audit_list(
    State(server): State<Server>,
    Somewhere { by, desk }: Somewhere,
    Query(which): Query<Which>,
) -> Result<Json<Page<Audited>>, Problem> {
    let page = page::request(which.limit, which.after.as_deref())?;
    let filter = AuditFilter { by: which.by, since: which.since };
    let desks = server.desks().clone();
    let read = move || desks.audit(&by, desk.map(|desk| desk.id()), &filter, page.limit(), page.after.as_deref());
    let found = server.read(read).await?;
    Ok(Json(Page { items: found.items, next: found.next.map(|place| page::encode(&place)) }))
}
