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
/// So many tickets are read before it is known that more are recent.
const FIRST_LOOK: usize = 4;
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
    let own = resolve::cluster_of_ticket(draft, ticket.id)?;
    let found = recent(draft, &scans)?;
    let others = found.into_iter().filter(|it| it.merged_into.is_none() && !own.contains(&it.id));
    others.take(MOST_NEIGHBOURS).map(|it| neighbour(draft, it)).collect()
}

/// The newest tickets of the scans that are recent, twice as many as are shown, because those that were merged are left
/// out. A few are read at first: a company whose last matter is long past costs a glance.
fn recent(draft: &Draft<'_>, scans: &[Scan]) -> Result<Vec<Ticket>, Error> {
    let since = Instant::from_millis(draft.now.millis().saturating_sub(RECENT_MS));
    let mut found: Vec<Ticket> = Vec::new();
    let mut page = PageRequest { limit: Some(FIRST_LOOK), after: None };
    loop {
        let read = resolve::several(draft.desk.records.as_ref(), scans.to_vec(), &page, |it: &Ticket| it.id.uuid())?;
        let expected = found.len() + read.records.len();
        found.extend(read.records.into_iter().take_while(|it| it.created_at >= since));
        let past = found.len() < expected;
        if past || found.len() >= 2 * MOST_NEIGHBOURS || read.next.is_none() {
            return Ok(found);
        }
        page = PageRequest { limit: Some(2 * MOST_NEIGHBOURS), after: read.next };
    }
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
