//! Reading an export into a desk that holds nothing yet: all of it or nothing.
//!
//! The lines go into a space of their own, in as many commits as they need; then one commit lets that space take the
//! desk's place. A crash before it leaves a space that nobody reads and that the next opening removes.

use std::io::{BufRead, BufReader, Read};

use plugdesk_domain::{Blobs, DeskId, Digest, Direction, Event, ROOT_DESK, Record, StoreError, Table};
use serde_json::Value;

use crate::envelope;
use crate::export::{Counts, FORMAT, Line};
use crate::keyspace::{self, Space, key_bytes};
use crate::operation::Operation;
use crate::pieces::Pieces;
use crate::prepare::{Expect, Prepared, PreparedWrite, Waiting, new_value};
use crate::shared::Shared;
use crate::{quiet, scan, tuple};

/// The note that a space stands for a desk.
pub(crate) const PLACE: &str = "place/";
/// The note that a space is being filled.
const STAGED: &str = "staged/";
/// A line is at most so long: a piece of a file in hexadecimal digits, or a change's worth of events.
const MOST_LINE_BYTES: u64 = 2 << 20;
/// A commit of an import holds at most so many lines, so that others' changes get their turn in between.
const LINES_PER_COMMIT: usize = 100;
const BYTES_PER_COMMIT: usize = 512 << 10;

fn staged_key(space: Space) -> Vec<u8> {
    let mut key = keyspace::meta(STAGED);
    key.extend_from_slice(&space.0);
    key
}

fn place_key(desk: DeskId) -> Vec<u8> {
    let mut key = keyspace::meta(PLACE);
    key.extend_from_slice(desk.uuid().as_bytes());
    key
}

fn root() -> Space {
    Space::of(ROOT_DESK)
}

/// Reads the lines into the desk. Returns the number of records and events.
pub(crate) fn import(shared: &Shared, blobs: &dyn Blobs, desk: DeskId, from: &mut dyn Read) -> Result<u64, StoreError> {
    let place = shared.space(desk);
    if !shared.read(|engine| scan::under(engine, &place.0, None, 1, Direction::Forward))?.is_empty() {
        return Err(StoreError::Exists { table: Table::Desk, key: format!("{desk} with something in it") });
    }
    // Each attempt writes at least its note, so no two have the same number.
    let space = Space::staged(desk, shared.applied());
    let note = envelope::seal(&staged_key(space), 0, b"");
    shared.submit_wait(Prepared::raw(root(), vec![Operation::put(staged_key(space), note)]))?;
    let mut reader = Reading::new(shared, blobs, space);
    let read = reader.read(from).and_then(|()| take_place(shared, desk, place, space));
    match read {
        Ok(()) => {
            if reader.counts.events > 0 {
                shared.wake(desk, reader.counts.events);
            }
            Ok(reader.counts.records + reader.counts.events)
        }
        Err(error) => {
            // Should this fail too, the next opening does it.
            drop(remove(shared, space));
            Err(error)
        }
    }
}

/// One commit: the space stands for the desk, if that is still empty.
fn take_place(shared: &Shared, desk: DeskId, place: Space, space: Space) -> Result<(), StoreError> {
    let key = place_key(desk);
    let stands = envelope::seal(&key, 0, &space.0);
    let mut prepared = Prepared::raw(root(), vec![Operation::put(key, stands), Operation::remove(staged_key(space))]);
    prepared.empty = Some(place);
    let (tell, hear) = std::sync::mpsc::sync_channel(1);
    shared.submit(Waiting {
        prepared,
        desk: None,
        then: Some(Box::new(move |shared| shared.set_space(desk, space))),
        done: Box::new(move |answer| drop(tell.send(answer))),
    });
    hear.recv().unwrap_or_else(|_| Err(StoreError::Unknown("the committer ended".to_owned()))).map(drop)
}

/// Removes what an import left unfinished.
pub(crate) fn remove_unfinished(shared: &Shared) -> Result<(), StoreError> {
    let prefix = keyspace::meta(STAGED);
    let notes = shared.read(|engine| scan::under(engine, &prefix, None, usize::MAX, Direction::Forward))?;
    for (key, _) in notes {
        if let Some(space) = key.get(prefix.len()..).and_then(Space::from_key) {
            remove(shared, space)?;
        }
    }
    Ok(())
}

/// Whether a space is being filled, or was left so.
pub(crate) fn is_unfinished(shared: &Shared, space: Space) -> Result<bool, StoreError> {
    shared.read(|engine| Ok(engine.get(&staged_key(space))?.is_some()))
}

fn remove(shared: &Shared, space: Space) -> Result<(), StoreError> {
    loop {
        let found = shared.read(|engine| scan::under(engine, &space.0, None, 512, Direction::Forward))?;
        if found.is_empty() {
            break;
        }
        let operations = found.into_iter().map(|(key, _)| Operation::remove(key)).collect();
        shared.submit_wait(Prepared::raw(root(), operations))?;
    }
    shared.submit_wait(Prepared::raw(root(), vec![Operation::remove(staged_key(space))])).map(drop)
}

/// An import under way.
struct Reading<'a> {
    shared: &'a Shared,
    blobs: &'a dyn Blobs,
    space: Space,
    counts: Counts,
    batch: Prepared,
    lines: usize,
    pieces: Pieces,
}

impl<'a> Reading<'a> {
    fn new(shared: &'a Shared, blobs: &'a dyn Blobs, space: Space) -> Self {
        let batch = Prepared::raw(space, Vec::new());
        Self { shared, blobs, space, counts: Counts::default(), batch, lines: 0, pieces: Pieces::default() }
    }

    fn read(&mut self, from: &mut dyn Read) -> Result<(), StoreError> {
        let mut from = BufReader::new(from);
        let mut number = 0u64;
        loop {
            number += 1;
            let wrong = |what: &str| StoreError::Import(format!("line {number} of the import: {what}"));
            let mut line = Vec::new();
            let read = (&mut from).take(MOST_LINE_BYTES).read_until(b'\n', &mut line);
            read.map_err(|error| wrong(&error.to_string()))?;
            if line.is_empty() {
                return Err(wrong("it ends without its last line, so something is missing"));
            }
            if line.len() as u64 == MOST_LINE_BYTES {
                return Err(wrong("it is longer than any that an export writes"));
            }
            let line: Line = serde_json::from_slice(&line).map_err(|_| wrong("it is no line of an export"))?;
            match (number, line) {
                (1, Line::Head { plugdesk, format: FORMAT, .. }) if plugdesk == "export" => {}
                (1, Line::Head { .. }) => return Err(wrong("the export's format is not one this program reads")),
                (1, _) => return Err(wrong("an export begins with another line")),
                (_, Line::End { end }) if end == self.counts && self.pieces.open().is_none() => return self.flush(),
                (_, Line::End { .. }) => return Err(wrong("something that the export counted is missing")),
                (_, line) => self.line(line).map_err(|error| match error {
                    StoreError::Import(what) => wrong(&what),
                    other => other,
                })?,
            }
        }
    }

    fn line(&mut self, line: Line) -> Result<(), StoreError> {
        match line {
            Line::Head { .. } | Line::End { .. } => {
                return Err(StoreError::Import("it stands at the wrong place".to_owned()));
            }
            Line::Record { table, record } => self.record(table, &record)?,
            Line::Events { events } => self.events(&events)?,
            Line::Counter { counter, value } => {
                let key = self.space.counter(&counter)?;
                let value = envelope::seal(&key, 0, &value.to_le_bytes());
                self.batch.raw.push(Operation::put(key, value));
            }
            Line::Number { number, last } => {
                let key = self.space.number(&number)?;
                let last =
                    i64::try_from(last).map_err(|_| StoreError::Import(format!("no sequence stands at {last}")))?;
                let value = envelope::seal(&key, 0, &last.to_le_bytes());
                self.batch.raw.push(Operation::put(key, value));
            }
            Line::File { file, last, hex } => return self.file(file, last, &hex),
        }
        self.lines += 1;
        if self.lines >= LINES_PER_COMMIT || self.batch.bytes >= BYTES_PER_COMMIT { self.flush() } else { Ok(()) }
    }

    fn record(&mut self, table: Table, record: &Value) -> Result<(), StoreError> {
        let unreadable = |error| StoreError::Import(format!("it holds no {}: {error}", table.name()));
        let json = serde_json::to_vec(record).map_err(unreadable)?;
        let record = quiet::quiet(Record::from_json(table, &json).map_err(unreadable)?);
        if record.version() == 0 {
            return Err(StoreError::Import(format!("a {} has version 0", table.name())));
        }
        let key = record.key();
        let readable = tuple::readable(&key.0);
        let key = self.space.record_at(table, &key_bytes(table, &key)?);
        let new = new_value(self.space, &record, &key)?;
        self.batch.bytes += key.len() + new.json_bytes + new.entries.iter().map(|entry| entry.key.len()).sum::<usize>();
        let write = PreparedWrite { table, readable, key, expect: Expect::Absent, new: Some(new), old: None };
        self.batch.writes.push(write);
        self.counts.records += 1;
        Ok(())
    }

    fn events(&mut self, events: &[Event]) -> Result<(), StoreError> {
        for event in events {
            self.counts.events += 1;
            if event.sequence != self.counts.events {
                let expected = self.counts.events;
                return Err(StoreError::Import(format!("event {} stands where {expected} belongs", event.sequence)));
            }
        }
        if events.is_empty() {
            return Err(StoreError::Import("a line of events holds none".to_owned()));
        }
        // What stands under one key is no longer than any value may be, however long the line is.
        let mut json: Vec<u8> = Vec::new();
        for event in events {
            let one = serde_json::to_vec(event).map_err(|error| StoreError::Import(error.to_string()))?;
            let (bytes, most) = (one.len() + 2, envelope::MOST_VALUE_BYTES);
            if bytes > most {
                let rule = format!("event {} has {bytes} bytes, at most {most} are taken", event.sequence);
                return Err(StoreError::Import(rule));
            }
            if json.len() + bytes > most {
                self.put_events(event.sequence - 1, std::mem::take(&mut json));
            }
            json.push(if json.is_empty() { b'[' } else { b',' });
            json.extend_from_slice(&one);
        }
        self.put_events(self.counts.events, json);
        Ok(())
    }

    /// Puts a list that lacks its last bracket under the number of its last event.
    fn put_events(&mut self, last: u64, mut json: Vec<u8>) {
        json.push(b']');
        let key = self.space.events(last);
        let value = envelope::seal(&key, 0, &json);
        self.batch.bytes += value.len();
        self.batch.raw.push(Operation::put(key, value));
    }

    fn file(&mut self, digest: Digest, last: bool, hex: &str) -> Result<(), StoreError> {
        let wrong = |what: &str| StoreError::Import(format!("file {digest} {what}"));
        let mut piece = Vec::with_capacity(hex.len() / 2);
        for pair in hex.as_bytes().chunks(2) {
            let digits = std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2);
            let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
            piece.push(byte.ok_or_else(|| wrong("is not written in pairs of hexadecimal digits"))?);
        }
        if let Some(bytes) = self.pieces.add(digest, last, &piece).map_err(|what| wrong(&what))? {
            self.blobs.put(&bytes)?;
            self.counts.files += 1;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.lines = 0;
        let batch = std::mem::replace(&mut self.batch, Prepared::raw(self.space, Vec::new()));
        if batch.writes.is_empty() && batch.raw.is_empty() {
            return Ok(());
        }
        self.shared.submit_wait(batch).map(drop)
    }
}
