//! Who asks, and at which desk.

use axum::extract::FromRequestParts;
use http::request::Parts;
use plugdesk_desk::Desk;
use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{DeskId, Principal};
use tokio::time::Instant;

use super::query::single;
use super::{Languages, on_behalf};
use crate::authenticated::{Authenticated, Peer, bearer, counted, owner};
use crate::noted::Noted;
use crate::problem::{Code, Problem};
use crate::state::Server;

/// The header in which an operator names the desk.
pub(crate) const DESK_HEADER: &str = "plugdesk-desk";

/// Of a name that no desk has, so much is said again: a desk's id is half as long.
const MOST_NAME_CHARS: usize = 64;

/// Whoever asks; there is no handler of anything private without it.
pub(crate) struct Caller(pub(crate) Principal);

impl FromRequestParts<Server> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        let principal = match parts.extensions.get::<Authenticated>() {
            Some(Authenticated(principal)) => principal.clone(),
            None => by_key(parts, server).await?,
        };
        if let Some(noted) = parts.extensions.get::<Noted>() {
            noted.by(&principal);
        }
        server.rates().take(&counted(&principal), Instant::now()).map_err(|wait| {
            Problem::new(Code::TooManyRequests, "this principal asks faster than it may").with_retry_after(wait)
        })?;
        Ok(Self(principal))
    }
}

async fn by_key(parts: &Parts, server: &Server) -> Result<Principal, Problem> {
    let unknown = |text: &str| Problem::new(Code::Unauthenticated, text);
    let secret = bearer(&parts.headers).map_err(unknown)?;
    if let Some(principal) = server.desks().authenticate_cached(secret) {
        return Ok(principal);
    }
    // Any other key costs a read of the store, so who sends wrong ones all the time is kept from it. An embedder's own
    // listener tells no address and keeps such people away itself.
    let from = parts.extensions.get::<Peer>().map(|Peer(address)| owner(*address).to_string());
    if let Some(from) = &from {
        server.wrong_keys().peek(from, Instant::now()).map_err(|wait| {
            let text = "too many keys that open nothing came from this address";
            Problem::new(Code::TooManyRequests, text).with_retry_after(wait)
        })?;
    }
    let (desks, sent) = (server.desks().clone(), secret.to_owned());
    if let Some(principal) = server.read_key(move || Ok(desks.authenticate(&sent))).await? {
        return Ok(principal);
    }
    if let Some(from) = from {
        // Whether there was a token left was asked above.
        let _ = server.wrong_keys().take(&from, Instant::now());
    }
    // One answer for unknown, expired, revoked and an agent who left: a stranger learns nothing.
    Err(unknown("this key opens nothing"))
}

/// Somebody at a desk.
pub(crate) struct Visit {
    pub(crate) desk: Desk,
    pub(crate) by: Principal,
    pub(crate) languages: Languages,
}

impl FromRequestParts<Server> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        let Somewhere { by, desk } = Somewhere::from_request_parts(parts, server).await?;
        let nameless = || {
            let text = "name the desk in the header Plugdesk-Desk, or as ?desk=";
            Problem::new(Code::DeskRequired, text)
        };
        let desk = match (desk, by.desk) {
            (Some(desk), _) => desk,
            (None, Some(own)) => server.desks().desk(own)?,
            (None, None) => return Err(nameless()),
        };
        if let Some(noted) = parts.extensions.get::<Noted>() {
            noted.at(&desk.record().name);
        }
        Ok(Self { desk, by, languages: Languages::of(&parts.headers) })
    }
}

fn open(server: &Server, name: &str) -> Option<Desk> {
    match name.parse::<DeskId>() {
        Ok(id) => server.desks().desk(id),
        Err(_) => server.desks().desk_named(name),
    }
    .ok()
}

/// The desk that the request names, in the header or the query.
pub(crate) fn named_desk(parts: &Parts) -> Result<Option<String>, Problem> {
    let header = match parts.headers.get(DESK_HEADER) {
        None => None,
        Some(value) => {
            let unreadable = || Problem::parameter(Code::InvalidHeader, "Plugdesk-Desk", "it is a desk's name or id");
            Some(value.to_str().map_err(|_| unreadable())?.to_owned())
        }
    };
    let query = single(parts.uri.query().unwrap_or_default(), on_behalf::DESK)?;
    match (header, query) {
        (Some(one), Some(other)) if one != other => {
            Err(Problem::parameter(Code::InvalidParameter, "desk", "the header Plugdesk-Desk names another desk"))
        }
        (header, query) => Ok(header.or(query)),
    }
}

/// Somebody who may name a desk and need not.
pub(crate) struct Somewhere {
    pub(crate) by: Principal,
    /// The desk that is named, if one is.
    pub(crate) desk: Option<Desk>,
}

impl FromRequestParts<Server> for Somewhere {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        let Caller(by) = Caller::from_request_parts(parts, server).await?;
        let Some(name) = named_desk(parts)? else { return Ok(Self { by, desk: None }) };
        // In one form for a desk that is another's and for one that nobody has: who may not know of it learns nothing.
        let unknown = || Problem::not_found("desk", name.chars().take(MOST_NAME_CHARS).collect::<String>());
        let desk = open(server, &name).ok_or_else(unknown)?;
        let known = by.may(Area::Process, Act::Read) || by.desk == Some(desk.id());
        if known { Ok(Self { by, desk: Some(desk) }) } else { Err(unknown()) }
    }
}
