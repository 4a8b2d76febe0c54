//! Reading merges, links and proposals.

use plugdesk_domain::{
    CompanyId, ContactId, LINK_BY_FROM, LINK_BY_TO, Link, LinkId, MERGE_BY_WINNER, MERGE_HISTORY, Merge, MergeId,
    PROPOSAL_BY_RECORD, PROPOSAL_BY_STATE, Page, Principal, Proposal, ProposalId, ProposalState, RecordsExt, Scan,
    Table, TicketId,
};

use crate::desk::Desk;
use crate::error::Error;
use crate::resolve::{self, cluster_of_ticket};
use crate::view::PageRequest;

/// What merges and proposals are about.
fn known(of: &str) -> Result<(), Error> {
    let (contact, company, ticket) = (of.parse::<ContactId>(), of.parse::<CompanyId>(), of.parse::<TicketId>());
    if contact.is_err() && company.is_err() && ticket.is_err() {
        return Err(Error::invalid("/of", "the id of a contact, a company or a ticket"));
    }
    Ok(())
}

impl Desk {
    /// Merges: every one that the record was ever the loser of and those that stand into it, oldest first; without a
    /// record all, newest first. Not for customers.
    pub fn merge_list(&self, by: &Principal, of: Option<&str>, page: &PageRequest) -> Result<Page<Merge>, Error> {
        self.people(by)?;
        let Some(of) = of else {
            let scan = Scan::table(Table::Merge).backward().with_limit(page.limit()).with_after(page.after.clone());
            return Ok(self.inner.records.list(&scan)?);
        };
        known(of)?;
        let scans = [MERGE_HISTORY, MERGE_BY_WINNER].map(|index| Scan::index(index, vec![of.into()])).to_vec();
        resolve::several(self.inner.records.as_ref(), scans, page, |it: &Merge| it.id.uuid())
    }

    /// One merge.
    pub fn merge(&self, by: &Principal, id: MergeId) -> Result<Merge, Error> {
        self.people(by)?;
        self.inner.records.find(id)?.ok_or_else(|| Error::not_found("merge", id))
    }

    /// The links of a ticket and of those that point to it, in both directions, oldest first; those taken back too.
    pub fn link_list(&self, by: &Principal, ticket: TicketId, page: &PageRequest) -> Result<Page<Link>, Error> {
        self.people(by)?;
        let ticket = self.ticket(by, ticket)?;
        let reads = self.inner.records.as_ref();
        let mut scans = Vec::new();
        for id in cluster_of_ticket(reads, ticket.id)? {
            let id = id.to_string();
            scans.extend([LINK_BY_FROM, LINK_BY_TO].map(|index| Scan::index(index, vec![id.as_str().into()])));
        }
        resolve::several(reads, scans, page, |it: &Link| it.id.uuid())
    }

    /// One link.
    pub fn link(&self, by: &Principal, id: LinkId) -> Result<Link, Error> {
        self.people(by)?;
        self.inner.records.find(id)?.ok_or_else(|| Error::not_found("link", id))
    }

    /// Proposals: those about a record, whatever became of them, or those of a state, oldest first. Not for customers.
    pub fn proposal_list(
        &self,
        by: &Principal,
        of: Option<&str>,
        state: Option<ProposalState>,
        page: &PageRequest,
    ) -> Result<Page<Proposal>, Error> {
        self.people(by)?;
        let scan = match of {
            Some(of) => {
                known(of)?;
                Scan::index(PROPOSAL_BY_RECORD, vec![of.into()])
            }
            None => Scan::index(PROPOSAL_BY_STATE, vec![state.unwrap_or(ProposalState::Open).name().into()]),
        };
        let scan = scan.with_limit(page.limit()).with_after(page.after.clone());
        let mut found: Page<Proposal> = self.inner.records.list(&scan)?;
        found.records.retain(|it| state.is_none_or(|state| it.state == state));
        Ok(found)
    }

    /// One proposal.
    pub fn proposal(&self, by: &Principal, id: ProposalId) -> Result<Proposal, Error> {
        self.people(by)?;
        self.inner.records.find(id)?.ok_or_else(|| Error::not_found("proposal", id))
    }
}
