//! A client that is prepared for the server to be gone at any moment.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;

/// An answer that takes longer counts as none: the machine may be busy, no request is.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the server said.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Whether it was the first answer again.
    pub(super) replayed: bool,
    pub(super) body: String,
}

impl Answer {
    /// The body; null where it is no JSON.
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    /// Whether it is a success.
    pub(super) fn good(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// An operator's client of one running server.
#[derive(Clone)]
pub(super) struct Client {
    agent: ureq::Agent,
    base: String,
    key: String,
}

/// What is sent.
pub(super) struct Request<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    /// Its idempotency key and its request id.
    pub(super) id: &'a str,
    pub(super) content_type: &'a str,
    pub(super) body: &'a [u8],
}

impl Client {
    pub(super) fn new(address: SocketAddr, key: &str) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE));
        Self { agent: config.build().into(), base: format!("http://{address}"), key: format!("Bearer {key}") }
    }

    /// A write; none: nobody knows what came of it.
    pub(super) fn send(&self, it: &Request<'_>) -> Option<Answer> {
        let url = format!("{}{}", self.base, it.path);
        let request = match it.method {
            "PUT" => self.agent.put(url),
            _ => self.agent.post(url).header("Idempotency-Key", it.id),
        };
        let request = request.header("Authorization", &self.key).header("Plugdesk-Desk", "main");
        let request = request.header("X-Request-Id", it.id).header("Content-Type", it.content_type);
        answer(request.send(it.body))
    }

    /// A read; none: the server is gone.
    pub(super) fn get(&self, path: &str, id: &str) -> Option<Answer> {
        let request = self.agent.get(format!("{}{path}", self.base)).header("Authorization", &self.key);
        answer(request.header("Plugdesk-Desk", "main").header("X-Request-Id", id).call())
    }

    /// A read that must succeed.
    pub(super) fn read(&self, path: &str) -> anyhow::Result<Value> {
        let answer = self.get(path, "crash-check").ok_or_else(|| anyhow::anyhow!("GET {path}: no answer"))?;
        anyhow::ensure!(answer.good(), "GET {path}: {} {}", answer.status, answer.body);
        Ok(answer.json())
    }
}

fn answer(heard: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Option<Answer> {
    let mut heard = heard.ok()?;
    let replayed = heard.headers().contains_key("idempotency-replayed");
    let status = heard.status().as_u16();
    // An answer that broke off was not heard.
    let body = heard.body_mut().read_to_string().ok()?;
    Some(Answer { status, replayed, body })
}
