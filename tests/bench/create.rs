//! The real server, its real store and its real policies: a lead created over HTTP, durable when answered.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::load::Target;

/// So many policies stand behind each lead: what a desk with two industries' packs has.
const POLICIES: usize = 5;

/// A running desk; it ends with this value.
pub(crate) struct Desk {
    server: Child,
    address: SocketAddr,
    key: String,
    /// The policies that answer, by name.
    pub(crate) policies: Vec<String>,
}

impl Desk {
    /// A new folder with these packs and as many further bindings as make [`POLICIES`].
    pub(crate) fn start(plugdesk: &Path, packs: &[PathBuf], folder: &Path) -> Result<Self> {
        let mut init = Command::new(plugdesk);
        init.args(["init", "--json", "--folder"]).arg(folder);
        for pack in packs {
            init.arg("--pack").arg(pack);
        }
        let made = json_of(&mut init)?;
        let key = made["key"]["secret"].as_str().context("init shows the key")?.to_owned();
        let mut serve = Command::new(plugdesk);
        // One key sends everything here, so its rate limit would be what is measured.
        serve.args(["serve", "--json", "--log", "error", "--rate", "1000000"]);
        serve.args(["--listen", "127.0.0.1:0", "--folder"]).arg(folder);
        let mut server = serve.stdout(Stdio::piped()).stdin(Stdio::null()).spawn()?;
        let mut line = String::new();
        BufReader::new(server.stdout.take().context("its output")?).read_line(&mut line)?;
        let listening: Value = serde_json::from_str(&line).with_context(|| format!("serve says `{line}`"))?;
        let url = listening["listening"].as_str().context("serve says where it listens")?.to_owned();
        let address = url.trim_start_matches("http://").parse()?;
        let mut desk = Self { server, address, key, policies: Vec::new() };
        desk.bind_more(&url)?;
        Ok(desk)
    }

    /// Binds the shipped policies again under other names, behind the first ones.
    fn bind_more(&mut self, url: &str) -> Result<()> {
        let bearer = format!("Bearer {}", self.key);
        let bindings: Value =
            ureq::get(format!("{url}/v1/bindings")).header("Authorization", &bearer).call()?.body_mut().read_json()?;
        let shipped = bindings["items"].as_array().context("bindings have items")?.clone();
        self.policies = shipped.iter().filter_map(|b| b["policy"].as_str().map(str::to_owned)).collect();
        for (place, model) in shipped.iter().cycle().take(POLICIES.saturating_sub(shipped.len())).enumerate() {
            let policy = format!("{}-{}", model["policy"].as_str().unwrap_or("policy"), place + 2);
            let new = json!({
                "policy": policy, "pack": model["pack"], "plugin": model["plugin"], "question": model["question"],
                "scope": model["scope"], "rank": 1_000 + place,
            });
            ureq::post(format!("{url}/v1/bindings")).header("Authorization", &bearer).send_json(&new)?;
            self.policies.push(policy);
        }
        Ok(())
    }

    pub(crate) fn target(&self) -> Target {
        let authorization = Some(format!("Bearer {}", self.key));
        Target { address: self.address, path: "/v1/tickets", authorization, body: lead }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
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
