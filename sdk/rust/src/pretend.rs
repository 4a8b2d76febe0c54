//! A pretend desk: a policy is tested natively, without wasm, by telling it what it would have read.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

mod hours;

use crate::desk::Desk;
use crate::policy::{Policy, Problem, from_bytes, prepare};
use crate::types::{
    Attributes, Category, Circumstances, Commitment, CommitmentState, Company, Contact, DAY, Entry, Fact, Identity,
    Instant, Level, Person, Priority, Refusal, Scope, Signal, Ticket, TicketDigest, Value,
};
use hours::{Hours, MINUTE};

/// The contract's limit of reads a question.
const MOST_READS: u32 = 104;
/// The contract's limit of names in one read of custom fields.
const MOST_NAMES: usize = 256;

/// A desk that knows what it was told and grants everything but what was refused.
#[derive(Debug, Default)]
pub struct Pretend {
    contact: Option<Contact>,
    company: Option<Company>,
    attributes: BTreeMap<String, BTreeMap<String, Value>>,
    entries: Vec<Entry>,
    tickets: Vec<(Scope, TicketDigest)>,
    facts: Vec<(String, Fact)>,
    signals: Vec<(String, Signal)>,
    commitments: Vec<Commitment>,
    ancestors: Vec<Company>,
    people: Vec<Person>,
    calendars: BTreeMap<String, Hours>,
    refused: Vec<&'static str>,
    reads: Cell<u32>,
    log: RefCell<Vec<(Level, String)>>,
}

impl Pretend {
    /// A desk that knows nothing yet.
    pub fn desk() -> Self {
        Self::default()
    }

    /// The policy of that configuration, as a desk would run it: prepared, kept as bytes, read again.
    pub fn policy<P: Policy>(configuration: &str) -> Result<P, Vec<Problem>> {
        let bytes = prepare::<P>(configuration)?;
        from_bytes(&bytes).map_err(|fault| vec![Problem::at("", format!("{fault:?}"))])
    }

    /// The circumstances of a command at that time, by an agent, in hours, in English.
    pub fn circumstances(now: Instant) -> Circumstances {
        Circumstances { now, locale: "en".to_owned(), actor: "agent".to_owned(), in_hours: true }
    }

    /// An open ticket, with id `ticket`, of a requester with id `contact`.
    pub fn ticket(kind: &str, subject: &str, opened_at: Instant) -> Ticket {
        Ticket {
            id: "ticket".to_owned(),
            number: 1,
            kind: kind.to_owned(),
            subject: subject.to_owned(),
            category: Category::New,
            priority: Priority::Normal,
            segment: None,
            company: None,
            requester: Some("contact".to_owned()),
            team: None,
            assignee: None,
            channel: "web".to_owned(),
            tags: Vec::new(),
            opened_at,
            updated_at: opened_at,
            touches: 0,
            handoffs: 0,
            reopens: 0,
        }
    }

    /// A person, with id `contact`, and e-mail addresses.
    pub fn person(name: &str, emails: &[&str]) -> Contact {
        let identity =
            |value: &&str| Identity { kind: "email".to_owned(), value: (*value).to_owned(), verified: false };
        Contact {
            id: "contact".to_owned(),
            name: name.to_owned(),
            segment: None,
            locale: None,
            time_zone: None,
            identities: emails.iter().map(identity).collect(),
            memberships: Vec::new(),
            created_at: 0,
        }
    }

    /// A company, with id `company`.
    pub fn firm(name: &str) -> Company {
        Company {
            id: "company".to_owned(),
            name: name.to_owned(),
            parent: None,
            segment: None,
            tier: None,
            worth: None,
            domains: Vec::new(),
        }
    }

    /// Something owed that is not met yet, with its metric as its id: its clock began at 0.
    pub fn owed(metric: &str, due_at: Instant, left_ms: i64) -> Commitment {
        Commitment {
            id: metric.to_owned(),
            metric: metric.to_owned(),
            state: CommitmentState::Pending,
            source: "desk".to_owned(),
            started_at: 0,
            due_at,
            left_ms,
        }
    }

    /// Somebody of the company with id `company`, in that role, with the name as the contact's id.
    pub fn of_company(name: &str, role: &str) -> Person {
        Person {
            contact: name.to_owned(),
            name: name.to_owned(),
            company: "company".to_owned(),
            role: Some(role.to_owned()),
            aspect: None,
        }
    }

    /// What the customer said, at that time.
    pub fn reply(text: &str, at: Instant) -> Entry {
        Entry {
            id: "entry".to_owned(),
            kind: "reply".to_owned(),
            from_customer: true,
            author: Some("contact".to_owned()),
            text: text.to_owned(),
            locale: None,
            at,
        }
    }

    /// Sets the contact.
    #[must_use]
    pub fn with_contact(mut self, contact: Contact) -> Self {
        self.contact = Some(contact);
        self
    }

    /// Sets the company.
    #[must_use]
    pub fn with_company(mut self, company: Company) -> Self {
        self.company = Some(company);
        self
    }

    /// Sets a custom field of the record with that id.
    #[must_use]
    pub fn with_attribute(mut self, of: &str, name: &str, value: Value) -> Self {
        self.attributes.entry(of.to_owned()).or_default().insert(name.to_owned(), value);
        self
    }

    /// Adds an entry; the first added is the newest.
    #[must_use]
    pub fn with_entry(mut self, entry: Entry) -> Self {
        self.entries.push(entry);
        self
    }

    /// Adds another ticket of that scope; the first added is the newest.
    #[must_use]
    pub fn with_ticket(mut self, scope: Scope, ticket: TicketDigest) -> Self {
        self.tickets.push((scope, ticket));
        self
    }

    /// Adds a fact about the record with that id.
    #[must_use]
    pub fn with_fact(mut self, of: &str, fact: Fact) -> Self {
        self.facts.push((of.to_owned(), fact));
        self
    }

    /// Adds a signal about the record with that id.
    #[must_use]
    pub fn with_signal(mut self, of: &str, signal: Signal) -> Self {
        self.signals.push((of.to_owned(), signal));
        self
    }

    /// Adds something owed; the first added is the oldest.
    #[must_use]
    pub fn with_commitment(mut self, commitment: Commitment) -> Self {
        self.commitments.push(commitment);
        self
    }

    /// Adds a node above the company; the first added is the nearest.
    #[must_use]
    pub fn with_ancestor(mut self, company: Company) -> Self {
        self.ancestors.push(company);
        self
    }

    /// Adds somebody of the company; deciders come first.
    #[must_use]
    pub fn with_person(mut self, person: Person) -> Self {
        self.people.push(person);
        self
    }

    /// Adds a calendar in which the minutes of these days count, 1 for Monday to 7 for Sunday, from one hour of the day
    /// to another, in UTC. There is `always` besides, in which every minute counts.
    #[must_use]
    pub fn with_calendar(mut self, name: &str, days: &[u8], hours: std::ops::Range<u8>) -> Self {
        self.calendars.insert(name.to_owned(), Hours::new(days, hours));
        self
    }

    /// Refuses a read as *not granted*: `contact`, `company`, `attributes`, `entries`, `tickets`, `facts`, `signals`,
    /// `commitments`, `account`.
    #[must_use]
    pub fn without(mut self, read: &'static str) -> Self {
        self.refused.push(read);
        self
    }

    /// What the policy logged.
    pub fn logged(&self) -> Vec<(Level, String)> {
        self.log.borrow().clone()
    }

    /// Begins another question: reads are counted anew.
    pub fn begin(&self) {
        self.reads.set(0);
    }

    /// How often it read.
    pub fn reads(&self) -> u32 {
        self.reads.get()
    }

    fn read(&self, what: &str) -> Result<(), Refusal> {
        self.reads.set(self.reads.get() + 1);
        if self.reads.get() > MOST_READS {
            return Err(Refusal::TooMany);
        }
        if self.refused.contains(&what) { Err(Refusal::NotGranted) } else { Ok(()) }
    }
}

impl Desk for Pretend {
    fn contact(&self) -> Result<Option<Contact>, Refusal> {
        self.read("contact").map(|()| self.contact.clone())
    }

    fn company(&self) -> Result<Option<Company>, Refusal> {
        self.read("company").map(|()| self.company.clone())
    }

    fn attributes(&self, of: &str, names: &[String]) -> Result<Attributes, Refusal> {
        self.read("attributes")?;
        if names.len() > MOST_NAMES {
            return Err(Refusal::TooMany);
        }
        let all = self.attributes.get(of).into_iter().flatten();
        Ok(all.filter(|(name, _)| names.contains(name)).map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    fn entries(&self, at_most: u32) -> Result<Vec<Entry>, Refusal> {
        self.read("entries").map(|()| self.entries.iter().take(at_most as usize).cloned().collect())
    }

    fn tickets(&self, scope: Scope, at_most: u32) -> Result<Vec<TicketDigest>, Refusal> {
        let of_scope = self.tickets.iter().filter(|(of, _)| *of == scope);
        self.read("tickets").map(|()| of_scope.take(at_most as usize).map(|(_, ticket)| ticket.clone()).collect())
    }

    fn facts(&self, of: &str, kind: Option<&str>) -> Result<Vec<Fact>, Refusal> {
        let about = self.facts.iter().filter(|(about, fact)| about == of && kind.is_none_or(|kind| fact.kind == kind));
        self.read("facts").map(|()| about.map(|(_, fact)| fact.clone()).collect())
    }

    fn signals(&self, of: &str, kind: Option<&str>) -> Result<Vec<Signal>, Refusal> {
        let about =
            self.signals.iter().filter(|(about, signal)| about == of && kind.is_none_or(|kind| signal.kind == kind));
        self.read("signals").map(|()| about.map(|(_, signal)| signal.clone()).collect())
    }

    fn commitments(&self) -> Result<Vec<Commitment>, Refusal> {
        self.read("commitments").map(|()| self.commitments.clone())
    }

    fn ancestors(&self) -> Result<Vec<Company>, Refusal> {
        self.read("account").map(|()| self.ancestors.clone())
    }

    fn people(&self) -> Result<Vec<Person>, Refusal> {
        self.read("account").map(|()| self.people.clone())
    }

    fn later(&self, calendar: &str, start: Instant, minutes: u32) -> Option<Instant> {
        if calendar == "always" {
            return Some(start.saturating_add(i64::from(minutes) * MINUTE));
        }
        self.calendars.get(calendar)?.later(start, minutes)
    }

    fn minutes_between(&self, calendar: &str, start: Instant, end: Instant) -> Option<i64> {
        if calendar == "always" {
            return Some(end.saturating_sub(start).div_euclid(MINUTE));
        }
        self.calendars.get(calendar).map(|hours| hours.minutes_between(start, end))
    }

    fn working_days_later(&self, calendar: &str, start: Instant, days: u32) -> Option<Instant> {
        if calendar == "always" {
            return (days > 0).then(|| start.saturating_add(Instant::from(days).saturating_mul(DAY)));
        }
        self.calendars.get(calendar)?.working_days_later(start, days)
    }

    fn log(&self, level: Level, message: &str) {
        self.log.borrow_mut().push((level, message.to_owned()));
    }
}
