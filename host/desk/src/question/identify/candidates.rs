//! Who a contact could be: found by index, bounded, those that share most first.

use std::collections::{BTreeMap, BTreeSet};

use plugdesk_domain::matching::match_keys;
use plugdesk_domain::question::identify::{Candidate, MOST_CANDIDATES};
use plugdesk_domain::question::shown::ShownContact;
use plugdesk_domain::{
    Address, COMPANY_BY_DOMAIN, CONTACT_BY_ADDRESS, CONTACT_BY_MATCH, Company, Contact, ContactId, Identity,
    IdentityKind, Key, MEMBERSHIP_BY_COMPANY, Membership, Scan, StoreError,
};

use crate::draft::Draft;
use crate::resolve::{self, Whole};
use crate::show;

/// So many records of one index are looked at: whoever shares a name or an address with more is no likelier for it.
const MOST_OF_ONE: usize = 32;
/// So many addresses of a contact are looked up.
const MOST_ADDRESSES: usize = 32;
/// So many companies of one mail domain are looked at.
const MOST_COMPANIES: usize = 4;

/// What is shared with one contact.
#[derive(Default)]
struct Found {
    by: BTreeSet<&'static str>,
    times: usize,
}

/// Those that a contact could be.
pub(super) fn of(draft: &Draft<'_>, whole: &Whole<Contact>) -> Result<Vec<Candidate>, StoreError> {
    let mut found: BTreeMap<ContactId, Found> = BTreeMap::new();
    let own = whole.ids();
    let mut note = |id: ContactId, by: &'static str| -> Result<(), StoreError> {
        let standing = resolve::root::<Contact>(draft, id)?.map_or(id, |it| it.id);
        if !own.contains(&standing) {
            let found = found.entry(standing).or_default();
            found.by.insert(by);
            found.times += 1;
        }
        Ok(())
    };
    let identities = identities(draft, whole)?;
    let held = identities.iter().map(|it| Address { kind: it.kind.clone(), value: it.value.clone() });
    for address in held.chain(whole.record.shared.iter().cloned()).take(MOST_ADDRESSES) {
        let fields = vec![address.kind.name().into(), address.value.as_str().into()];
        let scan = Scan::index(CONTACT_BY_ADDRESS, fields.clone()).with_limit(MOST_OF_ONE);
        for user in draft.list::<Contact>(&scan, |it| it.shared.contains(&address))? {
            note(user.id, "address")?;
        }
        if let Some(owner) = draft.peek::<Identity>(Key(fields))? {
            note(owner.contact, "address")?;
        }
    }
    for key in match_keys(&whole.record.name) {
        let scan = Scan::index(CONTACT_BY_MATCH, vec![key.as_str().into()]).with_limit(MOST_OF_ONE);
        for alike in draft.list::<Contact>(&scan, |it| match_keys(&it.name).contains(&key))? {
            note(alike.id, "name")?;
        }
    }
    let mail = identities.iter().filter(|it| it.kind == IdentityKind::Email);
    let domains: BTreeSet<&str> = mail.filter_map(|it| it.value.rsplit_once('@').map(|(_, domain)| domain)).collect();
    for domain in domains {
        let scan = Scan::index(COMPANY_BY_DOMAIN, vec![domain.into()]).with_limit(MOST_COMPANIES);
        for company in draft.list::<Company>(&scan, |it| it.domains.iter().any(|own| own == domain))? {
            let scan = Scan::index(MEMBERSHIP_BY_COMPANY, vec![company.id.into()]).with_limit(MOST_OF_ONE);
            for member in draft.list::<Membership>(&scan, |it| it.company == company.id)? {
                note(member.contact, "domain")?;
            }
        }
    }
    let mut found: Vec<(ContactId, Found)> = found.into_iter().collect();
    // Colleagues share a domain and are not the same person for it: they come last.
    found.sort_by_key(|(id, it)| {
        (it.by.len() == 1 && it.by.contains("domain"), std::cmp::Reverse(it.by.len()), std::cmp::Reverse(it.times), *id)
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
