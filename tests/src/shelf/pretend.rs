//! A pretend desk: what policies read in these tests, and how often they did.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use plugdesk_domain::question::classify::Subject;
use plugdesk_domain::question::shown::{
    ShownCommitment, ShownCompany, ShownContact, ShownEntry, ShownFact, ShownMembership, ShownPerson, ShownSignal,
    ShownTicket, ShownTicketDigest,
};
use plugdesk_domain::question::{
    Circumstances, Inquiry, affiliate, classify, correlate, escalate, identify, merge, promise, qualify, react, track,
};
use plugdesk_domain::{
    Call, Category, CommitmentState, Context, Grade, Instant, Limits, Plugin, Priority, Refusal, Scope, Track, Verdict,
};
use serde_json::{Value, json};

/// The time of every call.
pub const NOW: Instant = Instant::from_millis(1_763_800_200_000);

/// Counts what it is asked.
#[derive(Debug, Default)]
pub struct Desk {
    /// How often it was read.
    pub reads: AtomicU32,
    /// What it has of every record.
    pub attributes: Vec<(String, Value)>,
    /// What it has of any record besides, under any name.
    pub any: Option<Any>,
    /// Whether it panics when it is read.
    pub breaks: bool,
}

/// The fields of a record, by its id, of those names.
pub struct Any(pub Box<Fields>);

type Fields = dyn Fn(&str, &[String]) -> Vec<(String, Value)> + Send + Sync;

impl std::fmt::Debug for Any {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("Any")
    }
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
    fn attributes_of(&self, of: &str, names: &[String]) -> Result<Vec<(String, Value)>, Refusal> {
        self.read();
        let any = self.any.iter().flat_map(|any| (any.0)(of, names));
        Ok(self.attributes.iter().filter(|(name, _)| names.contains(name)).cloned().chain(any).collect())
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
        self.read();
        Ok(vec![commitment(); 2])
    }
    fn ancestors(&self) -> Result<Vec<ShownCompany>, Refusal> {
        self.read();
        Ok(vec![ShownCompany { id: "company_0".into(), ..company() }])
    }
    fn people(&self) -> Result<Vec<ShownPerson>, Refusal> {
        self.read();
        Ok(vec![person(); 3])
    }
    fn calendar_add(&self, calendar: &str, start: Instant, minutes: u32) -> Option<Instant> {
        (calendar == "always").then(|| start.plus_millis(i64::from(minutes) * 60_000))
    }
    fn calendar_between(&self, calendar: &str, start: Instant, end: Instant) -> Option<i64> {
        (calendar == "always").then(|| end.since(start) / 60_000)
    }
    fn calendar_add_working_days(&self, calendar: &str, start: Instant, days: u32) -> Option<Instant> {
        (calendar == "always").then(|| start.plus_millis(i64::from(days) * 86_400_000))
    }
}

/// Its one contact.
pub fn contact() -> ShownContact {
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

/// Its one company.
pub fn company() -> ShownCompany {
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

fn commitment() -> ShownCommitment {
    ShownCommitment {
        id: "commitment_1".into(),
        metric: "first-response".into(),
        state: CommitmentState::AtRisk,
        source: "contract".into(),
        started_at: NOW,
        due_at: NOW.plus_millis(3_600_000),
        left_ms: -1,
    }
}

fn person() -> ShownPerson {
    ShownPerson {
        contact: "contact_1".into(),
        name: "Noor".into(),
        company: "company_1".into(),
        role: Some("decider".into()),
        aspect: None,
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

/// Its one ticket.
pub fn ticket() -> ShownTicket {
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

/// An inquiry about that subject.
pub fn classify(subject: classify::Subject) -> Inquiry {
    Inquiry::Classify(classify::Inquiry { circumstances: circumstances(), subject })
}

/// An inquiry about its ticket as a lead.
pub fn qualify() -> Inquiry {
    inquiry("qualify")
}

/// A full inquiry of that question: there is one candidate, one node, one neighbour, one target.
pub fn inquiry(question: &str) -> Inquiry {
    let (circumstances, text) = (circumstances(), "The site is down.".to_owned());
    match question {
        "classify" => classify(Subject::Contact(contact())),
        "qualify" => Inquiry::Qualify(qualify::Inquiry { circumstances, lead: ticket() }),
        "identify" => {
            let other = ShownContact { id: "contact_2".into(), ..contact() };
            let found_by = vec!["address".into(), "name".into()];
            let candidate = identify::Candidate { contact: other, found_by, shared: vec!["phone:+4922".into()] };
            let candidates = vec![candidate];
            Inquiry::Identify(identify::Inquiry { circumstances, contact: contact(), shared: vec![], candidates })
        }
        "merge" => {
            let loser = Subject::Contact(ShownContact { id: "contact_2".into(), ..contact() });
            Inquiry::Merge(merge::Inquiry { circumstances, winner: Subject::Contact(contact()), loser })
        }
        "affiliate" => {
            let membership = ShownMembership { company: "company_1".into(), role: None, aspect: None, primary: true };
            let node = affiliate::Node {
                company: company(),
                found_by: vec!["membership".into()],
                membership: Some(membership),
                recent_tickets: 4,
            };
            Inquiry::Affiliate(affiliate::Inquiry { circumstances, ticket: ticket(), text, nodes: vec![node] })
        }
        "correlate" => {
            let neighbour = correlate::Neighbour {
                ticket: "ticket_2".into(),
                kind: "support".into(),
                subject: "Down".into(),
                text: "It is down.".into(),
                category: Category::Open,
                company: Some("company_1".into()),
                requester: None,
                lead: None,
                opened_at: NOW,
            };
            let neighbours = vec![neighbour];
            Inquiry::Correlate(correlate::Inquiry { circumstances, ticket: ticket(), text, neighbours })
        }
        "track" => Inquiry::Track(track::Inquiry { circumstances, ticket: ticket(), text, now: None }),
        "promise" => Inquiry::Promise(promise::Inquiry {
            circumstances,
            ticket: ticket(),
            cause: "opened".into(),
            track: Some(Track::Special),
            grade: Some(Grade::A),
            tier: Some("gold".into()),
            contract: vec![],
        }),
        "escalate" => Inquiry::Escalate(escalate::Inquiry {
            circumstances,
            ticket: ticket(),
            cause: "breached".into(),
            metric: Some("resolution".into()),
            level: 1,
            acknowledged: false,
            since: Some(NOW),
            track: None,
            tier: None,
        }),
        "react" => {
            let event = react::Happened {
                sequence: 7,
                name: "ticket.created".into(),
                subject: "ticket_1".into(),
                at: NOW,
                by: "mina".into(),
                depth: 1,
                data: json!({"id": "ticket_1", "kind": "lead"}),
            };
            Inquiry::React(react::Inquiry { circumstances, event, ticket: Some(ticket()) })
        }
        other => panic!("{other} is no question"),
    }
}

/// The inquiry of the question that the plugin answers.
pub fn inquiry_for(plugin: &dyn Plugin) -> Inquiry {
    inquiry(&plugin.questions()[0])
}

/// Asks with a fresh desk.
pub fn ask(plugin: &dyn Plugin, limits: &Limits) -> Verdict {
    ask_at(plugin, &Desk::default(), &inquiry_for(plugin), b"settings", limits)
}

/// Asks with everything named.
pub fn ask_at(plugin: &dyn Plugin, desk: &Desk, inquiry: &Inquiry, settings: &[u8], limits: &Limits) -> Verdict {
    plugin.ask(&Call { inquiry, settings: &Arc::from(settings), context: desk, limits })
}
