//! `ticket.snooze` and `ticket.unsnooze`: a ticket put off opens by itself when its time comes, or when somebody wakes it.

use plugdesk_domain::{Category, Principal, Ticket, TicketId};

use super::super::state;
use super::{Action, Occasion, again, begin, finish, note};
use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::input::SnoozeTicket;
use crate::path::Command;
use crate::view::{Done, How};

/// A ticket is put off for a year at most: what is further away is a plan, not a ticket.
const LONGEST_SNOOZE_MS: i64 = 365 * 24 * 3_600_000;

struct Snooze {
    id: TicketId,
    new: SnoozeTicket,
}

struct Unsnooze {
    id: TicketId,
}

impl Desk {
    /// Puts a ticket off. It is on hold until then.
    pub async fn ticket_snooze(
        &self,
        by: &Principal,
        id: TicketId,
        new: SnoozeTicket,
        how: &How,
    ) -> Result<Done<Ticket>, Error> {
        self.submit(by, how, Snooze { id, new }).await
    }

    /// Opens a ticket that is put off.
    pub async fn ticket_unsnooze(&self, by: &Principal, id: TicketId, how: &How) -> Result<Done<Ticket>, Error> {
        self.submit(by, how, Unsnooze { id }).await
    }
}

impl Command for Snooze {
    type Value = Ticket;
    const NAME: &'static str = "ticket.snooze";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Ticket, Error> {
        let until = self.new.until;
        if until <= draft.now || until.since(draft.now) > LONGEST_SNOOZE_MS {
            return Err(Error::invalid("/until", "a time ahead, at most a year"));
        }
        let (before, mut ticket) = begin(draft, self.id, Action::Snooze)?;
        state::enter(&draft.setup, &mut ticket, None, Some(Category::OnHold))?;
        ticket.snoozed_until = Some(until);
        note(draft, self.id, "/note", self.new.note.as_deref())?;
        finish(draft, &before, ticket, Occasion::default())
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Ticket, Error> {
        again(desk, subject)
    }
}

impl Command for Unsnooze {
    type Value = Ticket;
    const NAME: &'static str = "ticket.unsnooze";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Ticket, Error> {
        let (before, mut ticket) = begin(draft, self.id, Action::Wake)?;
        state::enter(&draft.setup, &mut ticket, None, Some(Category::Open))?;
        ticket.snoozed_until = None;
        finish(draft, &before, ticket, Occasion::default())
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Ticket, Error> {
        again(desk, subject)
    }
}
