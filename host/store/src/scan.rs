//! Bounded reads: everything under a prefix, the domain's scans, events.

use std::ops::Bound;
use std::sync::atomic::{AtomicU64, Ordering};

use plugdesk_domain::{Direction, Event, Field, Key, Page, Scan, StoreError, Table};

use crate::engine::{Engine, Pair};
use crate::envelope;
use crate::group::event_number;
use crate::keyspace::{self, Kind, MOST_KEY_BYTES, SPACE_BYTES, Space};
use crate::prepare::read_record;
use crate::shared::Shared;
use crate::tuple;

/// A page ends early when its records reach so many bytes of JSON, so that a thousand of the largest do not fill the memory.
const MOST_PAGE_BYTES: usize = 8 << 20;
/// One read of events hands out at most so many; a reader comes again.
const MOST_EVENTS: usize = 10_000;
/// Whoever reads for long reads so many keys at a time and lets commits go on in between.
pub(crate) const STEP: usize = 64;

/// What scans read since the store was opened: that a list reads little is a promise, and a test counts.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    pub(crate) scans: AtomicU64,
    pub(crate) entries: AtomicU64,
    pub(crate) records: AtomicU64,
}

/// At most `limit` keys that begin with `prefix`, behind `after` in that direction.
pub(crate) fn under(
    engine: &dyn Engine,
    prefix: &[u8],
    after: Option<&[u8]>,
    limit: usize,
    direction: Direction,
) -> Result<Vec<Pair>, StoreError> {
    within(engine, prefix, None, after, limit, direction)
}

/// The same, from a place on: a scan forward begins there, one backward begins with the last key that begins so.
fn within(
    engine: &dyn Engine,
    prefix: &[u8],
    begin: Option<&[u8]>,
    after: Option<&[u8]>,
    limit: usize,
    direction: Direction,
) -> Result<Vec<Pair>, StoreError> {
    let end = keyspace::behind(prefix);
    let mut from = Bound::Included(prefix);
    let mut to = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let behind = begin.and_then(keyspace::behind);
    match (begin, direction) {
        (Some(begin), Direction::Forward) if begin > prefix => from = Bound::Included(begin),
        (Some(_), Direction::Backward) => {
            if let Some(behind) = behind.as_deref()
                && end.as_deref().is_none_or(|end| behind < end)
            {
                to = Bound::Excluded(behind);
            }
        }
        _ => {}
    }
    let beyond = |bound: Bound<&[u8]>, after: &[u8]| match bound {
        Bound::Included(at) | Bound::Excluded(at) => match direction {
            Direction::Forward => after < at,
            Direction::Backward => after > at,
        },
        Bound::Unbounded => false,
    };
    match (after, direction) {
        (Some(after), Direction::Forward) if !beyond(from, after) => from = Bound::Excluded(after),
        (Some(after), Direction::Backward) if !beyond(to, after) => to = Bound::Excluded(after),
        _ => {}
    }
    // What begins behind its own end holds nothing; not every engine takes such a range.
    if let (Bound::Included(low) | Bound::Excluded(low), Bound::Excluded(high)) = (from, to)
        && low >= high
    {
        return Ok(Vec::new());
    }
    engine.scan((from, to), limit, direction)
}

/// A page as it is stored: each record's key and value.
#[derive(Default)]
pub(crate) struct Stored {
    found: Vec<Pair>,
    next: Option<Vec<u8>>,
}

impl Stored {
    /// The records of it. Done behind the lock: it takes far longer than reading the bytes.
    pub(crate) fn read(self, table: Table) -> Result<Page, StoreError> {
        let records = self.found.iter().map(|(key, stored)| read_record(table, key, stored));
        Ok(Page { records: records.collect::<Result<_, _>>()?, next: self.next })
    }
}

/// What of the store a scan reads: the keys that begin so, from there on, behind that one, so many.
struct Wanted {
    prefix: Vec<u8>,
    begin: Option<Vec<u8>>,
    after: Option<Vec<u8>>,
    limit: usize,
}

impl Wanted {
    /// None: no key can begin so.
    fn of(space: Space, scan: &Scan) -> Result<Option<Self>, StoreError> {
        if scan.index.is_some_and(|index| index.table != scan.table) {
            return Err(StoreError::Io(format!("an index of another table was asked for {}s", scan.table.name())));
        }
        let prefix = match scan.index {
            Some(index) => space.index(index, &scan.prefix),
            None => space.table(scan.table, &scan.prefix),
        };
        let Some(mut prefix) = prefix else { return Ok(None) };
        if let Some(begins) = &scan.begins {
            tuple::put_beginning(&mut prefix, begins);
        }
        if prefix.len() > MOST_KEY_BYTES {
            return Ok(None);
        }
        let begin = scan.from.as_deref().map(|fields| place(space, scan, fields));
        let after = scan.after.as_deref().map(|place| locate(space, &prefix, place)).transpose()?;
        Ok(Some(Self { prefix, begin, after, limit: scan.limit.clamp(1, Scan::MOST) }))
    }
}

/// The keys of the records that an index lists, as they stand while commits go on.
pub(crate) fn keys(engine: &dyn Engine, space: Space, scan: &Scan, reads: &Reads) -> Result<Vec<Key>, StoreError> {
    let Some(Wanted { prefix, begin, after, limit }) = Wanted::of(space, scan)?.filter(|_| scan.index.is_some()) else {
        return Ok(Vec::new());
    };
    reads.scans.fetch_add(1, Ordering::Relaxed);
    let found = within(engine, &prefix, begin.as_deref(), after.as_deref(), limit, scan.direction)?;
    reads.entries.fetch_add(found.len() as u64, Ordering::Relaxed);
    let key = |(entry, key): &Pair| {
        let damaged = || {
            let place = envelope::hex(entry);
            StoreError::Damaged(format!("an index entry at {place} holds no key; `plugdesk verify` lists all"))
        };
        tuple::read(key).map(Key).ok_or_else(damaged)
    };
    found.iter().map(key).collect()
}

/// A page of a desk's records. The caller holds the lock that keeps a commit from falling in between.
pub(crate) fn page(engine: &dyn Engine, space: Space, scan: &Scan, reads: &Reads) -> Result<Stored, StoreError> {
    let Some(Wanted { prefix, begin, mut after, limit }) = Wanted::of(space, scan)? else {
        return Ok(Stored::default());
    };
    reads.scans.fetch_add(1, Ordering::Relaxed);
    let mut page = Stored::default();
    let mut bytes = 0;
    // Values are read in small steps, so that the page's byte limit is also the memory's.
    loop {
        let step = STEP.min(limit - page.found.len() + 1);
        let found = within(engine, &prefix, begin.as_deref(), after.as_deref(), step, scan.direction)?;
        reads.entries.fetch_add(found.len() as u64, Ordering::Relaxed);
        let last = found.len() < step;
        for (key, value) in found {
            if page.found.len() == limit || bytes > MOST_PAGE_BYTES {
                page.next = after.map(|key: Vec<u8>| key.get(SPACE_BYTES..).unwrap_or_default().to_vec());
                return Ok(page);
            }
            after = Some(key.clone());
            let (key, stored) = match scan.index {
                Some(_) => indexed(engine, space, scan, &key, &value)?,
                None => (key, value),
            };
            bytes += envelope::json_bytes(&stored);
            reads.records.fetch_add(1, Ordering::Relaxed);
            page.found.push((key, stored));
        }
        if last {
            return Ok(page);
        }
    }
}

/// Where these fields stand, or would stand, in the order of the scan.
fn place(space: Space, scan: &Scan, fields: &[Field]) -> Vec<u8> {
    let whole = match scan.index {
        Some(index) => space.index(index, &[]),
        None => space.table(scan.table, &[]),
    };
    let mut bytes = whole.unwrap_or_default();
    tuple::put_place(&mut bytes, fields);
    bytes
}

/// The record that an index entry names, as it is stored.
fn indexed(
    engine: &dyn Engine,
    space: Space,
    scan: &Scan,
    entry: &[u8],
    record_key: &[u8],
) -> Result<Pair, StoreError> {
    let key = space.record_at(scan.table, record_key);
    let stored = engine.get(&key)?.ok_or_else(|| {
        let place = envelope::hex(entry);
        StoreError::Damaged(format!("an index entry at {place} names no record; `plugdesk verify` lists all"))
    })?;
    Ok((key, stored))
}

/// The key that a stranger's cursor names. It must lie within what was asked for.
fn locate(space: Space, prefix: &[u8], place: &[u8]) -> Result<Vec<u8>, StoreError> {
    let mut key = space.0.to_vec();
    key.extend_from_slice(place);
    // With an index's record key behind it a key may be longer than what is asked for.
    if key.len() <= 2 * MOST_KEY_BYTES && key.starts_with(prefix) { Ok(key) } else { Err(StoreError::Cursor) }
}

/// At most `limit` events behind `after`. What was told never changes, so they are read in steps and commits go on.
pub(crate) fn events(shared: &Shared, space: Space, after: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
    let limit = limit.min(MOST_EVENTS);
    let prefix = space.prefix(Kind::Events);
    let mut events: Vec<Event> = Vec::new();
    let mut place = space.events(after);
    while events.len() < limit {
        let found = shared.read(|engine| under(engine, &prefix, Some(&place), STEP, Direction::Forward))?;
        let last = found.len() < STEP;
        for (key, stored) in found {
            let told = shared.noted(read_events(&key, &stored))?;
            events.extend(told.into_iter().filter(|event| event.sequence > after));
            place = key;
        }
        if last {
            break;
        }
    }
    events.truncate(limit);
    Ok(events)
}

/// The events that one change told.
pub(crate) fn read_events(key: &[u8], stored: &[u8]) -> Result<Vec<Event>, StoreError> {
    let damaged = |what: String| StoreError::Damaged(format!("the events at {}: {what}", envelope::hex(key)));
    let (_, json) = envelope::open(key, stored)?;
    let events: Vec<Event> = serde_json::from_slice(&json).map_err(|error| damaged(error.to_string()))?;
    let last = events.last().map(|event| event.sequence);
    if last.is_none() || last != event_number(key) {
        return Err(damaged("they stand under another number than their last one's".to_owned()));
    }
    Ok(events)
}

/// A record's key in words, for `verify`.
pub(crate) fn readable(key: &[u8]) -> String {
    let table = keyspace::table(key).map_or("record", |table| table.name());
    let fields: Vec<Field> = tuple::read(keyspace::record_key(key)).unwrap_or_default();
    format!("{table} {}", tuple::readable(&fields))
}
