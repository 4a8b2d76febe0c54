//! What surrounds every request: its id, its line in the log, and one form for everything that goes wrong.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, Method, StatusCode, Version, header};
use tokio::time::Instant;

use crate::authenticated::RequestId;
use crate::limits::{MOST_QUERY_BYTES, MOST_REQUEST_ID_BYTES};
use crate::noted::{Decided, Noted, trace_id};
use crate::openapi::Addresses;
use crate::problem::{Code, Problem};
use crate::state::Server;

/// The name that a client's traces have for a request (W3C Trace Context); taken over into the log, and answered.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The outermost: names the request, measures it, logs it, and gives every failure the form of a problem.
pub(crate) async fn surround(
    State((server, addresses)): State<(Server, Arc<Addresses>)>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = own_id(request.headers().get(&X_REQUEST_ID)).unwrap_or_else(|| server.request_id());
    request.extensions_mut().insert(id.clone());
    let noted = Noted::default();
    request.extensions_mut().insert(noted.clone());
    let trace = request.headers().get(&TRACEPARENT).filter(|value| trace_id(value).is_some()).cloned();
    let (method, version) = (request.method().clone(), request.version());
    // The pattern, never the address itself: a query may hold somebody's e-mail address.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let start = Instant::now();
    let allow = route.as_ref().and_then(|route| addresses.allow(route.as_str()));
    // Commands don't wait here: each is bounded by the queue of its desk.
    let who = if method.is_safe() { server.shares().who(&request) } else { None };
    let share = match who {
        Some(who) => Some(server.shares().take(who).await),
        None => None,
    };
    let response = next.run(request).await;
    drop(share);
    let response = if method == Method::OPTIONS { options(response, allow.as_ref()) } else { response };
    let mut response = named(as_problem(response, allow.as_ref()), &id);
    let headers = response.headers_mut();
    if server.is_closing() && version <= Version::HTTP_11 {
        // The next request of this connection would find nobody (RFC 9112, section 9.6).
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        headers.insert(X_REQUEST_ID, value);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Records are personal; nothing between here and the client may keep them.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Some(trace) = &trace {
        headers.insert(TRACEPARENT, trace.clone());
    }
    let line = Line {
        id: &id,
        method: &method,
        route: route.as_ref().map_or("-", MatchedPath::as_str),
        status: response.status(),
        took: start.elapsed(),
        code: response.extensions().get::<Code>().copied(),
        decision: response.extensions().get::<Decided>().copied(),
        trace: trace.as_ref().and_then(trace_id),
        noted: &noted,
    };
    line.log();
    server.desks().answered(line.status.as_u16());
    response
}

/// A request's one line in the log.
struct Line<'a> {
    id: &'a RequestId,
    method: &'a Method,
    route: &'a str,
    status: StatusCode,
    took: Duration,
    code: Option<Code>,
    decision: Option<Decided>,
    trace: Option<&'a str>,
    noted: &'a Noted,
}

impl Line<'_> {
    fn log(&self) {
        let Self { method, route, .. } = *self;
        let (request_id, status, micros) = (self.id.0.as_str(), self.status.as_u16(), self.took.as_micros() as u64);
        let (desk, by, trace_id) = (self.noted.desk(), self.noted.who(), self.trace);
        let code = self.code.map(Code::name);
        let decision = self.decision.map(|decided| tracing::field::display(decided.0));
        tracing::info!(request_id, trace_id, %method, route, status, code, micros, desk, by, decision, "request");
    }
}

/// A client's own id, if it is short and plain enough to stand in a log.
fn own_id(value: Option<&HeaderValue>) -> Option<RequestId> {
    let text = value?.to_str().ok()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let taken = !text.is_empty() && text.len() <= MOST_REQUEST_ID_BYTES && text.chars().all(plain);
    taken.then(|| RequestId(text.to_owned()))
}

/// OPTIONS (RFC 9110, section 9.3.7): which methods the address knows. There is no CORS: browsers of other origins
/// have no business here, and an embedder who wants it adds a layer.
fn options(response: Response, allow: Option<&HeaderValue>) -> Response {
    match (response.status(), allow) {
        (StatusCode::METHOD_NOT_ALLOWED, Some(allow)) => {
            (StatusCode::NO_CONTENT, [(header::ALLOW, allow.clone())]).into_response()
        }
        _ => response,
    }
}

/// What the router itself answers (404 and 405 without a body) becomes a problem too.
fn as_problem(response: Response, allow: Option<&HeaderValue>) -> Response {
    if response.extensions().get::<Problem>().is_some() {
        return response;
    }
    match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => {
            let list = allow.and_then(|allow| allow.to_str().ok()).unwrap_or("others");
            Problem::new(Code::MethodNotAllowed, format!("it knows {list}")).with_allow(allow.cloned()).into_response()
        }
        StatusCode::NOT_FOUND => {
            Problem::new(Code::NotFound, "there is no such address; GET /v1 lists what there is").into_response()
        }
        _ => response,
    }
}

/// Writes the request's id into a problem, and its cause into the log.
fn named(mut response: Response, id: &RequestId) -> Response {
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let (code, request_id) = (problem.code(), id.0.as_str());
    match problem.cause() {
        Some(cause) if code.status().is_server_error() => {
            tracing::error!(request_id, code = code.name(), cause, "a request failed");
        }
        Some(cause) => tracing::debug!(request_id, code = code.name(), cause, "a request could not be read"),
        None => {}
    }
    let mut named = problem.with_request_id(&id.0).into_response();
    named.extensions_mut().remove::<Problem>();
    named.extensions_mut().insert(code);
    named
}

/// A panic behind a handler is a fault of ours: the client hears so, and the server goes on.
pub(crate) fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let text = match cause.downcast::<String>() {
        Ok(text) => *text,
        Err(cause) => cause.downcast_ref::<&str>().map_or("no text", |text| text).to_owned(),
    };
    Problem::internal(format!("panic: {text}")).into_response()
}

/// Refuses headers that say two things, and query parameters that the address does not document: a misspelt filter must
/// not return everything.
pub(crate) async fn parameters(State(known): State<Arc<Addresses>>, request: Request, next: Next) -> Response {
    if let Some(problem) = crate::headers::refuse(&request) {
        return problem.into_response();
    }
    let route = request.extensions().get::<MatchedPath>().cloned();
    let query = request.uri().query().unwrap_or_default();
    if query.len() > MOST_QUERY_BYTES {
        let text = format!("the query has {} bytes, at most {MOST_QUERY_BYTES} are read", query.len());
        return Problem::new(Code::InvalidParameter, text).into_response();
    }
    let names = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split('=').next().unwrap_or(pair));
    if let Some(problem) = route.and_then(|route| known.refuse(request.method(), route.as_str(), names)) {
        return problem.into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Level, Metadata, Subscriber};

    use super::*;

    /// Keeps the levels of what is logged.
    #[derive(Clone, Default)]
    struct Levels(Arc<Mutex<Vec<Level>>>);

    impl Subscriber for Levels {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }
        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }
        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn event(&self, event: &Event<'_>) {
            self.0.lock().unwrap().push(*event.metadata().level());
        }
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    #[test]
    fn what_a_client_broke_off_is_no_error_of_the_desk_in_the_log() {
        for (code, level) in [(Code::BodyBroken, Level::DEBUG), (Code::Internal, Level::ERROR)] {
            let levels = Levels::default();
            let broken = Problem::new(code, "the body broke off").with_cause("connection reset").into_response();
            let id = RequestId("cut-1".to_owned());
            let told = tracing::subscriber::with_default(levels.clone(), || named(broken, &id));
            assert_eq!((told.status(), levels.0.lock().unwrap().as_slice()), (code.status(), [level].as_slice()));
        }
    }
}
