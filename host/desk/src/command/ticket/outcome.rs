//! What a lead came to: converted or lost, told whenever it changes, so that reports can be counted from the log alone.

use plugdesk_domain::{Grade, Ticket};
use serde_json::{Map, Value};

use crate::draft::Draft;

/// The state, and the custom field, by which a lead that ended counts as converted; any other end is lost.
const CONVERTED: &str = "converted";
const LOST: &str = "lost";

/// Tells that a lead ended, ended differently, or goes on after all. `before`: none, it is new.
pub(super) fn tell(draft: &mut Draft<'_>, before: Option<&Ticket>, ticket: &Ticket) {
    let (old, new) = (before.and_then(outcome), outcome(ticket));
    if old == new {
        return;
    }
    let mut data = Map::new();
    let mut say = |name: &str, value: &str| data.insert(name.to_owned(), Value::from(value));
    if let Some((grade, outcome)) = old {
        say("grade_before", grade);
        say("outcome_before", outcome);
    }
    if let Some((grade, outcome)) = new {
        say("grade", grade);
        say("outcome", outcome);
    }
    draft.tell(if new.is_some() { "lead.ended" } else { "lead.reopened" }, ticket.id, data);
}

/// The grade and what came of it; none: it is no lead, or goes on.
fn outcome(ticket: &Ticket) -> Option<(&'static str, &'static str)> {
    if !ticket.is_lead() || !ticket.category.ended() {
        return None;
    }
    let grade = match ticket.qualified.as_ref().map(|it| it.grade) {
        Some(Grade::A) => "a",
        Some(Grade::B) => "b",
        Some(Grade::C) => "c",
        Some(Grade::D) => "d",
        None => "none",
    };
    let converted = ticket.state == CONVERTED || ticket.custom.get(CONVERTED) == Some(&Value::Bool(true));
    Some((grade, if converted { CONVERTED } else { LOST }))
}
