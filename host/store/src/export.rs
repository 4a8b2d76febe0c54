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
//! The lines are those of one moment, however long writing them takes.

use std::collections::BTreeSet;
use std::io::{self, Read, Write};

use plugdesk_domain::{Blobs, DeskId, Digest, Event, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::blobs::BlobStore;
use crate::envelope;
use crate::group::counter;
use crate::keyspace::{self, Kind};
use crate::scan::read_events;
use crate::shared::Shared;
use crate::snapshot::{self, Sink, State, dump};

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

    fn pair(&mut self, key: &[u8], stored: &[u8], blobs: &BlobStore) -> Result<(), StoreError> {
        let name = || String::from_utf8_lossy(keyspace::rest(key)).into_owned();
        match (keyspace::kind(key), keyspace::table(key)) {
            (Some(Kind::Record), Some(table)) => {
                let (_, json) = envelope::open(key, stored)?;
                let record: Value = serde_json::from_slice(json).map_err(|error| {
                    StoreError::Damaged(format!("the {} at {} is not JSON: {error}", table.name(), envelope::hex(key)))
                })?;
                name_files(&record, blobs, &mut self.named)?;
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

/// Any text in a record that is the digest of a kept file names that file.
fn name_files(value: &Value, blobs: &BlobStore, named: &mut BTreeSet<Digest>) -> Result<(), StoreError> {
    match value {
        Value::String(text) if text.len() == 64 => {
            if let Some(digest) = text.parse::<Digest>().ok().filter(|digest| !named.contains(digest))
                && blobs.holds(&digest)?
            {
                named.insert(digest);
            }
            Ok(())
        }
        Value::Array(values) => values.iter().try_for_each(|value| name_files(value, blobs, named)),
        Value::Object(fields) => fields.values().try_for_each(|value| name_files(value, blobs, named)),
        _ => Ok(()),
    }
}

/// Writes a desk's lines. Returns the number of records and events.
pub(crate) fn export(shared: &Shared, blobs: &BlobStore, desk: DeskId, to: &mut dyn Write) -> Result<u64, StoreError> {
    let prefix = shared.space(desk).0;
    let mut lines = Lines { to, counts: Counts::default(), named: BTreeSet::new() };
    lines.write(&Line::Head { plugdesk: "export".to_owned(), format: FORMAT, desk })?;
    // A dump first, because it is of one moment; then its lines.
    match &shared.disk {
        None => {
            let mut bytes = Vec::new();
            write_dump(shared, &prefix, &mut bytes)?;
            let mut open = || Ok(Box::new(bytes.as_slice()) as Box<dyn Read + '_>);
            write_lines(&mut lines, State::new(&mut open, "the export's dump")?, blobs)?;
        }
        Some(disk) => {
            let path = snapshot::folder(&disk.folder).join("export.tmp");
            let mut file = io::BufWriter::new(disk.files.create(&path).map_err(|error| failed(&error))?);
            let written = write_dump(shared, &prefix, &mut file).and_then(|()| {
                drop(file);
                let mut open =
                    || disk.files.read(&path).map(|file| Box::new(io::BufReader::new(file)) as Box<dyn Read>);
                write_lines(&mut lines, State::new(&mut open, "the export's dump")?, blobs)
            });
            disk.files.remove(&path).map_err(|error| failed(&error))?;
            written?;
        }
    }
    let counts = lines.counts.clone();
    lines.write(&Line::End { end: counts.clone() })?;
    lines.to.flush().map_err(|error| failed(&error))?;
    Ok(counts.records + counts.events)
}

fn write_dump(shared: &Shared, prefix: &[u8], to: &mut dyn Write) -> Result<(), StoreError> {
    let mut sink = Sink::new(to).map_err(|error| failed(&error))?;
    let dump = dump(shared, prefix, &mut sink)?;
    sink.end(&dump, 0).map_err(|error| failed(&error))
}

fn write_lines(lines: &mut Lines<'_>, mut state: State<'_>, blobs: &BlobStore) -> Result<(), StoreError> {
    while let Some((key, stored)) = state.next()? {
        lines.pair(&key, &stored, blobs)?;
    }
    for digest in std::mem::take(&mut lines.named) {
        if let Some(bytes) = blobs.get(&digest)? {
            lines.file(digest, &bytes)?;
        }
    }
    Ok(())
}
