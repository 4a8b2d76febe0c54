//! What a record leaves out when it has grown larger than a stored value may be.
//!
//! Every field has a bound of its own, and those of some records add up to more than one value holds: a ticket with all
//! the custom fields it may have, each of its commitments explained at length; an escalation on which half the desk was
//! called again and again; a proposal with every reason that an answer had room for. Refusing would refuse every further
//! write of it, for ever, or keep a customer's ticket from being created. So something is left out, the least wanted
//! first: words before facts, the past before what is owed. The decisions named beside still have them.

use std::sync::Arc;

use super::{Escalation, Proposal, Record, Ticket};

impl Record {
    /// Leaves something out. False: nothing more can be missed.
    pub fn shorten(&mut self) -> bool {
        match self {
            Self::Ticket(ticket) => shorten_ticket(Arc::make_mut(ticket)),
            Self::Escalation(escalation) => shorten_escalation(Arc::make_mut(escalation)),
            Self::Proposal(proposal) => shorten_proposal(Arc::make_mut(proposal)),
            // What the others hold came in one request or answer, or is kept in bounds by whoever adds to it; those
            // bounds stay below a value's. Ids, dates and names are all that an identity, a link, a cursor, a desk, a
            // key, a stored answer and the process itself hold: they can't grow.
            _ => false,
        }
    }
}

fn shorten_ticket(ticket: &mut Ticket) -> bool {
    let explained = |open: bool| move |it: &&mut super::Commitment| it.what.is_some() && it.open() == open;
    if let Some(closed) = ticket.commitments.iter_mut().find(explained(false)) {
        closed.what = None;
        return true;
    }
    if let Some(question) = ticket.qualified.as_mut().and_then(|it| it.next_question.take()) {
        drop(question);
        return true;
    }
    if let Some(tracked) = ticket.tracked.as_mut().filter(|it| !it.people.is_empty() || !it.checks.is_empty()) {
        tracked.people.clear();
        tracked.checks.clear();
        return true;
    }
    match ticket.commitments.iter_mut().find(explained(true)) {
        Some(open) => {
            open.what = None;
            true
        }
        None => false,
    }
}

fn shorten_escalation(escalation: &mut Escalation) -> bool {
    if let Some(step) = escalation.steps.iter_mut().find(|it| !it.reasons.is_empty()) {
        step.reasons.clear();
        return true;
    }
    // Who was called last is who has it now.
    let past = escalation.steps.len().saturating_sub(1);
    if let Some(step) = escalation.steps.iter_mut().take(past).find(|it| !it.people.is_empty()) {
        step.people.clear();
        return true;
    }
    match escalation.steps.len() > 1 {
        true => {
            escalation.steps.remove(0);
            true
        }
        false => false,
    }
}

/// What is proposed and how sure the policies are stays; of the reasons, the least sure option's go first.
fn shorten_proposal(proposal: &mut Proposal) -> bool {
    let explained = proposal.options.iter_mut().rev().find(|it| !it.reasons.is_empty());
    explained.is_some_and(|option| option.reasons.pop().is_some())
}
