//! `report`: what became of leads by grade and by what was promised of them, and of commitments by segment, counted as
//! events come. Everything stands in the events themselves, so each is counted once and a report can be made again from
//! the log.

use std::collections::BTreeMap;

use plugdesk_domain::{Event, RecordsExt, Report};
use serde_json::Value;

use super::Follower;
use crate::draft::Draft;
use crate::error::Error;

/// The report of leads: rows are grades.
pub(crate) const CONVERSION: &str = "conversion";
/// The report of promises: rows are bands of probability.
pub(crate) const CALIBRATION: &str = "calibration";
/// The report of commitments: rows are a segment and a metric.
pub(crate) const COMMITMENTS: &str = "commitments";
/// What stands in the place of a grade or segment that there is none of.
pub(crate) const NONE: &str = "none";
/// Between row and column; no name of a segment, metric or grade holds one.
pub(crate) const BETWEEN: char = ':';
/// The cells of a report have together at most so many bytes: it is one stored value of 96 KiB, and segments and metrics
/// have 64 characters each, of up to four bytes. What would need more is counted in the row of others.
const MOST_CELLS_BYTES: usize = 64 << 10;
/// A cell takes so many bytes beside its name: quotes, colon, comma and its count.
const CELL_BYTES: usize = 24;
const OTHERS: &str = "others";

pub(super) struct Reports;

impl Follower for Reports {
    const NAME: &'static str = "report.keep";

    fn name(&self) -> String {
        "report".to_owned()
    }

    fn reads_whole_log(&self) -> bool {
        true
    }

    fn follow(&self, draft: &mut Draft<'_>, events: &[Event]) -> Result<usize, Error> {
        let mut added: BTreeMap<&'static str, BTreeMap<String, i64>> = BTreeMap::new();
        for event in events {
            for (report, cell, by) in counted(event) {
                *added.entry(report).or_default().entry(cell).or_default() += by;
            }
        }
        for (name, cells) in added {
            add(draft, name, cells)?;
        }
        Ok(events.len())
    }
}

/// What an event adds to which cells.
fn counted(event: &Event) -> Vec<(&'static str, String, i64)> {
    let text = |name: &str| event.data.get(name).and_then(Value::as_str);
    let cell = |grade: &str, column: &str| format!("{grade}{BETWEEN}{column}");
    let outcome = |report, row: &str, outcome: &str, by: i64| {
        text(outcome).map(|outcome| (report, cell(text(row).unwrap_or(NONE), outcome), by))
    };
    match event.name.as_str() {
        "ticket.created" if text("kind") == Some("lead") => {
            vec![(CONVERSION, cell(text("grade").unwrap_or(NONE), "created"), 1)]
        }
        // What was counted before is taken back: a lead that ends twice is counted once.
        "lead.ended" | "lead.reopened" => {
            let counted = [
                outcome(CONVERSION, "grade_before", "outcome_before", -1),
                outcome(CONVERSION, "grade", "outcome", 1),
                outcome(CALIBRATION, "promised_before", "outcome_before", -1),
                outcome(CALIBRATION, "promised", "outcome", 1),
            ];
            counted.into_iter().flatten().collect()
        }
        "commitment.met" | "commitment.breached" => {
            let column = event.name.trim_start_matches("commitment.");
            let (segment, metric) = (text("segment").unwrap_or(NONE), text("metric").unwrap_or(NONE));
            vec![(COMMITMENTS, format!("{segment}{BETWEEN}{metric}{BETWEEN}{column}"), 1)]
        }
        _ => Vec::new(),
    }
}

fn add(draft: &mut Draft<'_>, name: &str, added: BTreeMap<String, i64>) -> Result<(), Error> {
    let found = draft.desk.records.find::<Report>(name)?;
    let fresh = found.is_none();
    let now = draft.now;
    let new = || Report { version: 1, created_at: now, updated_at: now, name: name.to_owned(), cells: BTreeMap::new() };
    let mut report = found.unwrap_or_else(new);
    count(&mut report.cells, added);
    if fresh {
        draft.create(report);
    } else {
        draft.change(report);
    }
    Ok(())
}

/// Adds to the cells that there are, and makes new ones as long as there is room.
fn count(cells: &mut BTreeMap<String, i64>, added: BTreeMap<String, i64>) {
    let taken = |cell: &str| cell.len() + CELL_BYTES;
    let mut bytes: usize = cells.keys().map(|it| taken(it)).sum();
    for (cell, by) in added {
        let fresh = !cells.contains_key(&cell);
        if fresh && bytes + taken(&cell) > MOST_CELLS_BYTES {
            let column = cell.rsplit(BETWEEN).next().unwrap_or_default();
            *cells.entry(format!("{OTHERS}{BETWEEN}{column}")).or_default() += by;
            continue;
        }
        bytes += if fresh { taken(&cell) } else { 0 };
        *cells.entry(cell).or_default() += by;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_ever_new_and_long_names_stays_one_value_and_loses_no_count() {
        let mut cells = BTreeMap::new();
        for n in 0..2_000 {
            let name = format!("{n:04}{}", "\u{103a0}".repeat(60));
            count(&mut cells, [(format!("{name}{BETWEEN}{name}{BETWEEN}met"), 1)].into());
        }
        assert!(serde_json::to_vec(&cells).unwrap().len() <= MOST_CELLS_BYTES + 64);
        assert_eq!(cells.values().sum::<i64>(), 2_000);
        assert!(cells["others:met"] > 0 && cells.len() > 100);
        let known = cells.keys().next().unwrap().clone();
        count(&mut cells, [(known.clone(), 6)].into());
        assert_eq!(cells[&known], 7, "what has a cell keeps it");
    }
}
