//! What is owed: by one ticket, and by all.

use plugdesk_domain::{
    Commitment, CommitmentState, CompanyId, Page, Principal, RecordsExt, Role, Scan, TICKET_BY_COMMITMENT,
    TICKET_BY_WAKE, Ticket, TicketId, clock,
};
use serde::{Deserialize, Serialize};

use crate::desk::Desk;
use crate::error::Error;
use crate::resolve;
use crate::view::PageRequest;

/// A filtered page reads at most so many pages of the store; see the list of tickets.
const MOST_ROUNDS: usize = 10;
const MINUTE_MS: i64 = 60_000;

/// Which commitments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwingFilter {
    /// At risk and breached ones come by due time, pending ones by when something is to be done about their ticket.
    pub state: CommitmentState,
    /// Of tickets for that company node.
    pub company: Option<CompanyId>,
}

/// A ticket that owes something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Owing {
    /// The ticket.
    pub ticket: TicketId,
    /// Its number.
    pub number: u64,
    /// Its kind.
    pub kind: String,
    /// Its subject.
    pub subject: String,
    /// Its segment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// The company it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<CompanyId>,
    /// The team that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Who works on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// What it owes in the state that was asked for.
    pub commitments: Vec<Commitment>,
}

/// A commitment with what is left of its time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Promise {
    /// The commitment.
    #[serde(flatten)]
    pub commitment: Commitment,
    /// Milliseconds of its calendar's time until it is due, negative when it is late; absent: it is ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_ms: Option<i64>,
}

impl Desk {
    /// The tickets that owe something in that state, a page at a time. A page may be shorter than its limit and still
    /// have a next one.
    pub fn owing_list(&self, by: &Principal, filter: &OwingFilter, page: &PageRequest) -> Result<Page<Owing>, Error> {
        self.served(by)?;
        let scan = match filter.state {
            CommitmentState::AtRisk | CommitmentState::Breached => {
                Scan::index(TICKET_BY_COMMITMENT, vec![filter.state.name().into()])
            }
            CommitmentState::Pending => Scan::index(TICKET_BY_WAKE, Vec::new()),
            CommitmentState::Paused
            | CommitmentState::Met
            | CommitmentState::Renegotiated
            | CommitmentState::Cancelled => {
                return Err(Error::invalid("/state", "`pending`, `at-risk` or `breached`"));
            }
        };
        let reads = self.inner.records.as_ref();
        let companies = filter.company.map(|id| resolve::cluster_of_company(reads, id)).transpose()?;
        let limit = page.limit();
        let mut found = Page { records: Vec::new(), next: page.after.clone() };
        for _ in 0..MOST_ROUNDS {
            let scan = scan.clone().with_limit(limit - found.records.len()).with_after(found.next.take());
            let read: Page<Ticket> = self.inner.records.list(&scan)?;
            found
                .records
                .extend(read.records.into_iter().filter_map(|it| owing(it, filter.state, companies.as_deref())));
            found.next = read.next;
            if found.next.is_none() || found.records.len() >= limit {
                break;
            }
        }
        Ok(found)
    }

    /// What a ticket owes and owed, oldest first, with what is left of each. A customer sees the customer's own.
    pub fn promises(&self, by: &Principal, ticket: TicketId) -> Result<Vec<Promise>, Error> {
        let ticket = self.ticket(by, ticket)?;
        let (setup, now) = (self.inner.setup.load_full(), self.inner.now());
        let left = |it: &Commitment| {
            let total = i64::from(it.target.minutes) * MINUTE_MS;
            let read = |schedule| total - clock::read(&it.target, it.started_at, &ticket.turns, schedule, now).spent_ms;
            setup.schedule(&it.target.calendar).map_or_else(|| it.due_at.since(now), |schedule| read(schedule))
        };
        let customer = by.role == Role::Customer;
        let shown = |it: &Commitment| if customer { it.clone().for_customer() } else { Some(it.clone()) };
        let promise =
            |it: &Commitment| shown(it).map(|commitment| Promise { left_ms: it.open().then(|| left(it)), commitment });
        Ok(ticket.commitments.iter().filter_map(promise).collect())
    }
}

/// What of a ticket belongs to the list; none: nothing.
fn owing(ticket: Ticket, state: CommitmentState, companies: Option<&[CompanyId]>) -> Option<Owing> {
    if companies.is_some_and(|ids| ticket.company.is_none_or(|own| !ids.contains(&own))) {
        return None;
    }
    let Ticket { id, number, kind, subject, segment, company, team, assignee, commitments, .. } = ticket;
    let wanted = commitments.into_iter().filter(|it| it.state == state && it.open());
    let mut commitments: Vec<Commitment> = wanted.collect();
    commitments.sort_by_key(|it| it.due_at);
    let owes = !commitments.is_empty();
    owes.then_some(Owing { ticket: id, number, kind, subject, segment, company, team, assignee, commitments })
}
