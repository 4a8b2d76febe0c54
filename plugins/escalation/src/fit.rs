//! Which tickets a ladder or a promise is for.

use plugdesk_sdk::conditions::{Check, Given};
use plugdesk_sdk::prelude::*;

use crate::configuration::{Escalation, row};

/// What must hold, all of it; an empty list holds for everything.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    pub(crate) segments: Vec<String>,
    pub(crate) tiers: Vec<String>,
    pub(crate) kinds: Vec<String>,
    /// 0 fast, 1 standard, 2 special.
    pub(crate) tracks: Vec<u8>,
    /// By [`row`].
    pub(crate) priorities: Vec<u8>,
    /// Minor units by currency.
    pub(crate) value_from: Vec<(String, i64)>,
    pub(crate) fields: Vec<(u16, Check)>,
}

/// What is known of a ticket.
pub struct About<'i> {
    policy: &'i Escalation,
    ticket: &'i Ticket,
    /// How much care its company is owed.
    pub tier: Option<&'i str>,
    track: Option<u8>,
    /// Its company, if any ladder or promise goes by its worth.
    pub company: Option<Company>,
    fields: Vec<Option<(Value, Given)>>,
}

impl<'i> About<'i> {
    /// Reads what the configuration goes by, and nothing else.
    pub fn read(
        policy: &'i Escalation,
        ticket: &'i Ticket,
        tier: Option<&'i str>,
        track: Option<TrackLevel>,
        desk: &impl Desk,
    ) -> Result<Self, Fault> {
        let for_company = policy.by_value && ticket.company.is_some();
        let company = if for_company { desk.company()? } else { None };
        let (requester, of) = (ticket.requester.as_deref(), ticket.company.as_deref());
        let fields =
            if policy.fields.count() > 0 { policy.fields.read(desk, &ticket.id, requester, of)? } else { Vec::new() };
        let track = track.map(|track| match track {
            TrackLevel::Fast => 0,
            TrackLevel::Standard => 1,
            TrackLevel::Special => 2,
        });
        Ok(Self { policy, ticket, tier, track, company, fields })
    }

    /// Whether one of these holds; of none, all do.
    pub fn is_any(&self, fits: &[Fit]) -> bool {
        fits.is_empty() || fits.iter().any(|fit| self.is(fit))
    }

    /// Whether the person who brought it is an executive contact.
    pub fn is_executive(&self) -> bool {
        self.policy.executive.iter().any(|(field, check)| self.holds(*field, check))
    }

    fn is(&self, fit: &Fit) -> bool {
        let ticket = self.ticket;
        let word = |words: &[String], word: Option<&str>| {
            words.is_empty() || word.is_some_and(|word| words.iter().any(|known| known == word))
        };
        let number =
            |numbers: &[u8], number: Option<u8>| numbers.is_empty() || number.is_some_and(|n| numbers.contains(&n));
        let priority = u8::try_from(row(ticket.priority)).ok();
        word(&fit.segments, ticket.segment.as_deref())
            && word(&fit.tiers, self.tier)
            && word(&fit.kinds, Some(&ticket.kind))
            && number(&fit.tracks, self.track)
            && number(&fit.priorities, priority)
            && (fit.value_from.is_empty() || self.is_worth(&fit.value_from))
            && fit.fields.iter().all(|(field, check)| self.holds(*field, check))
    }

    /// Whether the company is worth so much; of a currency that is not named, nobody knows.
    fn is_worth(&self, least: &[(String, i64)]) -> bool {
        let worth = self.company.as_ref().and_then(|company| company.worth.as_ref());
        worth.is_some_and(|worth| {
            least.iter().any(|(currency, from)| *currency == worth.currency && worth.minor >= *from)
        })
    }

    fn holds(&self, field: u16, check: &Check) -> bool {
        let value = self.fields.get(usize::from(field)).and_then(Option::as_ref);
        check.holds(value.map(|(_, given)| given))
    }
}
