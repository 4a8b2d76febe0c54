//! How answers look: a record with its ETag, a write with its decision, a page.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use plugdesk_desk::WebhookView;
use plugdesk_desk::{BindingView, CompanyView, ContactView, Desk, Done};
use plugdesk_domain::{
    Agent, Calendar, Contract, Decision, Definition, Delivery, Entry, Escalation, Generation, Import, Link, Membership,
    Merge, Principal, Proposal, Reaction, Team, Ticket,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::Languages;
use crate::noted::Decided;
use crate::page::{self, Page};
use crate::seen::{Seen, seen};

/// Says that the answer is that of an earlier request with the same idempotency key.
const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// A record as it was written, with the decision about it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Written<T> {
    /// The record.
    #[serde(flatten)]
    pub record: T,
    /// What policies decided and why; absent: none was asked, or it is not for the reader.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// True: nothing was stored.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub preview: bool,
}

/// What an answer shows of a record beside its fields.
pub(crate) trait Shown: Serialize + Seen {
    /// What its ETag names: its version, or the generation it stands in.
    fn tag(&self) -> u64;
    /// Its id, for the address.
    fn id(&self) -> String;
}

macro_rules! shown {
    ($($name:ident)*) => {$(
        impl Shown for $name {
            fn tag(&self) -> u64 { self.version }
            fn id(&self) -> String { self.id.to_string() }
        }
    )*};
}

shown!(Ticket Entry Link Membership Merge Decision Import Proposal Agent Contract);

macro_rules! named {
    ($($name:ident)*) => {$(
        impl Shown for $name {
            fn tag(&self) -> u64 { self.version }
            fn id(&self) -> String { self.name.clone() }
        }
    )*};
}

named!(Calendar Definition Team);

shown!(WebhookView Delivery Reaction);

shown!(Escalation);

impl Shown for CompanyView {
    fn tag(&self) -> u64 {
        self.company.version
    }
    fn id(&self) -> String {
        self.company.id.to_string()
    }
}

impl Shown for ContactView {
    fn tag(&self) -> u64 {
        self.contact.version
    }
    fn id(&self) -> String {
        self.contact.id.to_string()
    }
}

impl Shown for BindingView {
    fn tag(&self) -> u64 {
        self.generation
    }
    fn id(&self) -> String {
        self.binding.id.to_string()
    }
}

impl Shown for Generation {
    fn tag(&self) -> u64 {
        self.number
    }
    fn id(&self) -> String {
        self.number.to_string()
    }
}

/// The ETag of a version (RFC 9110, section 8.8.3).
pub(crate) fn etag(version: u64) -> [(HeaderName, String); 1] {
    [(header::ETAG, format!("\"{version}\""))]
}

/// A record that was read.
pub(crate) fn record<T: Shown>(record: T) -> Response {
    (etag(record.tag()), Json(record)).into_response()
}

/// A record that was changed.
pub(crate) fn changed<T: Shown>(by: &Principal, done: Done<T>, preview: bool) -> Response {
    written(by, StatusCode::OK, done, preview)
}

/// A record that was made, at `within` and its id.
pub(crate) fn created<T: Shown>(by: &Principal, done: Done<T>, preview: bool, within: &str) -> Response {
    if preview {
        return written(by, StatusCode::OK, done, preview);
    }
    let location = format!("{}/{}", within.trim_end_matches('/'), done.value.id());
    located(written(by, StatusCode::CREATED, done, preview), &location)
}

/// A record that something was added to; what was added is listed at `within`.
pub(crate) fn added<T: Shown>(by: &Principal, done: Done<T>, preview: bool, within: &str) -> Response {
    if preview {
        return written(by, StatusCode::OK, done, preview);
    }
    located(written(by, StatusCode::CREATED, done, preview), within)
}

/// With the address of what was made.
fn located(mut response: Response, at: &str) -> Response {
    if let Ok(location) = HeaderValue::from_str(at) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

fn written<T: Shown>(by: &Principal, status: StatusCode, done: Done<T>, preview: bool) -> Response {
    let decided = done.decision.as_ref().map(|decision| Decided(decision.id));
    let Done { value, decision, repeated } = seen(done, by);
    let tag = etag(value.tag());
    let mut response = marked(repeated, (status, Json(Written { record: value, decision, preview })));
    if let Some(decided) = decided {
        response.extensions_mut().insert(decided);
    }
    // What was not stored has no version that anybody could match.
    if let (false, [(name, value)]) = (preview, tag)
        && let Ok(value) = HeaderValue::from_str(&value)
    {
        response.headers_mut().insert(name, value);
    }
    response
}

/// A page as it came from the desk.
pub(crate) fn page<T>(found: plugdesk_domain::Page<T>) -> Page<T> {
    Page { items: found.records, next: found.next.map(|place| page::encode(&place)) }
}

/// An answer, marked when it is that of an earlier request.
pub(crate) fn marked(repeated: bool, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    if repeated {
        response.headers_mut().insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

/// A record whose work goes on behind the answer.
pub(crate) fn accepted<T: Shown>(record: T) -> Response {
    (StatusCode::ACCEPTED, etag(record.tag()), Json(record)).into_response()
}

/// Says the reasons of a write's decision in the reader's language.
pub(crate) fn told<T>(desk: &Desk, done: Done<T>, languages: &Languages) -> Done<T> {
    Done { decision: done.decision.map(|decision| desk.decision_told(decision, &languages.0)), ..done }
}
