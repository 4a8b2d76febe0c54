//! Which other tickets could report the same problem: those of the company tree and of the requester, newest first.

use plugdesk_domain::question::correlate::{MOST_NEIGHBOURS, Neighbour};
use plugdesk_domain::{Instant, Scan, StoreError, TICKET_BY_COMPANY, TICKET_BY_REQUESTER, Ticket};

use super::super::said;
use crate::draft::Draft;
use crate::error::Error;
use crate::resolve;
use crate::view::PageRequest;

/// Tickets of so many days are looked at, as the contract says.
const RECENT_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
/// So many nodes of the company tree are looked at, the nearest first: the ticket waits for it.
const MOST_NODES: usize = 32;
/// A policy is shown so many bytes of what was said with each, as the contract says.
const MOST_TEXT_BYTES: usize = 512;

/// The others, newest first.
pub(super) fn of(draft: &Draft<'_>, ticket: &Ticket) -> Result<Vec<Neighbour>, Error> {
    let mut scans: Vec<Scan> = Vec::new();
    if let Some(company) = ticket.company {
        let mut nodes = resolve::subtree(draft, company, MOST_NODES)?.ids;
        for node in resolve::above(draft, company)? {
            nodes.extend(resolve::cluster_of_company(draft, node.id)?);
        }
        nodes.truncate(MOST_NODES);
        scans.extend(nodes.into_iter().map(|id| Scan::index(TICKET_BY_COMPANY, vec![id.into()]).backward()));
    }
    if let Some(requester) = ticket.requester {
        let people = resolve::cluster_of_contact(draft, requester)?;
        scans.extend(people.into_iter().map(|id| Scan::index(TICKET_BY_REQUESTER, vec![id.into()]).backward()));
    }
    let since = Instant::from_millis(draft.now.millis().saturating_sub(RECENT_MS));
    // One more than is shown: the ticket itself may be among them. Those that were merged are left out.
    let page = PageRequest { limit: Some(2 * MOST_NEIGHBOURS), after: None };
    let found = resolve::several(draft.desk.records.as_ref(), scans, &page, |it: &Ticket| it.id.uuid())?.records;
    let own = resolve::cluster_of_ticket(draft, ticket.id)?;
    let others = found.into_iter().filter(|it| it.merged_into.is_none() && it.created_at >= since);
    let others = others.filter(|it| !own.contains(&it.id)).take(MOST_NEIGHBOURS);
    others.map(|it| neighbour(draft, it)).collect()
}

fn neighbour(draft: &Draft<'_>, it: Ticket) -> Result<Neighbour, Error> {
    let lead = |id| -> Result<_, StoreError> { Ok(resolve::lead_of(draft, id)?.map(|lead| lead.to_string())) };
    Ok(Neighbour {
        ticket: it.id.to_string(),
        text: beginning(said(draft, &it)?),
        lead: lead(it.id)?,
        kind: it.kind,
        subject: it.subject,
        category: it.category,
        company: it.company.map(|id| id.to_string()),
        requester: it.requester.map(|id| id.to_string()),
        opened_at: it.created_at,
    })
}

fn beginning(mut text: String) -> String {
    let end = (0..=MOST_TEXT_BYTES.min(text.len())).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    text.truncate(end);
    text
}
