//! Memberships: who belongs to which company node, as what, since when.

use axum::response::Response;
use plugdesk_desk::NewMembership;
use plugdesk_domain::Membership;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::Command;
use crate::openapi::COMMAND;
use crate::problem::Problem;
use crate::respond::{self, Written};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(membership_create))
}

/// Ties a contact to a company node. A contact may have many.
#[utoipa::path(post, path = "/memberships", tags = ["companies", COMMAND], request_body = NewMembership, responses(
    (status = 200, body = Written<Membership>, description = "A preview, nothing stored."),
    (status = 201, body = Written<Membership>)))]
async fn membership_create(command: Command<NewMembership>) -> Result<Response, Problem> {
    let Command { desk, by, how, at, body, languages } = command;
    let mut done = desk.membership_create(&by, body, &how).await?;
    respond::explain(&desk, &mut done, &languages);
    Ok(respond::created(done, how.preview, &at))
}
