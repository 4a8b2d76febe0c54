//! Reading tickets and their entries.

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{Entry, EntryId, Key, Page, Principal, RecordsExt, Role, Scan, Table, Ticket, TicketId};

use super::list::TicketFilter;
use crate::desk::Desk;
use crate::error::Error;
use crate::resolve::{cluster_of_ticket, several};
use crate::view::PageRequest;

impl Desk {
    /// The ticket of that id, or the one that it points to. A customer sees the customer's own.
    pub fn ticket(&self, by: &Principal, id: TicketId) -> Result<Ticket, Error> {
        self.inner.authorise(by, Area::Work, Act::Read)?;
        super::meant(self.inner.records.as_ref(), by, id)
    }

    /// The ticket of that number.
    pub fn ticket_by_number(&self, by: &Principal, number: u64) -> Result<Ticket, Error> {
        let filter = TicketFilter { number: Some(number), ..TicketFilter::default() };
        let one = PageRequest { limit: Some(1), after: None };
        self.ticket_list(by, &filter, &one)?.records.pop().ok_or_else(|| Error::not_found("ticket number", number))
    }

    /// A ticket's entries and those of the tickets that point to it, oldest first. A customer sees what was said on the
    /// customer's own, not the desk's notes.
    pub fn entries(&self, by: &Principal, ticket: TicketId, page: &PageRequest) -> Result<Page<Entry>, Error> {
        let ticket = self.ticket(by, ticket)?;
        let reads = self.inner.records.as_ref();
        let mut cluster =
            if ticket.merged_into.is_some() { vec![ticket.id] } else { cluster_of_ticket(reads, ticket.id)? };
        if by.role == Role::Customer {
            cluster = self.own_of(by, cluster)?;
        }
        let scans = cluster.iter().map(|id| Scan::table(Table::Entry).with_prefix(vec![(*id).into()])).collect();
        let mut found: Page<Entry> = several(reads, scans, page, |it: &Entry| it.id.uuid())?;
        if by.role == Role::Customer {
            found.records.retain(|it| it.kind.public());
        }
        Ok(found)
    }

    /// One entry of a ticket, or of one that points to it, with its whole text. A customer sees what was said on the
    /// customer's own, not the desk's notes.
    pub fn entry(&self, by: &Principal, ticket: TicketId, id: EntryId) -> Result<Entry, Error> {
        let ticket = self.ticket(by, ticket)?;
        let reads = self.inner.records.as_ref();
        let mut cluster =
            if ticket.merged_into.is_some() { vec![ticket.id] } else { cluster_of_ticket(reads, ticket.id)? };
        if by.role == Role::Customer {
            cluster = self.own_of(by, cluster)?;
        }
        let mut found: Option<Entry> = None;
        for ticket in cluster {
            if found.is_none() {
                found = self.inner.records.find(Key(vec![ticket.into(), id.into()]))?;
            }
        }
        let shown = found.filter(|it| by.role != Role::Customer || it.kind.public());
        let entry = shown.ok_or_else(|| Error::not_found("entry", id))?;
        Ok(Entry { text: self.entry_text(by, &entry)?, ..entry })
    }

    /// Those of the tickets that a customer brought.
    fn own_of(&self, by: &Principal, tickets: Vec<TicketId>) -> Result<Vec<TicketId>, Error> {
        let reads = self.inner.records.as_ref();
        let mut own = Vec::new();
        for id in tickets {
            let ticket: Option<Ticket> = self.inner.records.find(id)?;
            if let Some(ticket) = ticket
                && super::is_own(reads, by, &ticket)?
            {
                own.push(id);
            }
        }
        Ok(own)
    }

    /// The whole text of an entry, also of one that is kept as a file.
    pub fn entry_text(&self, by: &Principal, entry: &Entry) -> Result<String, Error> {
        self.ticket(by, entry.ticket)?;
        let Some(file) = &entry.file else { return Ok(entry.text.clone()) };
        let bytes = self.inner.parts.storage.blobs().get(file)?;
        let bytes = bytes.ok_or_else(|| Error::Damaged(format!("the file {file} of entry {} is missing", entry.id)))?;
        String::from_utf8(bytes)
            .map_err(|_| Error::Damaged(format!("the file {file} of entry {} is no text", entry.id)))
    }
}
