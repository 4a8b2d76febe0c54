//! Which tickets are gathered under which lead ticket.

use plugdesk_domain::{LINK_BY_FROM, LINK_BY_TO, Link, LinkKind, Scan, StoreError, Ticket, TicketId};

use super::{Reads, cluster_of_ticket, root};

/// At most so many tickets are gathered under one lead: a command that closes them all must stay below 1 MiB.
pub(crate) const MOST_FOLLOWERS: usize = 128;
/// So many links of one ticket are looked through, newest first: those taken back stay stored.
const MOST_LINKS: usize = 256;

/// The tickets that report the same problem and are gathered under that lead, merged ones resolved, oldest link first.
pub(crate) fn followers_of(reads: &(impl Reads + ?Sized), lead: TicketId) -> Result<Vec<TicketId>, StoreError> {
    let mut found: Vec<TicketId> = Vec::new();
    let cluster = cluster_of_ticket(reads, lead)?;
    for part in &cluster {
        for link in links(reads, *part, false)? {
            let Ok(from) = link.from.parse::<TicketId>() else { continue };
            let standing = root::<Ticket>(reads, from)?.map_or(from, |it| it.id);
            if !cluster.contains(&standing) && !found.contains(&standing) {
                found.push(standing);
            }
        }
    }
    found.truncate(MOST_FOLLOWERS);
    Ok(found)
}

/// The lead under which a ticket is gathered; its own id if it is one; none: it stands alone.
pub(crate) fn lead_of(reads: &(impl Reads + ?Sized), ticket: TicketId) -> Result<Option<TicketId>, StoreError> {
    let cluster = cluster_of_ticket(reads, ticket)?;
    for part in &cluster {
        for link in links(reads, *part, true)? {
            let Ok(to) = link.to.parse::<TicketId>() else { continue };
            let standing = root::<Ticket>(reads, to)?.map_or(to, |it| it.id);
            if !cluster.contains(&standing) {
                return Ok(Some(standing));
            }
        }
    }
    for part in &cluster {
        if !links(reads, *part, false)?.is_empty() {
            return Ok(cluster.first().copied());
        }
    }
    Ok(None)
}

/// The standing links `same-problem` that begin, or end, at one ticket, oldest first.
fn links(reads: &(impl Reads + ?Sized), ticket: TicketId, begin: bool) -> Result<Vec<Link>, StoreError> {
    let id = ticket.to_string();
    let index = if begin { LINK_BY_FROM } else { LINK_BY_TO };
    let scan = Scan::index(index, vec![id.as_str().into()]).backward().with_limit(MOST_LINKS);
    let belongs = |it: &Link| {
        let end = if begin { &it.from } else { &it.to };
        it.kind == LinkKind::SameProblem && it.removed_at.is_none() && *end == id
    };
    let mut found = reads.some::<Link>(&scan, belongs)?;
    found.sort_by_key(|it| it.id);
    Ok(found)
}
