//! A file's rows: CSV (RFC 4180, and what spreadsheets make of it) or JSON lines, read one by one within bounds.

use std::cell::Cell;
use std::io::Read;
use std::rc::Rc;

use plugdesk_domain::RefusedRow;
use serde_json::Value;

use super::value::Cells;
use crate::strict;

/// A row has at most so many bytes: a quote that is never closed must not read the whole file as one field.
const MOST_ROW_BYTES: usize = 1 << 20;
/// A CSV file has at most so many columns.
const MOST_COLUMNS: usize = 1_024;

/// One row, or why it can't be read; then the next may still be.
pub(super) type Row = Result<(u64, Cells), RefusedRow>;

/// The rows of a file, with the columns where the format has them.
pub(super) struct Rows<'a> {
    /// The columns of a CSV file; none: every JSON line has its own.
    pub(super) columns: Option<Vec<String>>,
    rows: Box<dyn Iterator<Item = Row> + 'a>,
}

impl Iterator for Rows<'_> {
    type Item = Row;
    fn next(&mut self) -> Option<Row> {
        self.rows.next()
    }
}

fn refused(line: u64, field: impl Into<String>, reason: impl Into<String>) -> RefusedRow {
    RefusedRow { line, field: field.into(), reason: reason.into() }
}

/// Begins to read. An error refuses the whole file.
pub(super) fn read<'a>(bytes: &'a [u8], format: &str, delimiter: Option<char>) -> Result<Rows<'a>, RefusedRow> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(refused(1, "", "the file is UTF-16; save it as UTF-8"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if format == "csv" { csv(bytes, delimiter) } else { Ok(lines(bytes)) }
}

fn csv(bytes: &[u8], delimiter: Option<char>) -> Result<Rows<'_>, RefusedRow> {
    let delimiter = delimiter.and_then(|d| u8::try_from(d).ok()).unwrap_or_else(|| likely_delimiter(bytes));
    let taken = Rc::new(Cell::new(0));
    let bounded = Bounded { inner: bytes, taken: Rc::clone(&taken) };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bounded);
    let headers = reader.byte_headers().map_err(|e| refused(1, "", csv_reason(&e)))?.clone();
    if headers.len() > MOST_COLUMNS {
        return Err(refused(1, "", format!("{} columns, at most {MOST_COLUMNS} are read", headers.len())));
    }
    let mut columns: Vec<String> = Vec::with_capacity(headers.len());
    for (place, header) in headers.iter().enumerate() {
        let name =
            std::str::from_utf8(header).map_err(|e| refused(1, format!("column {}", place + 1), utf8(header, e)))?;
        let name = name.trim().to_owned();
        if name.is_empty() {
            return Err(refused(1, format!("column {}", place + 1), "the column has no name"));
        }
        if columns.contains(&name) {
            return Err(refused(1, name, "two columns have this name"));
        }
        columns.push(name);
    }
    if columns.is_empty() {
        return Err(refused(1, "", "the file is empty; its first line names the columns"));
    }
    let names = columns.clone();
    let mut record = csv::ByteRecord::new();
    let mut lines = Lines { bytes, at: 0, line: 1 };
    let rows = std::iter::from_fn(move || {
        taken.set(0);
        match reader.read_byte_record(&mut record) {
            Ok(false) => None,
            Ok(true) => Some(cells(&names, &record, lines.at(record.position()))),
            Err(error) => {
                let line = lines.at(error.position().or(Some(reader.position())));
                Some(Err(refused(line, "", csv_reason(&error))))
            }
        }
    });
    // A file that can't be read on ends; a row of another length does not end it.
    let mut ended = false;
    let rows = rows.take_while(move |row| {
        let go_on = !ended;
        ended = matches!(row, Err(refused) if refused.reason.starts_with(UNREADABLE));
        go_on
    });
    Ok(Rows { columns: Some(columns), rows: Box::new(rows) })
}

/// How the reason of a row begins behind which nothing can be read.
const UNREADABLE: &str = "the file can't be read on";

fn csv_reason(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} fields where the first line has {expected_len}")
        }
        csv::ErrorKind::Io(error) => format!("{UNREADABLE}: {error}"),
        _ => format!("{UNREADABLE}: {error}"),
    }
}

/// Counts lines up to a place. The reader's own count is one behind where lines end in CR LF, because it takes the LF
/// as the beginning of the next row.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn at(&mut self, position: Option<&csv::Position>) -> u64 {
        let begin = position.map_or(0, |position| usize::try_from(position.byte()).unwrap_or(usize::MAX));
        let ends = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let skipped = self.bytes.get(begin..).map_or(0, |rest| rest.iter().take_while(|byte| ends(byte)).count());
        let begin = begin.saturating_add(skipped).min(self.bytes.len());
        let passed = self.bytes.get(self.at..begin).unwrap_or_default();
        self.line += passed.iter().filter(|&&byte| byte == b'\n').count() as u64;
        self.at = self.at.max(begin);
        self.line
    }
}

fn cells(columns: &[String], record: &csv::ByteRecord, line: u64) -> Row {
    let mut cells = Cells::new();
    for (column, field) in columns.iter().zip(record) {
        let text = std::str::from_utf8(field).map_err(|e| refused(line, column, utf8(field, e)))?;
        cells.insert(column.clone(), Value::String(text.to_owned()));
    }
    Ok((line, cells))
}

fn utf8(field: &[u8], error: std::str::Utf8Error) -> String {
    let byte = field.get(error.valid_up_to()).copied().unwrap_or_default();
    format!("not UTF-8: the byte 0x{byte:02x} at place {}; save the file as UTF-8", error.valid_up_to() + 1)
}

fn lines(bytes: &[u8]) -> Rows<'_> {
    let rows = bytes.split(|&byte| byte == b'\n').zip(1_u64..).filter_map(|(text, line)| {
        let text = text.trim_ascii();
        (!text.is_empty()).then(|| object(line, text))
    });
    Rows { columns: None, rows: Box::new(rows) }
}

fn object(line: u64, text: &[u8]) -> Row {
    if text.len() > MOST_ROW_BYTES {
        return Err(refused(line, "", format!("{} bytes, a row has at most {MOST_ROW_BYTES}", text.len())));
    }
    let text = std::str::from_utf8(text).map_err(|e| refused(line, "", utf8(text, e)))?;
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(fields)) if fields.len() > MOST_COLUMNS => {
            Err(refused(line, "", format!("{} fields, at most {MOST_COLUMNS} are read", fields.len())))
        }
        Ok(Value::Object(fields)) => match strict::check(text.as_bytes()) {
            Ok(()) => Ok((line, fields.into_iter().collect())),
            Err(doubt) => Err(refused(line, doubt.pointer.trim_start_matches('/'), doubt.rule)),
        },
        Ok(_) => Err(refused(line, "", "is JSON, but not an object")),
        Err(error) => Err(refused(line, "", format!("not JSON: {error}"))),
    }
}

/// The separator that the first line has most of, outside quotes; of equals the first of `, ; | tab`.
fn likely_delimiter(bytes: &[u8]) -> u8 {
    let (mut counts, mut quoted) = ([(b',', 0_usize), (b';', 0), (b'|', 0), (b'\t', 0)], false);
    for &byte in bytes.iter().take(MOST_ROW_BYTES) {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            byte if !quoted => counts.iter_mut().filter(|(d, _)| *d == byte).for_each(|(_, n)| *n += 1),
            _ => {}
        }
    }
    // `max_by_key` takes the last of equals, so the order is turned round.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| *delimiter)
}

/// Gives no more bytes than one row may have before the count is set back.
struct Bounded<R> {
    inner: R,
    taken: Rc<Cell<usize>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.taken.get() > MOST_ROW_BYTES {
            let message = format!("a row has more than {MOST_ROW_BYTES} bytes; is a quote not closed?");
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, message));
        }
        let count = self.inner.read(into)?;
        self.taken.set(self.taken.get() + count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8], format: &str) -> Vec<Row> {
        read(bytes, format, None).unwrap().collect()
    }

    fn shown(row: &Row) -> String {
        match row {
            Ok((line, cells)) => format!("{line} {}", serde_json::json!(cells)),
            Err(refused) => format!("{} {}: {}", refused.line, refused.field, refused.reason),
        }
    }

    #[test]
    fn rows_know_the_line_they_begin_on() {
        let rows = all("\u{feff}a;b\r\n1;\"two\nlines\"\n3;4;5\n6;۷\n".as_bytes(), "csv");
        let told: Vec<String> = rows.iter().map(shown).collect();
        assert_eq!(told[0], r#"2 {"a":"1","b":"two\nlines"}"#);
        assert_eq!(told[1], "4 : 3 fields where the first line has 2");
        assert_eq!(told[2], r#"5 {"a":"6","b":"۷"}"#);
        let rows = all(b"{\"a\": 1}\n\n[]\n{\n", "json-lines");
        let told: Vec<String> = rows.iter().map(shown).collect();
        assert_eq!(&told[..2], [r#"1 {"a":1}"#, "3 : is JSON, but not an object"]);
        assert!(told[2].starts_with("4 : not JSON"), "{told:?}");
    }

    #[test]
    fn a_byte_that_is_not_utf_8_is_told_with_its_column() {
        let rows = all(b"a,b\n1,caf\xe9\n2,x\n", "csv");
        assert_eq!(shown(&rows[0]), "2 b: not UTF-8: the byte 0xe9 at place 4; save the file as UTF-8");
        assert!(rows[1].is_ok(), "the next row is read");
        assert!(read(b"\xff\xfea\0", "csv", None).err().unwrap().reason.contains("UTF-16"));
    }

    #[test]
    fn a_quote_that_is_never_closed_does_not_take_the_memory() {
        let mut file = b"a,b\n1,\"".to_vec();
        file.resize(4 << 20, b'x');
        let rows = all(&file, "csv");
        assert_eq!(rows.len(), 1);
        assert!(shown(&rows[0]).contains("is a quote not closed?"), "{}", shown(&rows[0]));
    }

    #[test]
    fn two_columns_of_one_name_refuse_the_file() {
        assert_eq!(read(b"a,a\n", "csv", None).err().unwrap().reason, "two columns have this name");
        assert!(read(b"", "csv", None).is_err());
        assert_eq!(read(b"a\tb\n", "csv", None).unwrap().columns.unwrap(), ["a", "b"]);
    }
}
