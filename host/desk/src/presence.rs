//! Who looks at a ticket right now, and who writes an answer: what keeps two agents from doing the same work twice
//! (practice 34). Held in memory alone: it is true for a minute, and after a restart everybody says it again.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{Instant, Principal, Role, TicketId};
use serde::{Deserialize, Serialize};

use crate::desk::{Desk, named};
use crate::error::Error;

/// Who does not say so again is gone after that time: a console says it every 20 seconds.
pub const PRESENCE_MS: i64 = 60_000;
/// On one ticket so many are told: nobody reads more, and the newest count.
const MOST_PER_TICKET: usize = 16;
/// A desk remembers so many at once: as many agents as the largest desks have, each at four tickets.
const MOST_PRESENT: usize = 4_096;

/// What somebody does at a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Doing {
    /// Reads it.
    Viewing,
    /// Writes an answer.
    Replying,
}

/// Somebody at a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Present {
    /// The agent's name, else the id of the key.
    pub who: String,
    /// What the person does.
    pub doing: Doing,
    /// When the person said so last.
    pub at: Instant,
}

/// What somebody says of being at a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPresence {
    /// What the person does.
    pub doing: Doing,
}

/// Who is where.
#[derive(Default)]
pub(crate) struct Presence(Mutex<BTreeMap<TicketId, Vec<Present>>>);

impl Presence {
    fn say(&self, ticket: TicketId, who: &str, doing: Doing, now: Instant) -> Vec<Present> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.values().map(Vec::len).sum::<usize>() >= MOST_PRESENT {
            for present in all.values_mut() {
                present.retain(|it| fresh(it, now));
            }
            all.retain(|_, present| !present.is_empty());
        }
        let known = all.get(&ticket).is_some_and(|present| present.iter().any(|it| it.who == who));
        if !known && all.values().map(Vec::len).sum::<usize>() >= MOST_PRESENT {
            // It helps and is no promise: who does not fit in is not told.
            return all.get(&ticket).cloned().unwrap_or_default();
        }
        let present = all.entry(ticket).or_default();
        present.retain(|it| it.who != who && fresh(it, now));
        present.push(Present { who: who.to_owned(), doing, at: now });
        if present.len() > MOST_PER_TICKET {
            present.remove(0);
        }
        present.clone()
    }

    fn at(&self, ticket: TicketId, now: Instant) -> Vec<Present> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&ticket).into_iter().flatten().filter(|it| fresh(it, now)).cloned().collect()
    }
}

fn fresh(it: &Present, now: Instant) -> bool {
    now.since(it.at) < PRESENCE_MS
}

/// The name under which a person works: the agent's, else the key's.
pub(crate) fn who(by: &Principal) -> String {
    by.agent.clone().unwrap_or_else(|| named(by))
}

impl Desk {
    /// Says that somebody is at a ticket; gives back everybody who is, the caller last. Nothing is stored.
    pub fn presence_set(&self, by: &Principal, ticket: TicketId, new: NewPresence) -> Result<Vec<Present>, Error> {
        self.inner.authorise(by, Area::Work, Act::Write)?;
        if by.role == Role::Customer {
            return Err(Error::Forbidden("a customer may not say who works on a ticket".to_owned()));
        }
        let ticket = self.ticket(by, ticket)?;
        Ok(self.inner.presence.say(ticket.id, &who(by), new.doing, self.inner.now()))
    }

    /// Who is at a ticket, the last to say so last. Not for customers.
    pub fn presence(&self, by: &Principal, ticket: TicketId) -> Result<Vec<Present>, Error> {
        let ticket = self.ticket(by, ticket)?;
        if by.role == Role::Customer {
            return Ok(Vec::new());
        }
        Ok(self.inner.presence.at(ticket.id, self.inner.now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_says_nothing_for_a_minute_is_gone_and_the_memory_stays_small() {
        let presence = Presence::default();
        let ticket = |n: u128| TicketId::new(Instant::from_millis(1), n);
        let at = |seconds: i64| Instant::from_millis(seconds * 1_000);
        presence.say(ticket(1), "anna", Doing::Viewing, at(0));
        let both = presence.say(ticket(1), "bob", Doing::Replying, at(30));
        assert_eq!(both.iter().map(|it| it.who.as_str()).collect::<Vec<_>>(), ["anna", "bob"]);
        assert_eq!(presence.at(ticket(1), at(61)).len(), 1, "anna is gone");
        for n in 0..6_000 {
            presence.say(ticket(n), "crowd", Doing::Viewing, at(100));
        }
        assert_eq!(presence.0.lock().unwrap().len(), MOST_PRESENT);
        presence.say(ticket(9_999), "late", Doing::Viewing, at(200));
        assert_eq!(presence.at(ticket(9_999), at(201)).len(), 1, "who is gone makes room");
    }
}
