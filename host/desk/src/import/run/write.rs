//! The second pass: rows are written, many at once, each whole or not at all.

use std::collections::{HashMap, HashSet};

use plugdesk_domain::ImportState;
use plugdesk_domain::record::import::MOST_REFUSED;

use super::row::{Landed, one, refused};
use super::{Equal, IN_FLIGHT, PROGRESS_ROWS, Run, Stop};
use crate::import::flight::Flight;
use crate::import::mapping::Mapping;
use crate::import::record::Alone;

impl Run<'_> {
    /// The second pass: rows are written, many at once, each whole or not at all.
    pub(super) fn write(&mut self, mapping: &Mapping, bytes: &[u8]) -> Result<ImportState, Stop> {
        let refused_before = self.import.refused;
        let already = std::mem::take(&mut self.import.refused_rows);
        let rows = self.rows(mapping, bytes).map_err(|refused| Stop::Failed(refused.reason))?;
        let (desk, by) = (self.desk.clone(), self.by.clone());
        let mut flight = Flight::new();
        let mut progress = Progress::default();
        let mut equal = Equal::new();
        for row in rows {
            self.leave_if_closing()?;
            if Self::is_blank(mapping, &row) {
                continue;
            }
            // Rows that were refused or kept before are left out again, for the same reason.
            let made = row.and_then(|(line, cells)| self.row(mapping, line, &cells, &mut equal));
            let Ok(row) = made else { continue };
            if self.left_out.contains(&row.line) {
                continue;
            }
            let alone = row.made.alone(desk.live().asks("identify"));
            while flight.len() >= IN_FLIGHT || progress.is_flying(&alone) {
                self.landed(flight.next(), &mut progress)?;
            }
            progress.start(row.line, alone);
            flight.add(one(desk.clone(), by.clone(), row));
        }
        while flight.len() > 0 {
            self.landed(flight.next(), &mut progress)?;
        }
        let late = self.import.refused - refused_before;
        let mut all = already;
        all.append(&mut self.import.refused_rows);
        all.sort_by_key(|row| row.line);
        all.truncate(MOST_REFUSED);
        self.import.refused_rows = all;
        if late > 0 && !self.import.skip_refused {
            return Err(Stop::Failed(format!("{late} rows could not be written though they were checked")));
        }
        Ok(ImportState::Done)
    }

    /// What came of a row.
    fn landed(&mut self, outcome: Option<(u64, Landed)>, progress: &mut Progress) -> Result<(), Stop> {
        let Some((line, landed)) = outcome else { return Ok(()) };
        progress.end(line, matches!(landed, Landed::Written | Landed::Repeated | Landed::Changed));
        match landed {
            Landed::Written => self.import.written += 1,
            Landed::Repeated => self.import.repeated += 1,
            Landed::Changed => self.keep(line),
            Landed::Refused(error) => self.refuse(refused(line, &error)),
            Landed::Stopped(error) => return Err(self.stopped(line, &error)),
        }
        if progress.count.is_multiple_of(PROGRESS_ROWS) {
            self.save()?;
        }
        Ok(())
    }
}

/// Rows on their way, and what only one of them may do at once.
#[derive(Default)]
struct Progress {
    count: u64,
    rows: HashMap<u64, Alone>,
    /// What those do, each of it one row alone.
    flying: HashSet<String>,
    settled: HashSet<String>,
}

impl Progress {
    fn is_flying(&self, alone: &Alone) -> bool {
        alone.what.iter().any(|what| self.flying.contains(what))
    }

    fn start(&mut self, line: u64, mut alone: Alone) {
        alone.what.retain(|what| !self.settled.contains(what));
        if !alone.what.is_empty() {
            self.flying.extend(alone.what.iter().cloned());
            self.rows.insert(line, alone);
        }
    }

    fn end(&mut self, line: u64, stored: bool) {
        self.count += 1;
        let Some(alone) = self.rows.remove(&line) else { return };
        for what in &alone.what {
            self.flying.remove(what);
        }
        if stored && alone.settles {
            self.settled.extend(alone.what);
        }
    }
}
