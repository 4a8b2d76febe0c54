//! The ladder itself: a rung more, who is on it, and its end.

use plugdesk_domain::{
    Agent, Audience, Escalated, Escalation, EscalationId, EscalationState, EscalationStep, Instant, Reason, Ticket,
};
use serde_json::{Map, Value};

use crate::draft::Draft;
use crate::error::Error;
use crate::json;
use crate::setup::Setup;

/// The role that the built-in answer calls for: the lead of the ticket's own team.
pub(crate) const TEAM_LEAD: &str = "team-lead";
/// Who hears of everything that nobody else is there for.
const DESK_OWNER: &str = "desk-owner";
/// A rung names at most so many people: an escalation that everybody hears is nobody's.
const MOST_PEOPLE: usize = 64;
/// A rung keeps reasons of so many bytes: ten rungs of them stay far below the 96 KiB of a record.
const MOST_REASON_BYTES: usize = 4 << 10;

/// A rung to climb to.
pub(crate) struct Rung {
    pub(crate) level: u8,
    pub(crate) cause: &'static str,
    pub(crate) audience: Vec<Audience>,
    pub(crate) brief: bool,
    pub(crate) look_again: Option<Instant>,
    pub(crate) reasons: Vec<Reason>,
    /// The policies that asked for it, or the person.
    pub(crate) whose: String,
    /// Whether policies were asked; otherwise a person said so.
    pub(crate) asked: bool,
}

/// Climbs to a rung above the one reached so far: in the escalation, on the ticket, as an event.
pub(crate) fn climb(draft: &mut Draft<'_>, ticket: &mut Ticket, rung: Rung) -> Result<(), Error> {
    let people = people(&draft.setup, ticket, &rung.audience);
    let known = ticket.escalated.as_ref().map(|it| draft.find::<Escalation>(it.id)).transpose()?.flatten();
    let fresh = known.is_none();
    let mut escalation = known.unwrap_or_else(|| Escalation {
        id: EscalationId::new(draft.now, draft.desk.bits()),
        version: 1,
        created_at: draft.now,
        updated_at: draft.now,
        ticket: ticket.id,
        state: EscalationState::Open,
        level: 0,
        brief: false,
        steps: Vec::new(),
        acknowledged_by: None,
        acknowledged_at: None,
    });
    escalation.state = EscalationState::Open;
    escalation.level = rung.level;
    escalation.brief |= rung.brief;
    escalation.acknowledged_by = None;
    escalation.acknowledged_at = None;
    let Rung { level, cause, audience, look_again, reasons, whose, asked, .. } = rung;
    escalation.steps.push(EscalationStep {
        at: draft.now,
        level,
        cause: cause.to_owned(),
        audience: audience.clone(),
        people: people.clone(),
        reasons: kept(reasons),
        decision: asked.then_some(draft.decision),
    });
    let id = escalation.id;
    if fresh {
        draft.create(escalation)
    } else {
        draft.change(escalation)
    }
    ticket.escalated = Some(Escalated { id, level, acknowledged: false, look_again });
    let told = if people.is_empty() { "nobody is there to hear it".to_owned() } else { people.join(", ") };
    draft.effect(format!("escalated to level {level} ({cause}, {whose}): {told}"));
    let mut data = Map::new();
    data.insert("level".to_owned(), level.into());
    // Events hold nobody's name: who was called stands in the escalation.
    let unnamed: Vec<&Audience> = audience.iter().filter(|it| !matches!(it, Audience::Agent(_))).collect();
    data.insert("audience".to_owned(), serde_json::to_value(unnamed).unwrap_or(Value::Null));
    data.insert("people".to_owned(), people.len().into());
    data.insert("cause".to_owned(), cause.into());
    data.insert("escalation".to_owned(), id.to_string().into());
    draft.tell("ticket.escalated", ticket.id, data);
    Ok(())
}

/// Ends the escalation of a ticket that has ended. If it comes back, it begins below the first rung.
pub(crate) fn end(draft: &mut Draft<'_>, ticket: &mut Ticket) -> Result<(), Error> {
    if !ticket.category.ended() {
        return Ok(());
    }
    let Some(escalated) = ticket.escalated.take() else { return Ok(()) };
    if let Some(mut escalation) = draft.find::<Escalation>(escalated.id)?
        && escalation.state != EscalationState::Ended
    {
        escalation.state = EscalationState::Ended;
        draft.change(escalation);
        let mut data = Map::new();
        data.insert("escalation".to_owned(), escalated.id.to_string().into());
        data.insert("level".to_owned(), escalated.level.into());
        draft.tell("escalation.ended", ticket.id, data);
    }
    Ok(())
}

/// The first reasons, as far as there is room.
fn kept(reasons: Vec<Reason>) -> Vec<Reason> {
    let mut room = MOST_REASON_BYTES;
    let fits = |reason: &Reason| room.checked_sub(json::size(reason)).map(|left| room = left).is_some();
    reasons.into_iter().take_while(fits).collect()
}

/// The agents that an audience is now, by name, each once. Nobody: the desk's owners.
fn people(setup: &Setup, ticket: &Ticket, audience: &[Audience]) -> Vec<String> {
    let mut people: Vec<String> = audience.iter().flat_map(|it| of(setup, ticket, it)).collect();
    if people.is_empty() {
        people = with_role(setup, DESK_OWNER);
    }
    people.sort();
    people.dedup();
    people.truncate(MOST_PEOPLE);
    people
}

fn of(setup: &Setup, ticket: &Ticket, audience: &Audience) -> Vec<String> {
    match audience {
        // A desk without agents of its own takes every name, as it does for assignees.
        Audience::Agent(name) if setup.agents().next().is_none() => vec![name.clone()],
        Audience::Agent(name) => active(setup, |it| it.name == *name),
        Audience::Team(name) => active(setup, |it| it.teams.contains(name)),
        Audience::Role(role) if role == TEAM_LEAD => team_lead(setup, ticket),
        Audience::Role(role) => with_role(setup, role),
    }
}

/// The lead of the ticket's team, as the team says; else whoever of the team has that role; else everybody who has it in
/// a desk without teams.
fn team_lead(setup: &Setup, ticket: &Ticket) -> Vec<String> {
    let team = ticket.team.as_deref();
    let lead = team.and_then(|name| setup.team(name)).and_then(|it| it.lead.as_deref());
    let named = active(setup, |it| Some(it.name.as_str()) == lead);
    if !named.is_empty() {
        return named;
    }
    let within = |it: &Agent| team.is_none_or(|team| it.teams.iter().any(|own| own == team));
    active(setup, |it| it.roles.iter().any(|role| role == TEAM_LEAD) && within(it))
}

fn with_role(setup: &Setup, role: &str) -> Vec<String> {
    active(setup, |it| it.roles.iter().any(|own| own == role))
}

fn active(setup: &Setup, wanted: impl Fn(&Agent) -> bool) -> Vec<String> {
    setup.agents().filter(|it| it.active && wanted(it)).map(|it| it.name.clone()).collect()
}
