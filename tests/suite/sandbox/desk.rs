//! A pretend desk: what policies read in these tests, and how often they did.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use plugdesk_domain::question::shown::{
    ShownCommitment, ShownCompany, ShownContact, ShownEntry, ShownFact, ShownPerson, ShownSignal, ShownTicket,
    ShownTicketDigest,
};
use plugdesk_domain::question::{Circumstances, Inquiry, classify, qualify};
use plugdesk_domain::{Call, Category, Context, Instant, Limits, Plugin, Priority, Refusal, Scope, Verdict};
use serde_json::{Value, json};

/// The time of every call.
pub(crate) const NOW: Instant = Instant::from_millis(1_763_800_200_000);

/// Counts what it is asked.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    pub(crate) reads: AtomicU32,
    pub(crate) attributes: Vec<(String, Value)>,
    /// Whether it panics when it is read.
    pub(crate) breaks: bool,
}

impl Desk {
    fn read(&self) {
        self.reads.fetch_add(1, Ordering::Relaxed);
        assert!(!self.breaks, "the pretend desk breaks, as it was told to");
    }
}

impl Context for Desk {
    fn find_contact(&self) -> Result<Option<ShownContact>, Refusal> {
        self.read();
        Ok(Some(contact()))
    }
    fn find_company(&self) -> Result<Option<ShownCompany>, Refusal> {
        self.read();
        Ok(None)
    }
    fn attributes_of(&self, _of: &str, names: &[String]) -> Result<Vec<(String, Value)>, Refusal> {
        self.read();
        Ok(self.attributes.iter().filter(|(name, _)| names.contains(name)).cloned().collect())
    }
    fn entries(&self, at_most: u32) -> Result<Vec<ShownEntry>, Refusal> {
        self.read();
        if at_most > 20 {
            return Err(Refusal::TooMany);
        }
        Ok(vec![entry(); 5])
    }
    fn tickets(&self, scope: Scope, _at_most: u32) -> Result<Vec<ShownTicketDigest>, Refusal> {
        self.read();
        assert_eq!(scope, Scope::Contact);
        Ok(vec![digest(); 3])
    }
    fn facts(&self, _of: &str, _kind: Option<&str>) -> Result<Vec<ShownFact>, Refusal> {
        self.read();
        let fact = |value| ShownFact { kind: "need".into(), value, source: "desk".into(), confidence: 1, at: NOW };
        Ok([json!("text"), json!(1), json!(1.5), json!(true), json!(["a"]), json!({"a": [1]})].map(fact).into())
    }
    fn signals(&self, _of: &str, kind: Option<&str>) -> Result<Vec<ShownSignal>, Refusal> {
        self.read();
        assert_eq!(kind, Some("budget"));
        Err(Refusal::NotGranted)
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

    fn calendar_add(&self, calendar: &str, start: Instant, minutes: u32) -> Option<Instant> {
        (calendar == "always").then(|| start.plus_millis(i64::from(minutes) * 60_000))
    }
    fn calendar_between(&self, calendar: &str, start: Instant, end: Instant) -> Option<i64> {
        (calendar == "always").then(|| end.since(start) / 60_000)
    }
}

pub(crate) fn contact() -> ShownContact {
    ShownContact {
        id: "contact_1".into(),
        name: "Noor".into(),
        segment: None,
        locale: Some("fa".into()),
        time_zone: None,
        identities: vec![],
        memberships: vec![],
        created_at: NOW,
    }
}

pub(crate) fn company() -> ShownCompany {
    ShownCompany {
        id: "company_1".into(),
        name: "Acme".into(),
        parent: None,
        segment: None,
        tier: None,
        worth: None,
        domains: vec!["acme.example".into()],
    }
}

fn entry() -> ShownEntry {
    ShownEntry {
        id: "entry_1".into(),
        kind: "reply".into(),
        from_customer: true,
        author: None,
        text: "سلام ".repeat(40),
        locale: None,
        at: NOW,
    }
}

fn digest() -> ShownTicketDigest {
    ShownTicketDigest {
        id: "ticket_2".into(),
        kind: "lead".into(),
        subject: "An earlier matter".into(),
        category: Category::Closed,
        priority: Priority::Low,
        requester: None,
        opened_at: NOW,
        updated_at: NOW,
    }
}

pub(crate) fn ticket() -> ShownTicket {
    ShownTicket {
        id: "ticket_1".into(),
        number: 7,
        kind: "lead".into(),
        subject: "A course in data science".into(),
        category: Category::New,
        priority: Priority::Normal,
        segment: Some("consumer".into()),
        company: None,
        requester: Some("contact_1".into()),
        team: None,
        assignee: None,
        channel: "web".into(),
        tags: vec!["spring".into()],
        opened_at: NOW,
        updated_at: NOW,
        touches: 1,
        handoffs: 0,
        reopens: 0,
    }
}

fn circumstances() -> Circumstances {
    Circumstances { now: NOW, locale: "fa".into(), actor: "system".into(), in_hours: true }
}

pub(crate) fn classify(subject: classify::Subject) -> Inquiry {
    Inquiry::Classify(classify::Inquiry { circumstances: circumstances(), subject })
}

pub(crate) fn qualify() -> Inquiry {
    Inquiry::Qualify(qualify::Inquiry { circumstances: circumstances(), lead: ticket() })
}

/// The inquiry of the question that the plugin answers.
pub(crate) fn inquiry_for(plugin: &dyn Plugin) -> Inquiry {
    let classifies = plugin.questions().iter().any(|question| question == "classify");
    if classifies { classify(classify::Subject::Contact(contact())) } else { qualify() }
}

/// Asks with a fresh desk.
pub(crate) fn ask(plugin: &dyn Plugin, limits: &Limits) -> Verdict {
    ask_at(plugin, &Desk::default(), &inquiry_for(plugin), b"settings", limits)
}

/// Asks with everything named.
pub(crate) fn ask_at(plugin: &dyn Plugin, desk: &Desk, inquiry: &Inquiry, settings: &[u8], limits: &Limits) -> Verdict {
    plugin.ask(&Call { inquiry, settings: &Arc::from(settings), context: desk, limits })
}
