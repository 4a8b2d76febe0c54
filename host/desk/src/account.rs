//! A company as a whole: the nodes above and below, and the people of it.

use plugdesk_domain::question::shown::ShownPerson;
use plugdesk_domain::{
    Company, CompanyId, Contact, MEMBERSHIP_BY_COMPANY, Membership, Scan, StakeholderRole, StoreError,
};

use crate::draft::Draft;
use crate::resolve::{self, Reads};

/// A policy is shown at most so many people, as the contract says.
const MOST_PEOPLE: usize = 64;
/// So many memberships of one node are looked through for those that hold: ended ones stay stored.
const MOST_OF_A_NODE: usize = 256;

/// The nodes above a company, the nearest first, merged ones resolved.
pub(crate) fn ancestors(draft: &Draft<'_>, company: Option<CompanyId>) -> Result<Vec<Company>, StoreError> {
    company.map_or_else(|| Ok(Vec::new()), |id| resolve::above(draft, id))
}

/// The people of a company and the nodes above whose memberships hold, deciders first.
pub(crate) fn people(draft: &Draft<'_>, company: Option<CompanyId>) -> Result<Vec<ShownPerson>, StoreError> {
    let Some(id) = company else { return Ok(Vec::new()) };
    let mut nodes = resolve::cluster_of_company(draft, id)?;
    for node in resolve::above(draft, id)? {
        nodes.extend(resolve::cluster_of_company(draft, node.id)?);
    }
    let mut held = Vec::new();
    for node in nodes {
        held.extend(memberships_of(draft, node)?.into_iter().filter(|it| it.holds(draft.now)));
    }
    held.sort_by_key(|it| weight(it.role));
    held.truncate(MOST_PEOPLE);
    let mut shown = Vec::with_capacity(held.len());
    for it in held {
        let Some(person) = resolve::whole::<Contact>(draft, it.contact)? else { continue };
        let company = resolve::root::<Company>(draft, it.company)?.map_or(it.company, |node| node.id);
        shown.push(ShownPerson {
            contact: person.record.id.to_string(),
            name: person.record.name,
            company: company.to_string(),
            role: it.role.map(|role| role.name().to_owned()),
            aspect: it.aspect,
        });
    }
    Ok(shown)
}

/// The memberships of one node as stored, those that ended too, oldest first.
pub(crate) fn memberships_of(reads: &(impl Reads + ?Sized), node: CompanyId) -> Result<Vec<Membership>, StoreError> {
    let scan = Scan::index(MEMBERSHIP_BY_COMPANY, vec![node.into()]).with_limit(MOST_OF_A_NODE);
    reads.some::<Membership>(&scan, |it| it.company == node)
}

/// Who is asked first: who decides, then who must agree, then the others (practices 50, 52).
pub(crate) fn weight(role: Option<StakeholderRole>) -> u8 {
    match role {
        Some(StakeholderRole::Decider) => 0,
        Some(StakeholderRole::Approver) => 1,
        Some(StakeholderRole::Champion) => 2,
        Some(StakeholderRole::Buyer | StakeholderRole::Payer) => 3,
        Some(StakeholderRole::Influencer | StakeholderRole::Gatekeeper) => 4,
        Some(StakeholderRole::User) => 5,
        None => 6,
    }
}
