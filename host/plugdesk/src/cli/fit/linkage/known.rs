//! The custom fields of records, as far as the policy read them when it was asked.

use std::collections::BTreeMap;

use plugdesk_desk::transcript::{Exchange, Heard};
use plugdesk_domain::question::shown::{
    ShownCommitment, ShownCompany, ShownContact, ShownEntry, ShownFact, ShownPerson, ShownSignal, ShownTicketDigest,
};
use plugdesk_domain::{Context, Instant, Refusal, Scope};
use serde_json::Value;

/// Fields by record and name. Nothing else is shown.
#[derive(Default)]
pub(super) struct Known(BTreeMap<String, BTreeMap<String, Value>>);

impl Known {
    /// Adds what was read for one question.
    pub(super) fn add(&mut self, context: &[Exchange]) {
        for Exchange { arguments, answer, .. } in context {
            let of = arguments.get("of").and_then(Value::as_str);
            if let (Some(of), Heard::Ok(Value::Object(fields))) = (of, answer) {
                let known = self.0.entry(of.to_owned()).or_default();
                known.extend(fields.iter().map(|(name, value)| (name.clone(), value.clone())));
            }
        }
    }

    /// What is known of a record.
    pub(super) fn of(&self, id: &str) -> Option<&BTreeMap<String, Value>> {
        self.0.get(id)
    }
}

impl Context for Known {
    fn find_contact(&self) -> Result<Option<ShownContact>, Refusal> {
        Err(Refusal::NotGranted)
    }
    fn find_company(&self) -> Result<Option<ShownCompany>, Refusal> {
        Err(Refusal::NotGranted)
    }
    fn attributes_of(&self, of: &str, names: &[String]) -> Result<Vec<(String, Value)>, Refusal> {
        let known = |name: &String| Some((name.clone(), self.of(of)?.get(name)?.clone()));
        Ok(names.iter().filter_map(known).collect())
    }
    fn entries(&self, _: u32) -> Result<Vec<ShownEntry>, Refusal> {
        Err(Refusal::NotGranted)
    }
    fn tickets(&self, _: Scope, _: u32) -> Result<Vec<ShownTicketDigest>, Refusal> {
        Err(Refusal::NotGranted)
    }
    fn facts(&self, _: &str, _: Option<&str>) -> Result<Vec<ShownFact>, Refusal> {
        Err(Refusal::NotGranted)
    }
    fn signals(&self, _: &str, _: Option<&str>) -> Result<Vec<ShownSignal>, Refusal> {
        Err(Refusal::NotGranted)
    }
    fn commitments(&self) -> Result<Vec<ShownCommitment>, Refusal> {
        Err(Refusal::NotGranted)
    }
    fn ancestors(&self) -> Result<Vec<ShownCompany>, Refusal> {
        Err(Refusal::NotGranted)
    }
    fn people(&self) -> Result<Vec<ShownPerson>, Refusal> {
        Err(Refusal::NotGranted)
    }
    fn calendar_add(&self, _: &str, _: Instant, _: u32) -> Option<Instant> {
        None
    }
    fn calendar_add_working_days(&self, _: &str, _: Instant, _: u32) -> Option<Instant> {
        None
    }
    fn calendar_between(&self, _: &str, _: Instant, _: Instant) -> Option<i64> {
        None
    }
}
