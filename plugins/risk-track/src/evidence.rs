//! What holds of a ticket: each indicator once, with what was found and where; and what is missing.

use plugdesk_sdk::conditions::Given;
use plugdesk_sdk::prelude::*;

use crate::configuration::RiskTrack;
use crate::known::Known;

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
#[derive(Debug)]
pub struct Evidence<'i> {
    /// In the order of fields, the desk, words.
    pub hits: Vec<Hit>,
    /// What a verdict on this ticket needs and nobody answered, by its place.
    pub missing: Vec<usize>,
    /// The value of each custom field, by its number.
    pub values: Vec<Option<(Value, Given)>>,
    /// What the desk itself knows.
    pub known: Known<'i>,
}

impl<'i> Evidence<'i> {
    /// Reads what the configuration goes by, and nothing else.
    pub fn gather(policy: &RiskTrack, inquiry: &'i track::Inquiry, desk: &impl Desk) -> Result<Self, Fault> {
        let ticket = &inquiry.ticket;
        let (contact, company) = (ticket.requester.as_deref(), ticket.company.as_deref());
        let any = policy.fields.count() > 0;
        let values = if any { policy.fields.read(desk, &ticket.id, contact, company)? } else { Vec::new() };
        let known = Known::read(policy, inquiry, desk)?;
        let value = |field: u16| values.get(usize::from(field)).and_then(Option::as_ref);
        let mut hits = Vec::new();
        for (field, check, indicator) in &policy.on_fields {
            let value = value(*field);
            if check.holds(value.map(|(_, given)| given)) {
                let seen_in = Some(policy.fields.name(*field).to_owned());
                hits.push(Hit { indicator: *indicator, found: found(value.map(|(value, _)| value)), seen_in });
            }
        }
        for (about, check, indicator) in &policy.on_desk {
            let value = known.value(*about);
            if check.holds(value.as_ref().and_then(Given::of).as_ref()) {
                hits.push(Hit { indicator: *indicator, found: found(value.as_ref()), seen_in: None });
            }
        }
        let needed = policy.required.iter().enumerate().filter(|(_, it)| it.is_for(ticket));
        let missing = needed.filter(|(_, it)| value(it.field).is_none()).map(|(place, _)| place).collect();
        let mut evidence = Self { hits, missing, values, known };
        evidence.listen(policy, ticket, &inquiry.text);
        Ok(evidence)
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

/// A value as a reason shows it, cut: evidence is not a copy of the record.
fn found(value: Option<&Value>) -> String {
    let Some(value) = value else { return "–".to_owned() };
    let text = match value {
        Value::Text(text) | Value::Decimal(text) | Value::Json(text) => text.trim(),
        Value::Integer(number) | Value::Instant(number) => return number.to_string(),
        Value::Flag(flag) => return if *flag { "✓" } else { "✗" }.to_owned(),
        Value::Texts(texts) => return cut(&texts.join(", "), MOST_SHOWN_BYTES).to_owned(),
    };
    cut(text, MOST_SHOWN_BYTES).to_owned()
}
