//! What can be read of a desk. Reads see what is committed; another desk's record, and what the caller may not know of,
//! is *not found*. They read the store on the caller's thread and are short: a page at most.

mod contact;
mod record;
mod ticket;

use plugdesk_domain::{CompanyId, ContactId, Field, Key, MembershipId, Principal, Role, Table, Ticket, TicketId};

use crate::error::Error;

pub(crate) use contact::contact_view;
pub use ticket::TicketFilter;

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
pub(crate) fn own_ticket(by: &Principal, ticket: &Ticket) -> Result<(), Error> {
    let own = by.contact.is_some() && (ticket.requester == by.contact);
    if by.role != Role::Customer || own { Ok(()) } else { Err(Error::not_found("ticket", ticket.id)) }
}
