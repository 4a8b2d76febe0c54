//! Columns as the policy will see them: numbers, categories and what is missing, by the policy's own rules of reading, so
//! that a condition holds in the desk for the rows that it was learned from.

use std::collections::{BTreeMap, BTreeSet};

use plugdesk_sdk::words::fold;

use super::dates;
use crate::table::Table;

/// A column is of numbers if so many of its filled cells are.
const LEAST_NUMBERS: f64 = 0.95;
/// Whole numbers that are all different say which row it is and not what it is like; among fewer rows than these they
/// may be amounts that differ by chance.
const LEAST_NUMBERED: usize = 200;
/// Texts most of which stand in one row only are names, keys or free text.
const MOST_SINGLE: f64 = 0.5;
/// A column with fewer filled cells can't be told to be a key.
const LEAST_KEYS: usize = 20;

/// What stands in a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell {
    /// Nothing, or a word that means so.
    Missing,
    /// A number.
    Number(f64),
    /// One of the column's values.
    Value(u32),
    /// A text in a column of numbers: no condition holds for it.
    Other,
}

/// A column that can be learned from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    /// As the table names it.
    pub(super) name: String,
    /// The custom field.
    pub(super) field: String,
    /// Whether its values are numbers.
    pub(super) numeric: bool,
    /// By row.
    pub(super) cells: Vec<Cell>,
    /// The texts of its values, as the first row that has one writes it.
    pub(super) values: Vec<String>,
}

/// Why a column is not learned from.
pub(super) const CONSTANT: &str = "says the same in every row";
const KEY: &str = "has a value of its own in nearly every row";
const DATES: &str = "holds dates; name the one that says when it began (--date, --opened)";
const NAMELESS: &str = "has no letter or digit in its name, so no field can be called so";

/// The words that stand for an unanswered field, made ready.
pub(super) struct Blank(BTreeSet<String>);

impl Blank {
    pub(super) fn of(words: &[String]) -> Self {
        Self(words.iter().map(|word| fold(word)).collect())
    }
}

/// Reads a column of some rows; an error is why it is not learned from.
pub(super) fn read(table: &Table, column: usize, rows: &[usize], blank: &Blank) -> Result<Column, &'static str> {
    let name = table.columns().get(column).cloned().unwrap_or_default();
    let field = super::field_name(&name);
    if field.is_empty() {
        return Err(NAMELESS);
    }
    let texts: Vec<&str> = rows.iter().map(|&row| table.cell(row, column)).collect();
    let folded: Vec<String> = texts.iter().map(|text| fold(text)).collect();
    let missing = |folded: &String| folded.is_empty() || blank.0.contains(folded);
    let cells = texts.iter().zip(&folded).filter(|(_, folded)| !missing(folded));
    let filled: Vec<(&str, &str)> = cells.map(|(text, folded)| (*text, folded.as_str())).collect();
    let mut numbers: Vec<f64> = filled.iter().filter_map(|(text, _)| number(text)).collect();
    let numeric = numbers.len() as f64 >= filled.len() as f64 * LEAST_NUMBERS;
    numbers.sort_by(f64::total_cmp);
    let mut counts = BTreeMap::<&str, usize>::new();
    filled.iter().for_each(|(_, folded)| *counts.entry(folded).or_default() += 1);
    // Folded, -1 and 1 are one text, because a sign is no letter; and 1 and 1.0 are two texts and one number.
    let all_numbers = numeric && numbers.len() == filled.len();
    let distinct = if all_numbers { numbers.chunk_by(|a, b| a == b).count() } else { counts.len() };
    if distinct == 0 || (distinct == 1 && filled.len() == rows.len()) {
        return Err(CONSTANT);
    }
    let numbered = numeric && numbers.iter().all(|number| number.fract() == 0.0);
    if numbered && filled.len() >= LEAST_NUMBERED && distinct == filled.len() {
        return Err(KEY);
    }
    let singles = counts.values().filter(|count| **count == 1).count();
    if !numeric && dates::read(&filled.iter().map(|(text, _)| *text)).is_some() {
        return Err(DATES);
    }
    if !numeric && filled.len() >= LEAST_KEYS && singles as f64 >= filled.len() as f64 * MOST_SINGLE {
        return Err(KEY);
    }
    let mut values = Vec::new();
    let mut known = BTreeMap::new();
    let cell = |(text, folded): (&&str, &String)| {
        if missing(folded) {
            return Cell::Missing;
        }
        if numeric {
            return number(text).map_or(Cell::Other, Cell::Number);
        }
        let id = *known.entry(folded.clone()).or_insert_with(|| {
            values.push((*text).to_owned());
            values.len() as u32 - 1
        });
        Cell::Value(id)
    };
    let cells = texts.iter().zip(&folded).map(cell).collect();
    Ok(Column { field, name, numeric, cells, values })
}

/// A number as the policy reads one.
fn number(text: &str) -> Option<f64> {
    let begins = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    if begins { text.parse().ok().filter(|number: &f64| number.is_finite()) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(cells: &[&str]) -> Result<Column, &'static str> {
        let mut table = Table::with_columns(vec!["Lead Source".to_owned()]).unwrap();
        cells.iter().for_each(|cell| table.push([(*cell).to_owned()]));
        let rows: Vec<usize> = (0..cells.len()).collect();
        read(&table, 0, &rows, &Blank::of(&["Select".to_owned()]))
    }

    #[test]
    fn a_value_is_the_same_however_it_is_written_and_a_placeholder_is_none() {
        let read = column(&["Google", " google", "select", "", "Bing", "-"]).unwrap();
        let (google, bing) = (Cell::Value(0), Cell::Value(1));
        assert_eq!(read.cells, [google, google, Cell::Missing, Cell::Missing, bing, Cell::Missing]);
        assert_eq!(
            (read.values.as_slice(), read.field.as_str()),
            (&["Google".to_owned(), "Bing".to_owned()][..], "lead_source")
        );
    }

    #[test]
    fn numbers_are_numbers_but_for_a_slip_of_the_pen() {
        let mut cells = vec!["1", "2.5", "-3", "1e3"];
        cells.extend(["7"; 20]);
        cells.push("many");
        let read = column(&cells).unwrap();
        assert!(read.numeric);
        assert_eq!((read.cells[1], read.cells[3], read.cells[24]), (Cell::Number(2.5), Cell::Number(1e3), Cell::Other));
        assert!(!column(&["1", "2", "x", "x"]).unwrap().numeric);
    }

    #[test]
    fn keys_constants_and_dates_are_left_out() {
        let text = |make: fn(usize) -> String, count: usize| (0..count).map(make).collect::<Vec<_>>();
        let of = |cells: Vec<String>| column(&cells.iter().map(String::as_str).collect::<Vec<_>>()).map(|_| ());
        assert_eq!(of(text(|row| format!("key {row}"), 50)), Err(KEY));
        assert_eq!(of(text(|row| (1_000 + row).to_string(), 300)), Err(KEY));
        assert_eq!(of(text(|row| format!("{row}.5"), 300)), Ok(()));
        assert_eq!(of(text(|_| "No".to_owned(), 9)), Err(CONSTANT));
        assert_eq!(of(text(|_| "Select".to_owned(), 9)), Err(CONSTANT));
        assert_eq!(of(text(|row| format!("2020-01-{:02}", row % 28 + 1), 90)), Err(DATES));
        assert_eq!(of(vec!["yes".to_owned(), String::new()]), Ok(()));
        assert_eq!(
            of(text(|row| if row % 2 == 0 { "-1" } else { "1" }.to_owned(), 90)),
            Ok(()),
            "a sign says something"
        );
        assert_eq!(of(text(|row| if row % 2 == 0 { "1" } else { "1.0" }.to_owned(), 90)), Err(CONSTANT));
        let mut nameless = Table::with_columns(vec![" - ".to_owned()]).unwrap();
        ["a", "b"].into_iter().for_each(|cell| nameless.push([cell.to_owned()]));
        assert_eq!(read(&nameless, 0, &[0, 1], &Blank::of(&[])), Err(NAMELESS));
    }
}
