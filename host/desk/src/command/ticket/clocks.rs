//! A ticket's clocks: its turns, and what became of its commitments. The arithmetic is [`plugdesk_domain::clock`]'s.

use plugdesk_domain::clock::{self, Tick};
use plugdesk_domain::commitment::{FIRST_CONTACT, FIRST_RESPONSE, MOST_COMMITMENTS, NEXT_RESPONSE, RESOLUTION, Target};
use plugdesk_domain::{Category, Commitment, CommitmentId, CommitmentState, Instant, Ticket, Turn};
use serde_json::{Map, Value};

use crate::draft::Draft;
use crate::error::Error;
use crate::question::escalate::Cause;
use crate::view::Actor;

/// What a command did that clocks go by, beside the category.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Heard {
    /// An agent replied or called, at that time.
    pub(crate) answered: Option<Instant>,
    /// The customer said something, at that time.
    pub(crate) spoken: Option<Instant>,
}

/// What an agent's public entry keeps.
pub(super) const ANSWERS: [&str; 3] = [FIRST_RESPONSE, FIRST_CONTACT, NEXT_RESPONSE];

/// Notes a change of category. What the customer said ends the waiting for the customer, if it was said while the
/// customer was waited for; what is brought in stands as it is told.
pub(crate) fn turn(draft: &mut Draft<'_>, before: Option<&Ticket>, ticket: &mut Ticket, heard: Heard) {
    if ticket.merged_into.is_some() {
        return;
    }
    if ticket.turns.is_empty() {
        let category = before.map_or(ticket.category, |it| it.category);
        ticket.turns.push(Turn { at: ticket.created_at, category });
    }
    let since = ticket.turns.last().filter(|it| it.category == Category::WaitingCustomer).map(|it| it.at);
    let spoken = heard.spoken.is_some_and(|at| since.is_none_or(|since| since <= at));
    if spoken && draft.how.actor != Actor::Import && ticket.category == Category::WaitingCustomer {
        ticket.category = Category::Open;
        ticket.state = draft.setup.state_of(Category::Open);
        draft.effect("open again: the customer was waited for, and answered".to_owned());
    }
    clock::turn(&mut ticket.turns, ticket.category, draft.now);
}

/// Brings the clocks to now: meets what was kept, tells what is at risk or breached. Gives back what `escalate` is asked
/// about. The ticket's turns are noted already.
pub(crate) fn advance(
    draft: &mut Draft<'_>,
    before: Option<&Ticket>,
    ticket: &mut Ticket,
    heard: Heard,
) -> Result<Vec<Cause>, Error> {
    if ticket.merged_into.is_some() {
        return Ok(Vec::new());
    }
    let mut causes = Vec::new();
    let ended = before.is_none_or(|it| !it.category.ended()) && ticket.category.ended();
    for place in 0..ticket.commitments.len() {
        let Some(it) = ticket.commitments.get(place).filter(|it| it.open()) else { continue };
        let metric = it.target.metric.as_str();
        // An answer from before the clock began is an answer to something else.
        let answered = heard.answered.filter(|at| ANSWERS.contains(&metric) && *at >= it.started_at);
        let kept_at = answered.or_else(|| (ended && metric == RESOLUTION).then_some(draft.now));
        if let Some(at) = kept_at {
            causes.extend(meet(draft, ticket, place, at));
        }
    }
    for place in 0..ticket.commitments.len() {
        let Some(mut it) = ticket.commitments.get(place).cloned() else { continue };
        let tick = match draft.setup.schedule(&it.target.calendar) {
            Some(schedule) => clock::advance(&mut it, &ticket.turns, schedule, draft.now),
            None => clock::advance_without_calendar(&mut it, &ticket.turns, draft.now),
        };
        causes.extend(tick.map(|tick| told_of(draft, ticket, &it, tick)));
        if let Some(kept) = ticket.commitments.get_mut(place) {
            *kept = it;
        }
    }
    prune(&mut ticket.commitments);
    Ok(causes)
}

/// Notes that the commitment at `place` was kept at `at`, and tells it.
pub(crate) fn meet(draft: &mut Draft<'_>, ticket: &mut Ticket, place: usize, at: Instant) -> Option<Cause> {
    let mut it = ticket.commitments.get(place).filter(|it| it.open())?.clone();
    let schedule = draft.setup.schedule(&it.target.calendar).cloned();
    let tick = clock::meet(&mut it, &ticket.turns, schedule.as_deref(), at, draft.now);
    if it.state == CommitmentState::Met {
        let data = told(ticket, &it);
        draft.tell("commitment.met", ticket.id, data);
    }
    let cause = tick.map(|tick| told_of(draft, ticket, &it, tick));
    if let Some(kept) = ticket.commitments.get_mut(place) {
        *kept = it;
    }
    cause
}

/// When the customer spoke, if an answer is owed anew since: one was promised, and every one so far was given. One that is
/// owed already stays: the customer has waited since the first word that is not answered (zammad#1322).
pub(crate) fn owes_next(ticket: &Ticket, heard: Heard) -> Option<Instant> {
    let at = heard.spoken.filter(|at| heard.answered.is_none_or(|answered| answered < *at))?;
    let of_metric = ticket.commitments.iter().filter(|it| it.target.metric == NEXT_RESPONSE && !it.by_person());
    let last = of_metric.clone().next_back()?;
    (last.met_at.is_some() && !of_metric.clone().any(Commitment::open)).then_some(at)
}

/// An answer is owed anew, by the target that was promised last: nobody says another one.
pub(crate) fn next_response(draft: &Draft<'_>, ticket: &mut Ticket, at: Instant) {
    let mut of_metric = ticket.commitments.iter().filter(|it| it.target.metric == NEXT_RESPONSE && !it.by_person());
    let Some(last) = of_metric.next_back() else { return };
    let (target, source, decision) = (last.target.clone(), last.source.clone(), last.decision);
    let made = Commitment { decision, ..begin(draft, target, source, at) };
    ticket.commitments.push(made);
}

/// A commitment whose clock begins at `started_at`.
pub(crate) fn begin(draft: &Draft<'_>, target: Target, source: String, started_at: Instant) -> Commitment {
    Commitment {
        id: CommitmentId::new(draft.now, draft.desk.bits()),
        target,
        what: None,
        source,
        decision: None,
        state: CommitmentState::Pending,
        started_at,
        due_at: started_at,
        warn_at: None,
        paused_at: None,
        warned_at: None,
        met_at: None,
        breached_at: None,
    }
}

fn told_of(draft: &mut Draft<'_>, ticket: &Ticket, it: &Commitment, tick: Tick) -> Cause {
    let (event, name) = match tick {
        Tick::AtRisk => ("commitment.at-risk", "at-risk"),
        Tick::Breached => ("commitment.breached", "breached"),
    };
    let data = told(ticket, it);
    draft.tell(event, ticket.id, data);
    Cause { metric: Some(it.target.metric.clone()), ..Cause::new(name) }
}

/// What events tell of a commitment.
pub(crate) fn told(ticket: &Ticket, it: &Commitment) -> Map<String, Value> {
    let mut data = Map::new();
    let mut say = |name: &str, value: Value| data.insert(name.to_owned(), value);
    say("commitment", it.id.to_string().into());
    say("metric", it.target.metric.as_str().into());
    say("due_at", it.due_at.to_string().into());
    say("priority", serde_json::to_value(ticket.priority).unwrap_or_default());
    say("source", it.source.as_str().into());
    if let Some(segment) = &ticket.segment {
        say("segment", segment.as_str().into());
    }
    data
}

/// Beyond the bound the oldest ended ones go; of each metric the last one stays, for what is owed next goes by it.
pub(crate) fn prune(commitments: &mut Vec<Commitment>) {
    while commitments.len() > MOST_COMMITMENTS {
        let last_of = |place: usize, it: &Commitment| {
            !commitments.iter().skip(place + 1).any(|later| later.target.metric == it.target.metric)
        };
        let mut ended = commitments.iter().enumerate().filter(|(_, it)| !it.open());
        let oldest = ended.clone().find(|(place, it)| !last_of(*place, it)).or_else(|| ended.next());
        let Some((place, _)) = oldest else { return };
        commitments.remove(place);
    }
}
