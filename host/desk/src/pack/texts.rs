//! A pack's locales: every reason that its vectors show must have a text in each of them.

use std::collections::BTreeMap;

use plugdesk_domain::Reason;
use serde_json::Value;

use super::{Files, MOST_PROBLEMS, problem};
use crate::error::PackProblem;
use crate::locale::{Texts, message_name};

/// A pack speaks at most so many languages: the European Union and its neighbours.
const MOST_LOCALES: usize = 64;

/// The pack's texts, and each locale's file for the store.
pub(super) type Locales = (Texts, BTreeMap<String, Vec<u8>>);

/// Reads every locale.
pub(super) fn read(files: &Files) -> Result<Locales, Vec<PackProblem>> {
    let (mut texts, mut kept, mut problems) = (Texts::default(), BTreeMap::new(), Vec::new());
    for (path, ftl) in files.under("locales", ".ftl") {
        let name = path.trim_start_matches("locales/").trim_end_matches(".ftl");
        if kept.len() >= MOST_LOCALES {
            problems.push(problem(path, format!("a pack has at most {MOST_LOCALES} locales")));
            break;
        }
        match texts.add(name, ftl) {
            Ok(()) => drop(kept.insert(name.to_lowercase(), ftl.to_vec())),
            Err(wrong) => problems.extend(wrong.iter().take(MOST_PROBLEMS).map(|w| problem(path, w))),
        }
    }
    if problems.is_empty() { Ok((texts, kept)) } else { Err(problems) }
}

/// The reasons that an answer's JSON gives: those in `reasons`, every field that is one itself, such as
/// `next_question`, and those of its parts, such as a likeness's own.
pub(super) fn reasons(answer: &Value) -> Vec<Reason> {
    let Some(fields) = answer.as_object() else { return Vec::new() };
    let listed = fields.get("reasons").and_then(Value::as_array).into_iter().flatten();
    let own = fields.values().filter(|value| value.get("code").is_some());
    let parts = fields.values().filter_map(Value::as_array).flatten();
    let of_parts = parts.filter_map(|part| part.get("reasons")?.as_array()).flatten();
    listed.chain(own).chain(of_parts).filter_map(|reason| serde_json::from_value(reason.clone()).ok()).collect()
}

/// What the locales lack for that reason, which the vector in `file` shows.
pub(super) fn check(texts: &Texts, reason: &Reason, file: &str) -> Vec<PackProblem> {
    let mut problems = Vec::new();
    for locale in texts.locales() {
        let path = format!("locales/{locale}.ftl");
        match texts.say_in(reason, locale) {
            None => {
                let message =
                    format!("no text `{}` for the reason `{}` of {file}", message_name(&reason.code), reason.code);
                problems.push(problem(path, message));
            }
            Some((_, wrong)) => {
                let of = |w: &String| problem(&path, format!("the text of `{}` in {file}: {w}", reason.code));
                problems.extend(wrong.iter().map(of));
            }
        }
    }
    problems
}
