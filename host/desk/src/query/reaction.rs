//! Reading what policies did because of events: which rule did this, and what came of it (lesson 16).

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{Page, Principal, REACTION_BY_SUBJECT, Reaction, ReactionId, RecordsExt, Scan, Table, TicketId};

use crate::desk::Desk;
use crate::error::Error;
use crate::resolve;
use crate::view::PageRequest;

/// Ids have some 40 bytes; a longer subject names nothing.
const MOST_SUBJECT_BYTES: usize = 128;

impl Desk {
    /// Reactions, newest first: all, or those to events about one record.
    pub fn reaction_list(
        &self,
        by: &Principal,
        subject: Option<&str>,
        page: &PageRequest,
    ) -> Result<Page<Reaction>, Error> {
        self.inner.authorise(by, Area::Record, Act::Read)?;
        let scan = match subject {
            Some(subject) if subject.len() > MOST_SUBJECT_BYTES => {
                return Ok(Page { records: Vec::new(), next: None });
            }
            Some(subject) => Scan::index(REACTION_BY_SUBJECT, vec![subject.into()]),
            None => Scan::table(Table::Reaction),
        };
        Ok(self.inner.records.list(&scan.backward().with_limit(page.limit()).with_after(page.after.clone()))?)
    }

    /// Reactions to events about a ticket, newest first: also about those that were merged into it, and whichever of
    /// them is named.
    pub fn ticket_reactions(&self, by: &Principal, id: TicketId, page: &PageRequest) -> Result<Page<Reaction>, Error> {
        self.inner.authorise(by, Area::Record, Act::Read)?;
        self.ticket(by, id)?;
        let reads = self.inner.records.as_ref();
        let of = |id: TicketId| Scan::index(REACTION_BY_SUBJECT, vec![id.to_string().as_str().into()]).backward();
        let scans = resolve::cluster_of_ticket(reads, id)?.into_iter().map(of).collect();
        resolve::several(reads, scans, page, |it: &Reaction| it.id.uuid())
    }

    /// The reaction of that id.
    pub fn reaction(&self, by: &Principal, id: ReactionId) -> Result<Reaction, Error> {
        self.inner.authorise(by, Area::Record, Act::Read)?;
        self.inner.records.find(id)?.ok_or_else(|| Error::not_found("reaction", id))
    }
}
