//! One desk as JSON lines: what a person, another program or another store can read.
//!
//! ```text
//! {"plugdesk":"export","format":1,"desk":"desk_…"}
//! {"table":"contact","record":{…}}                     every record, in the order of tables and keys
//! {"events":[{…}]}                                     every event, in order
//! {"counter":"…","value":3}   {"number":"ticket","last":41}
//! {"file":"<digest>","last":true,"hex":"…"}            the files that records name, in pieces
//! {"end":{"records":…,"events":…,"files":…}}
//! ```
//!
//! The lines are those of one moment, however long writing them takes. Only files that a record names in a field meant
//! for it go along: see [`crate::named`].

use std::collections::BTreeSet;
use std::io::{self, Read, Write};

use plugdesk_domain::{Blobs, DeskId, Digest, Event, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::aside::Aside;
use crate::blobs::BlobStore;
use crate::envelope;
use crate::group::counter;
use crate::keyspace::{self, Kind};
use crate::named;
use crate::prepare::read_record;
use crate::scan::read_events;
use crate::shared::Shared;
use crate::snapshot::State;

/// The format written and read today.
pub(crate) const FORMAT: u32 = 1;
/// Bytes of a file in one line.
const PIECE_BYTES: usize = 256 << 10;

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum Line {
    Head { plugdesk: String, format: u32, desk: DeskId },
    Record { table: plugdesk_domain::Table, record: Value },
    Events { events: Vec<Event> },
    Counter { counter: String, value: i64 },
    Number { number: String, last: u64 },
    File { file: Digest, last: bool, hex: String },
    End { end: Counts },
}

/// What stands in an export.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) records: u64,
    pub(crate) events: u64,
    pub(crate) files: u64,
}

struct Lines<'a> {
    to: &'a mut dyn Write,
    counts: Counts,
    named: BTreeSet<Digest>,
}

fn failed(error: &io::Error) -> StoreError {
    StoreError::Io(format!("the export can't be written: {error}"))
}

impl Lines<'_> {
    fn write(&mut self, line: &Line) -> Result<(), StoreError> {
        let mut json = serde_json::to_vec(line).map_err(|error| failed(&error.into()))?;
        json.push(b'\n');
        self.to.write_all(&json).map_err(|error| failed(&error))
    }

    fn pair(&mut self, key: &[u8], stored: &[u8]) -> Result<(), StoreError> {
        let name = || String::from_utf8_lossy(keyspace::rest(key)).into_owned();
        match (keyspace::kind(key), keyspace::table(key)) {
            (Some(Kind::Record), Some(table)) => {
                self.named.extend(named::files(&read_record(table, key, stored)?));
                let (_, json) = envelope::open(key, stored)?;
                let record: Value = serde_json::from_slice(&json).map_err(|error| {
                    StoreError::Damaged(format!("the {} at {} is not JSON: {error}", table.name(), envelope::hex(key)))
                })?;
                self.counts.records += 1;
                self.write(&Line::Record { table, record })
            }
            (Some(Kind::Events), _) => {
                let events = read_events(key, stored)?;
                self.counts.events += events.len() as u64;
                self.write(&Line::Events { events })
            }
            (Some(Kind::Counter), _) => {
                self.write(&Line::Counter { counter: name(), value: counter(key, Some(stored))? })
            }
            (Some(Kind::Number), _) => {
                self.write(&Line::Number { number: name(), last: crate::numbers::high_water(key, Some(stored))? })
            }
            // Index entries are derived again when the lines are read.
            _ => Ok(()),
        }
    }

    fn file(&mut self, digest: Digest, bytes: &[u8]) -> Result<(), StoreError> {
        let mut pieces = bytes.chunks(PIECE_BYTES).peekable();
        let mut piece = pieces.next().unwrap_or_default();
        self.counts.files += 1;
        loop {
            let hex = piece.iter().map(|byte| format!("{byte:02x}")).collect();
            self.write(&Line::File { file: digest, last: pieces.peek().is_none(), hex })?;
            match pieces.next() {
                Some(next) => piece = next,
                None => return Ok(()),
            }
        }
    }
}

/// Writes a desk's lines. Returns the number of records and events.
pub(crate) fn export(shared: &Shared, blobs: &BlobStore, desk: DeskId, to: &mut dyn Write) -> Result<u64, StoreError> {
    let Aside { readers, _place, .. } = Aside::new(shared, &shared.space(desk).0)?;
    let mut lines = Lines { to, counts: Counts::default(), named: BTreeSet::new() };
    lines.write(&Line::Head { plugdesk: "export".to_owned(), format: FORMAT, desk })?;
    let mut readers = readers.into_iter();
    let mut open = || readers.next().map(|it| it as Box<dyn Read>).ok_or_else(|| io::ErrorKind::NotFound.into());
    let mut state = State::new(&mut open, "the export's dump")?;
    while let Some((key, stored)) = state.next()? {
        shared.check_closing()?;
        lines.pair(&key, &stored)?;
    }
    for digest in std::mem::take(&mut lines.named) {
        shared.check_closing()?;
        if let Some(bytes) = blobs.get(&digest)? {
            lines.file(digest, &bytes)?;
        }
    }
    let counts = lines.counts.clone();
    lines.write(&Line::End { end: counts.clone() })?;
    lines.to.flush().map_err(|error| failed(&error))?;
    Ok(counts.records + counts.events)
}
