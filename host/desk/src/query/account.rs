//! A company as a whole (practices 28 to 30, 35, 37, 50, 52): the tree it stands in, the tickets of everybody in it, and
//! the account: who, as what, with which concerns; what is open; what was tried; what was promised; who decides.

use std::collections::BTreeMap;

use plugdesk_domain::company::MOST_NODES;
use plugdesk_domain::{
    CONTRACT_BY_COMPANY, Company, CompanyId, Contact, ContactId, Contract, Entry, EntryKind, Membership,
    PROPOSAL_BY_RECORD, Page, Principal, Proposal, ProposalState, RecordsExt, Scan, StakeholderRole, TICKET_BY_COMPANY,
    Table, Ticket,
};

use super::contact::company_view;
use crate::account::{memberships_of, weight};
use crate::desk::Desk;
use crate::error::Error;
use crate::resolve::{self, Subtree};
use crate::view::{AccountPerson, AccountPromise, AccountView, PageRequest, TreeNode, TreeView};

/// An account shows so many people, those who decide first.
const MOST_PEOPLE: usize = 128;
/// It looks at so many memberships, those of the nearest nodes first: enough for a company that talks to a desk by a few
/// hundred people, and little enough for every answer.
const MOST_MEMBERSHIPS: usize = 512;
/// An account looks at so many of the newest tickets of the subtree.
const MOST_TICKETS: usize = 100;
/// It shows so many of them as recent, beside those that are open.
const MOST_RECENT: usize = 20;
/// Steps that were tried are looked for on so many open tickets, in so many of the newest entries of each.
const MOST_STEP_TICKETS: usize = 10;
const MOST_STEP_ENTRIES: usize = 30;
/// So many contracts of one node, and so many proposals about one ticket, are looked at.
const MOST_OF_ONE: usize = 16;

impl Desk {
    /// The tickets of a company node, newest first; with `subtree` those of the nodes below too. Whoever brought them.
    pub fn company_tickets(
        &self,
        by: &Principal,
        id: CompanyId,
        subtree: bool,
        page: &PageRequest,
    ) -> Result<Page<Ticket>, Error> {
        let company = self.company(by, id)?;
        let reads = self.inner.records.as_ref();
        let ids = if subtree {
            resolve::subtree(reads, company.id, MOST_NODES)?.ids
        } else {
            resolve::cluster_of_company(reads, company.id)?
        };
        self.tickets_of(&ids, page)
    }

    /// The tree around a company node: the nodes above, the nearest first, and those below.
    pub fn company_tree(&self, by: &Principal, id: CompanyId) -> Result<TreeView, Error> {
        let company = self.company(by, id)?;
        let reads = self.inner.records.as_ref();
        let Subtree { nodes, more, .. } = resolve::subtree(reads, company.id, MOST_NODES)?;
        let node = |(it, level): (Company, usize)| {
            let (id, name, tier) = (it.id, it.name, it.tier);
            TreeNode { id, name, parent: it.parent, tier, level: u32::try_from(level).unwrap_or(u32::MAX) }
        };
        let mut below = Vec::new();
        for (it, level) in nodes {
            below.push(node((company_view(reads, it.id)?.company, level)));
        }
        let above = resolve::above(reads, company.id)?;
        Ok(TreeView { above: above.into_iter().map(|it| node((it, 0))).collect(), nodes: below, more })
    }

    /// A company node and everything below it, in one view. Not for customers.
    pub fn company_account(&self, by: &Principal, id: CompanyId) -> Result<AccountView, Error> {
        let company = self.company(by, id)?;
        let reads = self.inner.records.as_ref();
        let now = self.inner.now();
        let Subtree { ids, mut more, .. } = resolve::subtree(reads, company.id, MOST_NODES)?;
        let people = self.account_people(&ids, &mut more)?;
        let decides = |it: &&AccountPerson| {
            let decider = |role| matches!(role, Some(StakeholderRole::Decider));
            it.memberships.iter().any(|it| decider(it.role) && it.holds(now))
        };
        let deciders = people.iter().filter(decides).map(|it| it.id).collect();
        let page = PageRequest { limit: Some(MOST_TICKETS), after: None };
        let tickets = self.tickets_of(&ids, &page)?.records;
        let (open, ended): (Vec<_>, Vec<_>) = tickets.into_iter().partition(|it| !it.shown_category().ended());
        let steps = self.account_steps(&open)?;
        let promises = open.iter().flat_map(|ticket| {
            let owed = ticket.commitments.iter().filter(|it| it.open());
            owed.map(|it| AccountPromise { ticket: ticket.id, number: ticket.number, commitment: it.clone() })
        });
        let mut promises: Vec<AccountPromise> = promises.collect();
        promises.sort_by_key(|it| it.commitment.due_at);
        let mut contracts = Vec::new();
        let mut nodes = resolve::cluster_of_company(reads, company.id)?;
        let above = resolve::above(reads, company.id)?;
        for node in &above {
            nodes.extend(resolve::cluster_of_company(reads, node.id)?);
        }
        for node in nodes {
            let scan = Scan::index(CONTRACT_BY_COMPANY, vec![node.into()]).with_limit(MOST_OF_ONE);
            contracts
                .extend(self.inner.records.list::<Contract>(&scan)?.records.into_iter().filter(|it| it.holds(now)));
        }
        let mut proposals = Vec::new();
        for subject in open.iter().take(MOST_STEP_TICKETS).map(|it| it.id.to_string()) {
            let scan = Scan::index(PROPOSAL_BY_RECORD, vec![subject.as_str().into()]).with_limit(MOST_OF_ONE);
            let found = self.inner.records.list::<Proposal>(&scan)?.records;
            proposals.extend(found.into_iter().filter(|it| it.state == ProposalState::Open));
        }
        let recent = ended.into_iter().take(MOST_RECENT).collect();
        Ok(AccountView { company, above, people, deciders, open, recent, steps, promises, contracts, proposals, more })
    }

    fn tickets_of(&self, ids: &[CompanyId], page: &PageRequest) -> Result<Page<Ticket>, Error> {
        let scan = |id: &CompanyId| Scan::index(TICKET_BY_COMPANY, vec![(*id).into()]).backward();
        let scans = ids.iter().map(scan).collect();
        resolve::several(self.inner.records.as_ref(), scans, page, |it: &Ticket| it.id.uuid())
    }

    /// Everybody of those nodes, each once with all memberships there, also those that ended, deciders first. A person is
    /// read only to be shown.
    fn account_people(&self, ids: &[CompanyId], more: &mut bool) -> Result<Vec<AccountPerson>, Error> {
        let reads = self.inner.records.as_ref();
        let now = self.inner.now();
        let mut memberships: Vec<Membership> = Vec::new();
        for node in ids {
            if memberships.len() >= MOST_MEMBERSHIPS {
                *more = true;
                break;
            }
            memberships.extend(memberships_of(reads, *node)?);
        }
        *more |= memberships.len() > MOST_MEMBERSHIPS;
        memberships.truncate(MOST_MEMBERSHIPS);
        memberships.sort_by_key(|it| (!it.holds(now), weight(it.role), it.id));
        let mut people: Vec<AccountPerson> = Vec::new();
        let mut places: BTreeMap<ContactId, usize> = BTreeMap::new();
        for it in memberships {
            if let Some(place) = places.get(&it.contact) {
                people.get_mut(*place).into_iter().for_each(|known| known.memberships.push(it.clone()));
                continue;
            }
            if people.len() >= MOST_PEOPLE {
                *more = true;
                continue;
            }
            let Some(person) = resolve::whole::<Contact>(reads, it.contact)? else { continue };
            places.extend(person.ids().into_iter().map(|id| (id, people.len())));
            let (id, name) = (person.record.id, person.record.name);
            people.push(AccountPerson { id, name, memberships: vec![it] });
        }
        let place = |it: &AccountPerson| {
            let held = it.memberships.iter().filter(|it| it.holds(now)).map(|it| weight(it.role)).min();
            (held.is_none(), held, it.name.clone())
        };
        people.sort_by_key(place);
        people.iter_mut().for_each(|it| it.memberships.sort_by_key(|it| it.id));
        Ok(people)
    }

    /// What was tried on the newest open tickets, newest first.
    fn account_steps(&self, open: &[Ticket]) -> Result<Vec<Entry>, Error> {
        let mut steps: Vec<Entry> = Vec::new();
        for ticket in open.iter().take(MOST_STEP_TICKETS) {
            let scan = Scan::table(Table::Entry).with_prefix(vec![ticket.id.into()]);
            let found = self.inner.records.list::<Entry>(&scan.backward().with_limit(MOST_STEP_ENTRIES))?.records;
            steps.extend(found.into_iter().filter(|it| it.kind == EntryKind::Step));
        }
        steps.sort_by_key(|it| std::cmp::Reverse(it.id));
        Ok(steps)
    }
}
