//! The real server, its real store and its real policies, as a child process.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::Bench;

/// So many policies stand behind each lead: what a desk with two industries' packs has.
const POLICIES: usize = 5;

/// A running desk; it is killed with this value.
pub(crate) struct Desk {
    server: Child,
    folder: PathBuf,
    /// Where it listens, on loopback.
    pub(crate) address: SocketAddr,
    key: String,
    /// The policies that answer, by name.
    pub(crate) policies: Vec<String>,
}

impl Desk {
    /// A new folder with the packs and as many further bindings as make [`POLICIES`].
    pub(crate) fn create(bench: &Bench, folder: &Path) -> Result<Self> {
        let mut init = Command::new(&bench.plugdesk);
        init.args(["init", "--json", "--folder"]).arg(folder);
        for pack in &bench.packs {
            init.arg("--pack").arg(pack);
        }
        let made = json_of(&mut init)?;
        let key = made["key"]["secret"].as_str().context("init shows the key")?.to_owned();
        let mut desk = Self::open(bench, folder, key, &[])?;
        desk.bind_more()?;
        Ok(desk)
    }

    /// Serves an existing folder; `more` are further arguments of `serve`.
    pub(crate) fn open(bench: &Bench, folder: &Path, key: String, more: &[&str]) -> Result<Self> {
        let mut serve = Command::new(&bench.plugdesk);
        // One key sends everything here, so its rate limit would be what is measured.
        serve.args(["serve", "--json", "--log", "error", "--rate", "1000000"]);
        serve.args(["--listen", "127.0.0.1:0", "--folder"]).arg(folder).args(more);
        let mut server = serve.stdout(Stdio::piped()).stdin(Stdio::null()).spawn()?;
        let mut line = String::new();
        BufReader::new(server.stdout.take().context("its output")?).read_line(&mut line)?;
        let listening: Value = serde_json::from_str(&line).with_context(|| format!("serve says `{line}`"))?;
        let url = listening["listening"].as_str().context("serve says where it listens")?.to_owned();
        let address = url.trim_start_matches("http://").parse()?;
        Ok(Self { server, folder: folder.to_owned(), address, key, policies: Vec::new() })
    }

    /// Binds the shipped policies again under other names, behind the first ones.
    fn bind_more(&mut self) -> Result<()> {
        let bindings = self.get("/v1/bindings")?;
        let shipped = bindings["items"].as_array().context("bindings have items")?.clone();
        self.policies = shipped.iter().filter_map(|b| b["policy"].as_str().map(str::to_owned)).collect();
        self.policies.dedup();
        let missing = POLICIES.saturating_sub(self.policies.len());
        for (place, model) in shipped.iter().cycle().take(missing).enumerate() {
            let policy = format!("{}-{}", model["policy"].as_str().unwrap_or("policy"), place + 2);
            let new = json!({
                "policy": policy, "pack": model["pack"], "plugin": model["plugin"], "question": model["question"],
                "scope": model["scope"], "rank": 1_000 + place,
            });
            self.post("/v1/bindings", &new)?;
            self.policies.push(policy);
        }
        Ok(())
    }

    /// `Authorization`.
    pub(crate) fn bearer(&self) -> Option<String> {
        Some(format!("Bearer {}", self.key))
    }

    /// The admin's key.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// The desk's folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The server's process.
    pub(crate) fn pid(&self) -> u32 {
        self.server.id()
    }

    /// Kills it as `kill -9` does, and waits until it is gone.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.server.kill()?;
        self.server.wait()?;
        Ok(())
    }

    /// One read; an answer that is no success is an error.
    pub(crate) fn get(&self, target: &str) -> Result<Value> {
        let url = format!("http://{}{target}", self.address);
        let mut answer = ureq::get(url).header("Authorization", self.bearer().unwrap_or_default()).call()?;
        Ok(answer.body_mut().read_json()?)
    }

    /// One write; an answer that is no success is an error.
    pub(crate) fn post(&self, target: &str, body: &Value) -> Result<Value> {
        let url = format!("http://{}{target}", self.address);
        let request = ureq::post(url).header("Authorization", self.bearer().unwrap_or_default());
        Ok(request.send_json(body)?.body_mut().read_json()?)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        drop(self.kill());
    }
}

/// A lead of about 900 bytes: twelve answers and one message, from a person not seen before.
pub(crate) fn lead(number: u64) -> String {
    json!({
        "kind": "lead", "channel": "web", "subject": format!("Heat pump for a house, request {number}"),
        "contact": { "name": format!("Person {number}"), "identities": [{ "kind": "email", "value": format!("person{number}@example.org") }] },
        "custom": {
            "interest": "Heat pump", "budget": "Approved", "horizon": "This month", "visits": number % 12,
            "minutes": number % 60, "price_asked": "yes", "country": "Poland", "source": "search", "language": "pl",
            "rooms": 5, "heated_area": 140, "consent": true,
        },
        "entries": [{ "text":
            "We compare three suppliers. Please send seasonal performance figures, warranty terms and the total cost of \
             ownership over fifteen years; we would like to decide before the winter comes." }],
    })
    .to_string()
}

fn json_of(command: &mut Command) -> Result<Value> {
    let output = command.stderr(Stdio::inherit()).output()?;
    anyhow::ensure!(output.status.success(), "{command:?} failed");
    let text = String::from_utf8(output.stdout)?;
    serde_json::from_str(&text).with_context(|| format!("`{text}` is not JSON"))
}
