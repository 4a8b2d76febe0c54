//! What can be read of a desk. Reads see what is committed; another desk's record, and what the caller may not know of,
//! is *not found*. They read the store on the caller's thread and are short: a page at most.

mod account;
mod calendar;
mod commitment;
mod contact;
mod escalation;
mod list;
mod merge;
mod reaction;
mod record;
mod report;
mod setup;
mod ticket;
mod timeline;
mod webhook;

use plugdesk_domain::{
    CompanyId, Contact, ContactId, Field, Key, MembershipId, Principal, Role, Table, Ticket, TicketId,
};

use crate::error::Error;
use crate::resolve::{Reads, root, same_cluster};

pub use calendar::{DueView, ElapsedView, TimeUnit};
pub use commitment::{Owing, OwingFilter, Promise};
pub(crate) use contact::{company_view, contact_view};
pub use escalation::{Brief, BriefPerson, EscalationFilter, EscalationView, Highlight};
pub use list::{Assigned, Sort, Status, TicketFilter};
pub use report::{REPORTS, ReportRow, ReportView};
pub use timeline::{TimelineItem, TimelineWhat};

/// A key as people and decisions read it: the id of most records, all fields of the others.
pub(crate) fn show_key(table: Table, key: &Key) -> String {
    match (table, key.0.as_slice()) {
        (Table::Ticket, [Field::Id(id)]) => return TicketId::from_uuid(*id).to_string(),
        (Table::Contact, [Field::Id(id)]) => return ContactId::from_uuid(*id).to_string(),
        (Table::Company, [Field::Id(id)]) => return CompanyId::from_uuid(*id).to_string(),
        (Table::Membership, [Field::Id(id)]) => return MembershipId::from_uuid(*id).to_string(),
        _ => {}
    }
    let field = |field: &Field| match field {
        Field::Int(number) => number.to_string(),
        Field::Id(id) => id.simple().to_string(),
        Field::Text(text) => text.clone(),
    };
    key.0.iter().map(field).collect::<Vec<_>>().join("/")
}

/// A customer knows of the customer's own tickets only.
pub(crate) fn own_ticket(reads: &(impl Reads + ?Sized), by: &Principal, ticket: &Ticket) -> Result<(), Error> {
    if by.role != Role::Customer || is_own(reads, by, ticket)? {
        return Ok(());
    }
    Err(Error::not_found("ticket", ticket.id))
}

/// The ticket that an id means: the one it points to. A customer's own ticket may point to one that is not the customer's;
/// then it is the customer's own that is meant.
pub(crate) fn meant(reads: &(impl Reads + ?Sized), by: &Principal, id: TicketId) -> Result<Ticket, Error> {
    let not_found = || Error::not_found("ticket", id);
    let standing: Ticket = root(reads, id)?.ok_or_else(not_found)?;
    if standing.id == id || by.role != Role::Customer || is_own(reads, by, &standing)? {
        own_ticket(reads, by, &standing)?;
        return Ok(standing);
    }
    let named: Ticket = reads.one(Key::from(id))?.ok_or_else(not_found)?;
    own_ticket(reads, by, &named)?;
    Ok(named)
}

/// Whether the principal brought it, under whichever of the contacts that were merged.
pub(crate) fn is_own(reads: &(impl Reads + ?Sized), by: &Principal, ticket: &Ticket) -> Result<bool, Error> {
    match (by.contact, ticket.requester) {
        (Some(own), Some(requester)) => Ok(same_cluster::<Contact>(reads, own, requester)?),
        _ => Ok(false),
    }
}
