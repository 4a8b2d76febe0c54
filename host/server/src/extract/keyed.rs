//! `Idempotency-Key`: what makes two requests the same.

use axum::extract::{FromRequest, FromRequestParts, Request};
use http::Method;
use http::request::Parts;
use plugdesk_desk::Idempotency;
use plugdesk_domain::Digest;
use serde::de::DeserializeOwned;

use super::body::Share;
use super::caller::DESK_HEADER;
use super::{body, require_type};
use crate::limits::MOST_IDEMPOTENCY_BYTES;
use crate::problem::{Code, Problem};
use crate::state::Server;

/// A request's idempotency key, before its body is known.
pub(crate) struct Keyed {
    key: Option<String>,
    head: String,
}

impl Keyed {
    /// The key in the head of a request, if it has one.
    pub(super) fn of(parts: &Parts) -> Result<Self, Problem> {
        let key = match parts.headers.get("idempotency-key") {
            Some(value) if parts.method == Method::POST => Some(key(value.to_str().unwrap_or_default())?),
            // Other methods may be repeated as they are (RFC 9110, section 9.2.2), or have If-Match.
            _ => None,
        };
        let at = parts.uri.path_and_query().map_or("/", |at| at.as_str());
        let desk = parts.headers.get(DESK_HEADER).map(|value| value.as_bytes().escape_ascii().to_string());
        Ok(Self { key, head: format!("{}\n{at}\n{}\n", parts.method, desk.unwrap_or_default()) })
    }

    /// The key, with the method, address, desk and body that it was sent for: the same key with others is refused.
    pub(crate) fn over(self, body: &[u8]) -> Option<Idempotency> {
        let whole = self.head + &Digest::of(body).to_string();
        self.key.map(|key| Idempotency { key, request: Digest::of(whole.as_bytes()) })
    }
}

impl FromRequestParts<Server> for Keyed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Server) -> Result<Self, Problem> {
        Self::of(parts)
    }
}

fn key(text: &str) -> Result<String, Problem> {
    // The draft writes it as a quoted string; most clients send it bare. Both mean the same.
    let quoted = text.strip_prefix('"');
    let key = quoted.map_or(Some(text), |rest| rest.strip_suffix('"')).unwrap_or_default();
    let plain = key.bytes().all(|b| b.is_ascii_graphic());
    if key.is_empty() || key.len() > MOST_IDEMPOTENCY_BYTES || !plain {
        let rule = format!("it has 1 to {MOST_IDEMPOTENCY_BYTES} visible ASCII characters");
        return Err(Problem::parameter(Code::InvalidHeader, "Idempotency-Key", rule));
    }
    Ok(key.to_owned())
}

/// A JSON body that belongs to no desk, and the key it came with.
pub(crate) struct Posted<T> {
    pub(crate) key: Option<Idempotency>,
    pub(crate) body: T,
    _share: Share,
}

impl<T: DeserializeOwned> FromRequest<Server> for Posted<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        require_type(&parts.headers, "application/json")?;
        let (text, share) = body::whole(body, server).await?;
        Ok(Self { key: Keyed::of(&parts)?.over(&text), body: body::parse(&text)?, _share: share })
    }
}
