//! The component in the sandbox, with the custom fields of the contacts that it is asked about.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result, anyhow, bail};
use plugdesk_domain::question::shown::{
    ShownCommitment, ShownCompany, ShownContact, ShownEntry, ShownFact, ShownIdentity, ShownPerson, ShownSignal,
    ShownTicketDigest,
};
use plugdesk_domain::question::{Answer, Circumstances, Inquiry};
use plugdesk_domain::{Ask as _, Call, Context, Instant, Limits, Outcome, Plugin, Refusal, Scope};
use plugdesk_sandbox::{Options, Sandbox};
use serde_json::{Value, json};

/// The time of every call.
pub(crate) const NOW: Instant = Instant::from_millis(1_763_800_200_000);

/// The policy with the configuration that ships.
pub(crate) struct Policy {
    plugin: Arc<dyn Plugin>,
    settings: Arc<[u8]>,
    calls: AtomicU64,
    fuel: AtomicU64,
    most: AtomicU64,
}

/// Custom fields by contact.
#[derive(Default)]
pub(crate) struct Fields(Mutex<HashMap<String, Vec<(String, Value)>>>);

impl Policy {
    pub(crate) fn load(pack: &Path) -> Result<Self> {
        let component = pack.join("contact-merging.wasm");
        let bytes = std::fs::read(&component).with_context(|| format!("{} is not built", component.display()))?;
        let plugin = Sandbox::new(Options::default())?.load(&bytes).map_err(|fault| anyhow!("{fault:?}"))?;
        let configuration = std::fs::read_to_string(pack.join("config.json"))?;
        let settings = plugin.prepare(&configuration, &Limits::default()).map_err(|fault| anyhow!("{fault:?}"))?;
        let [calls, fuel, most] = Default::default();
        Ok(Self { plugin, settings, calls, fuel, most })
    }

    /// One call; none: no opinion.
    pub(crate) fn ask(&self, inquiry: &Inquiry, fields: &Fields) -> Result<Option<Answer>> {
        let limits = Limits::default();
        let verdict = self.plugin.ask(&Call { inquiry, settings: &self.settings, context: fields, limits: &limits });
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.fuel.fetch_add(verdict.fuel, Ordering::Relaxed);
        self.most.fetch_max(verdict.fuel, Ordering::Relaxed);
        match verdict.outcome {
            Outcome::Answered(answer) => Ok(answer),
            Outcome::Failed { class, message } => bail!("{}: {message}", class.name()),
        }
    }

    /// What the calls cost.
    pub(crate) fn fuel(&self) -> Value {
        let (calls, fuel) = (self.calls.load(Ordering::Relaxed), self.fuel.load(Ordering::Relaxed));
        json!({"calls": calls, "mean": fuel / calls.max(1), "most": self.most.load(Ordering::Relaxed)})
    }
}

/// As an import asks.
pub(crate) fn circumstances() -> Circumstances {
    Circumstances { now: NOW, locale: "en".into(), actor: "import".into(), in_hours: true }
}

/// A contact with addresses as `kind`, `value`.
pub(crate) fn contact(id: String, name: String, addresses: &[(&str, String)]) -> ShownContact {
    let identity =
        |(kind, value): &(&str, String)| ShownIdentity { kind: (*kind).into(), value: value.clone(), verified: false };
    ShownContact {
        id,
        name,
        segment: None,
        locale: None,
        time_zone: None,
        identities: addresses.iter().filter(|(_, value)| !value.is_empty()).map(identity).collect(),
        memberships: Vec::new(),
        created_at: NOW,
    }
}

impl Context for Fields {
    fn find_contact(&self) -> Result<Option<ShownContact>, Refusal> {
        Ok(None)
    }
    fn find_company(&self) -> Result<Option<ShownCompany>, Refusal> {
        Ok(None)
    }
    fn attributes_of(&self, of: &str, names: &[String]) -> Result<Vec<(String, Value)>, Refusal> {
        let all = self.0.lock().expect("no call panics");
        let fields = all.get(of).map(Vec::as_slice).unwrap_or_default();
        Ok(fields.iter().filter(|(name, _)| names.contains(name)).cloned().collect())
    }
    fn entries(&self, _: u32) -> Result<Vec<ShownEntry>, Refusal> {
        Ok(Vec::new())
    }
    fn tickets(&self, _: Scope, _: u32) -> Result<Vec<ShownTicketDigest>, Refusal> {
        Ok(Vec::new())
    }
    fn facts(&self, _: &str, _: Option<&str>) -> Result<Vec<ShownFact>, Refusal> {
        Ok(Vec::new())
    }
    fn signals(&self, _: &str, _: Option<&str>) -> Result<Vec<ShownSignal>, Refusal> {
        Ok(Vec::new())
    }
    fn commitments(&self) -> Result<Vec<ShownCommitment>, Refusal> {
        Ok(Vec::new())
    }
    fn ancestors(&self) -> Result<Vec<ShownCompany>, Refusal> {
        Ok(Vec::new())
    }
    fn people(&self) -> Result<Vec<ShownPerson>, Refusal> {
        Ok(Vec::new())
    }
    fn calendar_add(&self, _: &str, _: Instant, _: u32) -> Option<Instant> {
        None
    }
    fn calendar_between(&self, _: &str, _: Instant, _: Instant) -> Option<i64> {
        None
    }
    fn calendar_add_working_days(&self, _: &str, _: Instant, _: u32) -> Option<Instant> {
        None
    }
}
