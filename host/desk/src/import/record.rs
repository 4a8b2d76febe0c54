//! A row as the command it becomes.

use plugdesk_domain::{Author, ExternalIds, IdentityKind};

use super::mapping::{CompanyFields, ContactFields, EntryFields, Mapping, Target};
use super::value::{Cells, Reading, Wrong};
use crate::input::{CompanyRef, ContactRef, NewCompany, NewContact, NewEntry, NewIdentity, NewTicket};

/// What a row becomes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Made {
    /// A ticket, with its person, company and entries.
    Ticket(Box<NewTicket>),
    /// A person.
    Contact(Box<NewContact>),
    /// A company.
    Company(Box<NewCompany>),
}

impl Made {
    /// The name of the company that the row may have to make; companies are found by it without case.
    pub(super) fn new_company(&self) -> Option<String> {
        match self {
            Self::Ticket(new) => new.company.as_ref().map(|company| company.name.trim().to_lowercase()),
            Self::Contact(_) | Self::Company(_) => None,
        }
    }
}

/// The row's own id in the other system; none: it is known by its line.
pub(super) fn external_id(mapping: &Mapping, cells: &Cells) -> Result<Option<String>, Wrong> {
    let Some(external) = &mapping.external_id else { return Ok(None) };
    let source = super::mapping::Source::Column(external.column.clone());
    let missing = || Wrong { field: external.column.clone(), reason: "the row has no id".to_owned() };
    Reading { mapping, cells }.text(Some(&source))?.ok_or_else(missing).map(Some)
}

/// Makes the command of a row on `line`.
pub(super) fn make(mapping: &Mapping, cells: &Cells, line: u64) -> Result<Made, Wrong> {
    let reading = Reading { mapping, cells };
    let own = external_id(mapping, cells)?;
    match mapping.target() {
        Target::Ticket => ticket(&reading, own, line).map(|ticket| Made::Ticket(Box::new(ticket))),
        Target::Contact => {
            let made = contact(&reading, own)?;
            let ContactRef { id: _, name, identities, external_ids, custom, locale, time_zone, segment } = made;
            let new = NewContact { name, identities, external_ids, custom, locale, time_zone, segment };
            Ok(Made::Contact(Box::new(new)))
        }
        Target::Company => {
            let made = company(&reading, own)?;
            let CompanyRef { id: _, name, external_ids, custom, segment, tier, domains } = made;
            let new = NewCompany { name, external_ids, custom, segment, tier, domains, parent: None, worth: None };
            Ok(Made::Company(Box::new(new)))
        }
    }
}

fn ticket(reading: &Reading<'_>, own: Option<String>, line: u64) -> Result<NewTicket, Wrong> {
    let (mapping, fields) = (reading.mapping, &reading.mapping.ticket);
    let contact = Some(contact(reading, None)?).filter(|contact| *contact != ContactRef::default());
    let company = Some(company(reading, None)?).filter(|company| *company != CompanyRef::default());
    let named = own.clone().unwrap_or_else(|| format!("line {line}"));
    let subject = reading.text(fields.subject.as_ref())?;
    let entries = mapping.entries.iter().filter_map(|entry| said(reading, entry, contact.as_ref()).transpose());
    Ok(NewTicket {
        kind: mapping.kind.clone(),
        subject: subject.unwrap_or_else(|| format!("Imported {} {named}", mapping.kind)),
        entries: entries.collect::<Result<_, _>>()?,
        contact,
        company,
        priority: reading.word(fields.priority.as_ref())?.unwrap_or_default(),
        segment: reading.text(fields.segment.as_ref())?,
        state: reading.text(fields.state.as_ref())?,
        category: reading.word(fields.category.as_ref())?,
        channel: Some(reading.text(fields.channel.as_ref())?.unwrap_or_else(|| "import".to_owned())),
        tags: reading.list(fields.tags.as_ref())?,
        team: reading.text(fields.team.as_ref())?,
        assignee: reading.text(fields.assignee.as_ref())?,
        custom: reading.custom(fields.custom.as_ref())?,
        external_ids: ids(mapping, own),
        created_at: reading.date(fields.created_at.as_ref())?,
        ..NewTicket::default()
    })
}

fn contact(reading: &Reading<'_>, own: Option<String>) -> Result<ContactRef, Wrong> {
    let none = ContactFields::default();
    let fields = reading.mapping.contact.as_ref().unwrap_or(&none);
    let kinds = [
        (IdentityKind::Email, &fields.email),
        (IdentityKind::Phone, &fields.phone),
        (IdentityKind::Handle, &fields.handle),
    ];
    let mut identities: Vec<NewIdentity> = Vec::new();
    for (kind, source) in kinds {
        for value in reading.list(source.as_ref())? {
            if let Err(rule) = plugdesk_domain::normalise_identity(&kind, &value) {
                let columns = source.as_ref().map(super::mapping::Source::columns).unwrap_or_default();
                let field = columns.first().copied().unwrap_or(kind.name()).to_owned();
                let shown: String = value.chars().take(60).collect();
                return Err(Wrong { field, reason: format!("`{shown}`: {rule}") });
            }
            let new = NewIdentity { kind: kind.clone(), value, verified: false };
            if !identities.contains(&new) {
                identities.push(new);
            }
        }
    }
    let own = own.or(reading.text(fields.external_id.as_ref())?);
    Ok(ContactRef {
        id: None,
        name: reading.text(fields.name.as_ref())?.unwrap_or_default(),
        identities,
        external_ids: ids(reading.mapping, own),
        custom: reading.custom(fields.custom.as_ref())?,
        locale: reading.text(fields.locale.as_ref())?,
        time_zone: reading.text(fields.time_zone.as_ref())?,
        segment: reading.text(fields.segment.as_ref())?,
    })
}

fn company(reading: &Reading<'_>, own: Option<String>) -> Result<CompanyRef, Wrong> {
    let none = CompanyFields::default();
    let fields = reading.mapping.company.as_ref().unwrap_or(&none);
    let name = reading.text(fields.name.as_ref())?;
    let own = own.or(reading.text(fields.external_id.as_ref())?);
    if name.is_none() && own.is_none() {
        // A row without a company has none, whatever constants the mapping sets for those that have one.
        return Ok(CompanyRef::default());
    }
    Ok(CompanyRef {
        id: None,
        name: name.unwrap_or_default(),
        external_ids: ids(reading.mapping, own),
        custom: reading.custom(fields.custom.as_ref())?,
        segment: reading.text(fields.segment.as_ref())?,
        tier: reading.text(fields.tier.as_ref())?,
        domains: reading.list(fields.domains.as_ref())?,
    })
}

fn said(reading: &Reading<'_>, entry: &EntryFields, contact: Option<&ContactRef>) -> Result<Option<NewEntry>, Wrong> {
    let Some(text) = reading.text(Some(&entry.text))? else { return Ok(None) };
    let at = reading.date(entry.at.as_ref())?;
    // The person may be made by this very command, so there is no id to name yet; `ticket.create` takes replies and
    // calls without an author as the requester's.
    let author = if entry.from_customer && contact.is_some() { None } else { Some(Author::System) };
    Ok(Some(NewEntry { kind: entry.kind(), author, text, locale: None, at }))
}

fn ids(mapping: &Mapping, own: Option<String>) -> ExternalIds {
    let system = mapping.external_id.as_ref().map(|external| external.system.clone());
    system.zip(own).into_iter().collect()
}
