//! Memberships: who belongs to which company node, as what, since when.

use axum::extract::State;
use axum::response::Response;
use plugdesk_desk::{MembershipPatch, NewMembership};
use plugdesk_domain::{CompanyId, ContactId, Membership, MembershipId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Command, Path, Query, Visit};
use crate::openapi::COMMAND;
use crate::page::{self, Page, Paging};
use crate::problem::Problem;
use crate::respond::{self, Written};
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(membership_list, membership_create))
        .routes(routes!(membership_view, membership_update))
        .routes(routes!(company_memberships))
}

/// Which memberships. Everything that is given must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Of this contact.
    contact: Option<ContactId>,
    /// Of this company node.
    company: Option<CompanyId>,
    /// At most so many, 1 to 200; 50 when absent.
    limit: Option<usize>,
    /// Go on where the page before ended: its `next`.
    after: Option<String>,
}

/// Lists memberships, oldest first, those that ended too: all, of a contact, of a company node, or of the one in the other.
#[utoipa::path(get, path = "/memberships", tags = ["companies"], params(Which), responses(
    (status = 200, body = Page<Membership>)))]
async fn membership_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let page = page::request(which.limit, which.after.as_deref())?;
    server.page(move || desk.membership_list(&by, which.company, which.contact, &page)).await
}

/// Lists who belongs to a company node, oldest first, those who left too.
#[utoipa::path(get, path = "/companies/{id}/memberships", tags = ["companies"],
    params(("id" = CompanyId, Path), Paging), responses((status = 200, body = Page<Membership>)))]
async fn company_memberships(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<CompanyId>,
    Query(paging): Query<Paging>,
) -> Result<Response, Problem> {
    let page = paging.request()?;
    let read = move || {
        desk.company(&by, id)?;
        desk.membership_list(&by, Some(id), None, &page)
    };
    server.page(read).await
}

/// Ties a contact to a company node. A contact may have many.
#[utoipa::path(post, path = "/memberships", tags = ["companies", COMMAND], request_body = NewMembership, responses(
    (status = 200, body = Written<Membership>, description = "A preview, nothing stored."),
    (status = 201, body = Written<Membership>)))]
async fn membership_create(command: Command<NewMembership>) -> Result<Response, Problem> {
    let Command { desk, by, how, at, body, languages, .. } = command;
    let done = respond::told(&desk, desk.membership_create(&by, body, &how).await?, &languages);
    Ok(respond::created(&by, done, how.preview, &at))
}

/// Shows a membership.
#[utoipa::path(get, path = "/memberships/{id}", tags = ["companies"], params(("id" = MembershipId, Path)), responses(
    (status = 200, body = Membership)))]
async fn membership_view(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<MembershipId>,
) -> Result<Response, Problem> {
    server.read(move || desk.membership(&by, id)).await.map(respond::record)
}

/// Changes a membership; fields that are absent stay, an end is a date. Tickets keep their company.
#[utoipa::path(patch, path = "/memberships/{id}", tags = ["companies", COMMAND], params(("id" = MembershipId, Path)),
    request_body = MembershipPatch, responses((status = 200, body = Written<Membership>)))]
async fn membership_update(
    Path(id): Path<MembershipId>,
    command: Command<MembershipPatch>,
) -> Result<Response, Problem> {
    let Command { desk, by, how, body, languages, .. } = command;
    let done = respond::told(&desk, desk.membership_update(&by, id, body, &how).await?, &languages);
    Ok(respond::changed(&by, done, how.preview))
}
