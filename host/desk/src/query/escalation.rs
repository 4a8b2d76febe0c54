//! Reading escalations, each with its brief: one page by which whoever is called can speak sensibly at once
//! (practice 114). It is made from the records when it is read, so it is never older than they are.

mod brief;
mod markdown;

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{
    ESCALATION_BY_STATE, ESCALATION_BY_TICKET, Escalation, EscalationId, EscalationState, Page, Principal, RecordsExt,
    Role, Scan, Table, Ticket, TicketId,
};
use serde::{Deserialize, Serialize};

use crate::desk::Desk;
use crate::error::Error;
use crate::view::PageRequest;

pub use brief::{Brief, BriefPerson, Highlight};

/// A filtered page reads at most so many pages of the store.
const MOST_ROUNDS: usize = 10;

/// Which escalations. Everything that is given must hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EscalationFilter {
    /// In that state.
    pub state: Option<EscalationState>,
    /// Of that ticket.
    pub ticket: Option<TicketId>,
}

/// An escalation with its brief.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EscalationView {
    /// The escalation.
    #[serde(flatten)]
    pub escalation: Escalation,
    /// What whoever is called must know.
    pub brief_page: Brief,
}

impl EscalationView {
    /// The brief as Markdown, one page.
    pub fn markdown(&self) -> String {
        markdown::page(&self.escalation, &self.brief_page)
    }
}

impl Desk {
    /// Escalations, newest first, without those that rest because their ticket was merged. Not for customers.
    pub fn escalation_list(
        &self,
        by: &Principal,
        filter: &EscalationFilter,
        page: &PageRequest,
    ) -> Result<Page<Escalation>, Error> {
        self.escalations_may_be_read(by)?;
        let scan = match (filter.ticket, filter.state) {
            (Some(ticket), _) => Scan::index(ESCALATION_BY_TICKET, vec![ticket.into()]),
            (None, Some(state)) => Scan::index(ESCALATION_BY_STATE, vec![state.name().into()]),
            (None, None) => Scan::table(Table::Escalation),
        };
        let (scan, limit) = (scan.backward(), page.limit());
        let mut found = Page { records: Vec::new(), next: page.after.clone() };
        for _ in 0..MOST_ROUNDS {
            let scan = scan.clone().with_limit(limit - found.records.len()).with_after(found.next.take());
            let read: Page<Escalation> = self.inner.records.list(&scan)?;
            for it in read.records {
                if filter.state.is_none_or(|state| it.state == state)
                    && (filter.ticket.is_some() || !self.rests(&it)?)
                {
                    found.records.push(it);
                }
            }
            found.next = read.next;
            if found.next.is_none() || found.records.len() >= limit {
                break;
            }
        }
        Ok(found)
    }

    /// Whether nobody need look at it: it has not ended, but its ticket points to another, which stands for it.
    fn rests(&self, it: &Escalation) -> Result<bool, Error> {
        if it.state == EscalationState::Ended {
            return Ok(false);
        }
        let ticket: Option<Ticket> = self.inner.records.find(it.ticket)?;
        Ok(ticket.is_some_and(|it| it.merged_into.is_some()))
    }

    /// One escalation with its brief. Not for customers.
    pub fn escalation(&self, by: &Principal, id: EscalationId) -> Result<EscalationView, Error> {
        self.escalations_may_be_read(by)?;
        let found: Option<Escalation> = self.inner.records.find(id)?;
        let escalation = found.ok_or_else(|| Error::not_found("escalation", id))?;
        let ticket: Option<Ticket> = self.inner.records.find(escalation.ticket)?;
        let ticket = ticket.ok_or_else(|| Error::not_found("ticket", escalation.ticket))?;
        let brief_page = brief::of(self.inner.records.as_ref(), &ticket, &escalation, self.inner.now())?;
        Ok(EscalationView { escalation, brief_page })
    }

    fn escalations_may_be_read(&self, by: &Principal) -> Result<(), Error> {
        self.inner.authorise(by, Area::Work, Act::Read)?;
        match by.role {
            Role::Customer => Err(Error::Forbidden("a customer may not read escalations".to_owned())),
            _ => Ok(()),
        }
    }
}
