//! Sweeps: a calendar, a contract or a segment's targets changed, and every open ticket that goes by them is promised
//! anew, behind the answer.
//!
//! The change itself leaves a mark, so that no crash loses a sweep; each mark is worked off a slice at a time by
//! [`crate::Desk::wake_due`], and taken away at the end. After a restart a sweep begins again, which is harmless: what was
//! promised anew already stays as it is.

use std::collections::BTreeSet;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use plugdesk_domain::principal::Area;
use plugdesk_domain::{
    COMPANY_BY_PARENT, Category, Company, CompanyId, Cursor, Field, Instant, RecordsExt, Scan, TICKET_BY_COMPANY,
    TICKET_BY_QUEUE, Table, Ticket,
};

use super::{by_itself, system};
use crate::command::ticket::wake::Wake;
use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::path::Command;
use crate::resolve::cluster_of_company;

/// What marks begin with; a mark is a follower's cursor whose place counts how often it was set.
const MARK: &str = "sweep/";
/// A slice promises at most so many tickets anew, so that timers in between stay within their second.
const SLICE: usize = 64;
/// A tree below a contract's company is walked so far: beyond that only what was found is swept.
const MOST_NODES: usize = 100_000;
/// A desk has at most so many segments that are swept for a calendar.
const MOST_SEGMENTS: usize = 1_000;
const OPEN: [Category; 5] =
    [Category::New, Category::Open, Category::WaitingCustomer, Category::WaitingThirdParty, Category::OnHold];

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cause {
    Calendar(String),
    Contract(CompanyId),
    Segment(String),
}

impl Cause {
    fn mark(&self) -> String {
        match self {
            Self::Calendar(name) => format!("{MARK}calendar/{name}"),
            Self::Contract(company) => format!("{MARK}contract/{company}"),
            Self::Segment(name) => format!("{MARK}segment/{name}"),
        }
    }

    fn of_mark(mark: &str) -> Option<Self> {
        let (sort, name) = mark.strip_prefix(MARK)?.split_once('/')?;
        match sort {
            "calendar" => Some(Self::Calendar(name.to_owned())),
            "contract" => name.parse().ok().map(Self::Contract),
            "segment" => Some(Self::Segment(name.to_owned())),
            _ => None,
        }
    }

    /// Why `promise` is asked.
    fn word(&self) -> &'static str {
        match self {
            Self::Calendar(_) => "calendar",
            Self::Contract(_) => "contract",
            Self::Segment(_) => "segment",
        }
    }
}

/// Whether a cursor of that name is a mark.
pub(super) fn is_mark(name: &str) -> bool {
    name.starts_with(MARK)
}

/// Leaves a mark with the command that changes it.
pub(crate) fn mark(draft: &mut Draft<'_>, cause: &Cause) -> Result<(), Error> {
    let name = cause.mark();
    match draft.find::<Cursor>(name.as_str())? {
        Some(mut cursor) => {
            cursor.sequence = cursor.sequence.saturating_add(1);
            draft.change(cursor);
        }
        None => draft.create(Cursor { version: 1, created_at: draft.now, updated_at: draft.now, name, sequence: 1 }),
    }
    Ok(())
}

/// A sweep on its way.
pub(crate) struct Sweep {
    mark: Cursor,
    cause: Cause,
    /// What is still to be looked through.
    left: Vec<Part>,
    nodes: usize,
    /// The companies that were walked, at most [`MOST_NODES`].
    seen: BTreeSet<CompanyId>,
}

enum Part {
    /// The tickets of a scan, from a place on.
    Tickets(Scan),
    /// A company, its tickets and everything below it.
    Company(CompanyId),
}

impl Desk {
    /// Goes on with the sweep that is on its way, or begins the next. Gives back when to go on; none: there is none.
    pub(super) async fn sweep_on(&self) -> Result<Option<Instant>, Error> {
        let alarm = &self.inner.alarm;
        let held = alarm.sweeping.lock().unwrap_or_else(PoisonError::into_inner).take();
        let sweep = match held {
            Some(sweep) => Some(sweep),
            None if !alarm.sweeps.swap(false, Ordering::AcqRel) => None,
            None => begun(&self.inner).inspect_err(|_| alarm.sweeps.store(true, Ordering::Release))?,
        };
        let Some(mut sweep) = sweep else { return Ok(None) };
        let found = sweep.slice(&self.inner);
        // There may be more marks; and should this slice fail, the mark is found again.
        alarm.sweeps.store(true, Ordering::Release);
        let (by, how) = (system(self.id()), by_itself());
        let mut hearing = Vec::new();
        for ticket in found? {
            hearing.push(self.enqueue(&by, &how, Wake::promised(ticket, sweep.cause.word()))?);
        }
        for hear in hearing {
            // A ticket that can't be promised anew keeps what it has; the next change of it asks again.
            drop(hear.await);
        }
        if sweep.left.is_empty() {
            self.submit(&by, &how, Done(sweep.mark)).await?;
        } else {
            *alarm.sweeping.lock().unwrap_or_else(PoisonError::into_inner) = Some(sweep);
        }
        Ok(Some(self.inner.now()))
    }
}

/// The next sweep, by its mark.
fn begun(desk: &Inner) -> Result<Option<Sweep>, Error> {
    let scan = Scan::table(Table::Cursor).beginning(MARK).with_limit(1);
    let Some(mark) = desk.records.list::<Cursor>(&scan)?.records.pop() else { return Ok(None) };
    let cause = Cause::of_mark(&mark.name).ok_or_else(|| Error::Damaged(format!("`{}` is no sweep", mark.name)))?;
    let queue = |segment: &str| {
        let segment = segment.to_owned();
        OPEN.map(|it| Part::Tickets(Scan::index(TICKET_BY_QUEUE, vec![segment.as_str().into(), it.name().into()])))
    };
    let left = match &cause {
        Cause::Contract(company) => vec![Part::Company(*company)],
        Cause::Segment(name) => queue(name).into_iter().collect(),
        Cause::Calendar(_) => segments(desk)?.iter().flat_map(|it| queue(it)).collect(),
    };
    Ok(Some(Sweep { mark, cause, left, nodes: 0, seen: BTreeSet::new() }))
}

/// The segments that tickets have, each found by one look behind the one before.
fn segments(desk: &Inner) -> Result<Vec<String>, Error> {
    let mut found: Vec<String> = Vec::new();
    let mut from = vec![Field::Text(String::new())];
    while found.len() < MOST_SEGMENTS {
        let scan = Scan::index(TICKET_BY_QUEUE, Vec::new()).from(from).with_limit(1);
        let Some(ticket) = desk.records.list::<Ticket>(&scan)?.records.pop() else { break };
        let segment = ticket.segment.unwrap_or_default();
        // Categories are words of letters; `~` stands behind them all.
        from = vec![segment.as_str().into(), "~".into()];
        found.push(segment);
    }
    Ok(found)
}

impl Sweep {
    /// The next tickets that are still open.
    fn slice(&mut self, desk: &Inner) -> Result<Vec<plugdesk_domain::TicketId>, Error> {
        let mut found = Vec::new();
        while let Some(part) = self.left.pop() {
            match part {
                Part::Company(id) => {
                    // A node goes by the contracts of all that it is made of, and leads its tickets by all of them.
                    for part in cluster_of_company(desk.records.as_ref(), id)? {
                        if self.seen.insert(part) {
                            self.below(desk, part)?;
                            self.left.push(Part::Tickets(Scan::index(TICKET_BY_COMPANY, vec![part.into()])));
                        }
                    }
                }
                Part::Tickets(scan) => {
                    let page = desk.records.list::<Ticket>(&scan.clone().with_limit(SLICE))?;
                    if page.next.is_some() {
                        self.left.push(Part::Tickets(scan.with_after(page.next)));
                    }
                    let open = page.records.iter().filter(|it| !it.category.ended() && it.merged_into.is_none());
                    found.extend(open.map(|it| it.id));
                    return Ok(found);
                }
            }
        }
        Ok(found)
    }

    /// Puts the nodes right below a company aside for later.
    fn below(&mut self, desk: &Inner, id: CompanyId) -> Result<(), Error> {
        let mut after = None;
        while self.nodes < MOST_NODES {
            let scan = Scan::index(COMPANY_BY_PARENT, vec![id.into()]).with_limit(Scan::MOST).with_after(after);
            let page = desk.records.list::<Company>(&scan)?;
            self.nodes += page.records.len();
            self.left.extend(page.records.iter().map(|it| Part::Company(it.id)));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(())
    }
}

/// Takes a mark away, unless it was set again meanwhile.
struct Done(Cursor);

impl Command for Done {
    type Value = ();
    const NAME: &'static str = "sweep.done";
    const STATUS: u16 = 200;
    const AREA: Area = Area::Access;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        let found: Option<Cursor> = draft.find(self.0.name.as_str())?;
        if let Some(mark) = found.filter(|it| it.version == self.0.version) {
            draft.delete(&mark);
        }
        Ok(())
    }

    fn again(&self, _: &Inner, _: &str) -> Result<(), Error> {
        Ok(())
    }
}
