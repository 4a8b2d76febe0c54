//! What holds of a lead: each condition once, with what was found and where.

use plugdesk_sdk::conditions::Given;
use plugdesk_sdk::prelude::*;

use crate::card::{Card, shown};
use crate::configuration::About;

/// Other tickets of the contact: more than so many say nothing new. The pack's manifest grants as many.
const MOST_EARLIER: u32 = 10;
/// Of an entry so many bytes are read: who writes more repeats himself, and a call's fuel is bounded.
const MOST_TEXT_BYTES: usize = 2 << 10;

/// A condition that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Its number.
    pub condition: u16,
    /// The value or the words.
    pub found: String,
    /// The field, or the entry's id.
    pub seen_in: Option<String>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// In the order of the conditions' kinds: fields, the desk, words.
    pub hits: Vec<Hit>,
    /// When the customer was last heard of.
    pub heard_at: Instant,
    /// When the lead was opened.
    pub opened_at: Instant,
    answered: Vec<bool>,
}

impl Evidence {
    /// Whether the field has a value.
    pub fn answered(&self, field: u16) -> bool {
        self.answered.get(usize::from(field)).copied().unwrap_or(false)
    }

    /// Reads what the card needs, and nothing else.
    pub fn gather(card: &Card, inquiry: &qualify::Inquiry, desk: &impl Desk) -> Result<Self, Fault> {
        let lead = &inquiry.lead;
        let fields = card.fields.read(desk, &lead.id, lead.requester.as_deref(), lead.company.as_deref())?;
        let entries = if card.entries > 0 { desk.entries(card.entries)? } else { Vec::new() };
        let heard_at = entries.iter().filter(|entry| entry.from_customer).map(|entry| entry.at).max();
        let mut evidence = Self {
            hits: Vec::new(),
            heard_at: heard_at.unwrap_or(lead.opened_at),
            opened_at: lead.opened_at,
            answered: fields.iter().map(Option::is_some).collect(),
        };
        let value = |field: u16| fields.get(usize::from(field)).and_then(Option::as_ref);
        for (field, condition) in card.holding(|field| value(field).map(|(_, given)| given)) {
            let found = value(field).map_or_else(|| "–".to_owned(), |(value, _)| shown(value));
            evidence.hits.push(Hit { condition, found, seen_in: Some(card.fields.name(field).to_owned()) });
        }
        evidence.ask_the_desk(card, inquiry, desk, &entries)?;
        evidence.listen(card, lead, &entries);
        Ok(evidence)
    }

    fn ask_the_desk(
        &mut self,
        card: &Card,
        inquiry: &qualify::Inquiry,
        desk: &impl Desk,
        entries: &[Entry],
    ) -> Result<(), Fault> {
        let asks = |wanted: &[About]| card.on_desk.iter().any(|(about, ..)| wanted.contains(about));
        let contact = if asks(&[About::Role, About::MailDomain, About::HasPhone]) { desk.contact()? } else { None };
        let earlier =
            if asks(&[About::EarlierTickets]) { desk.tickets(Scope::Contact, MOST_EARLIER)?.len() as i64 } else { 0 };
        let now = inquiry.circumstances.now;
        let days = |since: Instant| (now.saturating_sub(since) / DAY).max(0);
        let lead = &inquiry.lead;
        for (about, check, condition) in &card.on_desk {
            let values: Vec<Value> = match about {
                About::Channel => vec![Value::Text(lead.channel.clone())],
                About::Priority => vec![Value::Text(lead.priority.name().to_owned())],
                About::Actor => vec![Value::Text(inquiry.circumstances.actor.clone())],
                About::Locale => vec![Value::Text(inquiry.circumstances.locale.clone())],
                About::Tag => vec![Value::Texts(lead.tags.clone())],
                About::Touches => vec![Value::Integer(lead.touches.into())],
                About::AgeDays => vec![Value::Integer(days(lead.opened_at))],
                About::SilentDays => vec![Value::Integer(days(self.heard_at))],
                About::Replies => {
                    vec![Value::Integer(entries.iter().filter(|entry| entry.from_customer).count() as i64)]
                }
                About::EarlierTickets => vec![Value::Integer(earlier)],
                About::Role => roles(contact.as_ref()),
                About::MailDomain => identities(contact.as_ref(), "email").filter_map(domain).collect(),
                About::HasPhone => vec![Value::Flag(identities(contact.as_ref(), "phone").next().is_some())],
            };
            let mut given: Vec<(Option<&Value>, Option<Given>)> =
                values.iter().map(|value| (Some(value), Given::of(value))).collect();
            if given.is_empty() {
                given.push((None, None));
            }
            if let Some((value, _)) = given.iter().find(|(_, given)| card.holds(*check, given.as_ref())) {
                let found = value.map_or_else(|| "–".to_owned(), shown);
                self.hits.push(Hit { condition: *condition, found, seen_in: None });
            }
        }
        Ok(())
    }

    /// Words of the subject and of what the customer said; each condition once, at the first place.
    fn listen(&mut self, card: &Card, lead: &Ticket, entries: &[Entry]) {
        if card.said.is_empty() {
            return;
        }
        let said = entries.iter().filter(|entry| entry.from_customer);
        let texts = std::iter::once((lead.subject.as_str(), "subject"));
        let from = self.hits.len();
        let mut folded = String::new();
        for (text, place) in texts.chain(said.map(|entry| (entry.text.as_str(), entry.id.as_str()))) {
            folded.clear();
            words::fold_onto(&mut folded, cut(text, MOST_TEXT_BYTES));
            card.said.find(&folded, |condition, words| {
                let known = self.hits.iter().skip(from).any(|hit| hit.condition == condition);
                if !known {
                    let seen_in = Some(place.to_owned());
                    self.hits.push(Hit { condition, found: cut(words, 80).to_owned(), seen_in });
                }
            });
        }
        if let Some(heard) = self.hits.get_mut(from..) {
            heard.sort_by_key(|hit| hit.condition);
        }
    }
}

fn roles(contact: Option<&Contact>) -> Vec<Value> {
    let memberships = contact.map_or(&[][..], |contact| &contact.memberships);
    memberships.iter().filter_map(|membership| membership.role.clone()).map(Value::Text).collect()
}

fn identities<'c>(contact: Option<&'c Contact>, kind: &'c str) -> impl Iterator<Item = &'c Identity> {
    contact.into_iter().flat_map(|contact| &contact.identities).filter(move |identity| identity.kind == kind)
}

fn domain(email: &Identity) -> Option<Value> {
    email.value.rsplit_once('@').map(|(_, domain)| Value::Text(domain.to_owned()))
}
