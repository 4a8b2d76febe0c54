//! Rows as they came: each at its own time, so that no policy hears more, or later, than it would have heard then.

use std::collections::BTreeMap;

use plugdesk_desk::{How, TicketPatch};
use plugdesk_domain::{Category, Instant, Ticket};
use plugdesk_fit::table::Table;
use serde_json::Value;

use super::{Error, Trial};

/// Whether the mapping says when its tickets were opened: otherwise there is no other time than now.
pub fn knows_times(mapping: &Value) -> bool {
    mapping.pointer("/ticket/created-at").is_some()
}

impl Trial {
    /// Brings the rows of tickets in, each at the time at which it was opened. Where `ending` is set, each is also ended
    /// when it was, as [`Category::Resolved`], before the next one comes, and its clocks end with it.
    ///
    /// `past` has the tickets with their times, as a desk without policies read them from the same rows; what they say of
    /// what came later is not brought in.
    ///
    /// # Errors
    /// As [`Trial::bring`].
    pub async fn replay(
        &self,
        table: &Table,
        mapping: &Value,
        past: &BTreeMap<usize, Ticket>,
        ending: bool,
    ) -> Result<(), Error> {
        let opening = opening(mapping);
        let mut by_time: BTreeMap<Instant, Vec<usize>> = BTreeMap::new();
        for (row, ticket) in past {
            by_time.entry(ticket.created_at).or_default().push(*row);
        }
        for (opened, rows) in by_time {
            self.turn(opened);
            self.bring_rows(table, rows.iter().copied(), &opening).await?;
            for row in rows.into_iter().filter(|_| ending) {
                self.resolve(row, past.get(&row).and_then(ended)).await?;
            }
        }
        Ok(())
    }

    /// Resolves the ticket of a row at that time; none: it never ended.
    async fn resolve(&self, row: usize, at: Option<Instant>) -> Result<(), Error> {
        let Some((at, ticket)) = at.zip(self.ticket(row)?) else { return Ok(()) };
        self.turn(at);
        let patch = TicketPatch { category: Some(Category::Resolved), ..TicketPatch::default() };
        self.desk.ticket_update(&self.by, ticket.id, patch, &How::default()).await?;
        Ok(())
    }
}

/// When a ticket ended for good; none: it stands open.
fn ended(ticket: &Ticket) -> Option<Instant> {
    let open = ticket.turns.iter().rposition(|turn| !turn.category.ended());
    let turn = ticket.turns.get(open.map_or(0, |place| place + 1))?;
    Some(turn.at)
}

/// The mapping without what is known only afterwards: where a ticket stood later. What was said counts as said at the
/// opening.
fn opening(mapping: &Value) -> Value {
    let mut mapping = mapping.clone();
    if let Some(fields) = mapping.as_object_mut() {
        fields.remove("turn");
    }
    if let Some(ticket) = mapping.get_mut("ticket").and_then(Value::as_object_mut) {
        ticket.remove("category");
        ticket.remove("state");
    }
    let entries = mapping.get_mut("entry").and_then(Value::as_array_mut);
    for entry in entries.into_iter().flatten().filter_map(Value::as_object_mut) {
        entry.remove("at");
    }
    mapping
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_came_later_is_not_brought_in() {
        let mapping = json!({"kind": "support", "ticket": {"created-at": "Opened", "category": "Status"},
            "turn": [{"at": "Closed", "category": {"constant": "closed"}}], "entry": [{"text": "Words", "at": "Said"}]});
        assert!(knows_times(&mapping));
        let left = json!({"kind": "support", "ticket": {"created-at": "Opened"}, "entry": [{"text": "Words"}]});
        assert_eq!(opening(&mapping), left);
    }
}
