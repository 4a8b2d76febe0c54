//! Which company nodes a ticket could be for: the requester's memberships, the companies of the requester's mail domain,
//! and the nodes above those.

use plugdesk_domain::question::affiliate::{MOST_NODES, Node};
use plugdesk_domain::question::shown::ShownMembership;
use plugdesk_domain::{
    COMPANY_BY_DOMAIN, Company, CompanyId, ContactId, Identity, IdentityKind, Membership, Scan, StoreError,
    TICKET_BY_REQUESTER, Ticket,
};

use crate::draft::Draft;
use crate::resolve;
use crate::show;

/// So many companies of one mail domain are looked at.
const MOST_COMPANIES: usize = 8;
/// So many of the requester's tickets are looked at, as the contract says.
const MOST_TICKETS: usize = 50;
/// Tickets of so many days count as recent, as the contract says.
const RECENT_MS: i64 = 90 * 24 * 60 * 60 * 1_000;

/// A node, as far as it is known.
struct Found {
    company: Company,
    by: Vec<&'static str>,
    membership: Option<ShownMembership>,
}

/// The nodes, memberships first.
pub(super) fn of(draft: &Draft<'_>, ticket: &Ticket) -> Result<Vec<Node>, StoreError> {
    let Some(requester) = ticket.requester else { return Ok(Vec::new()) };
    let people = resolve::cluster_of_contact(draft, requester)?;
    let mut found: Vec<Found> = Vec::new();
    let mut held: Vec<Membership> = Vec::new();
    for person in &people {
        let stored = draft.list::<Membership>(&show::memberships_scan(*person), |it| it.contact == *person)?;
        held.extend(stored.into_iter().filter(|it| it.holds(draft.now)));
    }
    held.sort_by_key(|it| (!it.primary, it.id));
    for it in held {
        note(draft, &mut found, it.company, "membership", Some(show::membership(&it)))?;
    }
    for domain in domains(draft, &people)? {
        let scan = Scan::index(COMPANY_BY_DOMAIN, vec![domain.as_str().into()]).with_limit(MOST_COMPANIES);
        for company in draft.list::<Company>(&scan, |it| it.domains.contains(&domain))? {
            note(draft, &mut found, company.id, "domain", None)?;
        }
    }
    found.truncate(MOST_NODES);
    let known: Vec<CompanyId> = found.iter().map(|it| it.company.id).collect();
    for id in known {
        for node in resolve::above(draft, id)? {
            note(draft, &mut found, node.id, "above", None)?;
        }
    }
    found.truncate(MOST_NODES);
    let recent = recent(draft, &people)?;
    let node = |it: Found| Node {
        recent_tickets: u32::try_from(recent.iter().filter(|id| **id == it.company.id).count()).unwrap_or(u32::MAX),
        company: show::company(&it.company),
        found_by: it.by.into_iter().map(str::to_owned).collect(),
        membership: it.membership,
    };
    Ok(found.into_iter().map(node).collect())
}

fn note(
    draft: &Draft<'_>,
    found: &mut Vec<Found>,
    id: CompanyId,
    by: &'static str,
    membership: Option<ShownMembership>,
) -> Result<(), StoreError> {
    let Some(whole) = resolve::whole_company(draft, id)? else { return Ok(()) };
    match found.iter_mut().find(|it| it.company.id == whole.record.id) {
        Some(known) => {
            if !known.by.contains(&by) {
                known.by.push(by);
            }
            if known.membership.is_none() {
                known.membership = membership;
            }
        }
        None => found.push(Found { company: whole.record, by: vec![by], membership }),
    }
    Ok(())
}

/// The mail domains of a person, and what stands above them: `mail.acme.example` is `acme.example`'s.
fn domains(draft: &Draft<'_>, people: &[ContactId]) -> Result<Vec<String>, StoreError> {
    let mut addresses: Vec<String> = Vec::new();
    for person in people {
        let held = draft.list::<Identity>(&show::identities_scan(*person), |it| it.contact == *person)?;
        addresses.extend(held.into_iter().filter(|it| it.kind == IdentityKind::Email).map(|it| it.value));
        let contact: Option<plugdesk_domain::Contact> = draft.peek(*person)?;
        let shared = contact.into_iter().flat_map(|it| it.shared);
        addresses.extend(shared.filter(|it| it.kind == IdentityKind::Email).map(|it| it.value));
    }
    let mut domains: Vec<String> = Vec::new();
    for address in addresses {
        let Some((_, domain)) = address.rsplit_once('@') else { continue };
        let mut rest = Some(domain);
        while let Some(domain) = rest.filter(|it| it.contains('.') && domains.len() < MOST_NODES) {
            if !domains.iter().any(|it| it == domain) {
                domains.push(domain.to_owned());
            }
            rest = domain.split_once('.').map(|(_, above)| above);
        }
    }
    Ok(domains)
}

/// The companies of the requester's recent tickets, once for each.
fn recent(draft: &Draft<'_>, people: &[ContactId]) -> Result<Vec<CompanyId>, StoreError> {
    let mut tickets: Vec<Ticket> = Vec::new();
    for person in people {
        let scan = Scan::index(TICKET_BY_REQUESTER, vec![(*person).into()]).backward().with_limit(MOST_TICKETS);
        tickets.extend(draft.list::<Ticket>(&scan, |it| it.requester == Some(*person))?);
    }
    tickets.retain(|it| draft.now.since(it.created_at) <= RECENT_MS);
    tickets.sort_by_key(|it| std::cmp::Reverse(it.id));
    tickets.truncate(MOST_TICKETS);
    let mut companies = Vec::new();
    for id in tickets.into_iter().filter_map(|it| it.company) {
        companies.push(resolve::root::<Company>(draft, id)?.map_or(id, |it| it.id));
    }
    Ok(companies)
}
