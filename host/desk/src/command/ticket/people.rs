//! Who brings a ticket and which company it is for: named, found, or made along with it.

use plugdesk_domain::principal::Role;
use plugdesk_domain::{
    COMPANY_BY_EXTERNAL, COMPANY_BY_NAME, CONTACT_BY_EXTERNAL, Company, CompanyId, Contact, ContactId, Identity,
    MEMBERSHIP_BY_CONTACT, Membership, Scan,
};

use super::super::{by_external, company, contact};
use crate::draft::Draft;
use crate::error::Error;
use crate::input::{CompanyRef, ContactRef, NewCompany, NewContact};

/// Entries of the name index are looked through so far: names that begin alike for 60 characters stand together there.
const MOST_SAME_NAME: usize = 32;

/// Who brings it: the customer who acts, or whoever is named, found or made.
pub(super) fn requester(draft: &mut Draft<'_>, named: Option<&ContactRef>) -> Result<Option<ContactId>, Error> {
    if draft.by.role == Role::Customer {
        let own = draft.by.contact.ok_or_else(|| Error::Forbidden("this key stands for no contact".to_owned()))?;
        return match draft.find::<Contact>(own)? {
            Some(_) => Ok(Some(own)),
            None => Err(Error::not_found("contact", own)),
        };
    }
    let Some(named) = named else { return Ok(None) };
    if let Some(id) = named.id {
        if *named != (ContactRef { id: Some(id), ..ContactRef::default() }) {
            return Err(Error::invalid("/contact", "either `id` alone, or everything else"));
        }
        return match draft.find::<Contact>(id)? {
            Some(_) => Ok(Some(id)),
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
    for identity in &new.identities {
        if let Some(known) = draft.find::<Identity>(contact::identity_key(identity))? {
            meet(known.contact, identity.value.clone())?;
        }
    }
    for (system, id) in &new.external_ids {
        if let Some(known) = by_external::<Contact>(draft, CONTACT_BY_EXTERNAL, system, id)? {
            meet(known.id, format!("{system}:{id}"))?;
        }
    }
    match found {
        Some((id, _)) => Ok(Some(id)),
        None => contact::make(draft, new).map(Some),
    }
}

/// The company it is for: named, found or made.
pub(super) fn company_of(draft: &mut Draft<'_>, named: &CompanyRef) -> Result<CompanyId, Error> {
    if let Some(id) = named.id {
        if *named != (CompanyRef { id: Some(id), ..CompanyRef::default() }) {
            return Err(Error::invalid("/company", "either `id` alone, or everything else"));
        }
        let known = draft.find::<Company>(id)?.is_some() && may_name(draft, id)?;
        let unknown = || Error::invalid("/company/id", format!("company {id} not found"));
        return if known { Ok(id) } else { Err(unknown()) };
    }
    for (system, id) in &named.external_ids {
        if let Some(known) = by_external::<Company>(draft, COMPANY_BY_EXTERNAL, system, id)? {
            return Ok(known.id);
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
            return Ok(oldest.id);
        }
    }
    company::make(draft, new)
}

/// A customer may name a company only if the customer belongs to it.
fn may_name(draft: &Draft<'_>, company: CompanyId) -> Result<bool, Error> {
    let Some(contact) = draft.by.contact.filter(|_| draft.by.role == Role::Customer) else { return Ok(true) };
    let scan = Scan::index(MEMBERSHIP_BY_CONTACT, vec![contact.into()]).with_limit(Scan::MOST);
    let held = draft.list::<Membership>(&scan, |it| it.contact == contact)?;
    Ok(held.iter().any(|it| it.company == company && it.holds(draft.now)))
}
