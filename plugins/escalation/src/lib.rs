//! Answers `escalate` and `promise`: ladders up to the chief executive, and what each customer is promised.
//!
//! Start with [`configuration`], which is what an operator writes; [`fit`] finds out which ladder and which promise a
//! ticket falls under; [`ladder`] climbs, purely; [`told`] says why, with the facts; this file makes the answers.

pub mod configuration;
pub mod fit;
pub mod ladder;
mod prepare;
mod promised;
pub mod told;

use plugdesk_sdk::prelude::*;

pub use configuration::Escalation;
use fit::About;
use ladder::{Ladder, Reach, Sleep};
use told::Foreseen;

/// The level that waits until its people may be called: a fact that the policy keeps about the ticket.
const WAITS: &str = "escalation-waits";
/// A probability that a promise on the ticket is broken: a signal that risk-track keeps, from the desk's own past.
const BREACH_RISK: &str = "breach-risk";
/// The causes at which it counts: what changed the ticket may have changed it too, and only the gravest cause is told.
const FORESEEN: [&str; 4] = ["opened", "executive", "handed-off", "signal"];
/// The contract's limit of those who hear of it.
const MOST_AUDIENCE: usize = 16;
/// The causes that `starts` may name; `look` is the ladder's own.
const CAUSES: [&str; 9] =
    ["opened", "at-risk", "breached", "reopened", "handed-off", "stuck", "signal", "executive", "requested"];

impl Escalate for Escalation {
    fn escalate(&self, inquiry: &escalate::Inquiry, desk: &impl Desk) -> Answer<Climb> {
        // Whoever took it answers for it: the ladder stands.
        if inquiry.acknowledged {
            return Ok(None);
        }
        let ticket = &inquiry.ticket;
        let about = About::read(self, ticket, inquiry.tier.as_deref(), inquiry.track, desk)?;
        let Some(ladder) = self.ladders.iter().find(|ladder| about.is_any(&ladder.fits)) else { return Ok(None) };
        let now = inquiry.circumstances.now;
        let executive = inquiry.cause == "opened" && about.is_executive();
        let cause = if executive { "executive" } else { inquiry.cause.as_str() };
        let next = ladder.next(self, inquiry.level, inquiry.since, desk)?;
        let due = next.as_ref().filter(|next| next.at <= now).map_or(0, |next| next.level);
        let foreseen = foreseen(ladder, inquiry, desk)?;
        let by_risk = foreseen.map_or(0, |foreseen| foreseen.level);
        let begun = if cause == "look" { due } else { ladder.start(cause, ticket).max(by_risk) };
        // Something else may happen at the very moment at which a call was to be made: it is not forgotten over that.
        let waited = if cause == "opened" || executive { 0 } else { waiting(ticket, inquiry, desk)? };
        let wanted = begun.max(waited);
        let sleep = Sleep::at(self, ticket, now, desk)?;
        let Reach { level, waits } = ladder.reach(inquiry.level, wanted, &sleep);
        if level == 0 && waits == 0 {
            return Ok(None);
        }
        let climbed = level > inquiry.level;
        let mut answer = Climb::new(level, Vec::new());
        let rungs = || ladder.rungs.iter().filter(|rung| inquiry.level < rung.level && rung.level <= level);
        for audience in rungs().rev().flat_map(|rung| &rung.audience) {
            let audience = Audience::from(audience);
            if answer.audience.len() < MOST_AUDIENCE && !answer.audience.contains(&audience) {
                answer.audience.push(audience);
            }
        }
        answer.brief = rungs().any(|rung| rung.brief);
        let next = if climbed { ladder.next(self, level, Some(now), desk)? } else { next };
        let opens = sleep.until().filter(|_| waits > 0);
        // A look that is due already and could not be followed waits for the opening with the level that it asks for.
        let later = next.map(|next| next.at).filter(|&at| at > now);
        answer.look_again = [opens, later].into_iter().flatten().min();
        if waits > 0 {
            let value = Value::Integer(waits.into());
            answer.facts.push(NewFact { kind: WAITS.to_owned(), value, confidence: 10_000 });
        }
        self.explain(&mut answer, inquiry, ladder, &about, cause, waits, &sleep, desk)?;
        if let Some(foreseen) = foreseen.filter(|_| climbed || waits > 0) {
            foreseen.tell(&mut answer.reasons, ticket, desk)?;
        }
        Ok(Some(answer))
    }
}

/// What the desk's past says of the ticket, if the ladder begins with it and it is likely enough.
fn foreseen(ladder: &Ladder, inquiry: &escalate::Inquiry, desk: &impl Desk) -> Result<Option<Foreseen>, Fault> {
    let counts = FORESEEN.contains(&inquiry.cause.as_str());
    let Some((level, from)) = ladder.foresees.filter(|_| counts) else { return Ok(None) };
    let signals = desk.signals(&inquiry.ticket.id, Some(BREACH_RISK))?;
    let probability = signals.iter().map(|signal| signal.score).max();
    Ok(probability.filter(|score| *score >= from).map(|probability| Foreseen { level, probability }))
}

/// The level that a call out of hours asked for, and that nobody reached since.
fn waiting(ticket: &Ticket, inquiry: &escalate::Inquiry, desk: &impl Desk) -> Result<u8, Fault> {
    let facts = desk.facts(&ticket.id, Some(WAITS))?;
    let newer = |fact: &&Fact| inquiry.since.is_none_or(|since| fact.at >= since);
    let levels = facts.iter().filter(newer).filter_map(|fact| match fact.value {
        Value::Integer(level) => u8::try_from(level).ok(),
        _ => None,
    });
    Ok(levels.filter(|&level| level > inquiry.level).max().unwrap_or(0))
}

impl Promise for Escalation {
    fn promise(&self, inquiry: &promise::Inquiry, desk: &impl Desk) -> Answer<Promised> {
        let ticket = &inquiry.ticket;
        let about = About::read(self, ticket, inquiry.tier.as_deref(), inquiry.track, desk)?;
        let Some(rule) = self.promises.iter().find(|rule| about.is_any(&rule.fits)) else { return Ok(None) };
        let row = configuration::row(ticket.priority);
        let mut answer = Promised::new(Vec::new());
        for target in &rule.targets {
            let Some(made) = target.target(self, row, inquiry, desk)? else { continue };
            answer.reasons.push(self.told_promise(rule, &made, &inquiry.circumstances.locale));
            answer.targets.push(made);
        }
        // A rule without targets is a decision too: these tickets are promised nothing here.
        Ok((!answer.targets.is_empty()).then_some(answer))
    }
}

plugdesk_sdk::plugin!(Escalation: escalate, promise);

#[cfg(test)]
mod tests;
