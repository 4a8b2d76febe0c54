//! `commitment.make`, `commitment.meet` and `commitment.cancel`: what a person promises, keeps, and need not keep.

use plugdesk_domain::commitment::{MOST_COMMITMENTS, Target};
use plugdesk_domain::question::promise::MOST_MINUTES;
use plugdesk_domain::{ALWAYS, CommitmentId, CommitmentState, Instant, Principal, RecordsExt, Ticket, TicketId};

use super::ticket::clocks;
use super::ticket::settle::{Occasion, settle};
use super::{existing, not_for_customers, target};
use crate::desk::{Desk, Inner, named};
use crate::draft::Draft;
use crate::error::Error;
use crate::input::check::Checks;
use crate::input::{NewCommitment, NewTarget};
use crate::path::Command;
use crate::view::{Done, How};

/// The metric of a promise that names none.
const PROMISE: &str = "promise";
/// What is promised is a line.
const MOST_WHAT_CHARS: usize = 512;
const MINUTE_MS: i64 = 60_000;

struct Make {
    ticket: TicketId,
    new: NewCommitment,
}

/// Keeps or cancels one.
struct End {
    ticket: TicketId,
    id: CommitmentId,
    kept: bool,
}

impl Desk {
    /// Promises something on a ticket, in a person's name.
    pub async fn commitment_make(
        &self,
        by: &Principal,
        ticket: TicketId,
        new: NewCommitment,
        how: &How,
    ) -> Result<Done<Ticket>, Error> {
        self.submit(by, how, Make { ticket, new }).await
    }

    /// Says that a commitment was kept, now. What was kept already stays as it is.
    pub async fn commitment_meet(
        &self,
        by: &Principal,
        ticket: TicketId,
        id: CommitmentId,
        how: &How,
    ) -> Result<Done<Ticket>, Error> {
        self.submit(by, how, End { ticket, id, kept: true }).await
    }

    /// Says that a commitment is no longer owed.
    pub async fn commitment_cancel(
        &self,
        by: &Principal,
        ticket: TicketId,
        id: CommitmentId,
        how: &How,
    ) -> Result<Done<Ticket>, Error> {
        self.submit(by, how, End { ticket, id, kept: false }).await
    }
}

/// A ticket that points to another owes nothing itself.
fn stands(ticket: &Ticket) -> Result<(), Error> {
    match ticket.merged_into {
        None => Ok(()),
        Some(winner) => Err(Error::invalid("", format!("{winner} stands for it: name that one"))),
    }
}

impl Command for Make {
    type Value = Ticket;
    const NAME: &'static str = "commitment.make";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Ticket, Error> {
        not_for_customers(draft, "make promises")?;
        let (target, started_at) = checked(draft, &self.new)?;
        draft.subject = self.ticket.to_string();
        let before: Ticket = existing(draft, "ticket", self.ticket, self.ticket)?;
        stands(&before)?;
        if before.category.ended() {
            return Err(Error::invalid("", "an ended ticket owes nothing; reopen it first"));
        }
        if before.commitments.iter().filter(|it| it.open()).count() >= MOST_COMMITMENTS {
            let rule = format!("a ticket owes at most {MOST_COMMITMENTS} things at a time");
            return Err(Error::invalid("", rule));
        }
        let mut ticket = before.clone();
        let by = draft.by.agent.clone().unwrap_or_else(|| named(draft.by));
        let mut made = clocks::begin(draft, target, by, started_at);
        made.what = Some(self.new.what.trim().to_owned());
        made.decision = None;
        let mut data = clocks::told(&ticket, &made);
        ticket.commitments.push(made);
        clocks::prune(&mut ticket.commitments);
        draft.change(ticket.clone());
        settle(draft, Some(&before), &mut ticket, Occasion::default())?;
        data.remove("due_at");
        draft.tell("commitment.made", self.ticket, data);
        Ok(ticket)
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Ticket, Error> {
        read_again(desk, subject)
    }
}

impl Command for End {
    type Value = Ticket;
    const NAME: &'static str = "commitment.end";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Ticket, Error> {
        not_for_customers(draft, "keep or cancel promises")?;
        draft.subject = self.ticket.to_string();
        let before: Ticket = existing(draft, "ticket", self.ticket, self.ticket)?;
        stands(&before)?;
        let mut ticket = before.clone();
        let place = ticket.commitments.iter().position(|it| it.id == self.id);
        let place = place.ok_or_else(|| Error::not_found("commitment", self.id))?;
        let now = draft.now;
        let mut causes = Vec::new();
        if self.kept {
            causes.extend(clocks::meet(draft, &mut ticket, place, now));
        } else if let Some(it) = ticket.commitments.get_mut(place).filter(|it| it.open()) {
            it.state = CommitmentState::Cancelled;
            let data = clocks::told(&before, &it.clone());
            draft.tell("commitment.cancelled", self.ticket, data);
        }
        if ticket == before {
            return Ok(before);
        }
        draft.change(ticket.clone());
        settle(draft, Some(&before), &mut ticket, Occasion { causes, ..Occasion::default() })?;
        Ok(ticket)
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Ticket, Error> {
        read_again(desk, subject)
    }
}

/// The target, and when its clock begins.
fn checked(draft: &Draft<'_>, new: &NewCommitment) -> Result<(Target, Instant), Error> {
    let mut checks = Checks::default();
    checks.line("/what", &new.what, 1, MOST_WHAT_CHARS);
    let (minutes, started_at) = match (new.due_at, new.minutes) {
        (Some(_), Some(_)) => {
            checks.fail("/due_at", "either `due_at` or `minutes`");
            (1, draft.now)
        }
        (Some(due), None) => {
            if due <= draft.now || due.since(draft.now) > i64::from(MOST_MINUTES) * MINUTE_MS {
                checks.fail("/due_at", "a time ahead, at most ten years");
            }
            if new.calendar.is_some() {
                checks.fail("/calendar", "only `minutes` are of a calendar");
            }
            // Whole minutes, begun as much earlier as makes it due at that very moment.
            let ahead = due.since(draft.now).clamp(1, i64::from(MOST_MINUTES) * MINUTE_MS);
            let minutes = u32::try_from((ahead + MINUTE_MS - 1) / MINUTE_MS).unwrap_or(MOST_MINUTES);
            (minutes, due.plus_millis(-i64::from(minutes) * MINUTE_MS))
        }
        (None, Some(minutes)) => (minutes, draft.now),
        (None, None) => {
            checks.fail("/due_at", "by when: `due_at`, or `minutes`");
            (1, draft.now)
        }
    };
    let sent = NewTarget {
        metric: new.metric.clone().unwrap_or_else(|| PROMISE.to_owned()),
        minutes,
        calendar: Some(new.calendar.clone().unwrap_or_else(|| ALWAYS.to_owned())),
        pauses: new.pauses.clone(),
        warn_minutes: new.warn_minutes,
    };
    target::check(&mut checks, "", &sent, draft);
    checks.done()?;
    Ok((sent.target(), started_at))
}

fn read_again(desk: &Inner, subject: &str) -> Result<Ticket, Error> {
    let id: TicketId = subject.parse().map_err(|_| Error::not_found("ticket", subject))?;
    desk.records.find(id)?.ok_or_else(|| Error::not_found("ticket", id))
}
