//! Why, in reasons with the facts that a person needs before calling: what was promised and how late it is, whom it is
//! for and what they are worth, how long nobody took it.

use plugdesk_sdk::prelude::*;
use plugdesk_sdk::wording;

use crate::configuration::{Escalation, Rule};
use crate::fit::About;
use crate::ladder::{Ladder, Sleep};

const MINUTE: i64 = 60_000;

/// The fact in which risk-track names what speaks for a breach.
const BREACH_SIGNS: &str = "breach-signs";
/// A parameter of a reason has at most 512 bytes, its name included.
const MOST_SIGNS_BYTES: usize = 480;

/// A breach that is likely enough to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Foreseen {
    /// The level at which it begins.
    pub level: u8,
    /// In ten-thousandths.
    pub probability: u16,
}

impl Foreseen {
    /// How likely it is, and what speaks for it.
    pub(crate) fn tell(&self, reasons: &mut Vec<Reason>, ticket: &Ticket, desk: &impl Desk) -> Result<(), Fault> {
        let percent = (u32::from(self.probability) + 50) / 100;
        reasons.insert(0, Reason::new("breach-likely").with("percent", percent.to_string()));
        let facts = desk.facts(&ticket.id, Some(BREACH_SIGNS))?;
        if let Some(Value::Texts(signs)) = facts.first().map(|fact| &fact.value)
            && !signs.is_empty()
        {
            reasons.insert(1, Reason::new("breach-signs").with("signs", cut(&signs.join(", "), MOST_SIGNS_BYTES)));
        }
        Ok(())
    }
}

impl Escalation {
    /// The reasons of a climb.
    #[allow(clippy::too_many_arguments, reason = "each is one thing that the reasons tell")]
    pub(crate) fn explain(
        &self,
        answer: &mut Climb,
        inquiry: &escalate::Inquiry,
        ladder: &Ladder,
        about: &About<'_>,
        cause: &str,
        waits: u8,
        sleep: &Sleep<'_>,
        desk: &impl Desk,
    ) -> Result<(), Fault> {
        let (ticket, now) = (&inquiry.ticket, inquiry.circumstances.now);
        let locale = inquiry.circumstances.locale.as_str();
        let climbed = answer.level > inquiry.level;
        if !climbed && waits == 0 {
            return Ok(());
        }
        let reasons = &mut answer.reasons;
        match cause {
            "look" => {
                if let Some(since) = inquiry.since {
                    let level = inquiry.level.to_string();
                    reasons.push(timed(Reason::new("nobody-took-it").with("level", level), (now - since) / MINUTE));
                }
            }
            "reopened" => reasons.push(Reason::new("reopened").with("times", ticket.reopens.to_string())),
            "handed-off" => reasons.push(Reason::new("handed-off").with("times", ticket.handoffs.to_string())),
            "opened" | "at-risk" | "breached" => {}
            // What is foreseen is told by itself.
            "signal" if ladder.foresees.is_some() => {}
            other => reasons.push(Reason::new("cause").with("cause", other)),
        }
        reasons.extend(owed(inquiry, desk)?);
        if let Some(tier) = about.tier {
            reasons.push(Reason::new("tier").with("tier", tier));
        }
        if let Some(company) = &about.company
            && let Some(worth) = &company.worth
        {
            let reason = Reason::new("worth").with("value", money(worth)).with("company", company.name.as_str());
            reasons.push(reason.seen_in(company.id.as_str()));
        }
        for rung in ladder.rungs.iter().filter(|rung| inquiry.level < rung.level && rung.level <= answer.level) {
            let reason = Reason::new("rung").with("level", rung.level.to_string());
            reasons.push(wording::say(reason, "who", &self.pool, rung.name, locale));
        }
        if let (Some(rung), Some(until)) = (ladder.rungs.iter().find(|rung| rung.level == waits), sleep.until()) {
            let reason = Reason::new("sleeps").with("level", waits.to_string());
            let named = wording::say(reason, "who", &self.pool, rung.name, locale);
            reasons.push(timed(named, (until - now) / MINUTE));
        }
        Ok(())
    }

    /// The reason of a promise.
    pub(crate) fn told_promise(&self, rule: &Rule, target: &Target, locale: &str) -> Reason {
        let reason = Reason::new("promised").with("metric", target.metric.as_str());
        let named = wording::say(reason, "for", &self.pool, rule.name, locale);
        timed(named, target.minutes.into()).with("calendar", target.calendar.as_str())
    }
}

/// What was promised on the ticket and is at risk or late: of the metric that it is about, or the latest of all.
fn owed(inquiry: &escalate::Inquiry, desk: &impl Desk) -> Result<Option<Reason>, Fault> {
    let open = |it: &Commitment| matches!(it.state, CommitmentState::AtRisk | CommitmentState::Breached);
    let meant = |it: &Commitment| inquiry.metric.as_ref().is_none_or(|metric| *metric == it.metric);
    let commitments = desk.commitments()?;
    // What is late before what is at risk, the latest first.
    let worst = commitments.iter().filter(|it| open(it) && meant(it)).min_by_key(|it| it.left_ms);
    Ok(worst.map(|it| {
        let code = if it.left_ms < 0 || it.state == CommitmentState::Breached { "late" } else { "at-risk" };
        let reason = Reason::new(code).with("metric", it.metric.as_str()).with("source", it.source.as_str());
        timed(reason, it.left_ms.abs() / MINUTE).seen_in(it.id.as_str())
    }))
}

/// A time as people say it: in minutes up to three hours, then in hours, from three days on in days.
fn timed(reason: Reason, minutes: i64) -> Reason {
    let (amount, unit) = match minutes.max(0) {
        minutes @ 0..=180 => (minutes, "minutes"),
        minutes @ 181..=4_320 => ((minutes + 30) / 60, "hours"),
        minutes => ((minutes + 720) / 1_440, "days"),
    };
    reason.with("amount", amount.to_string()).with("unit", unit)
}

/// A sum with its currency, digits in groups of three.
fn money(sum: &Money) -> String {
    let whole = sum.units().unsigned_abs().to_string();
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    let sign = if sum.minor < 0 { "−" } else { "" };
    format!("{sign}{grouped} {}", sum.currency)
}
