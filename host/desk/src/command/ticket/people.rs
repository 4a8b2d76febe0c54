//! Who brings a ticket and which company it is for: named, found, or made along with it.

use plugdesk_domain::matching::same_name;
use plugdesk_domain::principal::Role;
use plugdesk_domain::{
    Address, COMPANY_BY_EXTERNAL, COMPANY_BY_NAME, CONTACT_BY_ADDRESS, CONTACT_BY_EXTERNAL, Company, CompanyId,
    Contact, ContactId, Identity, MEMBERSHIP_BY_CONTACT, Membership, Scan,
};

use super::super::{by_external, company, contact};
use crate::draft::Draft;
use crate::error::Error;
use crate::input::{CompanyRef, ContactRef, NewCompany, NewContact, NewIdentity};
use crate::resolve;

/// Entries of the name index are looked through so far: names that begin alike for 60 characters stand together there.
const MOST_SAME_NAME: usize = 32;
/// Users of a shared address are looked through so far for one of that name.
const MOST_USERS: usize = 64;

/// Who brings it: the customer who acts, or whoever is named, found or made.
pub(super) fn requester(draft: &mut Draft<'_>, named: Option<&ContactRef>) -> Result<Option<ContactId>, Error> {
    if draft.by.role == Role::Customer {
        let own = draft.by.contact.ok_or_else(|| Error::Forbidden("this key stands for no contact".to_owned()))?;
        return match resolve::find::<Contact>(draft, own)? {
            Some(standing) => Ok(Some(standing.id)),
            None => Err(Error::not_found("contact", own)),
        };
    }
    let Some(named) = named else { return Ok(None) };
    if let Some(id) = named.id {
        if *named != (ContactRef { id: Some(id), ..ContactRef::default() }) {
            return Err(Error::invalid("/contact", "either `id` alone, or everything else"));
        }
        return match resolve::find::<Contact>(draft, id)? {
            Some(standing) => Ok(Some(standing.id)),
            None => Err(Error::invalid("/contact/id", format!("contact {id} not found"))),
        };
    }
    let new = contact::checked(
        "/contact",
        &NewContact {
            name: named.name.clone(),
            identities: named.identities.clone(),
            external_ids: named.external_ids.clone(),
            custom: named.custom.clone(),
            locale: named.locale.clone(),
            time_zone: named.time_zone.clone(),
            segment: named.segment.clone(),
        },
    )?;
    let mut found: Option<(ContactId, String)> = None;
    let mut meet = |id: ContactId, by: String| match &found {
        Some((other, other_by)) if *other != id => {
            let rule = format!("{other_by} and {by} belong to different contacts, {other} and {id}");
            Err(Error::invalid("/contact", rule))
        }
        _ => {
            found = Some((id, by));
            Ok(())
        }
    };
    let mut shared = Vec::new();
    for identity in &new.identities {
        let known = if identity.shared { None } else { draft.find::<Identity>(contact::identity_key(identity))? };
        match known {
            Some(known) => meet(standing(draft, known.contact)?, identity.value.clone())?,
            None => shared.push(identity.clone()),
        }
    }
    for (system, id) in &new.external_ids {
        if let Some(known) = by_external::<Contact>(draft, CONTACT_BY_EXTERNAL, system, id)? {
            meet(standing(draft, known.id)?, format!("{system}:{id}"))?;
        }
    }
    if let Some((id, _)) = found {
        return Ok(Some(id));
    }
    // An address that several people use says nothing but with a name that one of them alone has.
    let mut users: Vec<Contact> = Vec::new();
    let mut others = Vec::new();
    for identity in shared {
        let found = users_of(draft, &identity)?;
        if identity.shared || !found.is_empty() {
            others.push((identity.kind.clone(), identity.value.clone()));
        }
        users.extend(found);
    }
    users.retain(|it| same_name(&it.name, &new.name));
    users.sort_by_key(|it| it.id);
    users.dedup_by_key(|it| it.id);
    if let [one] = users.as_slice() {
        return Ok(Some(one.id));
    }
    let share = |it: NewIdentity| {
        let shared = others.iter().any(|(kind, value)| *kind == it.kind && *value == it.value);
        NewIdentity { shared, ..it }
    };
    let identities = new.identities.into_iter().map(share).collect();
    contact::make(draft, NewContact { identities, ..new }).map(Some)
}

/// The contact that stands for that one.
fn standing(draft: &mut Draft<'_>, id: ContactId) -> Result<ContactId, Error> {
    Ok(resolve::find::<Contact>(draft, id)?.map_or(id, |it| it.id))
}

/// Who uses an address without owning it.
fn users_of(draft: &Draft<'_>, identity: &NewIdentity) -> Result<Vec<Contact>, Error> {
    let address = Address { kind: identity.kind.clone(), value: identity.value.clone() };
    let fields = vec![address.kind.name().into(), address.value.as_str().into()];
    let scan = Scan::index(CONTACT_BY_ADDRESS, fields).with_limit(MOST_USERS);
    let mut users = Vec::new();
    for part in draft.list::<Contact>(&scan, |it| it.shared.contains(&address))? {
        users.extend(resolve::whole::<Contact>(draft, part.id)?.map(|it| it.record));
    }
    Ok(users)
}

/// The company it is for: named, found or made.
pub(super) fn company_of(draft: &mut Draft<'_>, named: &CompanyRef) -> Result<CompanyId, Error> {
    if let Some(id) = named.id {
        if *named != (CompanyRef { id: Some(id), ..CompanyRef::default() }) {
            return Err(Error::invalid("/company", "either `id` alone, or everything else"));
        }
        let known = resolve::find::<Company>(draft, id)?.map(|it| it.id);
        let unknown = || Error::invalid("/company/id", format!("company {id} not found"));
        let known = known.ok_or_else(unknown)?;
        return if may_name(draft, known)? { Ok(known) } else { Err(unknown()) };
    }
    for (system, id) in &named.external_ids {
        if let Some(known) = by_external::<Company>(draft, COMPANY_BY_EXTERNAL, system, id)? {
            return Ok(resolve::find::<Company>(draft, known.id)?.map_or(known.id, |it| it.id));
        }
    }
    let new = company::checked(
        "/company",
        &NewCompany {
            name: named.name.clone(),
            parent: None,
            external_ids: named.external_ids.clone(),
            custom: named.custom.clone(),
            segment: named.segment.clone(),
            tier: named.tier.clone(),
            worth: None,
            domains: named.domains.clone(),
        },
    )?;
    // A company that another system knows by another id is another company, whatever its name.
    if new.external_ids.is_empty() {
        let lower: String = new.name.to_lowercase();
        let key: String = lower.chars().take(60).collect();
        let scan = Scan::index(COMPANY_BY_NAME, vec![key.as_str().into()]).with_limit(MOST_SAME_NAME);
        let same = draft.list::<Company>(&scan, |it| it.name.to_lowercase() == lower)?;
        // Names are not unique: two tickets at one moment make two companies. The oldest goes on being the one meant,
        // so that a name which was good yesterday is good today.
        if let Some(oldest) = same.iter().min_by_key(|it| (it.created_at, it.id)) {
            return Ok(resolve::find::<Company>(draft, oldest.id)?.map_or(oldest.id, |it| it.id));
        }
    }
    company::make(draft, new)
}

/// A customer may name a company only if the customer belongs to it.
fn may_name(draft: &Draft<'_>, company: CompanyId) -> Result<bool, Error> {
    let Some(contact) = draft.by.contact.filter(|_| draft.by.role == Role::Customer) else { return Ok(true) };
    let nodes = resolve::cluster_of_company(draft, company)?;
    for contact in resolve::cluster_of_contact(draft, contact)? {
        let scan = Scan::index(MEMBERSHIP_BY_CONTACT, vec![contact.into()]).with_limit(Scan::MOST);
        let held = draft.list::<Membership>(&scan, |it| it.contact == contact)?;
        if held.iter().any(|it| nodes.contains(&it.company) && it.holds(draft.now)) {
            return Ok(true);
        }
    }
    Ok(false)
}
