//! `escalate`: whether a ticket needs someone higher. The highest level wins; it climbs until somebody acknowledges it
//! (practice 114, lesson 13).

mod ladder;

use plugdesk_domain::question::escalate::{Climb, Escalate, FALLBACK, Inquiry, Joined};
use plugdesk_domain::question::{Answer, Inquiry as AnyInquiry, Question};
use plugdesk_domain::{Audience, Contact, Deferred, Escalation, Instant, Membership, Reason, StakeholderRole, Ticket};

use super::{circumstances, look, place};
use crate::account;
use crate::asking::{self, About};
use crate::draft::Draft;
use crate::error::Error;
use crate::resolve;
use crate::show;

pub(crate) use ladder::{Rung, TEAM_LEAD, climb, end};

/// Every cause, the gravest first: a ticket is asked about once for all that happened.
const GRAVEST: [&str; 10] =
    ["breached", "at-risk", "executive", "requested", "reopened", "handed-off", "stuck", "signal", "look", "opened"];
/// The built-in answer asks for the first level: the team's lead knows who is next.
const FALLBACK_LEVEL: u8 = 1;

/// Why it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cause {
    /// See the contract's `escalate.inquiry`.
    pub(crate) name: &'static str,
    /// The metric of the commitment that is at risk or breached.
    pub(crate) metric: Option<String>,
}

impl Cause {
    /// A cause that is about no commitment.
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, metric: None }
    }

    /// One that was kept by name; none: it is no cause any more.
    pub(crate) fn named(name: &str, metric: Option<String>) -> Option<Self> {
        GRAVEST.into_iter().find(|it| *it == name).map(|name| Self { name, metric })
    }
}

/// The built-in answer `team-lead`: the lead of the ticket's team, else the desk's owner.
pub(super) fn fallback(name: &str) -> Option<Answer> {
    (name == FALLBACK).then(|| {
        Answer::Escalate(Climb {
            level: FALLBACK_LEVEL,
            audience: vec![Audience::Role(TEAM_LEAD.to_owned())],
            brief: false,
            look_again: None,
            reasons: Vec::new(),
            facts: Vec::new(),
            signals: Vec::new(),
        })
    })
}

/// The gravest of several causes: the one that is asked about.
pub(crate) fn gravest(causes: &[Cause]) -> Option<&Cause> {
    causes.iter().min_by_key(|cause| GRAVEST.iter().position(|name| *name == cause.name).unwrap_or(GRAVEST.len()))
}

/// Asks for a ticket of the draft, once for all causes, the gravest first, and climbs.
///
/// Nothing is asked of a ticket that has ended, nor of one that somebody took: it climbs no further, unless a person
/// asks for it again.
pub(crate) fn ticket(draft: &mut Draft<'_>, ticket: &mut Ticket, causes: &[Cause]) -> Result<(), Error> {
    // A look that came is over, whatever becomes of it: a timer that stays due would never rest.
    if let Some(escalated) = &mut ticket.escalated {
        escalated.look_again = escalated.look_again.filter(|at| *at > draft.now);
    }
    let Some(cause) = gravest(causes) else { return Ok(()) };
    let held = acknowledged(ticket) && cause.name != "requested";
    let place = place(draft, ticket)?;
    if held || ticket.category.ended() || ticket.merged_into.is_some() {
        return Ok(());
    }
    if !asking::anybody(draft, Escalate::NAME, &place) {
        return Ok(());
    }
    let about = About::ticket(ticket, draft.made::<Ticket>(&ticket.id.into()));
    let requester = about.contact.map(|id| draft.peek::<Contact>(id)).transpose()?.flatten();
    let inquiry = AnyInquiry::Escalate(Inquiry {
        circumstances: circumstances(draft, requester.and_then(|it| it.locale).as_deref()),
        ticket: show::ticket(ticket),
        cause: cause.name.to_owned(),
        metric: cause.metric.clone(),
        level: ticket.escalated.as_ref().map_or(0, |it| it.level),
        // A person who asks again opens what somebody took: it climbs on from there.
        acknowledged: acknowledged(ticket) && cause.name != "requested",
        since: since(draft, ticket)?,
        track: ticket.tracked.as_ref().map(|it| it.track),
        tier: tier(draft, ticket)?,
    });
    let joined = asking::ask::<Escalate>(draft, &about, &place, &inquiry)?;
    let Some(joined) = joined else { return Ok(()) };
    // An earlier wish stands beside this one, for another policy may have had it: the sooner one counts.
    let earlier = wished(ticket, draft.now);
    let look_again = joined.look_again.map(|at| look(at, draft.now)).into_iter().chain(earlier).min();
    ticket.deferred.retain(|it| it.question != Escalate::NAME || it.attempts > 0);
    let level = ticket.escalated.as_ref().map_or(0, |it| it.level);
    if joined.level <= level {
        match (&mut ticket.escalated, look_again) {
            (Some(escalated), _) => escalated.look_again = look_again,
            // Nobody hears of it yet, but it is to be looked at again: quiet hours.
            (None, Some(at)) => {
                let (question, cause, metric) = (Escalate::NAME.to_owned(), None, None);
                ticket.deferred.push(Deferred { question, at, attempts: 0, cause, metric });
            }
            (None, None) => {}
        }
        return Ok(());
    }
    // A rung has its own pace; only where it has none, an earlier wish still counts.
    let look_again = joined.look_again.map(|at| look(at, draft.now)).or(earlier);
    let reasons = reasons(draft, &joined);
    let Joined { level, audience, brief, policies, .. } = joined;
    let whose = policies.join(", ");
    let audience = audience.into_iter().collect();
    climb(draft, ticket, Rung { level, cause: cause.name, audience, brief, look_again, reasons, whose, asked: true })
}

fn acknowledged(ticket: &Ticket) -> bool {
    ticket.escalated.as_ref().is_some_and(|it| it.acknowledged)
}

/// When an earlier answer wished to look again, if that is still ahead.
fn wished(ticket: &Ticket, now: Instant) -> Option<Instant> {
    let of_rung = ticket.escalated.as_ref().filter(|it| !it.acknowledged).and_then(|it| it.look_again);
    let below = ticket.deferred.iter().filter(|it| it.question == Escalate::NAME && it.attempts == 0).map(|it| it.at);
    below.chain(of_rung).filter(|at| *at > now).min()
}

/// Whether a person who decides at the customer's brought the ticket: what escalation policies call an executive.
pub(crate) fn executive(draft: &Draft<'_>, ticket: &Ticket) -> Result<bool, Error> {
    let Some(requester) = ticket.requester else { return Ok(false) };
    if !asking::anybody(draft, Escalate::NAME, &place(draft, ticket)?) {
        return Ok(false);
    }
    let mut memberships: Vec<Membership> = Vec::new();
    for contact in resolve::cluster_of_contact(draft, requester)? {
        memberships.extend(draft.list(&show::memberships_scan(contact), |it: &Membership| it.contact == contact)?);
    }
    let mut decides =
        memberships.iter().filter(|it| it.role == Some(StakeholderRole::Decider) && it.holds(draft.now)).peekable();
    if decides.peek().is_none() {
        return Ok(false);
    }
    let Some(company) = ticket.company else { return Ok(true) };
    let mut nodes = resolve::cluster_of_company(draft, company)?;
    for node in account::ancestors(draft, Some(company))? {
        nodes.extend(resolve::cluster_of_company(draft, node.id)?);
    }
    Ok(decides.any(|it| nodes.contains(&it.company)))
}

/// When the level was reached.
fn since(draft: &Draft<'_>, ticket: &Ticket) -> Result<Option<Instant>, Error> {
    let Some(escalated) = &ticket.escalated else { return Ok(None) };
    let escalation: Option<Escalation> = draft.peek(escalated.id)?;
    Ok(escalation.and_then(|it| it.steps.last().map(|step| step.at)))
}

/// How much care the ticket's company is owed: its own tier, else that of the nearest node above that has one.
fn tier(draft: &Draft<'_>, ticket: &Ticket) -> Result<Option<String>, Error> {
    let Some(id) = ticket.company else { return Ok(None) };
    match resolve::whole_company(draft, id)?.and_then(|it| it.record.tier) {
        Some(tier) => Ok(Some(tier)),
        None => Ok(account::ancestors(draft, Some(id))?.into_iter().find_map(|it| it.tier)),
    }
}

/// Why, in the words of the policies that asked for this level.
fn reasons(draft: &Draft<'_>, joined: &Joined) -> Vec<Reason> {
    let asked = draft.asked.last().into_iter().flat_map(|it| &it.opinions);
    let theirs = asked.filter(|it| !it.shadow && joined.policies.contains(&it.policy));
    theirs.flat_map(|it| it.reasons.iter().cloned()).collect()
}
