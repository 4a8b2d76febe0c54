//! A page over several scans at once, in the order of the records' ids: the tickets of all nodes of a company, the entries
//! of all tickets of a matter. Each scan is read a little at a time, so that a page costs about what it shows.

use plugdesk_domain::record::Stored;
use plugdesk_domain::{Direction, Field, Page, Records, RecordsExt, Scan};
use uuid::Uuid;

use crate::error::Error;
use crate::view::PageRequest;

/// One of the scans, as far as it was read.
struct Source<R> {
    scan: Scan,
    read: std::vec::IntoIter<R>,
    head: Option<R>,
    next: Option<Vec<u8>>,
    begun: bool,
    batch: usize,
}

impl<R: Stored> Source<R> {
    fn fill(&mut self, records: &dyn Records, most: usize) -> Result<(), Error> {
        if self.head.is_none() {
            self.head = self.read.next();
        }
        while self.head.is_none() && (!self.begun || self.next.is_some()) {
            let scan = self.scan.clone().with_limit(self.batch.min(most)).with_after(self.next.take());
            let page: Page<R> = records.list(&scan)?;
            (self.begun, self.batch) = (true, self.batch * 2);
            (self.read, self.next) = (page.records.into_iter(), page.next);
            self.head = self.read.next();
        }
        Ok(())
    }
}

/// A page over scans of one direction, each in the order of `id`: oldest first, or, backward, newest first. The place is
/// the id of the last record, however many scans there are: a merge between two pages makes two of one.
pub(crate) fn several<R: Stored>(
    records: &dyn Records,
    scans: Vec<Scan>,
    page: &PageRequest,
    id: impl Fn(&R) -> Uuid,
) -> Result<Page<R>, Error> {
    let limit = page.limit();
    // At first of each its share of the page; twice as many each time that they were not enough.
    let share = limit / scans.len().max(1) + 1;
    let behind = page.after.as_deref().map(place).transpose()?;
    let backward = scans.first().is_some_and(|it| it.direction == Direction::Backward);
    let source = |scan: Scan| {
        let from = behind.map(|id| {
            let mut fields = scan.prefix.clone();
            fields.push(Field::Id(id));
            fields
        });
        let scan = Scan { from, ..scan };
        Source { scan, read: Vec::new().into_iter(), head: None, next: None, begun: false, batch: share }
    };
    let mut sources: Vec<Source<R>> = scans.into_iter().map(source).collect();
    let mut found: Vec<R> = Vec::new();
    loop {
        let mut best: Option<(Uuid, usize)> = None;
        for (place, source) in sources.iter_mut().enumerate() {
            source.fill(records, limit + 1)?;
            // The place itself was shown already.
            while source.head.as_ref().is_some_and(|it| behind == Some(id(it))) {
                source.head = None;
                source.fill(records, limit + 1)?;
            }
            let Some(own) = source.head.as_ref().map(&id) else { continue };
            let before = |other: Uuid| if backward { own > other } else { own < other };
            if best.is_none_or(|(other, _)| before(other)) {
                best = Some((own, place));
            }
        }
        let Some(source) = best.and_then(|(_, place)| sources.get_mut(place)) else { break };
        if found.len() == limit {
            let next = found.last().map(|it| shown(id(it)));
            return Ok(Page { records: found, next });
        }
        // The same record may stand in two scans, as a ticket in two lists.
        if let Some(record) = source.head.take()
            && found.last().is_none_or(|last| id(last) != id(&record))
        {
            found.push(record);
        }
    }
    Ok(Page { records: found, next: None })
}

/// A place in such a page: a mark, so that it is told from the store's own, and the id.
const MARK: u8 = 0xc1;

fn shown(id: Uuid) -> Vec<u8> {
    let mut place = vec![MARK];
    place.extend_from_slice(id.as_bytes());
    place
}

fn place(bytes: &[u8]) -> Result<Uuid, Error> {
    match bytes {
        [MARK, id @ ..] => Uuid::from_slice(id).map_err(|_| Error::Cursor),
        _ => Err(Error::Cursor),
    }
}
