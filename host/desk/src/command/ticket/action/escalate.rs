//! `ticket.escalate`: a person asks for someone higher. The policies are asked first; where they would not climb, the
//! person's word does, by one level.

use plugdesk_domain::question::escalate::MOST_AUDIENCE;
use plugdesk_domain::record::escalation::HIGHEST_LEVEL;
use plugdesk_domain::{Audience, Principal, Ticket, TicketId};

use super::{Action, Occasion, again, begin, note};
use crate::command::ticket::MOST_WORKER_CHARS;
use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::input::EscalateTicket;
use crate::input::check::Checks;
use crate::path::Command;
use crate::presence;
use crate::question::escalate::{Cause, Rung, TEAM_LEAD, climb};
use crate::view::{Done, How};

/// What `escalate` is asked because of.
const REQUESTED: &str = "requested";

struct Escalate {
    id: TicketId,
    new: EscalateTicket,
}

impl Desk {
    /// Asks for someone higher. An escalation that somebody took is open again.
    pub async fn ticket_escalate(
        &self,
        by: &Principal,
        id: TicketId,
        new: EscalateTicket,
        how: &How,
    ) -> Result<Done<Ticket>, Error> {
        self.submit(by, how, Escalate { id, new }).await
    }
}

/// Whether nobody is above.
pub(super) fn highest(ticket: &Ticket) -> bool {
    level(ticket) >= HIGHEST_LEVEL
}

fn level(ticket: &Ticket) -> u8 {
    ticket.escalated.as_ref().map_or(0, |it| it.level)
}

impl Command for Escalate {
    type Value = Ticket;
    const NAME: &'static str = "ticket.escalate";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Ticket, Error> {
        checked(&self.new)?;
        let (before, ticket) = begin(draft, self.id, Action::Escalate)?;
        note(draft, self.id, "/note", Some(&self.new.note))?;
        let causes = vec![Cause::new(REQUESTED)];
        let mut ticket = super::finish(draft, &before, ticket, Occasion { causes, ..Occasion::default() })?;
        let heard = |draft: &Draft<'_>| -> bool {
            self.new.to.is_empty() || {
                let steps = ticket.escalated.as_ref().map(|it| draft.peek::<plugdesk_domain::Escalation>(it.id));
                let escalation = steps.and_then(Result::ok).flatten();
                let last = escalation.as_ref().and_then(|it| it.steps.last());
                last.is_some_and(|step| self.new.to.iter().all(|it| step.audience.contains(it)))
            }
        };
        if level(&ticket) > level(&before) && heard(draft) {
            return Ok(ticket);
        }
        let audience =
            if self.new.to.is_empty() { vec![Audience::Role(TEAM_LEAD.to_owned())] } else { self.new.to.clone() };
        let level = level(&ticket).saturating_add(1).min(HIGHEST_LEVEL);
        let whose = presence::who(draft.by);
        // The policies were asked a moment before: it climbs on when they said, until somebody takes it.
        let look_again = ticket.escalated.as_ref().and_then(|it| it.look_again);
        climb(
            draft,
            &mut ticket,
            Rung {
                level,
                cause: REQUESTED,
                audience,
                brief: true,
                look_again,
                reasons: Vec::new(),
                whose,
                asked: false,
            },
        )?;
        draft.change(ticket.clone());
        Ok(draft.peek(self.id)?.unwrap_or(ticket))
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Ticket, Error> {
        again(desk, subject)
    }
}

fn checked(new: &EscalateTicket) -> Result<(), Error> {
    let mut checks = Checks::default();
    checks.count("/to", new.to.len(), MOST_AUDIENCE);
    for (place, it) in new.to.iter().take(MOST_AUDIENCE).enumerate() {
        let field = format!("/to/{place}");
        match it {
            // Whoever has spaces in the name is called by it too.
            Audience::Agent(name) | Audience::Team(name) => checks.line(&field, name, 1, MOST_WORKER_CHARS),
            Audience::Role(name) => checks.word(&field, Some(name)),
        }
    }
    checks.done()
}
