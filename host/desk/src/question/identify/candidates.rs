//! Who a contact could be: found by index, bounded, those that share most first.
//!
//! What very many share says nothing: a key under which more stand than are looked at finds nobody, and one that few
//! share counts for more than one that many do. So a desk of a million contacts reads no more than a small one.

use std::collections::{BTreeMap, BTreeSet};

use plugdesk_domain::matching::{found_by, likeness_key, match_keys};
use plugdesk_domain::question::identify::{Candidate, MOST_CANDIDATES};
use plugdesk_domain::question::shown::ShownContact;
use plugdesk_domain::{
    Address, COMPANY_BY_DOMAIN, CONTACT_BY_ADDRESS, CONTACT_BY_MATCH, Company, Contact, ContactId,
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
/// What a key that one other has is worth, divided among those that share it.
const WORTH: usize = 1_000;

/// What is shared with one contact.
#[derive(Default)]
struct Found {
    by: BTreeSet<&'static str>,
    worth: usize,
}

/// A contact that shares something.
enum Met {
    /// It stands for itself.
    Standing(ContactId),
    /// Another may stand for it.
    Somewhere(ContactId),
}

fn met(contact: &Contact) -> Met {
    if contact.merged_into.is_some() { Met::Somewhere(contact.id) } else { Met::Standing(contact.id) }
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
    let mut found: Vec<(ContactId, Found)> = search.found.into_iter().collect();
    // Colleagues share a domain and are not the same person for it: they come last.
    found.sort_by_key(|(id, it)| {
        (it.by.len() == 1 && it.by.contains("domain"), std::cmp::Reverse(it.worth), std::cmp::Reverse(it.by.len()), *id)
    });
    found.truncate(MOST_CANDIDATES);
    let mut candidates = Vec::with_capacity(found.len());
    for (id, it) in found {
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
        let users = self.draft.list::<Contact>(&scan, |it| it.shared.contains(address))?;
        self.note(users.iter().map(met), "address")?;
        let owner = self.draft.peek::<Identity>(Key(fields))?;
        self.note(owner.into_iter().map(|it| Met::Somewhere(it.contact)), "address")
    }

    /// Whoever has an address that is nearly that one.
    fn nearly(&mut self, address: &Address) -> Result<(), StoreError> {
        let Some(key) = likeness_key(&address.kind, &address.value) else { return Ok(()) };
        let scan = Scan::index(IDENTITY_BY_LIKENESS, vec![key.as_str().into()]).with_limit(MOST_OF_ONE + 1);
        let alike = |it: &Identity| likeness_key(&it.kind, &it.value).as_ref() == Some(&key);
        let alike = self.draft.list::<Identity>(&scan, alike)?;
        self.note(alike.iter().map(|it| Met::Somewhere(it.contact)), "likeness")
    }

    /// Whoever stands under a key of the name and the fields.
    fn key(&mut self, key: &str) -> Result<(), StoreError> {
        let scan = Scan::index(CONTACT_BY_MATCH, vec![key.into()]).with_limit(MOST_OF_ONE + 1);
        let has = |it: &Contact| match_keys(&it.name, &it.custom).iter().any(|own| own == key);
        let alike = self.draft.list::<Contact>(&scan, has)?;
        self.note(alike.iter().map(met), found_by(key))
    }

    /// Whoever belongs to a company of that mail domain.
    fn colleagues(&mut self, domain: &str) -> Result<(), StoreError> {
        let scan = Scan::index(COMPANY_BY_DOMAIN, vec![domain.into()]).with_limit(MOST_COMPANIES);
        for company in self.draft.list::<Company>(&scan, |it| it.domains.iter().any(|own| own == domain))? {
            let scan = Scan::index(MEMBERSHIP_BY_COMPANY, vec![company.id.into()]).with_limit(MOST_OF_ONE);
            let members = self.draft.list::<Membership>(&scan, |it| it.company == company.id)?;
            self.note(members.iter().map(|it| Met::Somewhere(it.contact)), "domain")?;
        }
        Ok(())
    }

    fn note(&mut self, all: impl Iterator<Item = Met>, by: &'static str) -> Result<(), StoreError> {
        let mut standing = BTreeSet::new();
        let mut entries = 0;
        for met in all {
            entries += 1;
            standing.insert(match met {
                Met::Standing(id) => id,
                Met::Somewhere(id) => resolve::root::<Contact>(self.draft, id)?.map_or(id, |it| it.id),
            });
        }
        standing.retain(|id| !self.own.contains(id));
        // More entries than are looked at, of many people: it says nothing. Of one person who came in often it does.
        if entries > MOST_OF_ONE && standing.len() > MOST_OF_ONE / 2 {
            return Ok(());
        }
        let worth = WORTH / standing.len().max(1);
        for id in standing {
            let found = self.found.entry(id).or_default();
            found.by.insert(by);
            found.worth += worth;
        }
        Ok(())
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
