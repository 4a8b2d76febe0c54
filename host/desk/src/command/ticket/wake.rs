//! `ticket.wake`: the desk itself looks at a ticket whose time has come, or whose promises are to be made anew.

use plugdesk_domain::{Category, Instant, Ticket, TicketId};

use super::settle::{Occasion, settle};
use crate::desk::Inner;
use crate::draft::Draft;
use crate::error::Error;
use crate::path::Command;

/// A ticket to be looked at.
pub(crate) struct Wake {
    id: TicketId,
    /// Why `promise` is asked, where it is.
    promise: Option<&'static str>,
}

impl Wake {
    /// Its time has come.
    pub(crate) fn due(id: TicketId) -> Self {
        Self { id, promise: None }
    }

    /// What its promises go by has changed.
    pub(crate) fn promised(id: TicketId, cause: &'static str) -> Self {
        Self { id, promise: Some(cause) }
    }
}

impl Command for Wake {
    /// When it wants to be woken next.
    type Value = Option<Instant>;
    const NAME: &'static str = "ticket.wake";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Option<Instant>, Error> {
        draft.refusable = false;
        draft.subject = self.id.to_string();
        let Some(before) = draft.find::<Ticket>(self.id)? else { return Ok(None) };
        let (now, wake) = (draft.now, before.next_wake());
        let due = |at: Instant| at <= now;
        if before.merged_into.is_some() || (self.promise.is_none() && !wake.is_some_and(due)) {
            return Ok(wake);
        }
        // Whatever comes of a timer stands as deep as what set it.
        draft.cause.depth = before.timer_depth;
        let mut ticket = before.clone();
        let mut again: Vec<String> =
            ticket.deferred.iter().filter(|it| due(it.at)).map(|it| it.question.clone()).collect();
        if let Some(qualified) = ticket.qualified.as_mut().filter(|it| it.look_again.is_some_and(due)) {
            qualified.look_again = None;
            again.push("qualify".to_owned());
        }
        if let Some(escalated) = ticket.escalated.as_mut().filter(|it| it.look_again.is_some_and(due)) {
            escalated.look_again = None;
            again.push("escalate".to_owned());
        }
        if ticket.snoozed_until.is_some_and(due) {
            ticket.snoozed_until = None;
            if !ticket.category.ended() {
                ticket.category = Category::Open;
                ticket.state = draft.setup.state_of(Category::Open);
            }
        }
        // What was put off and is asked now is put off again only by failing again.
        ticket.deferred.retain(|it| !due(it.at) || super::settle::ASKED.contains(&it.question.as_str()));
        if ticket != before {
            draft.change(ticket.clone());
            ticket = draft.peek(self.id)?.unwrap_or(ticket);
        }
        settle(draft, Some(&before), &mut ticket, Occasion { again, promise: self.promise, ..Occasion::default() })?;
        Ok(ticket.next_wake())
    }

    fn again(&self, _: &Inner, _: &str) -> Result<Option<Instant>, Error> {
        Ok(None)
    }
}
