//! A desk's own past as a table: a row for each ticket of which it is known whether a promise was kept.

use std::collections::{BTreeMap, BTreeSet};

use plugdesk_domain::Instant;
use plugdesk_fit::risk::{Options, RiskError};
use plugdesk_fit::scorecard::LEAST_OF_EACH;
use plugdesk_fit::table::Table;
use serde_json::Value;

use super::super::text::{cell, items, plain};
use super::super::{Exit, Failure, Global, connected};

/// More tickets teach nothing that these, the last ones, don't.
const MOST_TICKETS: usize = 100_000;
/// What the desk knows of a ticket at its opening, by its name in JSON. Custom fields stand beside it under their own.
const KNOWN: [&str; 5] = ["kind", "channel", "priority", "segment", "team"];
const OPENED: &str = "ticket opened";
const DUE: &str = "ticket due";
const BROKEN: &str = "promise broken";
const MINUTE_MS: i64 = 60_000;

/// A table, and what its columns are.
pub(super) struct Past {
    pub(super) table: Table,
    pub(super) options: Options,
}

/// The tickets of a desk.
pub(super) async fn of_desk(global: &Global, metric: &str, utc_offset: i16) -> Result<Past, Failure> {
    let tickets = connected(global, async |connection| {
        connection.at_desk().await?.pages("/v1/tickets?sort=-created", MOST_TICKETS).await
    })
    .await?;
    past(&tickets, metric, utc_offset)
        .map_err(|error| Failure::new(Exit::Refused, format!("the desk's tickets: {error}")))
}

fn past(tickets: &[Value], metric: &str, utc_offset: i16) -> Result<Past, RiskError> {
    let decided: Vec<(&Value, &Value)> =
        tickets.iter().filter_map(|ticket| Some((ticket, promise(ticket, metric)?))).collect();
    let broken = decided.iter().filter(|(_, promise)| was_broken(promise)).count();
    let kept = decided.len() - broken;
    if broken.min(kept) < LEAST_OF_EACH {
        return Err(RiskError::TooFew { broken, kept });
    }
    let custom = |ticket: &Value| ticket.get("custom").and_then(Value::as_object).cloned().unwrap_or_default();
    let fields: BTreeSet<String> =
        decided.iter().flat_map(|(ticket, _)| custom(ticket)).map(|(name, _)| name).collect();
    let known = KNOWN.map(|name| format!("ticket {name}"));
    let columns = known.iter().cloned().chain([OPENED, DUE, BROKEN].map(str::to_owned)).chain(fields.iter().cloned());
    let mut table = Table::with_columns(columns.collect())?;
    let wall = |value: &Value, name: &str| {
        let at = cell(value, name).parse::<Instant>().ok();
        at.map(|at| at.plus_millis(i64::from(utc_offset) * MINUTE_MS).to_string()).unwrap_or_default()
    };
    for (ticket, promise) in decided {
        let broken = if was_broken(promise) { "yes" } else { "no" };
        let own = [wall(ticket, "created_at"), wall(promise, "due_at"), broken.to_owned()];
        let custom = custom(ticket);
        let answers = fields.iter().map(|name| custom.get(name).map(plain).unwrap_or_default());
        table.push(KNOWN.iter().map(|name| cell(ticket, name)).chain(own).chain(answers));
    }
    let options = Options {
        label: BROKEN.to_owned(),
        positive: Some("yes".to_owned()),
        opened: Some(OPENED.to_owned()),
        until: Some(DUE.to_owned()),
        known: known.into_iter().zip(KNOWN.map(str::to_owned)).collect::<BTreeMap<_, _>>(),
        fields: fields.into_iter().map(|name| (name.clone(), name)).collect(),
        utc_offset_minutes: utc_offset,
        ..Options::default()
    };
    Ok(Past { table, options })
}

fn was_broken(promise: &Value) -> bool {
    cell(promise, "state") == "breached"
}

/// The last promise of that metric of which it is known whether it was kept.
fn promise<'t>(ticket: &'t Value, metric: &str) -> Option<&'t Value> {
    let all = items(ticket.get("commitments")?);
    let known = |it: &&Value| matches!(cell(it, "state").as_str(), "met" | "breached");
    all.iter().filter(known).rfind(|it| cell(it, "metric") == metric)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_ticket_is_a_row_when_it_is_known_whether_its_promise_was_kept() {
        let ticket = |state: &str, custom: Value| {
            json!({ "kind": "support", "channel": "web", "priority": "high", "created_at": "2026-11-22T22:30:00.000Z",
                "custom": custom, "commitments": [
                    { "metric": "first-response", "state": "met", "due_at": "2026-11-22T23:00:00.000Z" },
                    { "metric": "resolution", "state": state, "due_at": "2026-11-23T22:30:00.000Z" } ] })
        };
        // Twenty of each are enough to learn from; what is still pending teaches nothing.
        let of = |state: &str, custom: Value| vec![ticket(state, custom); LEAST_OF_EACH];
        let broken = of("breached", json!({ "Product": "pump" }));
        let few = past(&broken, "resolution", 60).err().unwrap();
        assert_eq!(few, RiskError::TooFew { broken: LEAST_OF_EACH, kept: 0 });
        let [kept, open] = [of("met", json!({ "floors": 3 })), of("pending", json!({ "other": 1 }))];
        let past = past(&[broken, kept, open].concat(), "resolution", 60).unwrap();
        let columns =
            ["ticket kind", "ticket channel", "ticket priority", "ticket segment", "ticket team", OPENED, DUE, BROKEN];
        assert_eq!(past.table.columns()[..8], columns);
        assert_eq!(past.table.columns()[8..], ["Product", "floors"]);
        let row = |row: usize| past.table.row(row).collect::<Vec<_>>().join("|");
        let [opened, due] = ["2026-11-22T23:30:00.000Z", "2026-11-23T23:30:00.000Z"];
        assert_eq!(row(0), format!("support|web|high|||{opened}|{due}|yes|pump|"));
        assert_eq!(row(LEAST_OF_EACH), format!("support|web|high|||{opened}|{due}|no||3"));
        assert_eq!(past.table.rows(), 2 * LEAST_OF_EACH);
        assert_eq!(past.options.known["ticket team"], "team");
        assert_eq!(past.options.fields["Product"], "Product");
    }
}
