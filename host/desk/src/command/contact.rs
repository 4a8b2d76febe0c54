//! `contact.create` and `contact.update`.

use plugdesk_domain::matching::match_keys;
use plugdesk_domain::record::Stored;
use plugdesk_domain::{Address, CONTACT_BY_EXTERNAL, Contact, ContactId, ContactState, Identity, Key, Principal};

use super::{external_ids_free, not_for_customers};
use crate::asking::{About, pin_segment};
use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::input::check::{Checks, MOST_EXTERNAL_IDS, merge_custom, merge_ids, set};
use crate::input::{ContactPatch, NewContact, NewIdentity};
use crate::path::Command;
use crate::question::{classify, identify};
use crate::resolve;
use crate::show;
use crate::view::{ContactView, Done, How};

/// A contact has at most so many addresses: policies are shown all of them.
pub(crate) const MOST_IDENTITIES: usize = 16;
/// The longest name, in characters: the longest honest full names have about 200.
pub(crate) const MOST_NAME_CHARS: usize = 256;

struct Create {
    new: NewContact,
    /// An address that somebody else holds comes in as one that both use, instead of refusing the contact.
    share: bool,
}

struct Update {
    id: ContactId,
    patch: ContactPatch,
}

impl Desk {
    /// Makes a contact. Asks `classify` and `identify`.
    pub async fn contact_create(&self, by: &Principal, new: NewContact, how: &How) -> Result<Done<ContactView>, Error> {
        self.submit(by, how, Create { new, share: false }).await
    }

    /// The same for a row of an import that takes addresses as they come.
    pub(crate) async fn contact_take(
        &self,
        by: &Principal,
        new: NewContact,
        share: bool,
        how: &How,
    ) -> Result<Done<ContactView>, Error> {
        self.submit(by, how, Create { new, share }).await
    }

    /// Changes a contact, or the one that it points to. Asks `classify` if something changed that it is shown, and
    /// `identify` if its name, its addresses or a field by which people are found did.
    pub async fn contact_update(
        &self,
        by: &Principal,
        id: ContactId,
        patch: ContactPatch,
        how: &How,
    ) -> Result<Done<ContactView>, Error> {
        self.submit(by, how, Update { id, patch }).await
    }
}

impl Command for Create {
    type Value = ContactView;
    const NAME: &'static str = "contact.create";
    const STATUS: u16 = 201;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<ContactView, Error> {
        not_for_customers(draft, "make contacts")?;
        let mut new = checked("", &self.new)?;
        for identity in new.identities.iter_mut().filter(|it| !it.shared) {
            if draft.find::<Identity>(identity_key(identity))?.is_some() {
                if !self.share {
                    return Err(taken(identity));
                }
                identity.shared = true;
            }
        }
        external_ids_free::<Contact>(draft, CONTACT_BY_EXTERNAL, "contact with external id", &new.external_ids, None)?;
        let id = make(draft, new)?;
        draft.subject = id.to_string();
        classify::contact(draft, id)?;
        identify::contact(draft, id)?;
        view(draft, id)
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<ContactView, Error> {
        read_again(desk, subject)
    }
}

impl Command for Update {
    type Value = ContactView;
    const NAME: &'static str = "contact.update";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<ContactView, Error> {
        not_for_customers(draft, "change contacts")?;
        let (id, patch) = (self.id, &self.patch);
        let (add, remove) = checked_patch(patch)?;
        let mut contact: Contact = resolve::existing(draft, id)?;
        let id = contact.id;
        draft.subject = id.to_string();
        let before = contact.clone();
        let (mut seen, mut known) = (false, false);
        if let Some(name) = &patch.name {
            known |= set(&mut contact.name, name.trim().to_owned());
        }
        if let Some(locale) = &patch.locale {
            seen |= set(&mut contact.locale, locale.clone());
        }
        if let Some(zone) = &patch.time_zone {
            seen |= set(&mut contact.time_zone, zone.clone());
        }
        seen |= merge_custom(&mut contact.custom, &patch.custom);
        merge_ids(&mut contact.external_ids, &patch.external_ids);
        let mut checks = Checks::default();
        checks.custom("/custom", &contact.custom);
        checks.external_ids("/external_ids", &contact.external_ids);
        checks.done()?;
        let own = contact.key();
        let ids = contact.external_ids.clone();
        external_ids_free::<Contact>(draft, CONTACT_BY_EXTERNAL, "contact with external id", &ids, Some(&own))?;
        known |= identities(draft, &mut contact, add, &remove)?;
        known |= match_keys(&contact.name, &contact.custom) != match_keys(&before.name, &before.custom);
        seen |= known;
        shows(draft, id, patch)?;
        if let Some(segment) = &patch.segment {
            pin_segment(draft, &About::contact(id, false), segment.as_deref())?;
            seen |= segment.is_none();
            if segment.is_some() {
                contact.segment.clone_from(segment);
            }
        }
        if contact.state == ContactState::Anonymous && !contact.name.is_empty() {
            contact.state = ContactState::Known;
        }
        if contact == before && !seen && patch.segment.is_none() {
            return view(draft, id);
        }
        // The version is the whole person's: an address added counts as a change of the contact.
        draft.change(contact);
        if seen {
            classify::contact(draft, id)?;
        }
        if known {
            identify::contact(draft, id)?;
        }
        draft.tell("contact.updated", id, serde_json::Map::new());
        view(draft, id)
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<ContactView, Error> {
        read_again(desk, subject)
    }
}

/// What was sent, with its addresses in their normal form; or everything that is wrong with it.
pub(super) fn checked(field: &str, new: &NewContact) -> Result<NewContact, Error> {
    let mut checks = Checks::default();
    checks.line(&format!("{field}/name"), &new.name, 0, MOST_NAME_CHARS);
    checks.locale(&format!("{field}/locale"), new.locale.as_deref());
    checks.time_zone(&format!("{field}/time_zone"), new.time_zone.as_deref());
    checks.word(&format!("{field}/segment"), new.segment.as_deref());
    checks.custom(&format!("{field}/custom"), &new.custom);
    checks.external_ids(&format!("{field}/external_ids"), &new.external_ids);
    let identities = checks.identities(&format!("{field}/identities"), &new.identities, MOST_IDENTITIES);
    checks.done()?;
    Ok(NewContact { identities, name: new.name.trim().to_owned(), ..new.clone() })
}

fn checked_patch(patch: &ContactPatch) -> Result<(Vec<NewIdentity>, Vec<NewIdentity>), Error> {
    let mut checks = Checks::default();
    checks.line("/name", patch.name.as_deref().unwrap_or_default(), 0, MOST_NAME_CHARS);
    checks.locale("/locale", patch.locale.as_ref().and_then(|it| it.as_deref()));
    checks.time_zone("/time_zone", patch.time_zone.as_ref().and_then(|it| it.as_deref()));
    checks.word("/segment", patch.segment.as_ref().and_then(|it| it.as_deref()));
    checks.count("/external_ids", patch.external_ids.len(), 2 * MOST_EXTERNAL_IDS);
    let add = checks.identities("/add_identities", &patch.add_identities, MOST_IDENTITIES);
    let remove = checks.identities("/remove_identities", &patch.remove_identities, MOST_IDENTITIES);
    checks.done()?;
    Ok((add, remove))
}

/// Puts a new contact and its addresses into the draft. What is given was checked, and its addresses are free.
pub(super) fn make(draft: &mut Draft<'_>, new: NewContact) -> Result<ContactId, Error> {
    let id = ContactId::new(draft.now, draft.desk.bits());
    let (shared, identities): (Vec<_>, Vec<_>) = new.identities.into_iter().partition(|it| it.shared);
    // A switchboard's number does not tell who calls.
    let unknown = new.name.is_empty() && identities.is_empty() && new.external_ids.is_empty();
    draft.create(Contact {
        id,
        version: 1,
        created_at: draft.now,
        updated_at: draft.now,
        external_ids: new.external_ids,
        custom: new.custom,
        state: if unknown { ContactState::Anonymous } else { ContactState::Known },
        name: new.name,
        segment: new.segment.clone(),
        locale: new.locale,
        time_zone: new.time_zone,
        shared: shared.into_iter().map(address).collect(),
        merged_into: None,
    });
    for identity in identities {
        add_identity(draft, id, identity);
    }
    if let Some(segment) = &new.segment {
        pin_segment(draft, &About::contact(id, true), Some(segment))?;
    }
    draft.tell("contact.created", id, serde_json::Map::new());
    Ok(id)
}

fn address(identity: NewIdentity) -> Address {
    Address { kind: identity.kind, value: identity.value }
}

fn add_identity(draft: &mut Draft<'_>, contact: ContactId, identity: NewIdentity) {
    let NewIdentity { kind, value, verified, shared: _ } = identity;
    let (created_at, updated_at) = (draft.now, draft.now);
    draft.create(Identity { version: 1, created_at, updated_at, contact, kind, value, verified });
}

/// Adds and takes away addresses, also those of contacts that point to this one; answers whether anything changed.
fn identities(
    draft: &mut Draft<'_>,
    contact: &mut Contact,
    add: Vec<NewIdentity>,
    remove: &[NewIdentity],
) -> Result<bool, Error> {
    if add.is_empty() && remove.is_empty() {
        return Ok(false);
    }
    let id = contact.id;
    let mut changed = false;
    let cluster = resolve::cluster_of_contact(draft, id)?;
    let stays = |it: &&NewIdentity| !add.iter().any(|other| other.kind == it.kind && other.value == it.value);
    let gone: Vec<NewIdentity> = remove.iter().filter(stays).cloned().collect();
    for identity in gone {
        let found = draft.find::<Identity>(identity_key(&identity))?;
        if let Some(found) = found.filter(|found| cluster.contains(&found.contact)) {
            draft.delete(&found);
            changed = true;
        }
        let gone = address(identity);
        changed |= contact.shared.contains(&gone);
        contact.shared.retain(|it| *it != gone);
        for part in cluster.iter().filter(|part| **part != id) {
            if let Some(mut part) = draft.find::<Contact>(*part)?
                && part.shared.contains(&gone)
            {
                part.shared.retain(|it| *it != gone);
                draft.change(part);
                changed = true;
            }
        }
    }
    for identity in add {
        let found = draft.find::<Identity>(identity_key(&identity))?;
        if identity.shared {
            // An address that turns out to be shared is no longer this person's own.
            if let Some(own) = found.filter(|found| cluster.contains(&found.contact)) {
                draft.delete(&own);
                changed = true;
            }
            let new = address(identity);
            if !contact.shared.contains(&new) {
                contact.shared.push(new);
                changed = true;
            }
            continue;
        }
        match found {
            Some(found) if !cluster.contains(&found.contact) => return Err(taken(&identity)),
            Some(mut found) if identity.verified && !found.verified => {
                found.verified = true;
                draft.change(found);
                changed = true;
            }
            Some(_) => {}
            None => {
                add_identity(draft, id, identity);
                changed = true;
            }
        }
    }
    let held =
        draft.list::<Identity>(&show::identities_scan(id).with_limit(2 * MOST_IDENTITIES), |it| it.contact == id)?;
    let most = held.len().max(contact.shared.len());
    if most > MOST_IDENTITIES {
        let rule = format!("a contact has at most {MOST_IDENTITIES} identities, these would be {most}");
        return Err(Error::invalid("/add_identities", rule));
    }
    Ok(changed)
}

/// A value that a person sets shows from now on, whatever the plan of a merge says of it.
fn shows(draft: &mut Draft<'_>, id: ContactId, patch: &ContactPatch) -> Result<(), Error> {
    let set = [
        ("name", patch.name.is_some()),
        ("locale", patch.locale.is_some()),
        ("time_zone", patch.time_zone.is_some()),
        ("segment", patch.segment.as_ref().is_some_and(Option::is_some)),
    ];
    let named = set.into_iter().filter(|(_, set)| *set).map(|(name, _)| name.to_owned());
    let fields: Vec<String> = named.chain(patch.custom.keys().map(|name| format!("custom.{name}"))).collect();
    super::merge::overrule::<Contact>(draft, id, &fields)
}

pub(super) fn identity_key(identity: &NewIdentity) -> Key {
    Key(vec![identity.kind.name().into(), identity.value.as_str().into()])
}

fn taken(identity: &NewIdentity) -> Error {
    Error::Exists { what: "identity", id: format!("{}:{}", identity.kind.name(), identity.value) }
}

fn view(draft: &Draft<'_>, id: ContactId) -> Result<ContactView, Error> {
    crate::query::contact_view(draft, id)
}

fn read_again(desk: &Inner, subject: &str) -> Result<ContactView, Error> {
    let id: ContactId = subject.parse().map_err(|_| Error::not_found("contact", subject))?;
    crate::query::contact_view(desk.records.as_ref(), id)
}
