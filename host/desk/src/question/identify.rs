//! `identify`: whether a contact is one that the desk knows already. What is likely the same person becomes a proposal;
//! what is the same becomes a merge where the desk's owner allows it ([`plugdesk_domain::record::Desk::merge_above`]).
//!
//! Nothing is proposed again that a person rejected or undid, and nothing is merged by itself if any policy ever said of
//! any two of those who would become one that they are two persons.

mod before;
mod candidates;

use plugdesk_domain::question::Inquiry as AnyInquiry;
use plugdesk_domain::question::identify::{Agreed, Identify, Inquiry, Relation};
use plugdesk_domain::{Contact, ContactId, ProposalKind, ProposalOption, Reason};

use super::circumstances;
use crate::asking::{self, About};
use crate::command::merge::{Why, merge};
use crate::command::proposal;
use crate::draft::Draft;
use crate::error::Error;
use crate::generation::Place;
use crate::resolve;

/// Two contacts are proposed as one person only if the policies hold it for likelier than not.
const LIKELY: u16 = 5_000;
/// Of those that only may be the same so many are proposed, the likeliest: a person looks at a few.
const MOST_MAYBE: usize = 4;

/// Asks for a contact of the draft whose name or addresses are new.
pub(crate) fn contact(draft: &mut Draft<'_>, id: ContactId) -> Result<(), Error> {
    let Some(whole) = resolve::whole::<Contact>(draft, id)? else { return Ok(()) };
    let place = Place { segment: whole.record.segment.clone(), ..Place::default() };
    if !asking::anybody(draft, "identify", &place) {
        return Ok(());
    }
    let candidates = candidates::of(draft, &whole)?;
    if candidates.is_empty() {
        return Ok(());
    }
    let own = &whole.record;
    let others = candidates.iter().map(|it| it.contact.id.clone()).collect();
    let about = About::contact(own.id, draft.made::<Contact>(&own.id.into())).with_others(others);
    let contact = candidates::shown(draft, &whole)?;
    let circumstances = circumstances(draft, own.locale.as_deref());
    let shared = candidates::shared(own);
    let inquiry = AnyInquiry::Identify(Inquiry { circumstances, contact, shared, candidates });
    let Some(joined) = asking::ask::<Identify>(draft, &about, &place, &inquiry)? else { return Ok(()) };
    let of = |relation: Relation| joined.likenesses.iter().filter(move |it| it.relation == relation);
    let different: Vec<String> = of(Relation::Different).map(|it| it.contact.clone()).collect();
    before::note_different(draft, &about, different)?;
    for (relation, most) in [(Relation::Same, usize::MAX), (Relation::Maybe, MOST_MAYBE)] {
        let mut likely: Vec<&Agreed> = of(relation).filter(|it| it.score >= LIKELY).collect();
        likely.sort_by(|a, b| (b.score, &a.contact).cmp(&(a.score, &b.contact)));
        for likeness in likely.into_iter().take(most) {
            follow(draft, own.id, likeness)?;
        }
    }
    Ok(())
}

/// Proposes that two contacts are one person, or merges them.
fn follow(draft: &mut Draft<'_>, own: ContactId, likeness: &Agreed) -> Result<(), Error> {
    let Ok(other) = likeness.contact.parse::<ContactId>() else { return Ok(()) };
    // An earlier likeness of the same answer may have merged either.
    let own: Option<Contact> = resolve::find(draft, own)?;
    let other: Option<Contact> = resolve::find(draft, other)?;
    let (Some(own), Some(other)) = (own, other) else { return Ok(()) };
    if own.id == other.id {
        return Ok(());
    }
    let Agreed { score, policy, .. } = likeness;
    if let Some(why) = before::decided(draft, own.id, other.id)? {
        draft.effect(format!("{} and {} are not proposed as one person: {why}", own.id, other.id));
        return Ok(());
    }
    let above = draft.desk.current.load().merge_above.filter(|above| *above > 0);
    let allowed = likeness.relation == Relation::Same && above.is_some_and(|above| *score >= above);
    if allowed && !before::apart(draft, own.id, other.id)? {
        match merge_itself(draft, own.clone(), other.clone(), *score, policy) {
            Ok(()) => return Ok(()),
            // A policy that could not answer says neither yes nor no: a person is asked.
            Err(Error::Refused { .. }) => draft.refused = None,
            Err(error) => return Err(error),
        }
    }
    let reasons = reasons(draft, policy, &likeness.contact);
    let option = ProposalOption { id: other.id.to_string(), score: *score, policy: policy.clone(), reasons };
    draft.effect(format!("proposed: {} and {} are one person ({policy}, {score})", own.id, other.id));
    proposal::make(draft, ProposalKind::MergeContacts, own.id.to_string(), vec![option]);
    Ok(())
}

/// The older one stands for both: it is the one that others know. A policy that says no to the merge is heard.
fn merge_itself(draft: &mut Draft<'_>, own: Contact, other: Contact, score: u16, policy: &str) -> Result<(), Error> {
    let (winner, loser) =
        if (own.created_at, own.id) <= (other.created_at, other.id) { (own, other) } else { (other, own) };
    let (kept, pointing) = (winner.id, loser.id);
    let why = Why { plan: Default::default(), score: Some(score), by: policy.to_owned(), proposal: None };
    // What keeps the merge from being done must not keep the contact from being made; but it is heard.
    let refusable = std::mem::replace(&mut draft.refusable, true);
    let merged = merge(draft, winner, loser, why);
    draft.refusable = refusable;
    match merged {
        Ok(_) => draft.effect(format!("merged: {pointing} into {kept} ({policy}, {score})")),
        Err(error @ (Error::Declined { .. } | Error::Invalid(_))) => {
            draft.refused = None;
            draft.effect(format!("{pointing} is not merged into {kept}: {error}"));
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Why that policy holds a candidate for the same person: as it stands in the decision.
fn reasons(draft: &Draft<'_>, policy: &str, candidate: &str) -> Vec<Reason> {
    let asked = draft.asked.iter().rev().find(|it| it.question == "identify");
    let opinion = asked.and_then(|it| it.opinions.iter().find(|it| !it.shadow && it.policy == policy));
    let likenesses = opinion.and_then(|it| it.answer.as_ref()?.get("likenesses")?.as_array());
    let said = likenesses.and_then(|all| {
        all.iter().find(|it| it.get("contact").and_then(|id| id.as_str()) == Some(candidate))?.get("reasons").cloned()
    });
    said.and_then(|it| serde_json::from_value(it).ok()).unwrap_or_default()
}
