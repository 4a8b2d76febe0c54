//! A table of text cells with named columns, read whole: what is learned from is small beside a machine's memory, and a
//! table that is not says so by its bound.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Cursor, Read};

/// More rows teach nothing that these don't.
pub const MOST_ROWS: usize = 2_000_000;
/// A row with more columns is no table of leads or people.
pub const MOST_COLUMNS: usize = 1_000;
/// A file, and all its cells as they are held in memory: an empty one takes room too.
pub const MOST_BYTES: usize = 1 << 30;

/// The line of names is at most so long; in a longer one only its beginning tells what separates its cells.
const MOST_HEAD_BYTES: u64 = 1 << 20;
/// What may stand between two cells; of two that a line has as often, the first counts.
const SEPARATORS: [u8; 4] = *b",;|\t";
/// Of the columns that there are so many are told where one is missing.
const MOST_TOLD: usize = 40;

/// Why a table can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// It is no CSV (RFC 4180); the text names the line.
    #[error("{0}")]
    Csv(String),
    /// There is no line of names.
    #[error("it is empty; the first line names the columns")]
    Empty,
    /// Two columns have one name.
    #[error("{}", twice(.0))]
    Twice(String),
    /// It has no such column.
    #[error("there is no column `{name}`; there are {}", told(known))]
    Missing {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// It is larger than is read.
    #[error("{what}, at most {most} are read")]
    TooLarge {
        /// How much of what there is.
        what: String,
        /// The bound.
        most: usize,
    },
}

fn twice(name: &str) -> String {
    match name {
        "" => "two columns have no name; every column but one has a name of its own".to_owned(),
        name => format!("the column `{name}` stands there twice"),
    }
}

fn told(known: &[String]) -> String {
    let more = known.len().saturating_sub(MOST_TOLD);
    let told = known.iter().take(MOST_TOLD).map(String::as_str).collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{told} and {more} more") } else { told }
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    columns: Vec<String>,
    places: BTreeMap<String, usize>,
    cells: Vec<String>,
    /// By row: its number in the table that was read, where these are some of its rows.
    numbers: Vec<usize>,
}

impl Table {
    /// Reads CSV with a line of names. Cells are separated by the one of `, ; | tab` that this line has most, as in an
    /// import. A row that is shorter or longer than it is refused with its line.
    pub fn read(from: impl Read) -> Result<Self, TableError> {
        Self::read_within(from, MOST_BYTES)
    }

    fn read_within(from: impl Read, most_bytes: usize) -> Result<Self, TableError> {
        // A quote that nothing closes makes one cell of all the rest, so what is read has an end too.
        let end = u64::try_from(most_bytes).unwrap_or(u64::MAX);
        let mut reader = reader(from.take(end))?;
        let names = names(&mut reader)?;
        if names.is_empty() {
            return Err(TableError::Empty);
        }
        let mut table = Self::with_columns(names)?;
        let mut row = csv::StringRecord::new();
        let mut bytes = 0;
        // What is cut off where the file is too long may look like anything, so its length is looked at first.
        loop {
            let more = reader.read_record(&mut row);
            if reader.position().byte() >= end {
                return Err(too_many("bytes", most_bytes));
            }
            if !more? {
                return Ok(table);
            }
            bytes += row.as_slice().len() + row.len() * size_of::<String>();
            if table.rows() == MOST_ROWS {
                return Err(too_many("rows", MOST_ROWS));
            }
            if bytes > most_bytes {
                return Err(too_many("bytes", most_bytes));
            }
            table.push(row.iter().map(str::to_owned));
        }
    }

    /// The names of the columns of a file, and no more of it.
    pub fn head(from: impl Read) -> Result<Vec<String>, TableError> {
        names(&mut reader(from)?)
    }

    /// An empty table.
    pub fn with_columns(columns: Vec<String>) -> Result<Self, TableError> {
        if columns.len() > MOST_COLUMNS {
            let what = format!("{} columns", columns.len());
            return Err(TableError::TooLarge { what, most: MOST_COLUMNS });
        }
        let mut places = BTreeMap::new();
        for (place, name) in columns.iter().enumerate() {
            if places.insert(name.clone(), place).is_some() {
                return Err(TableError::Twice(name.clone()));
            }
        }
        Ok(Self { columns, places, cells: Vec::new(), numbers: Vec::new() })
    }

    /// Adds a row; what it lacks is empty, what it has beyond the columns is left out.
    pub fn push(&mut self, row: impl IntoIterator<Item = String>) {
        self.numbers.push(self.rows() + 1);
        let wanted = self.cells.len() + self.columns.len();
        self.cells.extend(row.into_iter().take(self.columns.len()));
        self.cells.resize(wanted, String::new());
    }

    /// The names of its columns, in their order.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.cells.len().checked_div(self.columns.len()).unwrap_or(0)
    }

    /// The place of a column.
    pub fn column(&self, name: &str) -> Result<usize, TableError> {
        let missing = || TableError::Missing { name: name.to_owned(), known: self.columns.clone() };
        self.places.get(name).copied().ok_or_else(missing)
    }

    /// A cell, without white space around it; empty where there is none.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        let inside = column < self.columns.len();
        let cell = inside.then(|| self.cells.get(row * self.columns.len() + column)).flatten();
        cell.map_or("", |cell| cell.trim())
    }

    /// The number of a row in the table that was read, from 1: what people call it.
    pub fn number(&self, row: usize) -> usize {
        self.numbers.get(row).copied().unwrap_or(row + 1)
    }

    /// A row's cells, in the order of the columns.
    pub fn row(&self, row: usize) -> impl Iterator<Item = &str> {
        (0..self.columns.len()).map(move |column| self.cell(row, column))
    }

    /// Some of its rows as CSV, with a column in front that has their numbers, from 0; and that column's name, which no
    /// other column has.
    pub fn numbered(&self, rows: impl IntoIterator<Item = usize>) -> Result<(String, Vec<u8>), TableError> {
        let mut name = "row".to_owned();
        while self.places.contains_key(&name) {
            name.push('_');
        }
        let mut writer = csv::Writer::from_writer(Vec::new());
        let head = std::iter::once(name.as_str()).chain(self.columns.iter().map(String::as_str));
        writer.write_record(head)?;
        for row in rows.into_iter().filter(|row| *row < self.rows()) {
            let number = row.to_string();
            writer.write_record(std::iter::once(number.as_str()).chain(self.row(row)))?;
        }
        let bytes = writer.into_inner().map_err(|error| TableError::Csv(error.to_string()))?;
        Ok((name, bytes))
    }

    /// Some of its rows, in that order.
    pub fn only(&self, rows: impl IntoIterator<Item = usize>) -> Self {
        let (columns, places) = (self.columns.clone(), self.places.clone());
        let mut some = Self { columns, places, cells: Vec::new(), numbers: Vec::new() };
        for row in rows.into_iter().filter(|row| *row < self.rows()) {
            some.numbers.push(self.number(row));
            some.cells.extend(self.row(row).map(str::to_owned));
        }
        some
    }
}

impl From<csv::Error> for TableError {
    fn from(error: csv::Error) -> Self {
        Self::Csv(error.to_string())
    }
}

fn too_many(what: &str, most: usize) -> TableError {
    TableError::TooLarge { what: format!("too many {what}"), most }
}

/// A reader that knows what separates the cells.
fn reader(from: impl Read) -> Result<csv::Reader<impl Read>, TableError> {
    let mut from = BufReader::new(from);
    let mut head = Vec::new();
    let read = from.by_ref().take(MOST_HEAD_BYTES).read_until(b'\n', &mut head);
    read.map_err(|error| TableError::Csv(error.to_string()))?;
    // What stands in quotes separates nothing.
    let plain = head.split(|byte| *byte == b'"').step_by(2);
    let counts = plain.flatten().fold([0_usize; SEPARATORS.len()], |mut counts, byte| {
        SEPARATORS.iter().zip(&mut counts).filter(|(it, _)| *it == byte).for_each(|(_, count)| *count += 1);
        counts
    });
    let most = counts.iter().copied().max().unwrap_or_default();
    let separator = SEPARATORS.iter().zip(counts).find(|(_, count)| *count == most).map_or(b',', |(it, _)| *it);
    Ok(csv::ReaderBuilder::new().delimiter(separator).from_reader(Cursor::new(head).chain(from)))
}

fn names(reader: &mut csv::Reader<impl Read>) -> Result<Vec<String>, TableError> {
    let names = reader.headers()?;
    Ok(names.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_found_by_row_and_column() {
        let table = Table::read("\u{feff}a, b\n1,\"x\ny\"\n,2\n".as_bytes()).unwrap();
        assert_eq!(table.columns(), ["a", "b"]);
        assert_eq!(table.rows(), 2);
        assert_eq!(table.cell(0, table.column("b").unwrap()), "x\ny");
        assert_eq!(table.row(1).collect::<Vec<_>>(), ["", "2"]);
        assert_eq!(table.cell(7, 7), "");
        let some = table.only([1, 0, 9]);
        assert_eq!((some.cell(1, 0), some.number(0), some.only([1]).number(0)), ("1", 2, 1));
    }

    #[test]
    fn the_first_line_tells_what_separates_cells() {
        let table = Table::read("\"a,b,c\";\"d\"\n\"1,5\";x\n".as_bytes()).unwrap();
        assert_eq!(table.columns(), ["a,b,c", "d"]);
        assert_eq!(table.row(0).collect::<Vec<_>>(), ["1,5", "x"]);
        assert_eq!(Table::head("a\tb\n1,2,3\n".as_bytes()).unwrap(), ["a", "b"]);
        assert_eq!(Table::head("one\n".as_bytes()).unwrap(), ["one"]);
    }

    #[test]
    fn numbered_rows_are_read_back_as_they_were() {
        let table = Table::read("row,b\nx,\"1\n2\"\n,\"a,\"\"b\"\n".as_bytes()).unwrap();
        let (name, csv) = table.numbered(0..9).unwrap();
        let again = Table::read(csv.as_slice()).unwrap();
        assert_eq!((name.as_str(), again.columns()), ("row_", ["row_", "row", "b"].map(String::from).as_slice()));
        assert_eq!(again.row(1).collect::<Vec<_>>(), ["1", "", "a,\"b"]);
        assert_eq!(again.cell(0, 2), "1\n2");
    }

    #[test]
    fn what_is_no_table_is_refused_by_name() {
        assert_eq!(Table::read("a,a\n".as_bytes()).unwrap_err().to_string(), "the column `a` stands there twice");
        assert!(Table::read("a,b\n1\n".as_bytes()).unwrap_err().to_string().contains("line: 2"));
        assert_eq!(Table::read("".as_bytes()).unwrap_err(), TableError::Empty);
        let nameless = Table::read("a,,\n1,2,3\n".as_bytes()).unwrap_err().to_string();
        assert_eq!(nameless, "two columns have no name; every column but one has a name of its own");
    }

    #[test]
    fn a_table_has_an_end_whatever_stands_in_it() {
        const MOST: usize = 10_000;
        let refused = |text: &str| Table::read_within(text.as_bytes(), MOST).unwrap_err();
        // Each cell takes room, though nothing stands in it.
        assert_eq!(refused(&format!("a,b,c\n{}", ",,\n".repeat(1_000))), too_many("bytes", MOST));
        assert_eq!(refused(&format!("a,b\n1,\"{}", "x".repeat(2 * MOST))), too_many("bytes", MOST));
        assert_eq!(Table::read_within("a,b\n1,2\n".as_bytes(), MOST).unwrap().rows(), 1);
        let columns = (0..=MOST_COLUMNS).map(|place| place.to_string()).collect::<Vec<_>>().join(",");
        assert!(Table::read(columns.as_bytes()).unwrap_err().to_string().starts_with("1001 columns, at most 1000"));
        let missing = Table::read("a,b\n".as_bytes()).unwrap().column("c").unwrap_err();
        assert_eq!(missing.to_string(), "there is no column `c`; there are a, b");
    }
}
