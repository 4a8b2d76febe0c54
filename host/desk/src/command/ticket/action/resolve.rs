//! `ticket.resolve` and `ticket.reopen`.

use plugdesk_domain::{Category, Principal, Ticket, TicketId};

use super::super::state;
use super::{Action, Occasion, again, assign, begin, finish, note};
use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::input::check::Checks;
use crate::input::{ReopenTicket, ResolveTicket};
use crate::path::Command;
use crate::view::{Done, How};

struct Resolve {
    id: TicketId,
    new: ResolveTicket,
}

struct Reopen {
    id: TicketId,
    new: ReopenTicket,
}

impl Desk {
    /// Resolves a ticket. One that nobody has becomes the caller's.
    pub async fn ticket_resolve(
        &self,
        by: &Principal,
        id: TicketId,
        new: ResolveTicket,
        how: &How,
    ) -> Result<Done<Ticket>, Error> {
        self.submit(by, how, Resolve { id, new }).await
    }

    /// Opens a resolved or closed ticket again.
    pub async fn ticket_reopen(
        &self,
        by: &Principal,
        id: TicketId,
        new: ReopenTicket,
        how: &How,
    ) -> Result<Done<Ticket>, Error> {
        self.submit(by, how, Reopen { id, new }).await
    }
}

impl Command for Resolve {
    type Value = Ticket;
    const NAME: &'static str = "ticket.resolve";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Ticket, Error> {
        let new = &self.new;
        let mut checks = Checks::default();
        checks.word("/state", new.state.as_deref());
        checks.done()?;
        let (before, mut ticket) = begin(draft, self.id, Action::Resolve)?;
        if ticket.assignee.is_none() {
            ticket.assignee = Some(assign::me(draft.by, &draft.setup)?);
        }
        state::enter(&draft.setup, &mut ticket, new.state.as_deref(), Some(Category::Resolved))?;
        note(draft, self.id, "/note", new.note.as_deref())?;
        finish(draft, &before, ticket, Occasion::default())
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Ticket, Error> {
        again(desk, subject)
    }
}

impl Command for Reopen {
    type Value = Ticket;
    const NAME: &'static str = "ticket.reopen";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Ticket, Error> {
        let new = &self.new;
        let mut checks = Checks::default();
        checks.word("/state", new.state.as_deref());
        checks.done()?;
        let (before, mut ticket) = begin(draft, self.id, Action::Reopen)?;
        state::enter(&draft.setup, &mut ticket, new.state.as_deref(), Some(Category::Open))?;
        note(draft, self.id, "/note", new.note.as_deref())?;
        finish(draft, &before, ticket, Occasion::default())
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Ticket, Error> {
        again(desk, subject)
    }
}
