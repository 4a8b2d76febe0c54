//! A second desk of the same process, in which policies are bound that want to do harm.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use plugdesk_domain::question::QUESTIONS;
use plugdesk_tests::shelf::guest;
use plugdesk_tests::shelf::table::Row;
use serde_json::{Value, json};

use crate::desk::{Desk, json_of};

/// Reactions come behind the write, and the machine may be full of it.
const MOST_WAITING: Duration = Duration::from_secs(30);

/// People are called by numbers, from here on: they neither sound nor look like each other.
const FIRST_NAME: u64 = 1_000;

/// The desk, beside the one that is measured.
pub(crate) struct Other<'d> {
    desk: &'d Desk,
    bearer: String,
    /// Names given so far.
    names: AtomicU64,
}

/// What was answered.
struct Answer {
    good: bool,
    body: Value,
}

impl<'d> Other<'d> {
    /// Makes it, with a company and a person whom tickets can be about.
    pub(crate) fn make(desk: &'d Desk) -> Result<Self> {
        json_of(&mut desk.command(&["--json", "desk", "create", "hostile"]))?;
        let key = json_of(&mut desk.command(&["--json", "--desk", "hostile", "key", "create"]))?;
        let bearer = format!("Bearer {}", key["secret"].as_str().context("a new key shows its secret")?);
        let other = Self { desk, bearer, names: AtomicU64::new(0) };
        other.good("/v1/companies", &json!({ "name": "Acme", "domains": ["acme.example"] }))?;
        other.ticket()?;
        Ok(other)
    }

    /// Installs the component, has it asked so often, and removes it; what is not as expected is an error. In every round
    /// it is another one to the host, which compiles it anew.
    pub(crate) fn bind_and_ask(&self, row: &Row, asks: u32, round: u64) -> Result<()> {
        let name = row.file.replace('_', "-");
        let mut component = if row.form == "golden" { guest::golden("classify") } else { row.component() };
        if row.phase == "ask" || row.class == "ok" {
            // A custom section: its length, the length of its name, the name, and what it says.
            component.extend([0, 4, 1, b'n', (round >> 8) as u8, round as u8]);
        }
        let question = QUESTIONS.iter().find(|it| row.world.ends_with(&format!("{it}-plugin")));
        let question = question.copied().unwrap_or("classify");
        let answer = self.install(&pack(&name, question, &component)?)?;
        if row.phase != "ask" && row.class != "ok" {
            ensure!(!answer.good, "it was installed");
            ensure!(says(&answer.body, &row.message), "refused with {}", answer.body);
            return Ok(());
        }
        ensure!(answer.good, "refused with {}", answer.body);
        let asked = self.ask(row, &name, question, asks);
        let removed = self.send("DELETE", &format!("/v1/packs/{name}?unbind=true"), &[], None)?;
        ensure!(removed.good, "it is not removed: {}", removed.body);
        asked
    }

    fn ask(&self, row: &Row, name: &str, question: &str, asks: u32) -> Result<()> {
        for ask in 0..asks {
            let subject = self.cause(question)?;
            // Reactions come from the log: one is enough, and the later ones are the breaker's affair.
            if question == "react" && ask > 0 {
                continue;
            }
            let (class, message) = self.opinion(&subject, name, question)?;
            let first = class == row.class && message.starts_with(&row.message);
            ensure!(first || (ask > 0 && class == "breaker-open"), "ask {ask} ended as {class}: {message}");
        }
        Ok(())
    }

    /// Does what asks that question; the id of what it is about.
    fn cause(&self, question: &str) -> Result<String> {
        match question {
            "identify" => {
                // Two of one name whom nobody else resembles: it is asked about one candidate, every time.
                let name = (FIRST_NAME + self.names.fetch_add(1, Ordering::Relaxed)).to_string();
                self.contact(&name)?;
                self.contact(&name)
            }
            "merge" => {
                let (winner, loser) = (self.contact("Mina Mustermann")?, self.contact("Mina Mustermann")?);
                // A policy that fails refuses it, and that stands in the decision.
                self.post("/v1/merges", &json!({ "kind": "contact", "winner": winner, "loser": loser }))?;
                Ok(winner)
            }
            "escalate" => {
                let ticket = self.ticket()?;
                self.good(&format!("/v1/tickets/{ticket}/actions/escalate"), &json!({ "note": "It burns." }))?;
                Ok(ticket)
            }
            _ => self.ticket(),
        }
    }

    fn contact(&self, name: &str) -> Result<String> {
        self.made("/v1/contacts", &json!({ "name": name }))
    }

    fn ticket(&self) -> Result<String> {
        let who = json!({ "name": "Mina", "identities": [{ "kind": "email", "value": "mina@acme.example" }] });
        let entries = json!([{ "text": "The site is down." }]);
        self.made("/v1/tickets", &json!({ "kind": "lead", "subject": "Down", "contact": who, "entries": entries }))
    }

    fn made(&self, target: &str, body: &Value) -> Result<String> {
        let made = self.good(target, body)?;
        let id = made["id"].as_str().or(made["contact"]["id"].as_str());
        id.map(str::to_owned).with_context(|| format!("{target} shows no id: {made}"))
    }

    /// How that policy ended, as the newest decision about the subject has it.
    fn opinion(&self, subject: &str, policy: &str, question: &str) -> Result<(String, String)> {
        let end = Instant::now() + MOST_WAITING;
        loop {
            let found = self.send("GET", &format!("/v1/decisions?subject={subject}&limit=50"), &[], None)?;
            let decisions = found.body["items"].as_array().cloned().unwrap_or_default();
            let asked = decisions.iter().flat_map(|it| it["asked"].as_array().cloned().unwrap_or_default());
            let of = asked.filter(|it| it["question"] == question);
            let opinions = of.flat_map(|it| it["opinions"].as_array().cloned().unwrap_or_default());
            if let Some(opinion) = opinions.into_iter().find(|it| it["policy"] == policy) {
                let text = |field: &str| opinion[field].as_str().unwrap_or_default().to_owned();
                return Ok((text("outcome"), text("message")));
            }
            if question != "react" || Instant::now() > end {
                bail!("no decision about {subject} names it: {}", found.body);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn good(&self, target: &str, body: &Value) -> Result<Value> {
        let answer = self.post(target, body)?;
        ensure!(answer.good, "{target}: {}", answer.body);
        Ok(answer.body)
    }

    fn post(&self, target: &str, body: &Value) -> Result<Answer> {
        self.send("POST", target, &serde_json::to_vec(body)?, Some("application/json"))
    }

    fn install(&self, archive: &[u8]) -> Result<Answer> {
        self.send("POST", "/v1/packs?approve=true", archive, Some("application/x-tar"))
    }

    fn send(&self, method: &str, target: &str, body: &[u8], sort: Option<&str>) -> Result<Answer> {
        let url = format!("http://{}{target}", self.desk.address);
        let mut answer = match (method, sort) {
            ("GET", _) => ureq::get(url)
                .header("Authorization", &self.bearer)
                .config()
                .http_status_as_error(false)
                .build()
                .call()?,
            ("DELETE", _) => ureq::delete(url)
                .header("Authorization", &self.bearer)
                .config()
                .http_status_as_error(false)
                .build()
                .call()?,
            (_, sort) => {
                let request = ureq::post(url).header("Authorization", &self.bearer);
                let request = request.header("Content-Type", sort.unwrap_or("application/json"));
                request.config().http_status_as_error(false).build().send(body)?
            }
        };
        let good = answer.status().is_success();
        let text = answer.body_mut().with_config().limit(64 << 20).read_to_string()?;
        Ok(Answer { good, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) })
    }
}

/// Whether any text within begins so, behind the name of the file or the field.
fn says(body: &Value, message: &str) -> bool {
    match body {
        Value::String(text) => text.contains(message),
        Value::Array(list) => list.iter().any(|it| says(it, message)),
        Value::Object(map) => map.values().any(|it| says(it, message)),
        _ => false,
    }
}

/// A pack that binds it to the question everywhere, with every grant there is.
fn pack(name: &str, question: &str, component: &[u8]) -> Result<Vec<u8>> {
    let manifest = format!(
        r#"[pack]
name = "{name}"
version = "1.0.0"
publisher = "nobody"
licence = "MIT"
plugdesk = ">=0.1, <1"

[[plugin]]
name = "{name}"
component = "it.wasm"
questions = ["{question}"]

[plugin.needs]
contact = true
company = true
attributes = true
entries = 200
tickets = {{ contact = 200, company = 200, desk = 200 }}
facts = true
signals = true
calendar = true
commitments = true
account = true
events = ["ticket.created"]
commands = ["*"]

[[binding]]
plugin = "{name}"
question = "{question}"
rank = 9000
"#
    );
    let mut archive = tar::Builder::new(Vec::new());
    for (file, bytes) in [("pack.toml", manifest.as_bytes()), ("it.wasm", component)] {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, file, bytes)?;
    }
    Ok(archive.into_inner()?)
}
