//! `ticket.create` and `ticket.update`. A lead is a ticket whose kind is `lead`.

pub(crate) mod action;
pub(crate) mod clocks;
mod create;
pub(super) mod history;
mod outcome;
mod people;
pub(crate) mod settle;
mod state;
mod update;
pub(crate) mod wake;

use plugdesk_domain::{NextAction, Qualified, Ticket};
use serde_json::Map;

use crate::draft::Draft;
use crate::input::check::Checks;
use crate::question::qualify;

/// The longest subject, in characters: RFC 5322 allows a header line of 998, people write less than half of it.
pub(crate) const MOST_SUBJECT_CHARS: usize = 512;
/// A ticket has at most so many tags, and so many participants.
const MOST_MEMBERS: usize = 32;
/// A name of a team or an agent has at most so many characters.
const MOST_WORKER_CHARS: usize = 128;
/// What is to be done next is a line.
const MOST_NEXT_CHARS: usize = 512;

/// Tells that a lead is judged differently now. On creation `ticket.created` tells it.
pub(super) fn tell_qualified(draft: &mut Draft<'_>, before: Option<&Qualified>, ticket: &Ticket) {
    // The decision is another one each time; what counts is what it came to.
    let same = |now: &Qualified| before.is_some_and(|it| Qualified { decision: now.decision, ..it.clone() } == *now);
    if ticket.qualified.as_ref().is_none_or(same) {
        return;
    }
    let mut data = Map::new();
    qualify::told(ticket, &mut data);
    draft.tell("ticket.qualified", ticket.id, data);
}

fn tags(checks: &mut Checks, field: &str, tags: &[String]) -> Vec<String> {
    checks.count(field, tags.len(), MOST_MEMBERS);
    let mut normal: Vec<String> = Vec::new();
    for (place, tag) in tags.iter().take(MOST_MEMBERS).enumerate() {
        let tag = tag.trim().to_lowercase();
        checks.word(&format!("{field}/{place}"), Some(&tag));
        if !normal.contains(&tag) {
            normal.push(tag);
        }
    }
    normal
}

fn next_action(checks: &mut Checks, field: &str, next: Option<&NextAction>) {
    if let Some(next) = next {
        checks.line(&format!("{field}/what"), &next.what, 1, MOST_NEXT_CHARS);
        checks.optional_line(&format!("{field}/who"), next.who.as_deref(), MOST_WORKER_CHARS);
    }
}
