//! A desk that answers from memory: what a store costs is measured elsewhere.

use plugdesk_domain::question::shown::{
    ShownCommitment, ShownCompany, ShownContact, ShownEntry, ShownFact, ShownIdentity, ShownPerson, ShownSignal,
    ShownTicketDigest,
};
use plugdesk_domain::{Category, Context, Instant, Priority, Refusal, Scope};
use serde_json::{Value, json};

use crate::{NOW, lead, people};

/// The desk.
pub(crate) struct Desk;

impl Context for Desk {
    fn find_contact(&self) -> Result<Option<ShownContact>, Refusal> {
        let identity = ShownIdentity { kind: "email".into(), value: "noor@acme.example".into(), verified: true };
        Ok(Some(ShownContact {
            id: "contact_01h455vb4pex5vsknk084sn02q".into(),
            name: "Noor Rahimi".into(),
            segment: Some("consumer".into()),
            locale: Some("fa".into()),
            time_zone: Some("Asia/Tehran".into()),
            identities: vec![identity],
            memberships: vec![],
            created_at: NOW,
        }))
    }
    fn find_company(&self) -> Result<Option<ShownCompany>, Refusal> {
        Ok(None)
    }
    fn attributes_of(&self, of: &str, names: &[String]) -> Result<Vec<(String, Value)>, Refusal> {
        if let Some(person) = people::number_of(of) {
            return Ok(people::attributes(person, names));
        }
        let answer = |name: &String| {
            let found = lead::ANSWERS.iter().find(|(known, _)| known == name);
            found.map(|(_, answer)| (name.clone(), json!(answer)))
        };
        Ok(names.iter().filter_map(answer).collect())
    }
    fn entries(&self, _at_most: u32) -> Result<Vec<ShownEntry>, Refusal> {
        let entry = |n: i64| ShownEntry {
            id: "entry_01h455vb4pex5vsknk084sn02q".into(),
            kind: "reply".into(),
            from_customer: true,
            author: Some("contact_01h455vb4pex5vsknk084sn02q".into()),
            text: "I would like to know whether the course fits my work. ".repeat(6),
            locale: Some("en".into()),
            at: NOW.plus_millis(-n * 3_600_000),
        };
        Ok((0..5).map(entry).collect())
    }
    fn tickets(&self, _scope: Scope, _at_most: u32) -> Result<Vec<ShownTicketDigest>, Refusal> {
        let digest = |n: i64| ShownTicketDigest {
            id: "ticket_01h455vb4pex5vsknk084sn02q".into(),
            kind: "lead".into(),
            subject: "A question about the spring course".into(),
            category: Category::Closed,
            priority: Priority::Normal,
            requester: Some("contact_01h455vb4pex5vsknk084sn02q".into()),
            opened_at: NOW.plus_millis(-n * 86_400_000),
            updated_at: NOW,
        };
        Ok((0..5).map(digest).collect())
    }
    fn facts(&self, _of: &str, _kind: Option<&str>) -> Result<Vec<ShownFact>, Refusal> {
        Ok(vec![])
    }
    fn signals(&self, _of: &str, _kind: Option<&str>) -> Result<Vec<ShownSignal>, Refusal> {
        Ok(vec![])
    }
    fn commitments(&self) -> Result<Vec<ShownCommitment>, Refusal> {
        Ok(vec![])
    }
    fn ancestors(&self) -> Result<Vec<ShownCompany>, Refusal> {
        Ok(vec![])
    }
    fn people(&self) -> Result<Vec<ShownPerson>, Refusal> {
        Ok(vec![])
    }
    fn calendar_add(&self, _calendar: &str, start: Instant, minutes: u32) -> Option<Instant> {
        Some(start.plus_millis(i64::from(minutes) * 60_000))
    }
    fn calendar_between(&self, _calendar: &str, start: Instant, end: Instant) -> Option<i64> {
        Some(end.since(start) / 60_000)
    }

    fn calendar_add_working_days(&self, _calendar: &str, _start: Instant, _days: u32) -> Option<Instant> {
        None
    }
}
