//! What holds of a ticket: each indicator once, with what was found and where; and what is missing.

use plugdesk_sdk::conditions::Given;
use plugdesk_sdk::prelude::*;

use crate::configuration::{About, RiskTrack};

/// Other tickets of the contact: more than so many say nothing new. The pack's manifest grants as many.
const MOST_EARLIER: u32 = 10;
/// A parameter of a reason may have 512 bytes; a glance takes in this many.
const MOST_SHOWN_BYTES: usize = 80;

/// An indicator that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Its number.
    pub indicator: u16,
    /// The value or the words.
    pub found: String,
    /// The field, or `subject`, or `text`.
    pub seen_in: Option<String>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// In the order of fields, the desk, words.
    pub hits: Vec<Hit>,
    /// What a verdict on this ticket needs and nobody answered, by its place.
    pub missing: Vec<usize>,
}

impl Evidence {
    /// Reads what the configuration goes by, and nothing else.
    pub fn gather(policy: &RiskTrack, inquiry: &track::Inquiry, desk: &impl Desk) -> Result<Self, Fault> {
        let ticket = &inquiry.ticket;
        let mut evidence = Self::default();
        if policy.fields.count() > 0 {
            let (contact, company) = (ticket.requester.as_deref(), ticket.company.as_deref());
            let values = policy.fields.read(desk, &ticket.id, contact, company)?;
            let value = |field: u16| values.get(usize::from(field)).and_then(Option::as_ref);
            for (field, check, indicator) in &policy.on_fields {
                let value = value(*field);
                if check.holds(value.map(|(_, given)| given)) {
                    let found = value.map_or_else(|| "–".to_owned(), |(value, _)| shown(value));
                    let seen_in = Some(policy.fields.name(*field).to_owned());
                    evidence.hits.push(Hit { indicator: *indicator, found, seen_in });
                }
            }
            let needed = policy.required.iter().enumerate().filter(|(_, it)| it.is_for(ticket));
            evidence.missing = needed.filter(|(_, it)| value(it.field).is_none()).map(|(place, _)| place).collect();
        }
        evidence.ask_the_desk(policy, ticket, desk)?;
        evidence.listen(policy, ticket, &inquiry.text);
        Ok(evidence)
    }

    fn ask_the_desk(&mut self, policy: &RiskTrack, ticket: &Ticket, desk: &impl Desk) -> Result<(), Fault> {
        let asks = |wanted: &[About]| policy.on_desk.iter().any(|(about, ..)| wanted.contains(about));
        let for_company = ticket.company.is_some();
        let company = if for_company && asks(&[About::Worth, About::Tier]) { desk.company()? } else { None };
        let known = if for_company && asks(&[About::NewCompany]) {
            Some(!desk.tickets(Scope::Company, 1)?.is_empty())
        } else {
            None
        };
        let earlier =
            if asks(&[About::EarlierTickets]) { desk.tickets(Scope::Contact, MOST_EARLIER)?.len() } else { 0 };
        let decides = if for_company && asks(&[About::DecisionMaker]) {
            let decides = |person: &Person| matches!(person.role.as_deref(), Some("decider" | "approver"));
            Some(desk.people()?.iter().any(decides))
        } else {
            None
        };
        let breached = |it: &&Commitment| it.state == CommitmentState::Breached;
        let breaches = if asks(&[About::Breaches]) { desk.commitments()?.iter().filter(breached).count() } else { 0 };
        for (about, check, indicator) in &policy.on_desk {
            let value = match about {
                About::Kind => Some(Value::Text(ticket.kind.clone())),
                About::Channel => Some(Value::Text(ticket.channel.clone())),
                About::Priority => Some(Value::Text(priority(ticket.priority).to_owned())),
                About::Tag => Some(Value::Texts(ticket.tags.clone())),
                About::Reopens => Some(Value::Integer(ticket.reopens.into())),
                About::Handoffs => Some(Value::Integer(ticket.handoffs.into())),
                About::Breaches => Some(Value::Integer(breaches as i64)),
                About::ForCompany => Some(Value::Flag(for_company)),
                About::NewCompany => known.map(|known| Value::Flag(!known)),
                About::EarlierTickets => Some(Value::Integer(earlier as i64)),
                About::DecisionMaker => decides.map(Value::Flag),
                About::Worth => company.as_ref().and_then(|it| it.worth.as_ref()).map(|it| Value::Integer(it.units())),
                About::Tier => company.as_ref().and_then(|it| it.tier.clone()).map(Value::Text),
            };
            if check.holds(value.as_ref().and_then(Given::of).as_ref()) {
                let found = value.as_ref().map_or_else(|| "–".to_owned(), shown);
                self.hits.push(Hit { indicator: *indicator, found, seen_in: None });
            }
        }
        Ok(())
    }

    /// Words of the subject and of what was said with it; each indicator once, at the first place.
    fn listen(&mut self, policy: &RiskTrack, ticket: &Ticket, text: &str) {
        if policy.said.is_empty() {
            return;
        }
        let from = self.hits.len();
        for (text, place) in [(ticket.subject.as_str(), "subject"), (text, "text")] {
            policy.said.find(&words::fold(text), |indicator, words| {
                if !self.hits.iter().skip(from).any(|hit| hit.indicator == indicator) {
                    let (found, seen_in) = (cut(words, MOST_SHOWN_BYTES).to_owned(), Some(place.to_owned()));
                    self.hits.push(Hit { indicator, found, seen_in });
                }
            });
        }
        if let Some(heard) = self.hits.get_mut(from..) {
            heard.sort_by_key(|hit| hit.indicator);
        }
    }
}

fn shown(value: &Value) -> String {
    let text = match value {
        Value::Text(text) | Value::Decimal(text) | Value::Json(text) => text.trim(),
        Value::Integer(number) | Value::Instant(number) => return number.to_string(),
        Value::Flag(flag) => return if *flag { "✓" } else { "✗" }.to_owned(),
        Value::Texts(texts) => return cut(&texts.join(", "), MOST_SHOWN_BYTES).to_owned(),
    };
    cut(text, MOST_SHOWN_BYTES).to_owned()
}

fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "low",
        Priority::Normal => "normal",
        Priority::High => "high",
        Priority::Urgent => "urgent",
    }
}
