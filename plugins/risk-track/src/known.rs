//! What the desk itself knows of a ticket: read once, and only what the configuration asks for.

use plugdesk_sdk::prelude::*;

use crate::configuration::{About, RiskTrack};

/// Other tickets of the contact: more than so many say nothing new. The pack's manifest grants as many.
const MOST_EARLIER: u32 = 10;
const MINUTE: Instant = 60_000;
const HOUR: Instant = 60 * MINUTE;
/// The first of January 1970 was a Thursday, the fourth day of a week that begins on Monday.
const EPOCH_WEEKDAY: i64 = 3;
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// What was read.
#[derive(Debug)]
pub struct Known<'i> {
    ticket: &'i Ticket,
    in_hours: bool,
    /// When it was opened, by the desk's clock on the wall.
    opened_at: Instant,
    company: Option<Company>,
    /// Whether the company had a ticket before this one.
    company_known: Option<bool>,
    /// Other tickets of the contact, and how many of them are open.
    earlier: (usize, usize),
    decides: Option<bool>,
    breaches: usize,
}

impl<'i> Known<'i> {
    /// Reads what the configuration goes by, and nothing else.
    pub fn read(policy: &RiskTrack, inquiry: &'i track::Inquiry, desk: &impl Desk) -> Result<Self, Fault> {
        let asks = |wanted: &[About]| policy.asks(wanted);
        let ticket = &inquiry.ticket;
        let for_company = ticket.company.is_some();
        let company = if for_company && asks(&[About::Worth, About::Tier]) { desk.company()? } else { None };
        let company_known = if for_company && asks(&[About::NewCompany]) {
            Some(!desk.tickets(Scope::Company, 1)?.is_empty())
        } else {
            None
        };
        let earlier = if asks(&[About::EarlierTickets, About::OpenTickets]) {
            let earlier = desk.tickets(Scope::Contact, MOST_EARLIER)?;
            let ended =
                |it: &&TicketDigest| matches!(it.category, Category::Resolved | Category::Closed | Category::Merged);
            (earlier.len(), earlier.len() - earlier.iter().filter(ended).count())
        } else {
            (0, 0)
        };
        let decides = if for_company && asks(&[About::DecisionMaker]) {
            let decides = |person: &Person| matches!(person.role.as_deref(), Some("decider" | "approver"));
            Some(desk.people()?.iter().any(decides))
        } else {
            None
        };
        let breached = |it: &&Commitment| it.state == CommitmentState::Breached;
        let breaches = if asks(&[About::Breaches]) { desk.commitments()?.iter().filter(breached).count() } else { 0 };
        let opened_at = ticket.opened_at.saturating_add(Instant::from(policy.utc_offset_minutes) * MINUTE);
        let in_hours = inquiry.circumstances.in_hours;
        Ok(Self { ticket, in_hours, opened_at, company, company_known, earlier, decides, breaches })
    }

    /// The value of that; none: it is not known.
    pub fn value(&self, about: About) -> Option<Value> {
        let ticket = self.ticket;
        let text = |text: &Option<String>| text.clone().map(Value::Text);
        let count = |count: usize| Some(Value::Integer(i64::try_from(count).unwrap_or(i64::MAX)));
        match about {
            About::Kind => Some(Value::Text(ticket.kind.clone())),
            About::Channel => Some(Value::Text(ticket.channel.clone())),
            About::Priority => Some(Value::Text(ticket.priority.name().to_owned())),
            About::Segment => text(&ticket.segment),
            About::Team => text(&ticket.team),
            About::Assignee => text(&ticket.assignee),
            About::Tag => Some(Value::Texts(ticket.tags.clone())),
            About::Hour => Some(Value::Integer(self.opened_at.div_euclid(HOUR).rem_euclid(24))),
            About::Weekday => {
                let weekday = (self.opened_at.div_euclid(DAY) + EPOCH_WEEKDAY).rem_euclid(7);
                usize::try_from(weekday).ok().and_then(|it| WEEKDAYS.get(it)).map(|it| Value::Text((*it).to_owned()))
            }
            About::InHours => Some(Value::Flag(self.in_hours)),
            About::Reopens => Some(Value::Integer(ticket.reopens.into())),
            About::Handoffs => Some(Value::Integer(ticket.handoffs.into())),
            About::Breaches => count(self.breaches),
            About::ForCompany => Some(Value::Flag(ticket.company.is_some())),
            About::NewCompany => self.company_known.map(|known| Value::Flag(!known)),
            About::EarlierTickets => count(self.earlier.0),
            About::OpenTickets => count(self.earlier.1),
            About::DecisionMaker => self.decides.map(Value::Flag),
            About::Worth => self.company.as_ref()?.worth.as_ref().map(|it| Value::Integer(it.units())),
            About::Tier => text(&self.company.as_ref()?.tier),
        }
    }
}
