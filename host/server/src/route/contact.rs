//! Contacts: people, and the addresses at which they are known.

use axum::extract::State;
use axum::response::Response;
use plugdesk_desk::{ContactPatch, ContactView, NewContact};
use plugdesk_domain::{Contact, ContactId, IdentityKind, normalise_identity};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Command, Path, Query, Visit, external};
use crate::openapi::COMMAND;
use crate::page::{self, Page};
use crate::problem::{Code, Problem};
use crate::respond::{self, Written};
use crate::seen::Seen;
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(contact_list, contact_create)).routes(routes!(contact_view, contact_update))
}

/// Which contacts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// The one with this address, as `email:…`, `phone:…` or `handle:…`, in any form.
    identity: Option<String>,
    /// The one with this id in another system, as `system:id`.
    external: Option<String>,
    /// At most so many, 1 to 200; 50 when absent.
    limit: Option<usize>,
    /// Go on where the page before ended: its `next`.
    after: Option<String>,
}

/// Lists contacts, a page at a time, or finds one by an address.
#[utoipa::path(get, path = "/contacts", tags = ["contacts"], params(Which), responses(
    (status = 200, body = Page<Contact>)))]
async fn contact_list(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let page = page::request(which.limit, which.after.as_deref())?;
    let identity = which.identity.as_deref().map(identity).transpose()?;
    let outside = which.external.as_deref().map(external).transpose()?;
    match (identity, outside) {
        (None, None) => server.page(move || desk.contact_list(&by, &page)).await,
        (Some((kind, value)), None) => Page::found(
            server.read(move || desk.contact_by_identity(&by, kind, &value).map(|it| it.contact.seen_by(&by))).await,
        ),
        (None, Some((system, id))) => Page::found(
            server.read(move || desk.contact_by_external(&by, &system, &id).map(|it| it.contact.seen_by(&by))).await,
        ),
        (Some(_), Some(_)) => {
            Err(Problem::parameter(Code::InvalidParameter, "external", "`identity` finds the one already"))
        }
    }
}

fn identity(text: &str) -> Result<(IdentityKind, String), Problem> {
    let wrong = |text: String| Problem::parameter(Code::InvalidParameter, "identity", text);
    let form = || wrong("it is `email:`, `phone:` or `handle:` and a value".to_owned());
    let (kind, value) = text.split_once(':').ok_or_else(form)?;
    let kind: IdentityKind = kind.parse().map_err(|_| form())?;
    let value = normalise_identity(&kind, value).map_err(|error| wrong(error.to_string()))?;
    Ok((kind, value))
}

/// Makes a contact; policies classify it.
#[utoipa::path(post, path = "/contacts", tags = ["contacts", COMMAND], request_body = NewContact, responses(
    (status = 200, body = Written<ContactView>, description = "A preview, nothing stored."),
    (status = 201, body = Written<ContactView>)))]
async fn contact_create(command: Command<NewContact>) -> Result<Response, Problem> {
    let Command { desk, by, how, at, body, languages, .. } = command;
    let done = respond::told(&desk, desk.contact_create(&by, body, &how).await?, &languages);
    Ok(respond::created(&by, done, how.preview, &at))
}

/// Shows a contact with its identities and memberships.
#[utoipa::path(get, path = "/contacts/{id}", tags = ["contacts"], params(("id" = ContactId, Path)), responses(
    (status = 200, body = ContactView)))]
async fn contact_view(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Path(id): Path<ContactId>,
) -> Result<Response, Problem> {
    server.read(move || desk.contact(&by, id).map(|it| it.seen_by(&by))).await.map(respond::record)
}

/// Changes a contact; fields that are absent stay. Policies classify it again.
#[utoipa::path(patch, path = "/contacts/{id}", tags = ["contacts", COMMAND], params(("id" = ContactId, Path)),
    request_body = ContactPatch, responses((status = 200, body = Written<ContactView>)))]
async fn contact_update(Path(id): Path<ContactId>, command: Command<ContactPatch>) -> Result<Response, Problem> {
    let Command { desk, by, how, body, languages, .. } = command;
    let done = respond::told(&desk, desk.contact_update(&by, id, body, &how).await?, &languages);
    Ok(respond::changed(&by, done, how.preview))
}
