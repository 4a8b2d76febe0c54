//! The host's own look at an answer, before it has any effect: the domain's ranges and lengths, then what only the desk
//! knows.

use std::collections::BTreeSet;

use plugdesk_domain::question::{Answer, Inquiry};

use super::Surroundings;

/// Facts and signals of one answer have together at most so many bytes of JSON: they become one stored value of at most
/// 64 KiB, beside what the policy found earlier.
const MOST_FINDING_BYTES: usize = 24 << 10;
/// At most so many different records may stand as evidence in one answer: each is looked up.
const MOST_EVIDENCE_IDS: usize = 64;

/// Why the answer can't be taken, naming the field.
pub(super) fn check(around: &Surroundings<'_, '_>, inquiry: &Inquiry, answer: &Answer) -> Result<(), String> {
    if answer.question() != inquiry.question() {
        return Err(format!("an answer to `{}`, asked was `{}`", answer.question(), inquiry.question()));
    }
    answer.check()?;
    if let Answer::Promise(promised) = answer {
        crate::question::promise::check(around.draft(), promised)?;
    }
    let parts = answer.parts();
    let bytes = serde_json::to_vec(&(parts.facts, parts.signals)).map_or(usize::MAX, |bytes| bytes.len());
    if bytes > MOST_FINDING_BYTES {
        return Err(format!("facts, signals: {bytes} bytes, at most {MOST_FINDING_BYTES} are kept"));
    }
    let evidence: BTreeSet<&str> = parts.reasons.iter().flat_map(|it| &it.evidence).map(String::as_str).collect();
    let ids: Vec<&str> = evidence.into_iter().filter(|text| super::surroundings::looks_like_id(text)).collect();
    if ids.len() > MOST_EVIDENCE_IDS {
        return Err(format!("reasons: {} records as evidence, at most {MOST_EVIDENCE_IDS} are looked up", ids.len()));
    }
    match ids.into_iter().find(|id| !around.knows(id)) {
        Some(id) => Err(format!("reasons: the evidence {id} is not a record of this desk")),
        None => Ok(()),
    }
}
