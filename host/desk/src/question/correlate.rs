//! `correlate`: which tickets report the same problem. They are gathered under a lead ticket as reversible links
//! (practices 32 to 34).

mod neighbours;

use plugdesk_domain::question::Inquiry as AnyInquiry;
use plugdesk_domain::question::correlate::{Correlate, Inquiry, Joined, SURE};
use plugdesk_domain::{LINK_BY_FROM, Link, LinkKind, Scan, StoreError, Ticket, TicketId};
use serde_json::Map;

use super::{circumstances, place, said};
use crate::asking::{self, About};
use crate::command::link::{self, FoundLead};
use crate::draft::Draft;
use crate::error::Error;
use crate::resolve;
use crate::show;

/// So many links of one ticket are looked through, newest first.
const MOST_LINKS: usize = 64;

/// Asks for a ticket of the draft, and links it to the lead ticket of its problem.
pub(crate) fn ticket(draft: &mut Draft<'_>, ticket: &mut Ticket) -> Result<(), Error> {
    let place = place(draft, ticket)?;
    if !asking::anybody(draft, "correlate", &place) {
        return Ok(());
    }
    let neighbours = neighbours::of(draft, ticket)?;
    if neighbours.is_empty() {
        return Ok(());
    }
    let others = neighbours.iter().map(|it| it.ticket.clone()).collect();
    let about = About::ticket(ticket, draft.made::<Ticket>(&ticket.id.into())).with_others(others);
    let text = said(draft, ticket)?;
    let circumstances = circumstances(draft, super::locale(draft, ticket)?.as_deref());
    let inquiry = AnyInquiry::Correlate(Inquiry { circumstances, ticket: show::ticket(ticket), text, neighbours });
    let Some(joined) = asking::ask::<Correlate>(draft, &about, &place, &inquiry)? else { return Ok(()) };
    if joined.recurring {
        draft.effect("the problem was resolved before and is back".to_owned());
        draft.tell("ticket.recurring", ticket.id, Map::new());
    }
    gather(draft, ticket, &joined)
}

/// Links the ticket to the lead of those that are surely of its problem and still open: to the lead that the surest of
/// them has, else to the oldest.
fn gather(draft: &mut Draft<'_>, ticket: &Ticket, joined: &Joined) -> Result<(), Error> {
    if resolve::lead_of(draft, ticket.id)?.is_some() {
        // It is gathered already, or others are gathered under it.
        return Ok(());
    }
    let (mut lead, mut oldest): (Option<FoundLead>, Option<FoundLead>) = (None, None);
    for pair in joined.pairs.iter().filter(|it| it.score >= SURE) {
        let Ok(id) = pair.ticket.parse::<TicketId>() else { continue };
        let Some(other) = resolve::root::<Ticket>(draft, id)?.filter(|it| it.id != ticket.id) else { continue };
        if other.category.ended() {
            continue;
        }
        let found = FoundLead { to: other.id, score: pair.score, policy: pair.policy.clone() };
        if let Some(to) = resolve::lead_of(draft, other.id)?
            && lead.is_none()
            && resolve::root::<Ticket>(draft, to)?.is_some_and(|it| !it.category.ended())
        {
            lead = Some(FoundLead { to, ..found.clone() });
        }
        if oldest.as_ref().is_none_or(|it| found.to < it.to) {
            oldest = Some(found);
        }
    }
    let Some(found) = lead.or(oldest).filter(|it| it.to != ticket.id) else { return Ok(()) };
    if taken_back(draft, ticket, found.to)? {
        draft.effect(format!("not linked to {}: a person took that back", found.to));
        return Ok(());
    }
    // Whoever links either of the two at this moment writes it: then it is asked again.
    if let Some(lead) = draft.peek::<Ticket>(found.to)? {
        draft.require(&lead);
    }
    draft.change(ticket.clone());
    draft.effect(format!("same problem as {} ({}, {})", found.to, found.policy, found.score));
    link::make(draft, LinkKind::SameProblem, ticket.id, found.to, Some((found.score, found.policy)));
    Ok(())
}

/// Whether somebody took that very link back.
fn taken_back(draft: &Draft<'_>, ticket: &Ticket, lead: TicketId) -> Result<bool, StoreError> {
    let (from, to) = (ticket.id.to_string(), lead.to_string());
    let scan = Scan::index(LINK_BY_FROM, vec![from.as_str().into()]).backward().with_limit(MOST_LINKS);
    let same = |it: &Link| it.from == from && it.to == to && it.removed_at.is_some();
    Ok(draft.list::<Link>(&scan, same)?.iter().any(|it| it.kind == LinkKind::SameProblem))
}
