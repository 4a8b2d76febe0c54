//! `ticket.assign` and `ticket.take`: who works on it. Changing hands is counted, and from the second time on it takes a
//! summary, so that the customer need not tell everything again (practice 110).

use plugdesk_domain::{Category, Principal, Ticket, TicketId};

use super::super::super::ticket::MOST_WORKER_CHARS;
use super::super::state;
use super::{Action, FREE_HANDOFFS, again, begin, finish, note, noted};
use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::input::check::Checks;
use crate::input::{AssignTicket, TakeTicket};
use crate::path::Command;
use crate::setup::Setup;
use crate::view::{Actor, Done, How};

struct Assign {
    id: TicketId,
    new: AssignTicket,
}

struct Take {
    id: TicketId,
    new: TakeTicket,
}

impl Desk {
    /// Gives a ticket to a person, a team, or both.
    pub async fn ticket_assign(
        &self,
        by: &Principal,
        id: TicketId,
        new: AssignTicket,
        how: &How,
    ) -> Result<Done<Ticket>, Error> {
        self.submit(by, how, Assign { id, new }).await
    }

    /// Takes a ticket: it is the caller's, and if it was new it is open.
    pub async fn ticket_take(
        &self,
        by: &Principal,
        id: TicketId,
        new: TakeTicket,
        how: &How,
    ) -> Result<Done<Ticket>, Error> {
        self.submit(by, how, Take { id, new }).await
    }
}

impl Command for Assign {
    type Value = Ticket;
    const NAME: &'static str = "ticket.assign";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Ticket, Error> {
        let new = &self.new;
        let mut checks = Checks::default();
        checks.optional_line("/assignee", new.assignee.as_deref(), MOST_WORKER_CHARS);
        checks.optional_line("/team", new.team.as_deref(), MOST_WORKER_CHARS);
        if new.assignee.is_none() && new.team.is_none() {
            checks.fail("", "an assignee, a team, or both");
        }
        checks.done()?;
        let (before, mut ticket) = begin(draft, self.id, Action::Assign)?;
        if let Some(team) = &new.team {
            known_team(&draft.setup, team)?;
            ticket.team = Some(team.clone());
        }
        if let Some(assignee) = &new.assignee {
            known_assignee(&draft.setup, assignee)?;
            handed_over(draft, &mut ticket, Some(assignee), new.summary.as_deref().map(|_| ()))?;
        }
        note(draft, self.id, "/summary", new.summary.as_deref())?;
        story(draft, &before, &ticket)?;
        finish(draft, &before, ticket, super::Occasion::default())
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Ticket, Error> {
        again(desk, subject)
    }
}

impl Command for Take {
    type Value = Ticket;
    const NAME: &'static str = "ticket.take";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Ticket, Error> {
        let (before, mut ticket) = begin(draft, self.id, Action::Take)?;
        let me = me(draft.by, &draft.setup)?;
        handed_over(draft, &mut ticket, Some(&me), self.new.summary.as_deref().map(|_| ()))?;
        if ticket.category == Category::New {
            state::enter(&draft.setup, &mut ticket, None, Some(Category::Open))?;
        }
        note(draft, self.id, "/summary", self.new.summary.as_deref())?;
        story(draft, &before, &ticket)?;
        finish(draft, &before, ticket, super::Occasion::default())
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Ticket, Error> {
        again(desk, subject)
    }
}

/// The agent that the caller is. A desk without a list of agents takes every name.
pub(super) fn me(by: &Principal, setup: &Setup) -> Result<String, Error> {
    match &by.agent {
        Some(agent) => known_assignee(setup, agent).map(|()| agent.clone()),
        None if setup.agents().next().is_none() => Ok(by.name.chars().take(MOST_WORKER_CHARS).collect()),
        None => Err(Error::invalid("", "this key stands for no agent")),
    }
}

/// Whether a ticket may be given to that agent.
pub(in super::super) fn known_assignee(setup: &Setup, name: &str) -> Result<(), Error> {
    let rule = match setup.agent(name) {
        Some(agent) if agent.active => return Ok(()),
        None if setup.agents().next().is_none() => return Ok(()),
        Some(_) => format!("`{name}` takes no tickets now"),
        None => format!("`{name}` is no agent of this desk"),
    };
    Err(Error::invalid("/assignee", rule))
}

/// Whether there is such a team.
pub(in super::super) fn known_team(setup: &Setup, name: &str) -> Result<(), Error> {
    if setup.team(name).is_some() || setup.teams().next().is_none() {
        return Ok(());
    }
    Err(Error::invalid("/team", format!("`{name}` is no team of this desk")))
}

/// Puts a ticket into other hands. The first assignment is no handoff; a later one may need a summary.
pub(in super::super) fn handed_over(
    draft: &Draft<'_>,
    ticket: &mut Ticket,
    assignee: Option<&str>,
    summary: Option<()>,
) -> Result<(), Error> {
    if ticket.assignee.as_deref() == assignee {
        return Ok(());
    }
    let handoff = ticket.assignee.is_some() && assignee.is_some();
    let by_hand = matches!(draft.how.actor, Actor::Principal | Actor::Policy);
    if handoff && by_hand && ticket.counters.handoffs >= FREE_HANDOFFS && summary.is_none() {
        let rule = "it changed hands before: say what the next person must know (POST …/actions/assign takes it)";
        return Err(Error::invalid("/summary", rule));
    }
    ticket.counters.handoffs = ticket.counters.handoffs.saturating_add(u32::from(handoff));
    ticket.assignee = assignee.map(str::to_owned);
    Ok(())
}

/// Notes who has it now, and who had it.
fn story(draft: &mut Draft<'_>, before: &Ticket, ticket: &Ticket) -> Result<(), Error> {
    let mut said = Vec::new();
    for (what, old, new) in [("assignee", &before.assignee, &ticket.assignee), ("team", &before.team, &ticket.team)] {
        if old != new {
            let name = |it: &Option<String>| it.clone().unwrap_or_else(|| "nobody".to_owned());
            said.push(format!("{what}: {} → {}", name(old), name(new)));
        }
    }
    if said.is_empty() { Ok(()) } else { noted(draft, ticket.id, said.join("; ")) }
}
