//! An event log as incidents: what was known at the first event, and what came.

use std::collections::HashMap;

use anyhow::{Context as _, Result, ensure};
use plugdesk_domain::Instant;
use plugdesk_fit::table::Table;
use plugdesk_fit::times;

use crate::data::{Source, plain};

/// The columns that say what came: never learned from. A column whose name begins with one of [`AFTERWARDS`] neither.
const NUMBER: &str = "number";
const MADE: &str = "made_sla";
const OPENED: &str = "opened_at";
const CLOSED: &str = "closed_at";
/// What the log says of a promise that was kept.
const KEPT: [&str; 3] = ["true", "yes", "1"];
/// When an event was written, if the log says so; else its order counts.
const WRITTEN: &str = "sys_updated_at";
/// What is closed or resolved is known only afterwards, even where a log repeats it on every line.
const AFTERWARDS: [&str; 2] = ["closed", "resolved"];
/// What a policy is told of an incident under a name of its own: the desk keeps it itself.
pub(super) const MISSED: &str = "missed";

/// The incidents of a log, in the order of their first events.
pub(super) struct Log {
    /// What each first event says, without what came, its priority in the desk's words, its opening as RFC 3339, and with
    /// [`MISSED`] as `yes` or `no`.
    pub(super) first: Table,
    /// The column that says when it was opened.
    pub(super) opened_column: String,
    /// The column of the priority.
    pub(super) priority_column: String,
    /// As local time, taken for UTC: the log says no zone.
    pub(super) opened: Vec<Option<Instant>>,
    pub(super) closed: Vec<Option<Instant>>,
    /// Whether the promise was broken, by its last event.
    pub(super) missed: Vec<bool>,
    /// Whether it was of moderate priority in the end.
    pub(super) moderate: Vec<bool>,
}

impl Log {
    pub(super) fn read(source: &Source) -> Result<Self> {
        let table = source.table()?;
        let column = |name: &str| {
            let found = source.column(&[name]).with_context(|| format!("no column {name}"))?;
            Ok::<_, anyhow::Error>(table.column(found)?)
        };
        let [number, made, opened, closed, priority] =
            [column(NUMBER)?, column(MADE)?, column(OPENED)?, column(CLOSED)?, column("priority")?];
        let written = source.column(&[WRITTEN]).map(|name| table.column(name)).transpose()?;
        let written = written.and_then(|column| millis(&table, column));
        // By incident, in the order of their appearance: the rows of its first and of its last event.
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut ends: Vec<(usize, usize)> = Vec::new();
        let at = |row: usize| written.as_ref().and_then(|all| all.get(row).copied().flatten());
        for row in 0..table.rows() {
            let place = *places.entry(table.cell(row, number)).or_insert(ends.len());
            match ends.get_mut(place) {
                None => ends.push((row, row)),
                Some((first, last)) => {
                    if at(row).is_some() && at(row) < at(*first) {
                        *first = row;
                    }
                    if at(row) >= at(*last) {
                        *last = row;
                    }
                }
            }
        }
        let names = table.columns().iter().enumerate();
        let kept: Vec<usize> = names.filter(|(_, name)| !comes_afterwards(name)).map(|(place, _)| place).collect();
        let kept_names = kept.iter().filter_map(|place| table.columns().get(*place).cloned());
        let mut first = Table::with_columns(kept_names.chain([MISSED.to_owned()]).collect())?;
        let (mut missed, mut moderate) = (Vec::new(), Vec::new());
        let opened_at = millis(&table, opened).with_context(|| format!("the column {OPENED} holds no times"))?;
        let closed_at = millis(&table, closed).with_context(|| format!("the column {CLOSED} holds no times"))?;
        let instant = |all: &[Option<i64>], row: usize| all.get(row).copied().flatten().map(Instant::from_millis);
        for (begin, last) in &ends {
            let was_missed = !KEPT.contains(&plain(table.cell(*last, made)).as_str());
            let cells = kept.iter().map(|column| match table.cell(*begin, *column) {
                cell if *column == priority => in_words(cell).to_owned(),
                _ if *column == opened => instant(&opened_at, *begin).map(|it| it.to_string()).unwrap_or_default(),
                cell => cell.to_owned(),
            });
            first.push(cells.chain([if was_missed { "yes" } else { "no" }.to_owned()]));
            missed.push(was_missed);
            moderate.push(plain(table.cell(*last, priority)).starts_with('3'));
        }
        ensure!(!ends.is_empty(), "it has no rows");
        let name = |column: usize| table.columns().get(column).cloned().unwrap_or_default();
        let times = |all: &[Option<i64>]| ends.iter().map(|(_, last)| instant(all, *last)).collect();
        Ok(Self {
            opened: times(&opened_at),
            closed: times(&closed_at),
            opened_column: name(opened),
            priority_column: name(priority),
            first,
            missed,
            moderate,
        })
    }
}

/// Whether a column says what came, or is a key.
fn comes_afterwards(name: &str) -> bool {
    let name = plain(name);
    [NUMBER, MADE, MISSED].contains(&name.as_str()) || AFTERWARDS.iter().any(|word| name.starts_with(word))
}

/// A priority as service desks number it, 1 being the most urgent, in the desk's own words.
fn in_words(priority: &str) -> &'static str {
    match priority.chars().next() {
        Some('1') => "urgent",
        Some('2') => "high",
        Some('4' | '5') => "low",
        _ => "normal",
    }
}

/// A column's times in milliseconds, as if they were UTC.
fn millis(table: &Table, column: usize) -> Option<Vec<Option<i64>>> {
    let read = times::read(&(0..table.rows()).map(|row| table.cell(row, column)))?;
    Some(read.into_iter().map(|time| time.and_then(times::millis)).collect())
}
