//! A write at a desk: who, where, the body, and how (idempotency key, If-Match, preview).

use axum::extract::{FromRequest, FromRequestParts, OriginalUri, Request};
use http::request::Parts;
use http::{HeaderMap, header};
use plugdesk_desk::{Desk, How, IfMatch};
use plugdesk_domain::Principal;
use serde::de::DeserializeOwned;

use super::body::Share;
use super::query::flag;
use super::{Keyed, Languages, Visit, body, on_behalf, require_type};
use crate::authenticated::RequestId;
use crate::problem::{Code, Problem};
use crate::state::Server;

/// A write with a JSON body.
pub(crate) struct Command<T> {
    pub(crate) desk: Desk,
    pub(crate) by: Principal,
    pub(crate) languages: Languages,
    pub(crate) how: How,
    /// The address as the client sees it, an embedder's prefix included.
    pub(crate) at: String,
    pub(crate) body: T,
    _share: Share,
}

impl<T: DeserializeOwned> FromRequest<Server> for Command<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        // First who it is: a stranger's body is not even read.
        let Visit { desk, by, languages } = Visit::from_request_parts(&mut parts, server).await?;
        require_type(&parts.headers, "application/json")?;
        let (text, share) = body::whole(body, server).await?;
        let how = how(&parts, &text)?;
        let at = parts.extensions.get::<OriginalUri>().map_or(parts.uri.path(), |uri| uri.path()).to_owned();
        Ok(Self { desk, by, languages, how, at, body: body::parse(&text)?, _share: share })
    }
}

/// A write without a body, or with an empty object.
pub(crate) struct Bare {
    pub(crate) desk: Desk,
    pub(crate) by: Principal,
    pub(crate) how: How,
    pub(crate) languages: Languages,
    _share: Share,
}

impl FromRequest<Server> for Bare {
    type Rejection = Problem;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Visit { desk, by, languages } = Visit::from_request_parts(&mut parts, server).await?;
        let (text, share) = body::whole(body, server).await?;
        if !text.is_empty() && text.as_ref() != b"{}" {
            return Err(Problem::field("", "this address takes no body"));
        }
        let how = how(&parts, &text)?;
        Ok(Self { desk, by, how, languages, _share: share })
    }
}

/// How the command is to be carried out.
fn how(parts: &Parts, text: &[u8]) -> Result<How, Problem> {
    let preview = flag(parts.uri.query().unwrap_or_default(), on_behalf::PREVIEW)?;
    let if_match = if_match(&parts.headers)?;
    let idempotency = Keyed::of(parts)?.over(text);
    let origin = parts.extensions.get::<RequestId>().map(|id| id.0.clone());
    Ok(How { idempotency, if_match, preview, origin, ..How::default() })
}

/// What `If-Match` asks for (RFC 9110, section 13.1.1).
fn if_match(headers: &HeaderMap) -> Result<Option<IfMatch>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(Some(IfMatch::Any));
    }
    let version = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).and_then(|v| v.parse().ok());
    let wrong = || Problem::parameter(Code::InvalidHeader, "If-Match", "it is one ETag as it was given, such as \"3\"");
    version.map(|version| Some(IfMatch::Version(version))).ok_or_else(wrong)
}
