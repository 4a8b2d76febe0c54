//! The first pass: every row is read and tried, nothing is written.

use std::collections::HashMap;

use plugdesk_domain::RefusedRow;

use super::row::{Landed, Row, one, refused};
use super::{Equal, IN_FLIGHT, PROGRESS_ROWS, Run, Stop};
use crate::idempotency;
use crate::import::flight::Flight;
use crate::import::known::Known;
use crate::import::mapping::{Columns, Mapping};
use crate::import::record::{external_id, make};
use crate::import::value::{Cells, Wrong};
use crate::view::How;

/// What a row is found to be before its command is tried.
enum Checked {
    New(Box<Row>),
    /// It is in already.
    Repeated,
    /// It is in already with other content.
    Changed(u64),
}

impl Run<'_> {
    /// The first pass: every row is read, made, and sent through its command as a preview, with the policies that may refuse
    /// it; nothing is written. So what is refused later can only be what changed meanwhile.
    pub(super) fn check(&mut self, mapping: &Mapping, bytes: &[u8]) -> Result<(), Stop> {
        let mut rows = match self.rows(mapping, bytes) {
            Ok(rows) => rows,
            Err(refused) => {
                // Nothing of a file that can't be read may be skipped.
                self.import.skip_refused = false;
                self.refuse(refused);
                return Ok(());
            }
        };
        if let Some(refused) = rows.columns.as_ref().and_then(|columns| unknown_column(mapping, columns)) {
            self.import.skip_refused = false;
            self.refuse(refused);
            return Ok(());
        }
        let (mut seen, mut equal): (HashMap<String, u64>, Equal) = Default::default();
        let mut flight = Flight::new();
        let (desk, by) = (self.desk.clone(), self.by.clone());
        for row in &mut rows {
            self.leave_if_closing()?;
            if Self::is_blank(mapping, &row) {
                continue;
            }
            self.import.rows += 1;
            match row.and_then(|row| self.checked(mapping, row, &mut seen, &mut equal)) {
                Ok(Checked::New(row)) => {
                    while flight.len() >= IN_FLIGHT {
                        self.tried(flight.next())?;
                    }
                    let row = Row { how: How { preview: true, ..row.how }, ..*row };
                    flight.add(one(desk.clone(), by.clone(), row));
                }
                Ok(Checked::Repeated) => {}
                Ok(Checked::Changed(line)) => self.keep(line),
                Err(refused) => self.refuse(refused),
            }
            if self.import.rows.is_multiple_of(PROGRESS_ROWS) {
                self.save()?;
            }
        }
        while flight.len() > 0 {
            self.tried(flight.next())?;
        }
        self.import.refused_rows.sort_by_key(|row| row.line);
        Ok(())
    }

    /// A row as far as it can be checked by itself.
    fn checked(
        &self,
        mapping: &Mapping,
        (line, cells): (u64, Cells),
        seen: &mut HashMap<String, u64>,
        equal: &mut Equal,
    ) -> Result<Checked, RefusedRow> {
        let row = self.row(mapping, line, &cells, equal)?;
        if let Some((_, id)) = &row.own
            && let Some(first) = seen.insert(id.clone(), line)
        {
            let column = mapping.external_id.as_ref().map(|it| it.column.clone()).unwrap_or_default();
            return Err(RefusedRow { line, field: column, reason: format!("the id stands on line {first} already") });
        }
        let Some(key) = &row.how.idempotency else { return Ok(Checked::New(Box::new(row))) };
        let stored = idempotency::name(&self.by, key).and_then(|name| idempotency::find(&self.desk.inner, &name));
        match stored {
            Ok(Some(stored)) if stored.request == key.request => Ok(Checked::Repeated),
            // Its own id says that it is the same row.
            Ok(Some(_)) => Ok(Checked::Changed(line)),
            Ok(None) => Ok(Checked::New(Box::new(row))),
            Err(error) => Err(refused(line, &error)),
        }
    }

    /// A row as the command it becomes. `equal` counts the rows that can be made, in the order of the file.
    pub(super) fn row(
        &self,
        mapping: &Mapping,
        line: u64,
        cells: &Cells,
        equal: &mut Equal,
    ) -> Result<Row, RefusedRow> {
        let at = |wrong: Wrong| RefusedRow { line, field: wrong.field, reason: wrong.reason };
        let id = external_id(mapping, cells).map_err(at)?;
        let how = self.how(id.as_deref(), cells, equal);
        let made = make(mapping, cells, line, &Known(&self.desk.inner)).map_err(at)?;
        let own = mapping.external_id.as_ref().map(|it| it.system.clone()).zip(id);
        Ok(Row { line, made, how, own })
    }

    /// What came of trying a row.
    fn tried(&mut self, outcome: Option<(u64, Landed)>) -> Result<(), Stop> {
        match outcome {
            None | Some((_, Landed::Written | Landed::Repeated)) => Ok(()),
            Some((line, Landed::Changed)) => {
                self.keep(line);
                Ok(())
            }
            Some((line, Landed::Refused(error))) => {
                self.refuse(refused(line, &error));
                Ok(())
            }
            Some((line, Landed::Stopped(error))) => Err(self.stopped(line, &error)),
        }
    }
}

/// A column that the mapping names and the file does not have.
fn unknown_column(mapping: &Mapping, columns: &[String]) -> Option<RefusedRow> {
    let own = mapping.external_id.iter().map(|external| ("/external-id".to_owned(), external.column.clone()));
    let sources = mapping.sources();
    let named =
        sources.iter().flat_map(|(at, source)| source.columns().into_iter().map(|c| (at.clone(), c.to_owned())));
    let custom = mapping.customs().into_iter().flat_map(|(at, custom)| {
        let listed = match &custom.columns {
            Columns::Named(columns) => columns.clone(),
            Columns::All(_) => Vec::new(),
        };
        let all = listed.into_iter().chain(custom.except.clone()).chain(custom.texts.clone());
        all.chain(custom.rename.keys().cloned()).map(move |column| (at.to_owned(), column))
    });
    let lists = mapping.lists().into_iter().map(|(at, column)| (at, column.to_owned()));
    let missing = own.chain(named).chain(custom).chain(lists).find(|(_, column)| !columns.contains(column));
    missing.map(|(at, column)| {
        let reason = format!("the file has no such column, which the mapping names at {at}");
        RefusedRow { line: 1, field: column, reason }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_that_the_file_lacks_is_named_before_a_row_is_read() {
        let mapping = serde_json::json!({"kind": "lead", "ticket": {"subject": {"template": "{A} of {B}"},
            "custom": {"columns": "*", "except": ["C"]}}});
        let mapping = Mapping::read(&mapping).unwrap();
        let columns = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert_eq!(unknown_column(&mapping, &columns(&["A", "B", "C"])), None);
        let missing = unknown_column(&mapping, &columns(&["A", "C"])).unwrap();
        assert_eq!((missing.line, missing.field.as_str()), (1, "B"));
        assert!(missing.reason.contains("/ticket/subject"), "{}", missing.reason);
        assert_eq!(unknown_column(&mapping, &columns(&["A", "B"])).unwrap().field, "C");
    }
}
