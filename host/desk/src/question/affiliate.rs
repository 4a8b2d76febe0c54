//! `affiliate`: which company node a ticket is for (lesson 1). Asked where nobody named one; where the policies are not
//! sure, a person is asked by a proposal.

mod nodes;

use plugdesk_domain::question::Inquiry as AnyInquiry;
use plugdesk_domain::question::affiliate::{Affiliate, Inquiry, Joined};
use plugdesk_domain::{
    CompanyId, PROPOSAL_BY_RECORD, Proposal, ProposalKind, ProposalOption, ProposalState, Scan, StoreError, Ticket,
};

use super::{circumstances, place, said};
use crate::asking::{self, About};
use crate::command::proposal;
use crate::draft::Draft;
use crate::error::Error;
use crate::show;

/// So many proposals about one ticket are looked through, newest first.
const MOST_PROPOSALS: usize = 16;

/// Asks for a ticket of the draft that is for no company yet, and sets what follows.
pub(crate) fn ticket(draft: &mut Draft<'_>, ticket: &mut Ticket) -> Result<(), Error> {
    let place = place(draft, ticket)?;
    if ticket.company.is_some() || !asking::anybody(draft, "affiliate", &place) {
        return Ok(());
    }
    let nodes = nodes::of(draft, ticket)?;
    if nodes.is_empty() {
        return Ok(());
    }
    let others = nodes.iter().map(|it| it.company.id.clone()).collect();
    let about = About::ticket(ticket, draft.made::<Ticket>(&ticket.id.into())).with_others(others);
    let text = said(draft, ticket)?;
    let circumstances = circumstances(draft, super::locale(draft, ticket)?.as_deref());
    let inquiry = AnyInquiry::Affiliate(Inquiry { circumstances, ticket: show::ticket(ticket), text, nodes });
    let Some(joined) = asking::ask::<Affiliate>(draft, &about, &place, &inquiry)? else { return Ok(()) };
    let chosen = joined.chosen.as_ref().and_then(|id| id.parse::<CompanyId>().ok());
    if let Some(company) = chosen {
        let policy = joined.nodes.first().map(|it| it.policy.as_str()).unwrap_or_default();
        draft.effect(format!("company: {company} ({policy})"));
        ticket.company = Some(company);
        return Ok(());
    }
    propose(draft, ticket, joined)
}

/// Asks a person: the nodes that the policies named, the surest first.
fn propose(draft: &mut Draft<'_>, ticket: &Ticket, joined: Joined) -> Result<(), Error> {
    let options: Vec<ProposalOption> = joined.nodes.into_iter().filter(|it| it.confidence > 0).map(option).collect();
    if options.is_empty() {
        return Ok(());
    }
    let ids = |options: &[ProposalOption]| options.iter().map(|it| it.id.clone()).collect::<Vec<_>>();
    for earlier in proposals(draft, ticket)? {
        let same = ids(&earlier.options) == ids(&options);
        match earlier.state {
            ProposalState::Open | ProposalState::Rejected if same => return Ok(()),
            ProposalState::Open => proposal::withdraw(draft, earlier),
            ProposalState::Accepted | ProposalState::Rejected | ProposalState::Withdrawn => {}
        }
    }
    draft.effect(format!("a person is asked which company it is for: {} could be", options.len()));
    proposal::make(draft, ProposalKind::Affiliate, ticket.id.to_string(), options);
    Ok(())
}

fn option(it: plugdesk_domain::question::affiliate::Agreed) -> ProposalOption {
    ProposalOption { id: it.company, score: it.confidence, policy: it.policy, reasons: Vec::new() }
}

/// A ticket that is for a company now needs nobody's decision any more.
pub(crate) fn settled(draft: &mut Draft<'_>, ticket: &Ticket) -> Result<(), Error> {
    for earlier in proposals(draft, ticket)? {
        if earlier.state == ProposalState::Open {
            proposal::withdraw(draft, earlier);
        }
    }
    Ok(())
}

fn proposals(draft: &Draft<'_>, ticket: &Ticket) -> Result<Vec<Proposal>, StoreError> {
    if draft.made::<Ticket>(&ticket.id.into()) {
        return Ok(Vec::new());
    }
    let id = ticket.id.to_string();
    let scan = Scan::index(PROPOSAL_BY_RECORD, vec![id.as_str().into()]).backward().with_limit(MOST_PROPOSALS);
    draft.list::<Proposal>(&scan, |it| it.kind == ProposalKind::Affiliate && it.subject == id)
}
