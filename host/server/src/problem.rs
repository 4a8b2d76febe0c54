//! What a client hears when something is not done: RFC 9457 problems with a stable code.
//!
//! The detail is for the client; a cause inside goes to the log, under the request's id.

mod from_desk;

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

/// The media type of RFC 9457.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $text:literal $status:ident $title:literal)*) => {
        /// Why something was not done. Stable: programs go by it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
        #[serde(rename_all = "kebab-case")]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// The word in the answer.
            pub fn name(self) -> &'static str { match self { $(Self::$name => $text,)* } }
            /// The status that goes with it.
            pub fn status(self) -> StatusCode { match self { $(Self::$name => StatusCode::$status,)* } }
            /// The same sentence for every problem of this code.
            pub fn title(self) -> &'static str { match self { $(Self::$name => $title,)* } }
        }
    };
}

codes! {
    /// The body is not JSON; the detail names line and column.
    MalformedJson "malformed-json" BAD_REQUEST "The body is not JSON."
    /// The body could not be read.
    BodyBroken "body-broken" BAD_REQUEST "The body could not be read."
    /// A query parameter that this address does not know.
    UnknownParameter "unknown-parameter" BAD_REQUEST "This address does not know that query parameter."
    /// A query parameter, or a part of the path, that can't be read.
    InvalidParameter "invalid-parameter" BAD_REQUEST "A parameter can't be read."
    /// A header that can't be read.
    InvalidHeader "invalid-header" BAD_REQUEST "A header can't be read."
    /// An operator must name the desk.
    DeskRequired "desk-required" BAD_REQUEST "An operator must name the desk."
    /// No key, or none that opens anything.
    Unauthenticated "unauthenticated" UNAUTHORIZED "A valid API key is needed."
    /// The key does not allow it.
    Forbidden "forbidden" FORBIDDEN "This principal may not do that."
    /// Nothing stands there, or nothing that this principal may know of.
    NotFound "not-found" NOT_FOUND "Nothing was found there."
    /// The address knows other methods; see `Allow`.
    MethodNotAllowed "method-not-allowed" METHOD_NOT_ALLOWED "This address does not know that method."
    /// The body did not come in time.
    RequestTimeout "request-timeout" REQUEST_TIMEOUT "The request took too long to arrive."
    /// Others changed the same records again and again meanwhile; try again.
    Conflict "conflict" CONFLICT "The records were changed meanwhile."
    /// What should be made exists.
    Exists "exists" CONFLICT "It exists already."
    /// A policy said no; `decision` says why.
    Declined "declined" CONFLICT "A policy says no."
    /// The same idempotency key is being worked on.
    IdempotencyInFlight "idempotency-in-flight" CONFLICT "A request with this idempotency key is under way."
    /// The record is at another version than `If-Match` says.
    VersionMismatch "version-mismatch" PRECONDITION_FAILED "The record was changed since it was read."
    /// It would overwrite what others may have changed; send `If-Match` with the ETag as it was read.
    PreconditionRequired "precondition-required" PRECONDITION_REQUIRED "If-Match is needed here."
    /// The body, or a value in it, is larger than allowed.
    TooLarge "too-large" PAYLOAD_TOO_LARGE "It is larger than allowed."
    /// The body is of another type than this address takes.
    UnsupportedMediaType "unsupported-media-type" UNSUPPORTED_MEDIA_TYPE "This address does not take that media type."
    /// Fields that break a rule; `errors` names each.
    Invalid "invalid" UNPROCESSABLE_ENTITY "Some fields break a rule."
    /// The idempotency key was used for another request.
    IdempotencyReused "idempotency-reused" UNPROCESSABLE_ENTITY "The idempotency key was used for another request."
    /// A policy refused; `decision` says why.
    Refused "refused" UNPROCESSABLE_ENTITY "A policy refused it."
    /// A pack with problems; `errors` names each by file.
    PackRefused "pack-refused" UNPROCESSABLE_ENTITY "The pack can't be installed."
    /// Too many requests; see `Retry-After`.
    TooManyRequests "too-many-requests" TOO_MANY_REQUESTS "Too many requests."
    /// A fault of the desk's own; the log has it under the request's id.
    Internal "internal" INTERNAL_SERVER_ERROR "The desk failed."
    /// What is stored can't be read.
    Damaged "damaged" INTERNAL_SERVER_ERROR "What is stored can't be read."
    /// A queue is full; see `Retry-After`.
    Busy "busy" SERVICE_UNAVAILABLE "The desk is busy."
    /// The store takes no writes for now.
    ReadOnly "read-only" SERVICE_UNAVAILABLE "The desk takes no writes for now."
    /// The disk has no room for a write. Nothing was stored; reads go on, and so does writing once there is room.
    NoSpace "no-space" INSUFFICIENT_STORAGE "There is no room on the desk's disk."
    /// It may or may not be stored; the same request with the same idempotency key settles it.
    OutcomeUnknown "outcome-unknown" SERVICE_UNAVAILABLE "It is unknown whether the write was stored."
    /// The server is about to end.
    ShuttingDown "shutting-down" SERVICE_UNAVAILABLE "The server is about to end."
}

/// One field, or one file, that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Where in the body (RFC 6901); empty: the body as a whole.
    pub pointer: String,
    /// The rule it breaks.
    pub detail: String,
    /// The file of a pack it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// An answer that says why something was not done (RFC 9457). Boxed: results carry it everywhere, and mostly they don't.
#[derive(Debug, Clone)]
pub struct Problem(Box<Told>);

/// A problem as it is sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Told {
    /// `urn:plugdesk:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// The same sentence for every problem of this code.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// Stable: programs go by it.
    code: Code,
    /// This case, in words.
    detail: String,
    /// The fields or files that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// The query parameter or header that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<String>,
    /// The decision in which a policy refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<String>,
    /// The version that the record stands at.
    #[serde(skip_serializing_if = "Option::is_none")]
    stored_version: Option<u64>,
    /// Under which the log knows the request; also in the header `X-Request-Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(skip)]
    retry_after: Option<Duration>,
    #[serde(skip)]
    allow: Option<HeaderValue>,
    /// For the log alone.
    #[serde(skip)]
    cause: Option<String>,
}

impl Problem {
    /// A problem of that code, with this case in words.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self(Box::new(Told {
            kind: format!("urn:plugdesk:problem:{}", code.name()),
            title: code.title(),
            status: code.status().as_u16(),
            code,
            detail: detail.into(),
            errors: Vec::new(),
            parameter: None,
            decision: None,
            stored_version: None,
            request_id: None,
            retry_after: None,
            allow: None,
            cause: None,
        }))
    }

    fn with(mut self, change: impl FnOnce(&mut Told)) -> Self {
        change(&mut self.0);
        self
    }

    /// Nothing of that kind stands there.
    pub fn not_found(what: &str, id: impl std::fmt::Display) -> Self {
        Self::new(Code::NotFound, format!("{what} {id} not found"))
    }

    /// A query parameter, a part of the path or a header, by name.
    pub fn parameter(code: Code, name: &str, detail: impl Into<String>) -> Self {
        Self::new(code, detail).with(|it| it.parameter = Some(name.to_owned()))
    }

    /// A read has no body: what is wrong with what was asked is a query parameter, 400.
    pub(crate) fn of_query(self) -> Self {
        let name = |error: &FieldError| error.pointer.trim_start_matches('/').to_owned();
        match self.0.errors.first().filter(|_| self.0.code == Code::Invalid) {
            Some(error) => Self::parameter(Code::InvalidParameter, &name(error), error.detail.clone()),
            None => self,
        }
    }

    /// A fault inside: the client hears nothing of the cause.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::new(Code::Internal, "the log has the cause under this request's id").with_cause(cause)
    }

    /// One field that breaks a rule.
    pub fn field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::fields(vec![FieldError { pointer: pointer.into(), detail: detail.into(), file: None }])
    }

    /// Fields that break rules.
    pub fn fields(errors: Vec<FieldError>) -> Self {
        let line = |error: &FieldError| match error.pointer.as_str() {
            "" => error.detail.clone(),
            pointer => format!("{pointer}: {}", error.detail),
        };
        let list: Vec<_> = errors.iter().map(line).collect();
        Self::new(Code::Invalid, list.join("; ")).with(|it| it.errors = errors)
    }

    /// A full queue.
    pub fn busy(what: &str) -> Self {
        Self::new(Code::Busy, format!("{what} is full; nothing was done")).with_retry_after(Duration::from_secs(1))
    }

    /// Says when to try again.
    #[must_use]
    pub fn with_retry_after(self, after: Duration) -> Self {
        self.with(|it| it.retry_after = Some(after))
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn with_cause(self, cause: impl std::fmt::Display) -> Self {
        self.with(|it| it.cause = Some(cause.to_string()))
    }

    /// Names the methods that the address knows.
    #[must_use]
    pub(crate) fn with_allow(self, allow: Option<HeaderValue>) -> Self {
        self.with(|it| it.allow = allow)
    }

    /// Names the request.
    #[must_use]
    pub(crate) fn with_request_id(self, id: &str) -> Self {
        self.with(|it| it.request_id = Some(id.to_owned()))
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// What the log has to say.
    pub(crate) fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    #[cfg(test)]
    pub(crate) fn told(&self) -> &Told {
        &self.0
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let told = &self.0;
        let body = serde_json::to_vec(told).unwrap_or_default();
        let mut response = (told.code.status(), [(header::CONTENT_TYPE, PROBLEM_JSON)], body).into_response();
        let headers = response.headers_mut();
        if told.code == Code::Unauthenticated {
            // RFC 9110, section 11.6.1: a 401 names a way in.
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"plugdesk\""));
        }
        if let Some(after) = told.retry_after {
            let seconds = after.as_millis().div_ceil(1_000).max(1) as u64;
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(allow) = told.allow.clone() {
            headers.insert(header::ALLOW, allow);
        }
        // The outermost layer adds the request's id and logs the cause.
        response.extensions_mut().insert(self);
        response
    }
}
