//! Reading tickets and their entries.

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{
    CompanyId, ContactId, Entry, EntryId, Key, Page, Principal, RecordsExt, Role, Scan, TICKET_BY_COMPANY,
    TICKET_BY_EXTERNAL, TICKET_BY_KIND, TICKET_BY_NUMBER, TICKET_BY_REQUESTER, Table, Ticket, TicketId,
};

use crate::desk::Desk;
use crate::error::Error;
use crate::resolve::{cluster_of_ticket, several};
use crate::view::PageRequest;

/// A filtered page reads at most so many pages of the store: then it is given back short, with where to go on, so that
/// a filter that matches nothing can't read a whole desk in one request.
const MOST_ROUNDS: usize = 10;

/// Which tickets. Everything that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TicketFilter {
    /// Of that kind. Leads come with the best score first.
    pub kind: Option<String>,
    /// Brought by that contact.
    pub requester: Option<ContactId>,
    /// For that company node.
    pub company: Option<CompanyId>,
    /// The one of that number.
    pub number: Option<u64>,
    /// The one that another system knows by that id: its system and the id.
    pub external: Option<(String, String)>,
}

impl TicketFilter {
    fn matches(&self, it: &Ticket) -> bool {
        let external = |(system, id): &(String, String)| it.external_ids.get(system) == Some(id);
        self.kind.as_ref().is_none_or(|kind| it.kind == *kind)
            && self.requester.is_none_or(|id| it.requester == Some(id))
            && self.company.is_none_or(|id| it.company == Some(id))
            && self.number.is_none_or(|number| it.number == number)
            && self.external.as_ref().is_none_or(external)
    }

    /// The scan that reads least.
    fn scan(&self) -> Option<Scan> {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let most = crate::input::check::MOST_EXTERNAL_BYTES;
        let Self { kind, requester, company, number: wanted, external } = self;
        Some(if let Some((system, id)) = external {
            if system.len() > most || id.len() > most {
                return None;
            }
            Scan::index(TICKET_BY_EXTERNAL, vec![system.as_str().into(), id.as_str().into()])
        } else if let Some(wanted) = wanted {
            Scan::index(TICKET_BY_NUMBER, vec![number(*wanted).into()])
        } else if let Some(requester) = requester {
            Scan::index(TICKET_BY_REQUESTER, vec![(*requester).into()]).backward()
        } else if let Some(company) = company {
            Scan::index(TICKET_BY_COMPANY, vec![(*company).into()]).backward()
        } else if let Some(kind) = kind {
            if kind.len() > plugdesk_domain::question::shown::MOST_NAME_BYTES {
                return None;
            }
            Scan::index(TICKET_BY_KIND, vec![kind.as_str().into()])
        } else {
            Scan::table(Table::Ticket).backward()
        })
    }
}

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

    /// Tickets: those of a contact or a company newest first, those of a kind by score and then oldest first,
    /// otherwise newest first. A page may be shorter than its limit and still have a next one.
    pub fn ticket_list(
        &self,
        by: &Principal,
        filter: &TicketFilter,
        page: &PageRequest,
    ) -> Result<Page<Ticket>, Error> {
        self.inner.authorise(by, Area::Work, Act::Read)?;
        let mut filter = filter.clone();
        if by.role == Role::Customer {
            let own = by.contact.ok_or_else(|| Error::Forbidden("this key stands for no contact".to_owned()))?;
            if filter.requester.is_some_and(|other| other != own) {
                return Ok(Page { records: Vec::new(), next: None });
            }
            filter.requester = Some(own);
        }
        let Some(scan) = filter.scan() else { return Ok(Page { records: Vec::new(), next: None }) };
        let limit = page.limit();
        let mut found = Page { records: Vec::new(), next: page.after.clone() };
        for _ in 0..MOST_ROUNDS {
            let scan = scan.clone().with_limit(limit - found.records.len()).with_after(found.next.take());
            let read: Page<Ticket> = self.inner.records.list(&scan)?;
            found.records.extend(read.records.into_iter().filter(|it| filter.matches(it)));
            found.next = read.next;
            if found.next.is_none() || found.records.len() >= limit {
                break;
            }
        }
        Ok(found)
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
