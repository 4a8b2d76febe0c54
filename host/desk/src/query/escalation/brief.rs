//! What a brief says: who it is, what was promised, what was tried, who decides, what else is open. All of it from
//! records, through indexes, and short enough to be read on the way to the telephone.

use plugdesk_domain::{
    CONTRACT_BY_COMPANY, Category, Commitment, Company, CompanyId, Contact, Contract, Entry, EntryKind, Escalation,
    Instant, MEMBERSHIP_BY_CONTACT, Membership, Money, Priority, Records, Scan, StakeholderRole, StoreError,
    TICKET_BY_COMPANY, TICKET_BY_REQUESTER, Table, Ticket, TicketId, Track,
};
use serde::{Deserialize, Serialize};

use crate::account::{memberships_of, weight};
use crate::resolve::{Reads, above, cluster_of_company, root};

/// A page has room for so many people, deciders first.
const MOST_PEOPLE: usize = 12;
/// And for so many steps, the newest, and so many other open tickets.
const MOST_STEPS: usize = 12;
const MOST_TICKETS: usize = 10;
/// And for so many things that happened, the newest.
const MOST_HIGHLIGHTS: usize = 12;
/// So many of a ticket's newest entries are looked through for them.
const MOST_ENTRIES: usize = 200;
/// So many of the customer's newest tickets are looked through for open ones.
const MOST_LOOKED: usize = 50;
/// So many contracts of a node are looked through for the one that holds.
const MOST_CONTRACTS: usize = 32;
/// What was said is cut behind so many characters.
const MOST_SAID: usize = 280;

/// Somebody at the customer's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BriefPerson {
    /// The name.
    pub name: String,
    /// What the person is in the company's buying.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<StakeholderRole>,
    /// The side of the matter that the person answers for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aspect: Option<String>,
    /// What worries the person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub concerns: Vec<String>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Highlight {
    /// When.
    pub at: Instant,
    /// What, in a line.
    pub text: String,
}

/// Another matter of the same customer that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OpenTicket {
    /// Which.
    pub id: TicketId,
    /// Its number.
    pub number: u64,
    /// One line.
    pub subject: String,
    /// Where it stands.
    pub category: Category,
    /// When the next thing owed on it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Instant>,
}

/// What whoever is called must know, on one page. Holds personal data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Brief {
    /// The ticket's number.
    pub number: u64,
    /// What it is about.
    pub subject: String,
    /// `support`, `incident`, …
    pub kind: String,
    /// Where it stands, in the desk's own word.
    pub state: String,
    /// How soon it matters.
    pub priority: Priority,
    /// How carefully it is handled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track: Option<Track>,
    /// How often it went back and forth: touches, handoffs, reopens.
    pub back_and_forth: [u32; 3],
    /// Who works on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// Who brought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester: Option<String>,
    /// The company it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// How much care it is owed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// Yearly worth of the relation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worth: Option<Money>,
    /// The contract that holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    /// Who decides there, by name.
    pub decides: Vec<String>,
    /// The people of the company, deciders first; without one, the requester alone.
    pub people: Vec<BriefPerson>,
    /// What was promised, and what became of it.
    pub promises: Vec<Commitment>,
    /// What was tried and what came of it, oldest first.
    pub steps: Vec<Highlight>,
    /// What happened, oldest first.
    pub timeline: Vec<Highlight>,
    /// What else of the customer's is open.
    pub open_tickets: Vec<OpenTicket>,
}

pub(super) fn of(
    records: &(dyn Records + 'static),
    ticket: &Ticket,
    escalation: &Escalation,
    now: Instant,
) -> Result<Brief, StoreError> {
    let requester = ticket.requester.map(|id| root::<Contact>(records, id)).transpose()?.flatten();
    let nodes = nodes(records, ticket.company)?;
    let (held, named) = (held(records, ticket, &nodes, now)?, |it: &BriefPerson| it.name.clone());
    let mut entries: Vec<Entry> = records.some(
        &Scan::table(Table::Entry).with_prefix(vec![ticket.id.into()]).backward().with_limit(MOST_ENTRIES),
        |_| true,
    )?;
    entries.reverse();
    let steps = entries.iter().filter(|it| it.kind == EntryKind::Step);
    let mut steps: Vec<Highlight> = steps.map(|it| Highlight { at: it.at, text: cut(&it.text) }).collect();
    steps.drain(..steps.len().saturating_sub(MOST_STEPS));
    Ok(Brief {
        number: ticket.number,
        subject: ticket.subject.clone(),
        kind: ticket.kind.clone(),
        state: ticket.state.clone(),
        priority: ticket.priority,
        track: ticket.tracked.as_ref().map(|it| it.track),
        back_and_forth: [ticket.counters.touches, ticket.counters.handoffs, ticket.counters.reopens],
        assignee: ticket.assignee.clone(),
        requester: requester.map(|it| it.name),
        company: nodes.first().map(|it| it.name.clone()),
        tier: nodes.iter().find_map(|it| it.tier.clone()),
        worth: nodes.iter().find_map(|it| it.worth.clone()),
        contract: contract(records, &nodes, now)?,
        decides: held.iter().filter(|it| it.role == Some(StakeholderRole::Decider)).map(named).collect(),
        people: held,
        promises: ticket.commitments.clone(),
        steps,
        timeline: timeline(ticket, escalation, &entries),
        open_tickets: open_tickets(records, ticket)?,
    })
}

/// The ticket's company and the nodes above, the nearest first.
fn nodes(records: &(dyn Records + 'static), company: Option<CompanyId>) -> Result<Vec<Company>, StoreError> {
    let Some(id) = company else { return Ok(Vec::new()) };
    let mut nodes: Vec<Company> = root::<Company>(records, id)?.into_iter().collect();
    nodes.extend(above(records, id)?);
    Ok(nodes)
}

/// Whose memberships hold now, deciders first; of a ticket without a company the requester's own.
fn held(
    records: &(dyn Records + 'static),
    ticket: &Ticket,
    nodes: &[Company],
    now: Instant,
) -> Result<Vec<BriefPerson>, StoreError> {
    let mut memberships: Vec<Membership> = Vec::new();
    for node in nodes {
        for id in cluster_of_company(records, node.id)? {
            memberships.extend(memberships_of(records, id)?.into_iter().filter(|it| it.holds(now)));
        }
    }
    if nodes.is_empty()
        && let Some(requester) = ticket.requester
    {
        let scan = Scan::index(MEMBERSHIP_BY_CONTACT, vec![requester.into()]).with_limit(MOST_PEOPLE);
        memberships = records.some::<Membership>(&scan, |it| it.holds(now))?;
    }
    memberships.sort_by_key(|it| weight(it.role));
    memberships.truncate(MOST_PEOPLE);
    let mut people = Vec::with_capacity(memberships.len());
    for it in memberships {
        let Some(contact) = root::<Contact>(records, it.contact)? else { continue };
        people.push(BriefPerson { name: contact.name, role: it.role, aspect: it.aspect, concerns: it.concerns });
    }
    Ok(people)
}

/// The contract that holds: the nearest node's.
fn contract(records: &(dyn Records + 'static), nodes: &[Company], now: Instant) -> Result<Option<String>, StoreError> {
    for node in nodes {
        let scan = Scan::index(CONTRACT_BY_COMPANY, vec![node.id.into()]).backward().with_limit(MOST_CONTRACTS);
        if let Some(found) = records.some::<Contract>(&scan, |it| it.holds(now))?.into_iter().next() {
            return Ok(Some(found.name));
        }
    }
    Ok(None)
}

fn timeline(ticket: &Ticket, escalation: &Escalation, entries: &[Entry]) -> Vec<Highlight> {
    let mut all = vec![Highlight { at: ticket.created_at, text: format!("opened by {}", ticket.channel) }];
    let said = entries.iter().filter(|it| it.kind.public());
    all.extend(said.map(|it| Highlight { at: it.at, text: format!("{}: {}", it.kind.name(), cut(&it.text)) }));
    all.extend(ticket.turns.iter().skip(1).map(|it| Highlight { at: it.at, text: it.category.name().to_owned() }));
    for it in &ticket.commitments {
        let late = it.breached_at.map(|at| Highlight { at, text: format!("{} breached", it.target.metric) });
        let kept = it.met_at.map(|at| Highlight { at, text: format!("{} met", it.target.metric) });
        all.extend(late.into_iter().chain(kept));
    }
    all.extend(escalation.steps.iter().map(|it| {
        let people = if it.people.is_empty() { "nobody".to_owned() } else { it.people.join(", ") };
        Highlight { at: it.at, text: format!("escalated to level {} ({}): {people}", it.level, it.cause) }
    }));
    all.sort_by_key(|it| it.at);
    all.drain(..all.len().saturating_sub(MOST_HIGHLIGHTS));
    all
}

fn open_tickets(records: &(dyn Records + 'static), ticket: &Ticket) -> Result<Vec<OpenTicket>, StoreError> {
    let scan = match (ticket.company, ticket.requester) {
        (Some(id), _) => Scan::index(TICKET_BY_COMPANY, vec![id.into()]),
        (None, Some(id)) => Scan::index(TICKET_BY_REQUESTER, vec![id.into()]),
        (None, None) => return Ok(Vec::new()),
    };
    let open = |it: &Ticket| it.id != ticket.id && !it.shown_category().ended();
    let found = records.some::<Ticket>(&scan.backward().with_limit(MOST_LOOKED), open)?;
    let brief = |it: Ticket| OpenTicket {
        id: it.id,
        number: it.number,
        category: it.category,
        due_at: it.due_at(),
        subject: it.subject,
    };
    Ok(found.into_iter().take(MOST_TICKETS).map(brief).collect())
}

/// A text in a line of its own.
fn cut(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MOST_SAID) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}
