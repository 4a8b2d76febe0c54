//! Requests to the live API, each shown as the `curl` that does the same.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Where the desk listens, and the key that opens it.
#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    /// Such as `http://127.0.0.1:7400`.
    pub url: String,
    /// The whole secret.
    pub key: String,
}

impl Client {
    pub fn new(url: String, key: String) -> Self {
        let config =
            ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(30))).http_status_as_error(false);
        Self { agent: config.build().into(), url, key }
    }

    /// Shows and sends a GET in a language.
    pub fn get_in(&self, path: &str, locale: &str) -> Result<Value> {
        println!("  $ curl -s '{}{path}' -H \"Authorization: Bearer $KEY\" -H 'Accept-Language: {locale}'", self.url);
        self.fetch(path, locale)
    }

    /// Shows and sends a GET.
    pub fn get(&self, path: &str) -> Result<Value> {
        println!("  $ curl -s '{}{path}' -H \"Authorization: Bearer $KEY\"", self.url);
        self.fetch(path, "en")
    }

    /// Sends a GET without showing it.
    pub fn fetch(&self, path: &str, locale: &str) -> Result<Value> {
        let request = self.agent.get(format!("{}{path}", self.url));
        let answer =
            request.header("Authorization", format!("Bearer {}", self.key)).header("Accept-Language", locale).call();
        read(path, answer)
    }

    /// Shows and sends a POST.
    pub fn post(&self, path: &str, body: &Value) -> Result<Value> {
        println!(
            "  $ curl -s '{}{path}' -H \"Authorization: Bearer $KEY\" -H 'Content-Type: application/json' \\\n      -d '{body}'",
            self.url
        );
        self.send(path, body)
    }

    /// Sends a POST without showing it.
    pub fn send(&self, path: &str, body: &Value) -> Result<Value> {
        let request = self.agent.post(format!("{}{path}", self.url));
        read(path, request.header("Authorization", format!("Bearer {}", self.key)).send_json(body))
    }

    /// Shows and sends a PATCH.
    pub fn patch(&self, path: &str, body: &Value) -> Result<Value> {
        let tag = self.tag(path)?;
        println!(
            "  $ curl -s -X PATCH '{}{path}' -H \"Authorization: Bearer $KEY\" -H 'If-Match: {tag}' \\\n      -H 'Content-Type: application/json' -d '{body}'",
            self.url
        );
        self.patch_tagged(path, &tag, body)
    }

    /// Sends a PATCH without showing it.
    pub fn patch_quietly(&self, path: &str, body: &Value) -> Result<Value> {
        self.patch_tagged(path, &self.tag(path)?, body)
    }

    /// The version that a change is made to: nobody's change is replaced unseen.
    fn tag(&self, path: &str) -> Result<String> {
        let request = self.agent.get(format!("{}{path}", self.url));
        let answer = request.header("Authorization", format!("Bearer {}", self.key)).call()?;
        let tag = answer.headers().get("etag").and_then(|tag| tag.to_str().ok());
        Ok(tag.with_context(|| format!("{path} has no ETag"))?.to_owned())
    }

    fn patch_tagged(&self, path: &str, tag: &str, body: &Value) -> Result<Value> {
        let request = self.agent.patch(format!("{}{path}", self.url)).header("If-Match", tag);
        read(path, request.header("Authorization", format!("Bearer {}", self.key)).send_json(body))
    }

    /// Shows and sends a PATCH of which nothing is stored.
    pub fn patch_preview(&self, path: &str, body: &Value) -> Result<Value> {
        println!(
            "  $ curl -s -X PATCH '{}{path}?preview=true' -H \"Authorization: Bearer $KEY\" \\\n      -H 'Content-Type: application/json' -d '{body}'",
            self.url
        );
        let request = self.agent.patch(format!("{}{path}?preview=true", self.url));
        read(path, request.header("Authorization", format!("Bearer {}", self.key)).send_json(body))
    }

    /// Whether somebody alive answers there.
    pub fn alive(url: &str) -> bool {
        let config = ureq::Agent::config_builder().timeout_global(Some(Duration::from_millis(500)));
        let agent: ureq::Agent = config.build().into();
        agent.get(format!("{url}/livez")).call().is_ok()
    }
}

fn read(path: &str, answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Value> {
    let mut answer = answer.with_context(|| format!("no answer to {path}"))?;
    let status = answer.status();
    let text = answer.body_mut().read_to_string().with_context(|| format!("the answer to {path} broke off"))?;
    if !status.is_success() {
        bail!("{path} was answered with {status}: {text}");
    }
    serde_json::from_str(&text).with_context(|| format!("the answer to {path} is not JSON: {text}"))
}
