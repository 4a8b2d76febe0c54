//! Lists of tickets: what is wanted, in which order. Each list goes over the index that reads least for it; one by due
//! time goes over one index, segment by segment and category by category, and joins them as it reads.

mod search;
mod streams;

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::question::shown::MOST_NAME_CHARS;
use plugdesk_domain::ticket::KIND_LEAD;
use plugdesk_domain::words::{Wanted, words_of};
use plugdesk_domain::{
    Category, CompanyId, ContactId, DefinitionSort, Instant, Page, Principal, Records, RecordsExt, Role, Scan,
    TICKET_BY_ASSIGNEE, TICKET_BY_COMPANY, TICKET_BY_EXTERNAL, TICKET_BY_KIND, TICKET_BY_NUMBER, TICKET_BY_QUEUE,
    TICKET_BY_REQUESTER, TICKET_BY_TEAM, Table, Ticket,
};

use crate::desk::Desk;
use crate::error::Error;
use crate::input::check::{Checks, may_be_external};
use crate::resolve::{cluster_of_company, cluster_of_contact, subtree};
use crate::view::PageRequest;

/// A list by due time without a segment goes over so many segments: a desk has a handful, and each is read from.
const MOST_SEGMENTS: usize = 64;
/// The name of an agent or a team has at most so many bytes, as when it is set.
const MOST_WORKER_CHARS: usize = 128;

/// Whose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assigned {
    /// The caller's.
    Me,
    /// Nobody's.
    Nobody,
    /// The agent's of that name.
    To(String),
}

/// Where they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Anywhere but ended.
    Open,
    /// In that category.
    In(Category),
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// What is due first comes first, what owes nothing last.
    Due,
    /// The newest first.
    Newest,
    /// The oldest first.
    Oldest,
    /// The best score first; of one kind.
    Score,
}

/// Which tickets. Everything that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TicketFilter {
    /// Of that kind. Leads come with the best score first.
    pub kind: Option<String>,
    /// Brought by that contact.
    pub requester: Option<ContactId>,
    /// For that company node.
    pub company: Option<CompanyId>,
    /// And for the nodes below it.
    pub subtree: bool,
    /// Whose.
    pub assignee: Option<Assigned>,
    /// Of that team.
    pub team: Option<String>,
    /// Where they stand.
    pub status: Option<Status>,
    /// Of that segment.
    pub segment: Option<String>,
    /// With something due before that.
    pub due_before: Option<Instant>,
    /// With these words in the subject (the last may be a beginning), that number (`#123`), or brought by somebody whose
    /// address begins so.
    pub q: Option<String>,
    /// The one of that number.
    pub number: Option<u64>,
    /// The one that another system knows by that id: its system and the id.
    pub external: Option<(String, String)>,
    /// In which order; none: by what is asked for, see [`TicketFilter::order`].
    pub sort: Option<Sort>,
}

impl TicketFilter {
    /// The order of the list, where none is asked for: of leads, or a kind alone, the best score first; of a contact, a
    /// company or a search the newest first; of an assignee, a team, a status or a segment what is due first; else the
    /// newest first.
    pub fn order(&self) -> Sort {
        let queue = self.assignee.is_some()
            || self.team.is_some()
            || self.status.is_some()
            || self.segment.is_some()
            || self.due_before.is_some();
        match (self.sort, &self.kind) {
            (Some(sort), _) => sort,
            (None, Some(kind)) if self.q.is_none() && (kind == KIND_LEAD || !queue) => Sort::Score,
            _ if self.requester.is_some() || self.company.is_some() || self.q.is_some() => Sort::Newest,
            _ if queue => Sort::Due,
            _ => Sort::Newest,
        }
    }
}

/// A filter with everything in it that had to be looked up.
struct Sought {
    filter: TicketFilter,
    requesters: Option<Vec<ContactId>>,
    companies: Option<Vec<CompanyId>>,
    /// The assignee wanted; none within: nobody.
    assignee: Option<Option<String>>,
    words: Option<Wanted>,
    sort: Sort,
}

impl Sought {
    fn matches(&self, it: &Ticket) -> bool {
        let Self { filter, requesters, companies, assignee, words, .. } = self;
        let external = |(system, id): &(String, String)| it.external_ids.get(system) == Some(id);
        let status = |status: &Status| match status {
            Status::Open => !it.shown_category().ended(),
            Status::In(category) => it.shown_category() == *category,
        };
        filter.kind.as_ref().is_none_or(|kind| it.kind == *kind)
            && requesters.as_ref().is_none_or(|ids| it.requester.is_some_and(|own| ids.contains(&own)))
            && companies.as_ref().is_none_or(|ids| it.company.is_some_and(|own| ids.contains(&own)))
            && assignee.as_ref().is_none_or(|wanted| it.assignee == *wanted)
            && filter.team.as_ref().is_none_or(|team| it.team.as_ref() == Some(team))
            && filter.status.as_ref().is_none_or(status)
            && filter.segment.as_ref().is_none_or(|segment| it.segment.as_ref() == Some(segment))
            && filter.due_before.is_none_or(|before| it.due_at().is_some_and(|due| due < before))
            && filter.number.is_none_or(|number| it.number == number)
            && filter.external.as_ref().is_none_or(external)
            && words.as_ref().is_none_or(|wanted| wanted.matches(&words_of(&it.subject)))
    }

    /// The categories that a list by due time goes over.
    fn categories(&self) -> Vec<Category> {
        match self.filter.status {
            Some(Status::In(category)) => vec![category],
            Some(Status::Open) => Category::ALL.iter().copied().filter(|it| !it.ended()).collect(),
            None => Category::ALL.to_vec(),
        }
    }

    /// The one ticket that can be meant, where an index has it.
    fn one(&self) -> Option<Scan> {
        if let Some((system, id)) = &self.filter.external {
            return Some(Scan::index(TICKET_BY_EXTERNAL, vec![system.as_str().into(), id.as_str().into()]));
        }
        let number = i64::try_from(self.filter.number?).unwrap_or(i64::MAX);
        Some(Scan::index(TICKET_BY_NUMBER, vec![number.into()]))
    }

    /// The scans of a person's or a company's tickets, newest first.
    fn of_whom(&self) -> Option<Vec<Scan>> {
        if let Some(ids) = &self.requesters {
            return Some(
                ids.iter().map(|id| Scan::index(TICKET_BY_REQUESTER, vec![(*id).into()]).backward()).collect(),
            );
        }
        let ids = self.companies.as_ref()?;
        Some(ids.iter().map(|id| Scan::index(TICKET_BY_COMPANY, vec![(*id).into()]).backward()).collect())
    }

    /// The scans that together hold everything that is sought, each in the list's order.
    fn scans(&self, records: &dyn Records) -> Result<Vec<Scan>, Error> {
        match self.sort {
            Sort::Due => {
                let of = |index, name: &str| {
                    let scan = |it: Category| Scan::index(index, vec![name.into(), it.name().into()]);
                    self.categories().into_iter().map(scan).collect::<Vec<_>>()
                };
                if let Some(Some(assignee)) = &self.assignee {
                    return Ok(of(TICKET_BY_ASSIGNEE, assignee));
                }
                if let Some(team) = &self.filter.team {
                    return Ok(of(TICKET_BY_TEAM, team));
                }
                let segments = match &self.filter.segment {
                    Some(segment) => vec![segment.clone()],
                    None => segments(records)?,
                };
                Ok(segments.iter().flat_map(|segment| of(TICKET_BY_QUEUE, segment)).collect())
            }
            Sort::Score => {
                let rule = "name a kind too: the score orders the tickets of one kind";
                let kind = self.filter.kind.as_deref().ok_or_else(|| Error::invalid("/sort", rule))?;
                Ok(vec![Scan::index(TICKET_BY_KIND, vec![kind.into()])])
            }
            Sort::Newest | Sort::Oldest => {
                let scans = self.of_whom().unwrap_or_else(|| vec![Scan::table(Table::Ticket).backward()]);
                let turned = |it: Scan| {
                    if self.sort == Sort::Oldest { Scan { direction: Default::default(), ..it } } else { it }
                };
                Ok(scans.into_iter().map(turned).collect())
            }
        }
    }
}

/// The segments that tickets stand in, found by going from one to the next.
fn segments(records: &dyn Records) -> Result<Vec<String>, Error> {
    let mut found: Vec<String> = Vec::new();
    loop {
        let mut scan = Scan::index(TICKET_BY_QUEUE, Vec::new()).with_limit(1);
        if let Some(last) = found.last() {
            // Nothing stands between a text and itself with a zero.
            scan = scan.from(vec![format!("{last}\0").as_str().into()]);
        }
        let Some(ticket) = records.list::<Ticket>(&scan)?.records.pop() else { return Ok(found) };
        if found.len() == MOST_SEGMENTS {
            let rule = format!("name one: the tickets stand in more than {MOST_SEGMENTS} segments");
            return Err(Error::invalid("/segment", rule));
        }
        found.push(ticket.segment.unwrap_or_default());
    }
}

/// A customer's list goes over the customer's own tickets alone, so that neither a page nor the place where it ended
/// tells of another's.
fn own(records: &dyn Records, sought: &Sought, page: &PageRequest) -> Result<Page<Ticket>, Error> {
    let scans = sought.of_whom().unwrap_or_default();
    match sought.sort {
        Sort::Score => Err(Error::Forbidden("a customer may not ask how the desk judges tickets".to_owned())),
        Sort::Newest | Sort::Oldest => streams::merged(records, sought, sought.scans(records)?, page),
        Sort::Due => match streams::all(records, &scans)? {
            Some(all) => streams::gathered(sought, all, page),
            None => Err(Error::invalid("/sort", "these are too many for an order by due time")),
        },
    }
}

impl Desk {
    /// Tickets in the order of [`TicketFilter::order`]. A page may be shorter than its limit and still have a next one:
    /// how much one request reads is bounded.
    pub fn ticket_list(
        &self,
        by: &Principal,
        filter: &TicketFilter,
        page: &PageRequest,
    ) -> Result<Page<Ticket>, Error> {
        self.inner.authorise(by, Area::Work, Act::Read)?;
        let nothing = || Ok(Page { records: Vec::new(), next: None });
        let over = |text: &str, most: usize| text.chars().count() > most;
        let long = |text: &Option<String>, most: usize| text.as_ref().is_some_and(|it| over(it, most));
        // What is too long to be kept, no ticket has.
        if filter.external.as_ref().is_some_and(|(system, id)| !may_be_external(system, id))
            || long(&filter.kind, MOST_NAME_CHARS)
            || long(&filter.segment, MOST_NAME_CHARS)
            || long(&filter.team, MOST_WORKER_CHARS)
            || matches!(&filter.assignee, Some(Assigned::To(name)) if over(name, MOST_WORKER_CHARS))
        {
            return nothing();
        }
        self.known_kind(filter)?;
        let Some(sought) = self.sought(by, filter)? else { return nothing() };
        let records = self.inner.records.as_ref();
        if let Some(scan) = sought.one() {
            let mut found: Page<Ticket> = records.list(&scan.with_limit(1))?;
            found.records.retain(|it| sought.matches(it));
            return Ok(found);
        }
        if by.role == Role::Customer {
            return own(records, &sought, page);
        }
        if let Some(q) = sought.filter.q.as_deref() {
            let (hits, by_words) = search::hits(records, q)?;
            let sought = if by_words { sought } else { Sought { words: None, ..sought } };
            return streams::gathered(&sought, hits, page);
        }
        if sought.sort == Sort::Due
            && let Some(scans) = sought.of_whom()
            && let Some(all) = streams::all(records, &scans)?
        {
            return streams::gathered(&sought, all, page);
        }
        streams::merged(records, &sought, sought.scans(records)?, page)
    }

    /// A misspelt kind must not look like an empty list: where the desk defines its kinds it is one of them, or one that
    /// tickets still have, or the one that the product itself knows.
    fn known_kind(&self, filter: &TicketFilter) -> Result<(), Error> {
        let Some(kind) = filter.kind.as_deref().filter(|it| *it != KIND_LEAD) else { return Ok(()) };
        let mut checks = Checks::default();
        self.inner.setup.load_full().check_word(&mut checks, "/kind", DefinitionSort::Kind, Some(kind));
        if checks.is_empty() {
            return Ok(());
        }
        let scan = Scan::index(TICKET_BY_KIND, vec![kind.into()]).with_limit(1);
        let kept = !self.inner.records.list::<Ticket>(&scan)?.records.is_empty();
        if kept { Ok(()) } else { checks.done() }
    }

    /// The filter with everything looked up; none: nothing can match.
    fn sought(&self, by: &Principal, filter: &TicketFilter) -> Result<Option<Sought>, Error> {
        let records = self.inner.records.as_ref();
        let mut filter = filter.clone();
        if by.role == Role::Customer {
            let own = by.contact.ok_or_else(|| Error::Forbidden("this key stands for no contact".to_owned()))?;
            if let Some(other) = filter.requester
                && !cluster_of_contact(records, own)?.contains(&other)
            {
                return Ok(None);
            }
            // How the desk handles a matter is not for the customer to ask.
            let hidden = filter.assignee.is_some()
                || filter.team.is_some()
                || filter.segment.is_some()
                || filter.external.is_some();
            if hidden {
                return Err(Error::Forbidden("a customer may not ask how the desk handles tickets".to_owned()));
            }
            filter.requester = Some(own);
        }
        let assignee = match &filter.assignee {
            None => None,
            Some(Assigned::Nobody) => Some(None),
            Some(Assigned::To(name)) => Some(Some(name.clone())),
            Some(Assigned::Me) => match &by.agent {
                Some(name) => Some(Some(name.clone())),
                None => return Err(Error::invalid("/assignee", "this key stands for no agent; name one")),
            },
        };
        if filter.subtree && filter.company.is_none() {
            return Err(Error::invalid("/subtree", "name the company"));
        }
        let companies = match filter.company {
            Some(id) if filter.subtree => Some(subtree(records, id, plugdesk_domain::company::MOST_NODES)?.ids),
            Some(id) => Some(cluster_of_company(records, id)?),
            None => None,
        };
        let requesters = filter.requester.map(|id| cluster_of_contact(records, id)).transpose()?;
        let words = filter.q.as_deref().map(Wanted::of);
        let sort = match filter.order() {
            // The desk's own order is not a customer's.
            Sort::Score if by.role == Role::Customer && filter.sort.is_none() => Sort::Newest,
            sort => sort,
        };
        Ok(Some(Sought { filter, requesters, companies, assignee, words, sort }))
    }
}
