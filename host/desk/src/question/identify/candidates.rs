//! Who a contact could be: found by index, bounded, those that share most first.
//!
//! What very many share says nothing: a key under which more stand than are looked at finds nobody, and one that few
//! share counts for more than one that many do. So a desk of a million contacts reads no more than a small one.

use std::collections::{BTreeMap, BTreeSet};

use plugdesk_domain::matching::{found_by, likeness_key, match_keys};
use plugdesk_domain::question::identify::{Candidate, MOST_CANDIDATES};
use plugdesk_domain::question::shown::ShownContact;
use plugdesk_domain::{
    Address, COMPANY_BY_DOMAIN, CONTACT_BY_ADDRESS, CONTACT_BY_MATCH, Company, Contact, ContactId, Field,
    IDENTITY_BY_LIKENESS, Identity, IdentityKind, Key, MEMBERSHIP_BY_COMPANY, Membership, Scan, StoreError,
};

use crate::draft::Draft;
use crate::resolve::{self, Whole};
use crate::show;

/// So many records of one key are looked at: whoever shares a name or an address with more is no likelier for it.
const MOST_OF_ONE: usize = 32;
/// So many addresses of a contact are looked up.
const MOST_ADDRESSES: usize = 32;
/// So many companies of one mail domain are looked at.
const MOST_COMPANIES: usize = 4;
/// Where more stand under a key, so many of them are looked at to tell one person who came in often from many people.
const LOOKED_AT: usize = 8;
/// What a key that one other has is worth, divided among those that share it.
const WORTH: usize = 1_000;

/// What is shared with one contact.
#[derive(Default)]
struct Found {
    by: BTreeSet<&'static str>,
    worth: usize,
}

impl Found {
    fn add(&mut self, other: Self) {
        self.by.extend(other.by);
        self.worth += other.worth;
    }
}

/// Those that share something with one contact.
struct Search<'s, 'd> {
    draft: &'s Draft<'d>,
    own: Vec<ContactId>,
    found: BTreeMap<ContactId, Found>,
}

/// Those that a contact could be.
pub(super) fn of(draft: &Draft<'_>, whole: &Whole<Contact>) -> Result<Vec<Candidate>, StoreError> {
    let mut search = Search { draft, own: whole.ids(), found: BTreeMap::new() };
    let identities = identities(draft, whole)?;
    let held = identities.iter().map(|it| Address { kind: it.kind.clone(), value: it.value.clone() });
    for address in held.chain(whole.record.shared.iter().cloned()).take(MOST_ADDRESSES) {
        search.address(&address)?;
        search.nearly(&address)?;
    }
    for key in match_keys(&whole.record.name, &whole.record.custom) {
        search.key(&key)?;
    }
    let mail = identities.iter().filter(|it| it.kind == IdentityKind::Email);
    let domains: BTreeSet<&str> = mail.filter_map(|it| it.value.rsplit_once('@').map(|(_, domain)| domain)).collect();
    for domain in domains {
        search.colleagues(domain)?;
    }
    let mut candidates = Vec::new();
    for (id, it) in search.standing()? {
        let Some(whole) = resolve::whole::<Contact>(draft, id)? else { continue };
        let found_by = it.by.into_iter().map(str::to_owned).collect();
        let shared = shared(&whole.record);
        candidates.push(Candidate { contact: shown(draft, &whole)?, found_by, shared });
    }
    Ok(candidates)
}

impl Search<'_, '_> {
    /// Whoever uses exactly that address. However many do, its owner is found.
    fn address(&mut self, address: &Address) -> Result<(), StoreError> {
        let fields = vec![address.kind.name().into(), address.value.as_str().into()];
        let scan = Scan::index(CONTACT_BY_ADDRESS, fields.clone()).with_limit(MOST_OF_ONE + 1);
        let users = self.draft.keys::<Contact>(&scan, |it| it.shared.contains(address))?;
        self.note(users.iter().filter_map(contact), "address")?;
        let owner = self.draft.peek::<Identity>(Key(fields))?;
        self.note(owner.into_iter().map(|it| it.contact), "address")
    }

    /// Whoever has an address that is nearly that one.
    fn nearly(&mut self, address: &Address) -> Result<(), StoreError> {
        let Some(key) = likeness_key(&address.kind, &address.value) else { return Ok(()) };
        let scan = Scan::index(IDENTITY_BY_LIKENESS, vec![key.as_str().into()]).with_limit(MOST_OF_ONE + 1);
        let alike = |it: &Identity| likeness_key(&it.kind, &it.value).as_ref() == Some(&key);
        let alike = self.draft.list::<Identity>(&scan, alike)?;
        self.note(alike.iter().map(|it| it.contact), "likeness")
    }

    /// Whoever stands under a key of the name and the fields.
    fn key(&mut self, key: &str) -> Result<(), StoreError> {
        let scan = Scan::index(CONTACT_BY_MATCH, vec![key.into()]).with_limit(MOST_OF_ONE + 1);
        let has = |it: &Contact| match_keys(&it.name, &it.custom).iter().any(|own| own == key);
        let alike = self.draft.keys::<Contact>(&scan, has)?;
        self.note(alike.iter().filter_map(contact), found_by(key))
    }

    /// Whoever belongs to a company of that mail domain.
    fn colleagues(&mut self, domain: &str) -> Result<(), StoreError> {
        let scan = Scan::index(COMPANY_BY_DOMAIN, vec![domain.into()]).with_limit(MOST_COMPANIES);
        for company in self.draft.list::<Company>(&scan, |it| it.domains.iter().any(|own| own == domain))? {
            let scan = Scan::index(MEMBERSHIP_BY_COMPANY, vec![company.id.into()]).with_limit(MOST_OF_ONE);
            let members = self.draft.list::<Membership>(&scan, |it| it.company == company.id)?;
            self.note(members.iter().map(|it| it.contact), "domain")?;
        }
        Ok(())
    }

    fn note(&mut self, all: impl Iterator<Item = ContactId>, by: &'static str) -> Result<(), StoreError> {
        let mut ids: BTreeSet<ContactId> = all.filter(|id| !self.own.contains(id)).collect();
        // More than are looked at, of many people: it says nothing. Of one person who came in often it does.
        if ids.len() > MOST_OF_ONE {
            let some = ids.iter().step_by(ids.len() / LOOKED_AT);
            if self.roots(some)?.len() > LOOKED_AT / 2 {
                return Ok(());
            }
            ids = self.roots(ids.iter())?;
        }
        let worth = WORTH / ids.len().max(1);
        for id in ids {
            self.found.entry(id).or_default().add(Found { by: BTreeSet::from([by]), worth });
        }
        Ok(())
    }

    fn roots<'i>(&self, ids: impl Iterator<Item = &'i ContactId>) -> Result<BTreeSet<ContactId>, StoreError> {
        ids.map(|id| Ok(resolve::root::<Contact>(self.draft, *id)?.map_or(*id, |it| it.id))).collect()
    }

    /// Those who share most, each once: who was merged is the one that stands for it. Only they are read.
    fn standing(self) -> Result<Vec<(ContactId, Found)>, StoreError> {
        let mut found: Vec<(ContactId, Found)> = self.found.into_iter().collect();
        found.sort_by_key(rank);
        let mut standing: Vec<(ContactId, Found)> = Vec::new();
        for (id, it) in found {
            if standing.len() == MOST_CANDIDATES {
                break;
            }
            let id = resolve::root::<Contact>(self.draft, id)?.map_or(id, |it| it.id);
            match standing.iter_mut().find(|(other, _)| *other == id) {
                Some((_, same)) => same.add(it),
                None if self.own.contains(&id) => {}
                None => standing.push((id, it)),
            }
        }
        standing.sort_by_key(rank);
        Ok(standing)
    }
}

/// Whoever shares most comes first. Colleagues share a domain and are not the same person for it: they come last.
fn rank((id, it): &(ContactId, Found)) -> impl Ord + use<> {
    (it.by.len() == 1 && it.by.contains("domain"), std::cmp::Reverse(it.worth), std::cmp::Reverse(it.by.len()), *id)
}

fn contact(key: &Key) -> Option<ContactId> {
    match key.0.as_slice() {
        [Field::Id(id)] => Some(ContactId::from_uuid(*id)),
        _ => None,
    }
}

/// A contact as policies see it, with the addresses and memberships of all that are one.
pub(super) fn shown(draft: &Draft<'_>, whole: &Whole<Contact>) -> Result<ShownContact, StoreError> {
    let mut memberships = Vec::new();
    for part in whole.ids() {
        memberships.extend(draft.list::<Membership>(&show::memberships_scan(part), |it| it.contact == part)?);
    }
    Ok(show::contact(&whole.record, &identities(draft, whole)?, &memberships, draft.now))
}

/// The addresses that a contact shares with others, as `kind:value`.
pub(super) fn shared(contact: &Contact) -> Vec<String> {
    contact.shared.iter().map(|it| format!("{}:{}", it.kind.name(), it.value)).collect()
}

fn identities(draft: &Draft<'_>, whole: &Whole<Contact>) -> Result<Vec<Identity>, StoreError> {
    let mut found = Vec::new();
    for part in whole.ids() {
        found.extend(draft.list::<Identity>(&show::identities_scan(part), |it| it.contact == part)?);
    }
    Ok(found)
}
