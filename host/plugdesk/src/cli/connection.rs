//! A desk to talk to: requests with the desk's name on them, answers as JSON, problems as failures.

use axum::body::Body;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use serde_json::Value;

use super::text::{cell, items, segment};
use super::transport::Transport;
use super::{Exit, Failure, Global};

/// A JSON answer of the API is at most so large: a page of 200 records of 96 KiB, with room for what is shown beside
/// them.
const MOST_ANSWER_BYTES: usize = 24 << 20;
/// The header by which an operator names the desk.
const DESK: &str = "plugdesk-desk";

/// A desk to talk to.
pub(crate) struct Connection {
    pub(crate) transport: Transport,
    desk: Option<String>,
}

/// Opens the desk that the arguments name, works with it, and closes it whatever happened.
///
/// Ctrl-C closes it too, so that a resting desk's next start has nothing to repair.
pub(crate) async fn connected<T>(
    global: &Global,
    work: impl AsyncFnOnce(&Connection) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let connection = Connection { transport: Transport::open(global).await?, desk: global.desk.clone() };
    let done = tokio::select! {
        done = work(&connection) => done,
        _ = tokio::signal::ctrl_c() => Err(Failure::new(Exit::Fault, "stopped")),
    };
    let closed = connection.transport.close().await;
    done.and_then(|done| closed.map(|()| done))
}

impl Connection {
    /// Over a transport that is open already.
    pub(crate) fn over(transport: Transport, desk: Option<String>) -> Self {
        Self { transport, desk }
    }

    /// The same connection for requests to one desk. Without `--desk` the only desk there is is meant; of several, one
    /// must be named.
    pub(crate) async fn at_desk(&self) -> Result<Desk<'_>, Failure> {
        if let Some(name) = &self.desk {
            return Ok(Desk { connection: self, name: Some(name.clone()) });
        }
        let me = self.get("/v1/me").await?;
        if me.get("desk").is_some() {
            // The key belongs to a desk; there is nothing to name.
            return Ok(Desk { connection: self, name: None });
        }
        let desks = me.get("desks").cloned().unwrap_or_default();
        let names: Vec<String> = items(&desks).iter().map(|desk| cell(desk, "name")).collect();
        match names.as_slice() {
            [only] => Ok(Desk { connection: self, name: Some(only.clone()) }),
            [] => Err(Failure::new(Exit::Unreachable, "there is no desk here yet")
                .with_help("make one with `plugdesk desk create NAME`")),
            many => Err(Failure::new(Exit::Usage, format!("there are {} desks: {}", many.len(), many.join(", ")))
                .with_help("name one with --desk")),
        }
    }

    /// The desk that `--desk` names, or no one in particular: for what belongs to the process where no desk is named.
    pub(crate) fn named_desk(&self) -> Desk<'_> {
        Desk { connection: self, name: self.desk.clone() }
    }

    /// No desk, whatever is named: for what belongs to the process alone.
    pub(crate) fn no_desk(&self) -> Desk<'_> {
        Desk { connection: self, name: None }
    }

    /// The same connection for requests to the desk of that name.
    pub(crate) fn desk(&self, name: &str) -> Desk<'_> {
        Desk { connection: self, name: Some(name.to_owned()) }
    }

    /// The answer to a GET that concerns no single desk.
    pub(crate) async fn get(&self, path: &str) -> Result<Value, Failure> {
        read(self.request(Method::GET, path, None, Body::empty(), None).await?).await
    }

    /// The answer to a POST that concerns no single desk.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let body = Body::from(body.to_string());
        read(self.request(Method::POST, path, None, body, Some("application/json")).await?).await
    }

    /// The answer to a PUT that concerns no single desk.
    pub(crate) async fn put(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let body = Body::from(body.to_string());
        read(self.request(Method::PUT, path, None, body, Some("application/json")).await?).await
    }

    /// The answer to a GET, unread, for what is streamed.
    pub(crate) async fn stream(&self, path: &str) -> Result<Response<Body>, Failure> {
        self.request(Method::GET, path, None, Body::empty(), None).await
    }

    async fn request(
        &self,
        method: Method,
        path: &str,
        desk: Option<&str>,
        body: Body,
        content_type: Option<&str>,
    ) -> Result<Response<Body>, Failure> {
        let mut request = Request::builder().method(method).uri(path).header(header::ACCEPT, "application/json");
        if let Some(desk) = desk {
            request = request.header(DESK, desk);
        }
        if let Some(content_type) = content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        if let Some(language) = language() {
            request = request.header(header::ACCEPT_LANGUAGE, language);
        }
        let request = request.body(body).map_err(|error| Failure::new(Exit::Usage, format!("{path}: {error}")))?;
        let answer = self.transport.send(request).await?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let status = answer.status();
        let failure = Failure::answered(status, &collect(answer).await?);
        Err(if status == StatusCode::UNAUTHORIZED && self.transport.has_key() {
            failure.with_help(
                "the key is unknown, revoked or expired, or its agent is not active; `plugdesk key create` beside the \
                 desk makes another",
            )
        } else {
            failure
        })
    }
}

/// One desk behind a connection.
pub(crate) struct Desk<'a> {
    connection: &'a Connection,
    name: Option<String>,
}

impl Desk<'_> {
    pub(crate) async fn get(&self, path: &str) -> Result<Value, Failure> {
        read(self.send(Method::GET, path, Body::empty(), None).await?).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        read(self.send(Method::POST, path, Body::from(body.to_string()), Some("application/json")).await?).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        read(self.send(Method::PATCH, path, Body::from(body.to_string()), Some("application/json")).await?).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        read(self.send(Method::PUT, path, Body::from(body.to_string()), Some("application/json")).await?).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Result<Value, Failure> {
        read(self.send(Method::DELETE, path, Body::empty(), None).await?).await
    }

    /// A body that is not JSON, such as a pack or an import's file.
    pub(crate) async fn upload(&self, method: Method, path: &str, body: Body, kind: &str) -> Result<Value, Failure> {
        read(self.send(method, path, body, Some(kind)).await?).await
    }

    /// The answer to a GET, unread.
    pub(crate) async fn stream(&self, path: &str) -> Result<Response<Body>, Failure> {
        self.send(Method::GET, path, Body::empty(), None).await
    }

    /// Every page of a list, up to `most` items.
    pub(crate) async fn pages(&self, path: &str, most: usize) -> Result<Vec<Value>, Failure> {
        /// The API's largest page.
        const PAGE: usize = 200;
        let mut found = Vec::new();
        let mut after: Option<String> = None;
        let joint = if path.contains('?') { '&' } else { '?' };
        while found.len() < most {
            let limit = (most - found.len()).min(PAGE);
            let place = after.map(|after| format!("&after={}", segment(&after))).unwrap_or_default();
            let page = self.get(&format!("{path}{joint}limit={limit}{place}")).await?;
            found.extend_from_slice(items(&page));
            after = page.get("next").and_then(Value::as_str).map(str::to_owned);
            if after.is_none() {
                break;
            }
        }
        Ok(found)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Body,
        content_type: Option<&str>,
    ) -> Result<Response<Body>, Failure> {
        self.connection.request(method, path, self.name.as_deref(), body, content_type).await
    }
}

async fn collect(answer: Response<Body>) -> Result<Bytes, Failure> {
    let body = Limited::new(answer.into_body(), MOST_ANSWER_BYTES).collect().await;
    body.map(http_body_util::Collected::to_bytes)
        .map_err(|error| Failure::new(Exit::Unreachable, format!("the answer broke off: {error}")))
}

async fn read(answer: Response<Body>) -> Result<Value, Failure> {
    let bytes = collect(answer).await?;
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&bytes).map_err(|error| {
        Failure::new(Exit::Fault, format!("the answer is not JSON: {error}"))
            .with_help("is this address a Plugdesk of this version?")
    })
}

/// The person's language for reasons, from the environment as POSIX has it: `fa_IR.UTF-8` is `fa-IR`.
fn language() -> Option<String> {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(|name| std::env::var(name).ok());
    let tag = set?.split(['.', '@']).next()?.replace('_', "-");
    let plain = !tag.is_empty() && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    (plain && tag != "C" && tag != "POSIX").then_some(tag)
}
