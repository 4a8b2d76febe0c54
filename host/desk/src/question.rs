//! How the core asks each question: one small file per question, which builds the inquiry from records, applies the
//! joined answer to the draft, and says the effect in words.
//!
//! Adding a question is a file here, a line in [`fallback`], and its place in the commands that ask it
//! (`docs/commands.md`).

pub(crate) mod affiliate;
pub(crate) mod classify;
pub(crate) mod correlate;
pub(crate) mod escalate;
pub(crate) mod identify;
pub(crate) mod merge;
pub(crate) mod promise;
pub(crate) mod qualify;
pub(crate) mod react;
pub(crate) mod track;

use plugdesk_domain::question::{Answer, Circumstances};
use plugdesk_domain::{Ticket, TicketId};

use crate::draft::Draft;

/// The question that followers of the log ask.
pub(crate) const REACT: &str = <plugdesk_domain::question::react::React as plugdesk_domain::question::Question>::NAME;

/// The built-in answer of that name, which a binding's failure rule `fallback` may let stand in; none: there is none.
pub fn fallback(question: &str, name: &str) -> Option<Answer> {
    match question {
        "classify" => classify::fallback(name),
        "promise" => promise::fallback(name),
        "qualify" => qualify::fallback(name),
        _ => None,
    }
}

/// What is told with every question. The hours are those of the calendar by which the command's ticket is promised.
fn circumstances(draft: &Draft<'_>, locale: Option<&str>) -> Circumstances {
    Circumstances {
        now: draft.now,
        locale: locale.unwrap_or(&draft.desk.record.locale).to_owned(),
        actor: draft.actor().to_owned(),
        in_hours: in_hours(draft),
    }
}

/// Whether it is inside the hours of the ticket that the command is about; what has no calendar always is.
fn in_hours(draft: &Draft<'_>) -> bool {
    let ticket = draft.subject.parse::<TicketId>().ok().and_then(|id| draft.peek::<Ticket>(id).ok().flatten());
    let schedule = ticket.and_then(|it| draft.setup.schedule_for(&it).cloned());
    schedule.is_none_or(|it| it.open_at(draft.now))
}
