//! Rows of a table on a trial's desk, and what became of each.

use std::collections::BTreeMap;

use plugdesk_desk::{PageRequest, Sort, TicketFilter};
use plugdesk_domain::{ExternalIds, Import, Ticket};
use plugdesk_fit::table::Table;
use serde_json::{Map, Value, json};

use super::{Error, Trial};

/// The system whose ids are the numbers of rows.
const SYSTEM: &str = "row";

impl Trial {
    /// Brings rows of a table in by an import's mapping, each known by its number from 0 in place of the id that the
    /// mapping names.
    ///
    /// # Errors
    /// As [`Trial::bring`].
    pub async fn bring_rows(
        &self,
        table: &Table,
        rows: impl IntoIterator<Item = usize>,
        mapping: &Value,
    ) -> Result<Import, Error> {
        let rows: Vec<usize> = rows.into_iter().collect();
        let (column, file) = table.numbered(rows.iter().copied())?;
        // The file of this import is nobody's: what is refused is told by the row of the table that was read.
        let begins = begins(table, &rows);
        let place = |line: u64| {
            let at = begins.partition_point(|begin| *begin <= line).checked_sub(1);
            let row = at.and_then(|at| rows.get(at)).map(|row| table.number(*row));
            row.map_or_else(|| "the names of the columns".to_owned(), |row| format!("row {row}"))
        };
        self.bring_told(known_by(mapping, &column), file, place).await
    }

    /// The tickets that were brought in, by the number of their row.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn tickets(&self) -> Result<BTreeMap<usize, Ticket>, Error> {
        let filter = TicketFilter { sort: Some(Sort::Oldest), ..TicketFilter::default() };
        let mut page = PageRequest { limit: Some(PageRequest::MOST), after: None };
        let mut tickets = BTreeMap::new();
        loop {
            let found = self.desk.ticket_list(&self.by, &filter, &page)?;
            tickets.extend(found.records.into_iter().filter_map(|it| Some((row_of(&it.external_ids)?, it))));
            match found.next {
                Some(next) => page.after = Some(next),
                None => return Ok(tickets),
            }
        }
    }

    /// The ticket of a row.
    pub(super) fn ticket(&self, row: usize) -> Result<Option<Ticket>, Error> {
        let external = Some((SYSTEM.to_owned(), row.to_string()));
        let filter = TicketFilter { external, ..TicketFilter::default() };
        let found = self.desk.ticket_list(&self.by, &filter, &PageRequest { limit: Some(1), after: None })?;
        Ok(found.records.into_iter().next())
    }

    /// Who stands for the person of each row: the requester of its ticket, or the contact that it became, or whoever that
    /// one was merged into. Rows with the same id were found to be one person.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn people(&self, rows: usize) -> Result<Vec<Option<String>>, Error> {
        let tickets = self.tickets()?;
        let person = |row: usize| -> Result<Option<String>, Error> {
            let view = match tickets.get(&row) {
                Some(ticket) => match ticket.requester {
                    Some(requester) => self.desk.contact(&self.by, requester),
                    None => return Ok(None),
                },
                None => self.desk.contact_by_external(&self.by, SYSTEM, &row.to_string()),
            };
            match view {
                Ok(view) => Ok(Some(view.contact.id.to_string())),
                Err(plugdesk_desk::Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(Error::from(error)),
            }
        };
        (0..rows).map(person).collect()
    }
}

/// The line on which each of these rows begins where they are written as a table: a cell may go over several.
fn begins(table: &Table, rows: &[usize]) -> Vec<u64> {
    let lines = |cells: &mut dyn Iterator<Item = &str>| -> u64 {
        1 + cells.flat_map(str::bytes).filter(|byte| *byte == b'\n').count() as u64
    };
    let mut next = 1 + lines(&mut table.columns().iter().map(String::as_str));
    let begin = |row: &usize| {
        let begin = next;
        next += lines(&mut table.row(*row));
        begin
    };
    rows.iter().map(begin).collect()
}

/// The row that an external id of the trial names.
fn row_of(ids: &ExternalIds) -> Option<usize> {
    ids.get(SYSTEM)?.parse().ok()
}

/// The mapping with rows known by that column, which no policy sees.
fn known_by(mapping: &Value, column: &str) -> Value {
    let mut mapping = mapping.as_object().cloned().unwrap_or_default();
    let before = mapping.insert("external-id".to_owned(), json!({"system": SYSTEM, "column": column}));
    // Ids of people and companies in the file stay those of the system that they are of.
    if let Some(system) = before.as_ref().and_then(|it| it.get("system")) {
        mapping.entry("system").or_insert_with(|| system.clone());
    }
    for part in ["ticket", "contact", "company"] {
        let custom = mapping.get_mut(part).and_then(|it| it.get_mut("custom")).and_then(Value::as_object_mut);
        if let Some(custom) = custom.filter(|custom| custom.get("columns") == Some(&json!("*"))) {
            leave_out(custom, column);
        }
    }
    Value::Object(mapping)
}

fn leave_out(custom: &mut Map<String, Value>, column: &str) {
    let except = custom.entry("except").or_insert_with(|| json!([]));
    if let Some(except) = except.as_array_mut() {
        except.push(column.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_begins_on_the_line_where_it_is_written() {
        let mut table = Table::with_columns(vec!["a".to_owned(), "b\nc".to_owned()]).unwrap();
        [["1", "x\ny\nz"], ["2", ""], ["3", "w"]].into_iter().for_each(|row| table.push(row.map(str::to_owned)));
        let (_, file) = table.numbered([0, 2]).unwrap();
        let begins = begins(&table, &[0, 2]);
        assert_eq!(begins, [3, 6]);
        let text = String::from_utf8(file).unwrap();
        assert_eq!(text.lines().nth(begins[1] as usize - 1), Some("2,3,w"));
    }

    #[test]
    fn rows_are_known_by_their_number_and_no_policy_sees_it() {
        let mapping = json!({"kind": "lead", "external-id": {"system": "crm", "column": "Id"},
            "ticket": {"custom": {"columns": "*", "except": ["Won"]}}, "contact": {"custom": {"columns": ["A"]}}});
        let known = known_by(&mapping, "row_");
        assert_eq!(known["external-id"], json!({"system": "row", "column": "row_"}));
        assert_eq!(known["system"], "crm");
        assert_eq!(known["ticket"]["custom"]["except"], json!(["Won", "row_"]));
        assert_eq!(known["contact"]["custom"].get("except"), None);
    }
}
