//! One request through the router, and what an answer must keep of the description.

use axum::Router;
use axum::body::Body;
use http::Request;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use super::description::{Description, Operation, escape};

/// A request.
#[derive(Clone)]
pub(super) struct Ask {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Ask {
    pub(super) fn new(method: &str, target: String) -> Self {
        Self { method: method.to_owned(), target, headers: Vec::new(), body: Vec::new() }
    }

    pub(super) fn with_key(self, key: &str) -> Self {
        self.with("authorization", &format!("Bearer {key}"))
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn with_json(self, body: &Value) -> Self {
        self.with("content-type", "application/json").with_body(body.to_string().into_bytes())
    }

    pub(super) fn with_body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }
}

impl std::fmt::Display for Ask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body: String = String::from_utf8_lossy(&self.body).chars().take(600).collect();
        let headers: Vec<_> = self.headers.iter().filter(|(name, _)| name != "authorization").collect();
        write!(f, "{} {} {headers:?} {body}", self.method, self.target.chars().take(300).collect::<String>())
    }
}

/// An answer.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: http::HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Reply {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Sends a request.
pub(super) async fn send(app: &Router, ask: &Ask) -> Reply {
    let mut request = Request::builder().method(ask.method.as_str()).uri(&ask.target);
    for (name, value) in &ask.headers {
        request = request.header(name, http::HeaderValue::from_bytes(value.as_bytes()).expect("a header"));
    }
    let request = request.body(Body::from(ask.body.clone())).expect("a request");
    let response = app.clone().oneshot(request).await.expect("the router never fails");
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("a body").to_bytes().to_vec();
    Reply { status: parts.status.as_u16(), headers: parts.headers, body }
}

/// What of an answer is not as described.
pub(super) fn faults(api: &Description, operation: &Operation, reply: &Reply) -> Vec<String> {
    let mut faults = Vec::new();
    let status = reply.status;
    if status >= 500 {
        faults.push(format!("{status}: a fault of the server"));
    }
    let Some((at, response)) = api.get(&format!("{}/responses/{status}", operation.at)) else {
        faults.push(format!("{status} is not described"));
        return faults;
    };
    for (name, _) in response.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let place = format!("{at}/headers/{}", escape(name));
        let (place, header) = api.get(&place).expect("a header");
        match reply.header(name) {
            None if header["required"] == true => faults.push(format!("{status} without {name}")),
            None => {}
            Some(text) => {
                let number = header["schema"]["type"] == "integer";
                let value = if number { text.parse::<u64>().ok().map(Value::from) } else { None };
                let misfit = api.misfit(&format!("{place}/schema"), &value.unwrap_or_else(|| text.into()));
                faults.extend(misfit.map(|why| format!("{status} {name}: {why}")));
            }
        }
    }
    let content = response.get("content").and_then(Value::as_object);
    let sent = reply.header("content-type").unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim();
    match content.filter(|content| !content.is_empty()) {
        None if !reply.body.is_empty() => faults.push(format!("{status} has a body, and none is described")),
        None => {}
        Some(content) if !content.contains_key(essence) => {
            faults.push(format!("{status}: `{essence}` is not described"))
        }
        Some(content) if essence.ends_with("json") && content[essence].get("schema").is_some() => {
            let place = format!("{at}/content/{}/schema", escape(essence));
            match serde_json::from_slice(&reply.body) {
                Ok(body) => faults.extend(api.misfit(&place, &body).map(|why| format!("{status}: {why}"))),
                Err(error) => faults.push(format!("{status}: the body is no JSON: {error}")),
            }
        }
        Some(_) => {}
    }
    faults
}
