//! Climbing: where a cause begins, when the next rung is due, and who may be called now. Decides on values; only the
//! calendar is asked of the desk.

use plugdesk_sdk::prelude::*;

use crate::configuration::{Escalation, WrittenAudience, row};
use crate::fit::Fit;

/// Milliseconds of a minute.
const MINUTE: Instant = 60_000;

/// A way up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ladder {
    pub(crate) fits: Vec<Fit>,
    pub(crate) calendar: String,
    /// The cause, the level, and from how many times on.
    pub(crate) starts: Vec<(String, u8, u32)>,
    /// The level at which a breach that is foreseen begins, and from which probability on, in ten-thousandths.
    pub(crate) foresees: Option<(u8, u16)>,
    /// Lowest first.
    pub(crate) rungs: Vec<Rung>,
}

/// One rung.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rung {
    pub(crate) level: u8,
    /// Its name, in the pool.
    pub(crate) name: u32,
    /// Minutes on the rung below.
    pub(crate) after: u32,
    pub(crate) audience: Vec<WrittenAudience>,
    pub(crate) brief: bool,
}

/// The next rung, and when it is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    /// Its level.
    pub level: u8,
    /// When.
    pub at: Instant,
}

/// Where it stands after this call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// The level reached, no lower than before.
    pub level: u8,
    /// The level that was asked for and that nobody may be called for yet; 0: none.
    pub waits: u8,
}

/// Who may not be called now, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sleep<'p> {
    /// None: nobody sleeps.
    until: Option<Instant>,
    /// The levels that may be called all the same.
    anyway: &'p [u8],
}

impl Ladder {
    /// The level at which a cause begins; 0: it begins nothing.
    pub fn start(&self, cause: &str, ticket: &Ticket) -> u8 {
        let times = match cause {
            "reopened" => ticket.reopens,
            "handed-off" => ticket.handoffs,
            _ => u32::MAX,
        };
        let found = self.starts.iter().find(|(known, _, from)| known == cause && times >= *from);
        found.map_or(0, |(_, level, _)| *level)
    }

    /// The rung above a level and when it is due, if that level was reached at `since`; none: there is none, or nothing
    /// was reached yet.
    pub fn next(
        &self,
        policy: &Escalation,
        level: u8,
        since: Option<Instant>,
        desk: &impl Desk,
    ) -> Result<Option<Next>, Fault> {
        let Some(since) = since.filter(|_| level > 0) else { return Ok(None) };
        let Some(rung) = self.rungs.iter().find(|rung| rung.level > level) else { return Ok(None) };
        let calendar = policy.calendar(&self.calendar);
        let at = desk.later(calendar, since, rung.after).ok_or_else(|| unknown(calendar))?;
        Ok(Some(Next { level: rung.level, at }))
    }

    /// The highest rung up to `wanted` whose people may be called. Where the wanted one may not, a lower one hears of it
    /// meanwhile, and the wanted one waits.
    pub fn reach(&self, from: u8, wanted: u8, sleep: &Sleep<'_>) -> Reach {
        // A start between two rungs is the rung above it.
        let target = self.rungs.iter().find(|rung| rung.level >= wanted).map_or(0, |rung| rung.level);
        if wanted == 0 || target <= from {
            return Reach { level: from, waits: 0 };
        }
        let between = self.rungs.iter().map(|rung| rung.level).filter(|&level| from < level && level <= target);
        let level = between.filter(|&level| sleep.may_call(level)).max().unwrap_or(from);
        Reach { level, waits: if level < target { target } else { 0 } }
    }
}

impl<'p> Sleep<'p> {
    /// Who sleeps at `now`.
    pub fn at(policy: &'p Escalation, ticket: &Ticket, now: Instant, desk: &impl Desk) -> Result<Self, Fault> {
        let Some(quiet) = &policy.quiet else { return Ok(Self { until: None, anyway: &[] }) };
        let awake = u8::try_from(row(ticket.priority)).is_ok_and(|priority| quiet.priorities.contains(&priority));
        if awake {
            return Ok(Self { until: None, anyway: &[] });
        }
        let calendar = policy.calendar(&quiet.calendar);
        // The first minute of the calendar's time from now on ends a minute from now, or after the next opening.
        let first = desk.later(calendar, now, 1).ok_or_else(|| unknown(calendar))?.saturating_sub(MINUTE);
        Ok(Self { until: Some(first).filter(|&opens| opens > now), anyway: &quiet.anyway })
    }

    /// When it is no longer quiet; none: it is not.
    pub fn until(&self) -> Option<Instant> {
        self.until
    }

    /// Whether the people of that level may be called now.
    pub fn may_call(&self, level: u8) -> bool {
        self.until.is_none() || self.anyway.contains(&level)
    }
}

/// The desk has no such calendar, or it never opens.
pub(crate) fn unknown(calendar: &str) -> Fault {
    Fault::Misconfigured(format!("this desk has no calendar `{calendar}`; /calendars gives it another name"))
}
