//! A table whose columns are recognised by what people call them.

use std::path::Path;

use anyhow::Result;

/// A CSV file.
pub(crate) struct Table {
    /// Lower case, everything but letters and digits as one underscore.
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    /// Reads the first rows.
    pub(crate) fn read(path: &Path, rows: usize) -> Result<Self> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path)?;
        let columns = reader.headers()?.iter().map(plain).collect();
        let records = reader.byte_records().take(rows).filter_map(Result::ok);
        let text = |cell: &[u8]| String::from_utf8_lossy(cell).trim().to_owned();
        Ok(Self { columns, rows: records.map(|record| record.iter().map(text).collect()).collect() })
    }

    /// The first column that has one of those names, in the order of the names.
    pub(crate) fn column(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.columns.iter().position(|column| column == name))
    }

    /// The cell of a row; empty if there is none.
    pub(crate) fn cell<'r>(&self, row: &'r [String], column: Option<usize>) -> &'r str {
        column.and_then(|column| row.get(column)).map_or("", String::as_str)
    }
}

fn plain(name: &str) -> String {
    let lower = name.trim_start_matches('\u{feff}').to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("_")
}
