//! A shipped policy as a desk asks it: rows come in by an import, through the sandbox and all limits, and what the policy
//! said is read of the ticket of each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use plugdesk::trial::Trial;
use plugdesk_domain::{Ask, Instant, Ticket};
use plugdesk_fit::folds;
use plugdesk_fit::scorecard::field_name;
use plugdesk_fit::table::Table;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// Of folds and of everything that is fitted.
pub(crate) const SEED: u64 = 1;
/// Without a folder to learn from, each part of so many is scored by what the others teach.
const FOLDS: usize = 5;
/// The time of every desk; rows come in when they are scored.
const NOW: Instant = Instant::from_millis(1_763_800_200_000);

/// What every desk is made of.
pub(crate) struct Bench {
    question: &'static str,
    runtime: Runtime,
    ask: Arc<dyn Ask>,
    archive: Vec<u8>,
}

impl Bench {
    /// A pack whose only policy answers that question.
    pub(crate) fn new(pack: &Path, question: &'static str) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut archive = tar::Builder::new(Vec::new());
        let name = pack.file_name().with_context(|| format!("{} is not a pack", pack.display()))?;
        archive.append_dir_all(name, pack).with_context(|| format!("{} is not built", pack.display()))?;
        Ok(Self { question, runtime, ask: Trial::sandbox()?, archive: archive.into_inner()? })
    }

    /// Brings those rows into a fresh desk whose policy has that configuration, and reads what it said of each, in their
    /// order.
    pub(crate) fn asked<T>(
        &self,
        configuration: &Value,
        table: &Table,
        rows: &[usize],
        mapping: &Value,
        said: impl Fn(&Trial, &Ticket) -> Result<Option<T>>,
    ) -> Result<Vec<T>> {
        self.runtime.block_on(async {
            let trial = Trial::begin(Arc::clone(&self.ask), NOW).await?;
            trial.install(self.archive.clone()).await?;
            trial.configure(self.question, None, configuration).await?;
            trial.bring_rows(table, rows.iter().copied(), mapping).await?;
            let tickets = trial.tickets()?;
            let of = |row: &usize| {
                let said = tickets.get(row).map(|ticket| said(&trial, ticket)).transpose()?.flatten();
                said.with_context(|| format!("of row {} the policy says nothing", row + 1))
            };
            let all = rows.iter().map(of).collect::<Result<Vec<T>>>()?;
            trial.end().await?;
            Ok(all)
        })
    }
}

/// For each part of the rows: those to learn from, and those to score.
pub(crate) fn splits(outcomes: &[bool]) -> Vec<(Vec<usize>, Vec<usize>)> {
    let dealt = folds::deal(outcomes, FOLDS, SEED);
    let of = |fold: usize| (0..outcomes.len()).partition(|row| dealt.get(*row) != Some(&fold));
    (0..FOLDS).map(of).collect()
}

/// How the fields that conditions look at come in: each from the column that it was learned from.
pub(crate) fn custom(table: &Table, conditions: Option<&Value>) -> Value {
    let conditions = conditions.and_then(Value::as_array).into_iter().flatten();
    let asked: BTreeSet<&str> = conditions.filter_map(|it| it.get("field").and_then(Value::as_str)).collect();
    let named = table.columns().iter().map(|column| (column, field_name(column)));
    let rename: BTreeMap<&String, String> = named.filter(|(_, field)| asked.contains(field.as_str())).collect();
    json!({"columns": rename.keys().collect::<Vec<_>>(), "rename": rename})
}

/// To four decimals.
pub(crate) fn four(figure: f64) -> f64 {
    (figure * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_scored_once_by_what_others_teach() {
        let splits = splits(&[true, false, true, false, true, false, true]);
        let mut scored: Vec<usize> = splits.iter().flat_map(|(_, judged)| judged.clone()).collect();
        scored.sort_unstable();
        assert_eq!(scored, (0..7).collect::<Vec<_>>());
        assert!(splits.iter().all(|(learned, judged)| learned.len() + judged.len() == 7));
        assert!(splits.iter().all(|(learned, judged)| judged.iter().all(|row| !learned.contains(row))));
    }

    #[test]
    fn a_field_comes_from_the_column_that_it_was_learned_from() {
        let table = Table::with_columns(["Lead Source", "City"].map(str::to_owned).into()).unwrap();
        let conditions = json!([{"field": "lead_source"}, {"field": "lead_source"}, {"about": "hour"}]);
        let wanted = json!({"columns": ["Lead Source"], "rename": {"Lead Source": "lead_source"}});
        assert_eq!(custom(&table, Some(&conditions)), wanted);
    }
}
