//! A page out of several scans that are each in the list's order, and out of tickets that were gathered. Where a page
//! ended is told by the last ticket's place in the order, so that it holds over all scans at once.

use std::collections::VecDeque;

use plugdesk_domain::{Field, Instant, Page, Records, RecordsExt, Scan, Ticket};
use uuid::Uuid;

use super::{Sort, Sought};
use crate::error::Error;
use crate::view::PageRequest;

/// A page looks at so many times as many tickets as it may show: then it is given back short, with where to go on, so
/// that a filter that matches nothing can't read a whole desk in one request.
const MOST_ROUNDS: usize = 10;
/// So many tickets of a person, a company or a search are put in order in memory; of more, the desk's queue is read.
pub(super) const MOST_GATHERED: usize = 500;
/// What a place in a list begins with, so that it is told from the store's own.
const MARK: u8 = 0xc2;

/// A ticket's place in the list's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place(i64, Uuid);

impl Place {
    fn of(sort: Sort, it: &Ticket) -> Self {
        let id = it.id.uuid();
        match sort {
            Sort::Due => Self(it.queue_place(), id),
            Sort::Score => Self(10_000 - it.qualified.as_ref().map_or(0, |it| i64::from(it.score)), id),
            Sort::Newest | Sort::Oldest => Self(0, id),
        }
    }

    fn comes_before(self, sort: Sort, other: Self) -> bool {
        if sort == Sort::Newest { self > other } else { self < other }
    }

    fn write(self, sort: Sort) -> Vec<u8> {
        let mut bytes = vec![MARK, sort as u8];
        bytes.extend_from_slice(&self.0.to_be_bytes());
        bytes.extend_from_slice(self.1.as_bytes());
        bytes
    }

    fn read(sort: Sort, bytes: &[u8]) -> Result<Self, Error> {
        let [MARK, code, rest @ ..] = bytes else { return Err(Error::Cursor) };
        let (key, id) = rest.split_first_chunk::<8>().ok_or(Error::Cursor)?;
        let id = Uuid::from_slice(id).map_err(|_| Error::Cursor)?;
        if *code == sort as u8 { Ok(Self(i64::from_be_bytes(*key), id)) } else { Err(Error::Cursor) }
    }

    /// Where a scan of this order goes on.
    fn within(self, sort: Sort, scan: &Scan) -> Vec<Field> {
        let mut fields = scan.prefix.clone();
        if matches!(sort, Sort::Due | Sort::Score) {
            fields.push(self.0.into());
        }
        fields.push(Field::Id(self.1));
        fields
    }
}

/// One scan, as far as it was read.
struct Stream {
    scan: Scan,
    read: VecDeque<Ticket>,
    next: Option<Vec<u8>>,
    begun: bool,
    batch: usize,
}

impl Stream {
    fn head(&mut self, records: &dyn Records, most: usize) -> Result<Option<&Ticket>, Error> {
        if self.read.is_empty() && (!self.begun || self.next.is_some()) {
            let scan = self.scan.clone().with_limit(self.batch.clamp(1, most)).with_after(self.next.take());
            let page: Page<Ticket> = records.list(&scan)?;
            self.begun = true;
            self.batch = self.batch.saturating_mul(2);
            self.read = page.records.into();
            self.next = page.next;
        }
        Ok(self.read.front())
    }
}

/// A page over scans that are each in the list's order.
pub(super) fn merged(
    records: &dyn Records,
    sought: &Sought,
    scans: Vec<Scan>,
    page: &PageRequest,
) -> Result<Page<Ticket>, Error> {
    let (sort, limit) = (sought.sort, page.limit());
    let behind = page.after.as_deref().map(|bytes| Place::read(sort, bytes)).transpose()?;
    // Together they read about what a page shows, however many they are.
    let batch = limit / scans.len().max(1) + 1;
    let stream = |scan: Scan| {
        let from = behind.map(|place| place.within(sort, &scan));
        Stream { scan: Scan { from, ..scan }, read: VecDeque::new(), next: None, begun: false, batch }
    };
    let mut streams: Vec<Stream> = scans.into_iter().map(stream).collect();
    let mut found = Vec::new();
    let (mut last, mut looked) = (None, 0);
    loop {
        let mut best: Option<(Place, usize)> = None;
        for (number, stream) in streams.iter_mut().enumerate() {
            let Some(head) = stream.head(records, limit + 1)? else { continue };
            let place = Place::of(sort, head);
            if best.is_none_or(|(other, _)| place.comes_before(sort, other)) {
                best = Some((place, number));
            }
        }
        let Some((place, number)) = best else { return Ok(Page { records: found, next: None }) };
        let over = sought.filter.due_before.filter(|_| sort == Sort::Due).map_or(i64::MAX, Instant::millis);
        if sort == Sort::Due && place.0 >= over && over < i64::MAX {
            return Ok(Page { records: found, next: None });
        }
        if found.len() == limit || looked == limit * MOST_ROUNDS {
            return Ok(Page { records: found, next: last.map(|it: Place| it.write(sort)) });
        }
        let ticket = streams.get_mut(number).and_then(|it| it.read.pop_front());
        // The last one of the page before stands there again, and a ticket may stand in two scans.
        if let Some(ticket) = ticket.filter(|_| behind != Some(place) && last != Some(place)) {
            looked += 1;
            last = Some(place);
            found.extend(Some(ticket).filter(|it| sought.matches(it)));
        }
    }
}

/// Every ticket of those scans; none: they are too many to be put in order in memory.
pub(super) fn all(records: &dyn Records, scans: &[Scan]) -> Result<Option<Vec<Ticket>>, Error> {
    let mut found: Vec<Ticket> = Vec::new();
    for scan in scans {
        let room = MOST_GATHERED - found.len();
        let page: Page<Ticket> = records.list(&scan.clone().with_limit(room.max(1)))?;
        if page.next.is_some() || page.records.len() > room {
            return Ok(None);
        }
        found.extend(page.records);
    }
    Ok(Some(found))
}

/// A page out of tickets in any order.
pub(super) fn gathered(sought: &Sought, tickets: Vec<Ticket>, page: &PageRequest) -> Result<Page<Ticket>, Error> {
    let (sort, limit) = (sought.sort, page.limit());
    let behind = page.after.as_deref().map(|bytes| Place::read(sort, bytes)).transpose()?;
    let mut found: Vec<(Place, Ticket)> =
        tickets.into_iter().filter(|it| sought.matches(it)).map(|it| (Place::of(sort, &it), it)).collect();
    found.retain(|(place, _)| behind.is_none_or(|behind| behind.comes_before(sort, *place)));
    found.sort_by_key(|(place, _)| *place);
    if sort == Sort::Newest {
        found.reverse();
    }
    found.dedup_by_key(|(place, _)| *place);
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(place, _)| place.write(sort));
    Ok(Page { records: found.into_iter().map(|(_, ticket)| ticket).collect(), next })
}
