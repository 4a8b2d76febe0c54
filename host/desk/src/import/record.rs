//! A row as the command it becomes.

mod history;
mod membership;

use plugdesk_domain::matching::{likeness_key, match_keys};
use plugdesk_domain::{ExternalIds, IdentityKind, TicketId};

use super::known::Known;
use super::mapping::{Addresses, CompanyFields, ContactFields, Mapping, Target};
use super::value::{Cells, Reading, Wrong};
use crate::input::{CompanyRef, ContactRef, NewCompany, NewContact, NewEntry, NewIdentity, NewMembership, NewTicket};

/// What a row becomes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Made {
    /// A ticket, with its person, company and entries, and the entries for which one command has no room.
    Ticket(Box<NewTicket>, Vec<NewEntry>),
    /// A person; and whether an address that somebody else holds comes in as one that both use.
    Contact(Box<NewContact>, bool),
    /// A company.
    Company(Box<NewCompany>),
    /// A person's tie to a company.
    Membership(Box<NewMembership>),
    /// An entry on a ticket.
    Entry(TicketId, Box<NewEntry>),
}

/// What no two rows may do at once.
#[derive(Debug, Default)]
pub(super) struct Alone {
    /// In words that are the same for both.
    pub(super) what: Vec<String>,
    /// Once one has done it, the others may do it at once.
    pub(super) settles: bool,
}

impl Made {
    /// What no two rows may do at once.
    ///
    /// A company that is only named is found by its name, which need not be unique, so the first row that names one goes
    /// ahead alone; two at once would make two. Two entries of one ticket would only wait for each other. Of two people
    /// who could be one the second must find the first, so they follow each other where a policy identifies people; two of
    /// one address always do, because the first in the file is to hold it.
    pub(super) fn alone(&self, identified: bool) -> Alone {
        match self {
            Self::Ticket(new, _) => {
                let name = new.company.as_ref().map(|it| it.name.trim().to_lowercase());
                Alone { what: name.into_iter().collect(), settles: true }
            }
            Self::Entry(ticket, _) => Alone { what: vec![ticket.to_string()], settles: false },
            Self::Contact(new, _) if identified => Alone { what: likenesses(new), settles: false },
            Self::Contact(new, _) => Alone { what: addresses(new).collect(), settles: false },
            Self::Company(_) | Self::Membership(_) => Alone::default(),
        }
    }
}

/// The keys under which a person is found again.
fn likenesses(new: &NewContact) -> Vec<String> {
    let mut keys = match_keys(&new.name, &new.custom);
    keys.extend(new.identities.iter().filter_map(|it| likeness_key(&it.kind, &it.value)));
    keys.extend(addresses(new));
    keys
}

fn addresses(new: &NewContact) -> impl Iterator<Item = String> {
    new.identities
        .iter()
        .map(|it| plugdesk_domain::normalise_identity(&it.kind, &it.value).unwrap_or_else(|_| it.value.to_lowercase()))
}

/// The row's own id in the other system; none: it is known by its line.
pub(super) fn external_id(mapping: &Mapping, cells: &Cells) -> Result<Option<String>, Wrong> {
    let Some(external) = &mapping.external_id else { return Ok(None) };
    let source = super::mapping::Source::Column(external.column.clone());
    let missing = || Wrong { field: external.column.clone(), reason: "the row has no id".to_owned() };
    Reading { mapping, cells }.text(Some(&source))?.ok_or_else(missing).map(Some)
}

/// Makes the command of a row on `line`.
pub(super) fn make(mapping: &Mapping, cells: &Cells, line: u64, known: &Known<'_>) -> Result<Made, Wrong> {
    let reading = Reading { mapping, cells };
    let own = external_id(mapping, cells)?;
    match mapping.target() {
        Target::Ticket => {
            let mut new = ticket(&reading, own, line)?;
            let mut entries = history::entries(&reading, new.contact.as_ref(), known)?;
            let rest = history::beyond(&mut entries);
            new.history = history::turns(&reading)?;
            Ok(Made::Ticket(Box::new(NewTicket { entries, ..new }), rest))
        }
        Target::Membership => membership::make(&reading, known).map(|new| Made::Membership(Box::new(new))),
        Target::Entry => history::entry(&reading, known).map(|(ticket, new)| Made::Entry(ticket, Box::new(new))),
        Target::Contact => {
            let made = contact(&reading, own)?;
            let ContactRef { id: _, name, identities, external_ids, custom, locale, time_zone, segment } = made;
            let new = NewContact { name, identities, external_ids, custom, locale, time_zone, segment };
            Ok(Made::Contact(Box::new(new), mapping.addresses == Addresses::Lenient))
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
    Ok(NewTicket {
        kind: mapping.kind.clone(),
        subject: subject.unwrap_or_else(|| format!("Imported {} {named}", mapping.kind)),
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
        external_ids: ids(mapping, own, None),
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
                if reading.mapping.addresses == Addresses::Lenient {
                    continue;
                }
                let columns = source.as_ref().map(super::mapping::Source::columns).unwrap_or_default();
                let field = columns.first().copied().unwrap_or(kind.name()).to_owned();
                let shown: String = value.chars().take(60).collect();
                return Err(Wrong { field, reason: format!("`{shown}`: {rule}") });
            }
            let new = NewIdentity { kind: kind.clone(), value, verified: false, shared: false };
            if !identities.contains(&new) {
                identities.push(new);
            }
        }
    }
    let id = reading.text(fields.external_id.as_ref())?;
    Ok(ContactRef {
        id: None,
        name: reading.text(fields.name.as_ref())?.unwrap_or_default(),
        identities,
        external_ids: ids(reading.mapping, own, id),
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
    let id = reading.text(fields.external_id.as_ref())?;
    if name.is_none() && own.is_none() && id.is_none() {
        // A row without a company has none, whatever constants the mapping sets for those that have one.
        return Ok(CompanyRef::default());
    }
    Ok(CompanyRef {
        id: None,
        name: name.unwrap_or_default(),
        external_ids: ids(reading.mapping, own, id),
        custom: reading.custom(fields.custom.as_ref())?,
        segment: reading.text(fields.segment.as_ref())?,
        tier: reading.text(fields.tier.as_ref())?,
        domains: reading.list(fields.domains.as_ref())?,
    })
}

/// The row's own id, else that of the record that a column names.
fn ids(mapping: &Mapping, own: Option<String>, named: Option<String>) -> ExternalIds {
    let system = mapping.external_id.as_ref().map(|external| external.system.clone());
    let named = mapping.system().map(str::to_owned).zip(named);
    system.zip(own).or(named).into_iter().collect()
}
