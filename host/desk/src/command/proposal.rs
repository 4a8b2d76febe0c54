//! `proposal.accept` and `proposal.reject`: a person decides what a policy suggested.

use plugdesk_domain::proposal::MOST_OPTIONS;
use plugdesk_domain::{
    CompanyId, Contact, ContactId, Principal, Proposal, ProposalId, ProposalKind, ProposalOption, ProposalState,
    RecordsExt, Ticket, TicketId,
};
use serde_json::{Map, Value};

use super::merge::{Why, merge};
use super::ticket::settle::{Occasion, settle};
use super::{expected, not_for_customers};
use crate::desk::{Desk, Inner, named};
use crate::draft::Draft;
use crate::error::Error;
use crate::input::Acceptance;
use crate::path::Command;
use crate::resolve;
use crate::view::{Done, How};

struct Accept {
    id: ProposalId,
    acceptance: Acceptance,
}

struct Reject(ProposalId);

impl Desk {
    /// Does what a policy suggested: merges two contacts, or sets a ticket's company, which asks what follows of it.
    pub async fn proposal_accept(
        &self,
        by: &Principal,
        id: ProposalId,
        acceptance: Acceptance,
        how: &How,
    ) -> Result<Done<Proposal>, Error> {
        self.submit(by, how, Accept { id, acceptance }).await
    }

    /// Does it not; the same is not proposed again.
    pub async fn proposal_reject(&self, by: &Principal, id: ProposalId, how: &How) -> Result<Done<Proposal>, Error> {
        self.submit(by, how, Reject(id)).await
    }
}

impl Command for Accept {
    type Value = Proposal;
    const NAME: &'static str = "proposal.accept";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Proposal, Error> {
        not_for_customers(draft, "decide on proposals")?;
        let mut proposal = open(draft, self.id)?;
        let option = chosen(&proposal, self.acceptance.option.as_deref())?.clone();
        decide(draft, &mut proposal, ProposalState::Accepted);
        draft.change(proposal.clone());
        // With the version as it will be stored.
        proposal = draft.peek(self.id)?.unwrap_or(proposal);
        proposal.outcome = match proposal.kind {
            ProposalKind::MergeContacts => merged(draft, &proposal, &option, self.acceptance.option.as_deref())?,
            ProposalKind::Affiliate => Some(affiliated(draft, &proposal, &option)?),
        };
        draft.change(proposal.clone());
        tell(draft, "proposal.accepted", &proposal);
        Ok(draft.peek(self.id)?.unwrap_or(proposal))
    }

    fn again(&self, desk: &Inner, _subject: &str) -> Result<Proposal, Error> {
        desk.records.find(self.id)?.ok_or_else(|| Error::not_found("proposal", self.id))
    }
}

impl Command for Reject {
    type Value = Proposal;
    const NAME: &'static str = "proposal.reject";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Proposal, Error> {
        not_for_customers(draft, "decide on proposals")?;
        let mut proposal = open(draft, self.0)?;
        decide(draft, &mut proposal, ProposalState::Rejected);
        draft.change(proposal.clone());
        tell(draft, "proposal.rejected", &proposal);
        Ok(draft.peek(self.0)?.unwrap_or(proposal))
    }

    fn again(&self, desk: &Inner, _subject: &str) -> Result<Proposal, Error> {
        desk.records.find(self.0)?.ok_or_else(|| Error::not_found("proposal", self.0))
    }
}

/// Puts a proposal into the draft; of more options than a person reads the surest.
pub(crate) fn make(draft: &mut Draft<'_>, kind: ProposalKind, subject: String, mut options: Vec<ProposalOption>) {
    options.truncate(MOST_OPTIONS);
    let proposal = Proposal {
        id: ProposalId::new(draft.now, draft.desk.bits()),
        version: 1,
        created_at: draft.now,
        updated_at: draft.now,
        kind,
        state: ProposalState::Open,
        subject,
        options,
        decision_id: Some(draft.decision),
        decided_by: None,
        decided_at: None,
        outcome: None,
    };
    tell(draft, "proposal.created", &proposal);
    draft.create(proposal);
}

/// Takes a proposal back that no longer makes sense.
pub(crate) fn withdraw(draft: &mut Draft<'_>, mut proposal: Proposal) {
    (proposal.state, proposal.decided_at) = (ProposalState::Withdrawn, Some(draft.now));
    tell(draft, "proposal.withdrawn", &proposal);
    draft.change(proposal);
}

fn open(draft: &mut Draft<'_>, id: ProposalId) -> Result<Proposal, Error> {
    let proposal: Proposal = draft.find(id)?.ok_or_else(|| Error::not_found("proposal", id))?;
    expected(draft, proposal.version)?;
    draft.subject.clone_from(&proposal.subject);
    match proposal.state {
        ProposalState::Open => Ok(proposal),
        other => Err(Error::invalid("", format!("proposal {id} is {} already", other.name()))),
    }
}

fn decide(draft: &Draft<'_>, proposal: &mut Proposal, state: ProposalState) {
    proposal.state = state;
    (proposal.decided_by, proposal.decided_at) = (Some(named(draft.by)), Some(draft.now));
}

/// The option that is meant: of a merge there is one.
fn chosen<'p>(proposal: &'p Proposal, option: Option<&str>) -> Result<&'p ProposalOption, Error> {
    let options = &proposal.options;
    let named = options.iter().find(|it| Some(it.id.as_str()) == option);
    match (proposal.kind, option, options.as_slice()) {
        (ProposalKind::MergeContacts, Some(id), [only, ..]) if id == proposal.subject => Ok(only),
        (_, None, [only]) => Ok(only),
        (_, Some(_), _) if named.is_some() => named.ok_or_else(|| Error::invalid("/option", "one of the options")),
        _ => {
            let ids: Vec<&str> = options.iter().map(|it| it.id.as_str()).collect();
            Err(Error::invalid("/option", format!("one of {}", ids.join(", "))))
        }
    }
}

/// Merges the two contacts, unless they are one already.
fn merged(
    draft: &mut Draft<'_>,
    proposal: &Proposal,
    option: &ProposalOption,
    standing: Option<&str>,
) -> Result<Option<String>, Error> {
    let mut contact = |id: &str| -> Result<Contact, Error> {
        let lost = || Error::Damaged(format!("contact {id} of proposal {} is not stored", proposal.id));
        let id: ContactId = id.parse().map_err(|_| lost())?;
        resolve::find(draft, id)?.ok_or_else(lost)
    };
    let (subject, other) = (contact(&proposal.subject)?, contact(&option.id)?);
    if subject.id == other.id {
        return Ok(None);
    }
    let older = (subject.created_at, subject.id) <= (other.created_at, other.id);
    let stands = standing.map_or(older, |id| id == proposal.subject);
    let (winner, loser) = if stands { (subject, other) } else { (other, subject) };
    let why = Why { score: Some(option.score), proposal: Some(proposal.id), ..Why::person(draft) };
    Ok(Some(merge(draft, winner, loser, why)?.id.to_string()))
}

/// Sets the ticket's company, and asks what follows of it as any change of the company does.
fn affiliated(draft: &mut Draft<'_>, proposal: &Proposal, option: &ProposalOption) -> Result<String, Error> {
    let lost = |what: &str| Error::Damaged(format!("{what} of proposal {} is not stored", proposal.id));
    let id: TicketId = proposal.subject.parse().map_err(|_| lost("the ticket"))?;
    let company: CompanyId = option.id.parse().map_err(|_| lost("the company"))?;
    let before: Ticket = resolve::find(draft, id)?.ok_or_else(|| lost("the ticket"))?;
    let company = resolve::find::<plugdesk_domain::Company>(draft, company)?.ok_or_else(|| lost("the company"))?.id;
    if let Some(known) = before.company {
        let rule = format!("ticket {} is for company {known} already: change it there, or reject this", before.id);
        return Err(Error::invalid("", rule));
    }
    let mut ticket = before.clone();
    ticket.company = Some(company);
    draft.change(ticket.clone());
    ticket = draft.peek(ticket.id)?.unwrap_or(ticket);
    settle(draft, Some(&before), &mut ticket, Occasion::default())?;
    let mut data = Map::new();
    data.insert("changed".to_owned(), Value::from(vec!["company"]));
    data.insert("company".to_owned(), company.to_string().into());
    draft.tell("ticket.updated", ticket.id, data);
    Ok(company.to_string())
}

fn tell(draft: &mut Draft<'_>, name: &str, proposal: &Proposal) {
    let mut data = Map::new();
    data.insert("proposal".to_owned(), proposal.id.to_string().into());
    data.insert("kind".to_owned(), proposal.kind.name().into());
    data.insert("options".to_owned(), proposal.options.iter().map(|it| it.id.clone()).collect::<Vec<_>>().into());
    if let Some(outcome) = &proposal.outcome {
        data.insert("outcome".to_owned(), outcome.as_str().into());
    }
    draft.tell(name, &proposal.subject, data);
}
