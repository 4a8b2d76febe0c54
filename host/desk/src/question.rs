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
pub(crate) mod track;

use plugdesk_domain::question::{Answer, Circumstances};

use crate::draft::Draft;

/// The built-in answer of that name, which a binding's failure rule `fallback` may let stand in; none: there is none.
pub fn fallback(question: &str, name: &str) -> Option<Answer> {
    match question {
        "classify" => classify::fallback(name),
        "qualify" => qualify::fallback(name),
        _ => None,
    }
}

/// What is told with every question. The only calendar so far is `always`, so it is always in hours.
fn circumstances(draft: &Draft<'_>, locale: Option<&str>) -> Circumstances {
    Circumstances {
        now: draft.now,
        locale: locale.unwrap_or(&draft.desk.record.locale).to_owned(),
        actor: draft.actor().to_owned(),
        in_hours: true,
    }
}
