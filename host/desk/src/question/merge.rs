//! `merge`: which values show when two records become one. A policy may say no.

use plugdesk_domain::FieldPlan;
use plugdesk_domain::question::Inquiry as AnyInquiry;
use plugdesk_domain::question::classify::Subject;
use plugdesk_domain::question::merge::{Inquiry, Merge};

use super::circumstances;
use crate::asking::{self, About};
use crate::draft::Draft;
use crate::error::Error;
use crate::generation::Place;

/// Asks for the plan of a merge: about the winner, with the loser as the other.
pub(crate) fn plan(
    draft: &mut Draft<'_>,
    about: &About,
    place: &Place,
    winner: Subject,
    loser: Subject,
) -> Result<FieldPlan, Error> {
    let inquiry = AnyInquiry::Merge(Inquiry { circumstances: circumstances(draft, None), winner, loser });
    let Some(joined) = asking::ask::<Merge>(draft, about, place, &inquiry)? else { return Ok(FieldPlan::new()) };
    if let Some(policy) = joined.refused_by.first() {
        draft.refused = Some((policy.clone(), "merge"));
        let decision = (!draft.how.preview).then_some(draft.decision);
        return Err(Error::Declined { decision, policy: policy.clone(), question: "merge".to_owned() });
    }
    if let Some(policy) = &joined.policy {
        draft.effect(format!("the plan of the merge: {} fields ({policy})", joined.fields.len()));
    }
    Ok(joined.fields)
}
