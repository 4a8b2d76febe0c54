//! Headers by which two readers of one request could understand different things (RFC 9110, section 5.3; RFC 9112,
//! section 3.2): those that stand twice, and `Host`.

use axum::extract::Request;
use http::{HeaderName, Version, header};

use crate::authenticated::Peer;
use crate::extract::DESK_HEADER;
use crate::problem::{Code, Problem};

/// What a request says once or not at all.
const ONCE: [HeaderName; 9] = [
    header::HOST,
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::IF_MATCH,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("last-event-id"),
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static(DESK_HEADER),
];

/// What is wrong with a request's headers, if anything is.
pub(crate) fn refuse(request: &Request) -> Option<Problem> {
    let headers = request.headers();
    let twice = ONCE.into_iter().find(|name| headers.get_all(name).iter().nth(1).is_some());
    if let Some(name) = twice {
        return Some(Problem::parameter(Code::InvalidHeader, name.as_str(), "it stands there twice"));
    }
    // Of requests in process, and through an embedder's own listener, it is not ours to say.
    let over_wire = request.extensions().get::<Peer>().is_some();
    let named = headers.contains_key(header::HOST) || request.version() != Version::HTTP_11;
    (over_wire && !named).then(|| Problem::parameter(Code::InvalidHeader, "host", "HTTP/1.1 asks for it"))
}
