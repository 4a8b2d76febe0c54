//! What people and policies said before of two contacts: what was rejected or undone is not proposed again, and who was
//! said to be different is never merged without asking.

use plugdesk_domain::{
    Contact, ContactId, Findings, Key, MERGE_HISTORY, Merge, PROPOSAL_BY_RECORD, Proposal, ProposalKind, ProposalState,
    Scan, StoreError,
};

use crate::asking::{About, DESK_SOURCE, note_fact};
use crate::draft::Draft;
use crate::error::Error;
use crate::resolve;

/// The fact that a policy said of others that they are not this person.
const DIFFERENT_FACT: &str = "different-from";
/// So many of them are kept, the newest.
const MOST_DIFFERENT: usize = 64;
/// So many proposals, and so many merges, of one contact are looked through, newest first.
const MOST_LOOKED: usize = 64;

/// Keeps of whom it was said that they are another person.
pub(super) fn note_different(draft: &mut Draft<'_>, about: &About, ids: Vec<String>) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut known = different(draft, &about.subject_id(), about.fresh)?;
    let before = known.len();
    known.retain(|id| !ids.contains(id));
    if known.len() + ids.len() == before {
        return Ok(());
    }
    known.extend(ids);
    let skip = known.len().saturating_sub(MOST_DIFFERENT);
    let kept: Vec<String> = known.into_iter().skip(skip).collect();
    note_fact(draft, about, DIFFERENT_FACT, kept.into())
}

fn different(draft: &Draft<'_>, subject: &str, fresh: bool) -> Result<Vec<String>, StoreError> {
    let key = Key(vec![subject.into(), DESK_SOURCE.into()]);
    if fresh && !draft.made::<Findings>(&key) {
        return Ok(Vec::new());
    }
    let findings: Option<Findings> = draft.peek(key)?;
    let fact = findings.and_then(|it| it.facts.into_iter().find(|it| it.kind == DIFFERENT_FACT));
    Ok(fact.and_then(|it| serde_json::from_value(it.value).ok()).unwrap_or_default())
}

/// Whether anybody said of any of the one and any of the other that they are two persons.
pub(super) fn apart(draft: &Draft<'_>, one: ContactId, other: ContactId) -> Result<bool, StoreError> {
    let (one, other) = (names(draft, one)?, names(draft, other)?);
    for (side, against) in [(&one, &other), (&other, &one)] {
        for id in side {
            if different(draft, id, false)?.iter().any(|it| against.contains(it)) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Why the two are not proposed as one: they are proposed already, or a person said no; none: they may be.
pub(super) fn decided(draft: &Draft<'_>, one: ContactId, other: ContactId) -> Result<Option<&'static str>, StoreError> {
    let (one, other) = (names(draft, one)?, names(draft, other)?);
    let pair =
        |a: &String, b: &String| (one.contains(a) && other.contains(b)) || (one.contains(b) && other.contains(a));
    // What is about both is found under either.
    for id in &one {
        let scan = Scan::index(PROPOSAL_BY_RECORD, vec![id.as_str().into()]).backward().with_limit(MOST_LOOKED);
        let belongs = |it: &Proposal| it.subject == *id || it.options.iter().any(|option| option.id == *id);
        for it in draft.list::<Proposal>(&scan, belongs)? {
            let about = it.options.iter().any(|option| pair(&it.subject, &option.id));
            match it.state {
                _ if it.kind != ProposalKind::MergeContacts || !about => {}
                ProposalState::Open => return Ok(Some("they are already")),
                ProposalState::Rejected => return Ok(Some("a person rejected it")),
                ProposalState::Accepted | ProposalState::Withdrawn => {}
            }
        }
    }
    for id in one.iter().chain(&other) {
        let scan = Scan::index(MERGE_HISTORY, vec![id.as_str().into()]).backward().with_limit(MOST_LOOKED);
        let undone = |it: &Merge| it.loser == *id && it.undone_at.is_some();
        if draft.list::<Merge>(&scan, undone)?.iter().any(|it| pair(&it.winner, &it.loser)) {
            return Ok(Some("a person undid it"));
        }
    }
    Ok(None)
}

fn names(draft: &Draft<'_>, id: ContactId) -> Result<Vec<String>, StoreError> {
    Ok(resolve::cluster::<Contact>(draft, id)?.into_iter().map(|it| it.to_string()).collect())
}
