//! Sweeps: a calendar, a contract or a segment's targets changed, and every open ticket that goes by them is promised
//! anew, behind the answer.
//!
//! The change itself leaves a mark, so that no crash loses a sweep; each mark is worked off a slice at a time by
//! [`crate::Desk::wake_due`], and taken away at the end. After a restart a sweep begins again, which is harmless: what was
//! promised anew already stays as it is.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use plugdesk_domain::principal::Area;
use plugdesk_domain::record::Stored;
use plugdesk_domain::{
    COMPANY_BY_PARENT, Calendar, Category, Company, CompanyId, Cursor, Definition, DefinitionSort, Field, Instant,
    Record, RecordsExt, Scan, TICKET_BY_COMPANY, TICKET_BY_QUEUE, Table, Ticket, TicketId, Write,
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
/// A sweep that found the desk's queue full goes on after so long.
const BUSY_PAUSE_MS: i64 = 1_000;
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

/// Leaves the marks of a change that is no command: what a pack's set-up writes. Says whether it left any.
pub(crate) fn mark_writes(desk: &Inner, writes: &mut Vec<Write>) -> Result<bool, Error> {
    let mut marks = BTreeSet::new();
    for write in &*writes {
        marks.extend(cause_of(desk, write)?.map(|cause| cause.mark()));
    }
    let now = desk.now();
    for name in &marks {
        writes.push(match desk.records.find::<Cursor>(name.as_str())? {
            Some(mut cursor) => {
                cursor.sequence = cursor.sequence.saturating_add(1);
                cursor.touch(now);
                Write::Update(cursor.into_record())
            }
            None => {
                let name = name.clone();
                let made = Cursor { version: 1, created_at: now, updated_at: now, name, sequence: 1 };
                Write::Create(made.into_record())
            }
        });
    }
    Ok(!marks.is_empty())
}

/// What open tickets are to be promised anew because of, if that is written; what is new promises nobody anything yet
/// but the targets of a segment that tickets may have already.
fn cause_of(desk: &Inner, write: &Write) -> Result<Option<Cause>, Error> {
    Ok(match write {
        Write::Create(Record::Definition(it)) if it.sort == DefinitionSort::Segment => {
            (!it.targets.is_empty()).then(|| Cause::Segment(it.name.clone()))
        }
        Write::Update(Record::Definition(it)) if it.sort == DefinitionSort::Segment => {
            let before = desk.records.find::<Definition>(it.key())?;
            before.is_none_or(|before| before.targets != it.targets).then(|| Cause::Segment(it.name.clone()))
        }
        Write::Update(Record::Calendar(it)) => Some(Cause::Calendar(it.name.clone())),
        Write::Delete { table: Table::Calendar, key, .. } => {
            desk.records.find::<Calendar>(key.clone())?.map(|it| Cause::Calendar(it.name))
        }
        Write::Delete { table: Table::Definition, key, .. } => {
            let before = desk.records.find::<Definition>(key.clone())?;
            let segment = before.filter(|it| it.sort == DefinitionSort::Segment && !it.targets.is_empty());
            segment.map(|it| Cause::Segment(it.name))
        }
        Write::Create(_) | Write::Update(_) | Write::Delete { .. } => None,
    })
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
    /// What was found and is still to be promised anew.
    found: Vec<TicketId>,
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
        let slice = if sweep.found.is_empty() { sweep.slice(&self.inner) } else { Ok(()) };
        // There may be more marks; and should this slice fail, the mark is found again.
        alarm.sweeps.store(true, Ordering::Release);
        slice?;
        let (by, how) = (system(self.id()), by_itself(&self.inner, "sweep"));
        let (mut hearing, mut full) = (Vec::new(), false);
        while let Some(ticket) = sweep.found.pop() {
            match self.enqueue(&by, &how, Wake::promised(ticket, sweep.cause.word())) {
                Ok(hear) => hearing.push(hear),
                Err(Error::Busy(_)) => {
                    // The sweep keeps its place: on a busy desk it would begin again and again.
                    sweep.found.push(ticket);
                    full = true;
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        for hear in hearing {
            // A ticket that can't be promised anew keeps what it has; the next change of it asks again.
            drop(hear.await);
        }
        let pause = if full { BUSY_PAUSE_MS } else { 0 };
        if sweep.left.is_empty() && sweep.found.is_empty() {
            alarm.walking.store(None);
            self.submit(&by, &how, Done(sweep.mark)).await?;
        } else {
            *alarm.sweeping.lock().unwrap_or_else(PoisonError::into_inner) = Some(sweep);
        }
        Ok(Some(self.inner.now().plus_millis(pause)))
    }
}

/// The next sweep, by its mark.
fn begun(desk: &Inner) -> Result<Option<Sweep>, Error> {
    let scan = Scan::table(Table::Cursor).beginning(MARK).with_limit(1);
    let Some(mark) = desk.records.list::<Cursor>(&scan)?.records.pop() else {
        desk.alarm.walking.store(None);
        return Ok(None);
    };
    // The mark was stored with what it is about: what is read behind it is the new set-up, or a later one.
    desk.setup.reload(desk.records.as_ref())?;
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
    // Queues are in the order of categories and due times: a ticket that moves meanwhile asks by itself.
    let moves = !matches!(cause, Cause::Contract(_));
    desk.alarm.walking.store(moves.then(|| Arc::new(cause.word())));
    Ok(Some(Sweep { mark, cause, left, found: Vec::new(), nodes: 0, seen: BTreeSet::new() }))
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
    /// Finds the next tickets that are still open.
    fn slice(&mut self, desk: &Inner) -> Result<(), Error> {
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
                    self.found.extend(open.map(|it| it.id));
                    return Ok(());
                }
            }
        }
        Ok(())
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
