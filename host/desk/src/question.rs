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
use plugdesk_domain::{CompanyId, Contact, Entry, Instant, Scan, StoreError, Table, Ticket, TicketId};

use crate::draft::Draft;
use crate::generation::Place;
use crate::resolve;

/// Of what was said with a ticket, policies are told so many bytes, as the contract says.
const MOST_SAID_BYTES: usize = 2_048;
/// The first entries are looked at so far for what was said.
const MOST_SAID_ENTRIES: usize = 8;

/// A policy that wishes to look again does so after a minute at the earliest: ladders and grades count in minutes, and a
/// wish for now, or for the past, must not keep the desk busy.
const SOONEST_LOOK_MS: i64 = 60_000;
/// And after a year at the latest: a wish for later is none.
const LATEST_LOOK_MS: i64 = 365 * 24 * 3_600_000;

/// The question that followers of the log ask.
pub(crate) const REACT: &str = <plugdesk_domain::question::react::React as plugdesk_domain::question::Question>::NAME;

/// The built-in answer of that name, which a binding's failure rule `fallback` may let stand in; none: there is none.
pub fn fallback(question: &str, name: &str) -> Option<Answer> {
    match question {
        "classify" => classify::fallback(name),
        "promise" => promise::fallback(name),
        "qualify" => qualify::fallback(name),
        "track" => track::fallback(name),
        "escalate" => escalate::fallback(name),
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

/// When to look again, of what a policy wished.
fn look(at: Instant, now: Instant) -> Instant {
    at.clamp(now.plus_millis(SOONEST_LOOK_MS), now.plus_millis(LATEST_LOOK_MS))
}

/// Where a question about a ticket is asked.
pub(crate) fn place(draft: &Draft<'_>, ticket: &Ticket) -> Result<Place, StoreError> {
    let companies = companies(draft, ticket.company)?;
    Ok(Place { segment: ticket.segment.clone(), kind: Some(ticket.kind.clone()), companies })
}

/// The ids that a company has, for the bindings that hold for it alone.
pub(crate) fn companies(draft: &Draft<'_>, company: Option<CompanyId>) -> Result<Vec<CompanyId>, StoreError> {
    match company {
        Some(id) if draft.live.knows_companies() => resolve::cluster_of_company(draft, id),
        one => Ok(one.into_iter().collect()),
    }
}

/// The beginning of what was said with a ticket of the draft, the desk's own notes left out.
pub(crate) fn said(draft: &Draft<'_>, ticket: &Ticket) -> Result<String, StoreError> {
    let mut entries: Vec<Entry> = if draft.made::<Ticket>(&ticket.id.into()) {
        draft.written().into_iter().filter(|it: &Entry| it.ticket == ticket.id).collect()
    } else {
        let scan = Scan::table(Table::Entry).with_prefix(vec![ticket.id.into()]).with_limit(MOST_SAID_ENTRIES);
        draft.list(&scan, |it: &Entry| it.ticket == ticket.id)?
    };
    entries.sort_by_key(|it| it.id);
    let mut text = String::new();
    for entry in entries.iter().filter(|it| it.kind.public()) {
        if text.len() + 1 >= MOST_SAID_BYTES {
            break;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        let room = MOST_SAID_BYTES.saturating_sub(text.len());
        let end = (0..=room.min(entry.text.len())).rev().find(|&end| entry.text.is_char_boundary(end)).unwrap_or(0);
        text.push_str(entry.text.get(..end).unwrap_or_default());
        if end < entry.text.len() {
            break;
        }
    }
    Ok(text)
}

/// The language of whoever brought a ticket.
fn locale(draft: &Draft<'_>, ticket: &Ticket) -> Result<Option<String>, StoreError> {
    let requester = ticket.requester.map(|id| resolve::whole::<Contact>(draft, id)).transpose()?.flatten();
    Ok(requester.and_then(|it| it.record.locale))
}
