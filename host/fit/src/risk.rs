//! How likely a promise is broken, learned from a desk's own past: the section `breach` of the shipped `risk-track`,
//! and how well it would have warned.
//!
//! It is a scorecard like that of leads; what differs is what is known at the opening (hour and day of the week, what
//! the desk itself knows of a ticket), and how it is judged: by the tickets that came last, learned from those before,
//! because that is how it will be used.

mod history;
mod judge;
mod warned;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::metric::{Scored, auc, brier};
use crate::scorecard::{self, FitError, LEAST_OF_EACH};
use crate::table::Table;
use history::History;

use judge::Judge;
pub use warned::Warned;

/// What the shipped policy knows of a ticket by itself, as its configuration names it.
pub const KNOWN: [&str; 9] =
    ["kind", "channel", "priority", "segment", "team", "assignee", "tag", "earlier-tickets", "open-tickets"];

/// What to learn from.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The column that says whether the promise was broken.
    pub label: String,
    /// Its value that says so; none: as for a scorecard.
    pub positive: Option<String>,
    /// Columns that are not learned from.
    pub exclude: Vec<String>,
    /// When a ticket was opened, by the desk's clock on the wall.
    pub opened: Option<String>,
    /// When the promise was due, or, where no column says so, when the ticket ended: what the time of a warning counts
    /// to.
    pub until: Option<String>,
    /// Columns of what the desk knows by itself, in its own words: the column, and one of [`KNOWN`].
    pub known: BTreeMap<String, String>,
    /// Columns of custom fields that a desk keeps under another name than [`crate::scorecard::field_name`] gives them.
    pub fields: BTreeMap<String, String>,
    /// Minutes by which the clock on the wall is ahead of UTC.
    pub utc_offset_minutes: i16,
    /// Decides what chance decides.
    pub seed: u64,
}

/// What was learned.
#[derive(Debug, Clone)]
pub struct Fitted {
    /// An overlay for the shipped policy: its section `breach`, and what stands for no answer.
    pub configuration: Value,
    /// The same as a file, a condition a line. The same table and options give the same bytes.
    pub text: String,
    /// How it was learned, and how well it would have warned.
    pub report: Report,
}

/// How well it would have warned.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// What the columns said, over all rows.
    pub scorecard: scorecard::Report,
    /// Tickets it was judged by; they were not learned from.
    pub judged: usize,
    /// Whether they are the last ones.
    pub judged_by_the_last: bool,
    /// The chance that of two tickets the one that was late has the higher risk.
    pub auc: Option<f64>,
    /// The mean squared difference between what was foreseen and what came.
    pub brier: f64,
    /// What warning some of them comes to.
    pub warned: Vec<Warned>,
}

/// Why nothing was learned.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RiskError {
    /// The scorecard says why.
    #[error(transparent)]
    Fit(FitError),
    /// Nobody said which label means that the promise was broken.
    #[error("the column `{label}` says {}; say which means that the promise was broken", said.join(", "))]
    Label {
        /// The column.
        label: String,
        /// Some of what it says.
        said: Vec<String>,
    },
    /// Too few tickets of one outcome to learn from.
    #[error(
        "of the tickets to learn from {broken} have a broken promise and {kept} do not; at least {LEAST_OF_EACH} of each \
         are needed, beside the fifth that judges"
    )]
    TooFew {
        /// Tickets whose promise was broken.
        broken: usize,
        /// Tickets whose promise was kept.
        kept: usize,
    },
    /// A column does not exist.
    #[error(transparent)]
    Table(#[from] crate::table::TableError),
    /// A column of times holds something else.
    #[error("the column `{0}` holds no times, such as 2026-11-22 09:30")]
    NoTimes(String),
    /// The policy knows no such thing.
    #[error("`{name}`: the policy knows {} by itself", KNOWN.join(", "))]
    Unknown {
        /// What was named.
        name: String,
    },
    /// A fitted condition can't be used.
    #[error("{0}")]
    Condition(String),
}

impl From<FitError> for RiskError {
    fn from(error: FitError) -> Self {
        match error {
            FitError::Label { label, said, positive: None } => Self::Label { label, said },
            FitError::TooFew { converted, others } => Self::TooFew { broken: converted, kept: others },
            FitError::Table(error) => Self::Table(error),
            other => Self::Fit(other),
        }
    }
}

/// Learns from all rows, and says how well it would have warned.
pub fn fit(table: &Table, options: &Options) -> Result<Fitted, RiskError> {
    let history = History::read(table, options)?;
    let whole = scorecard::fit(&history.table, &history.options)?;
    let judged = history.judged(options.seed);
    let before = (0..history.came.len()).filter(|row| judged.binary_search(row).is_err());
    let earlier = scorecard::fit(&history.table.only(before), &history.options)?;
    let judge = Judge::new(&history.overlay(&earlier.configuration), &history)?;
    let said = |row: &usize| {
        let probability = judge.probability(&history.table, *row);
        Scored { probability, came: history.came.get(*row).copied().unwrap_or_default() }
    };
    let scored: Vec<Scored> = judged.iter().map(said).collect();
    let leads: Vec<Option<i64>> = judged.iter().map(|row| history.lead_minutes(*row)).collect();
    let report = Report {
        judged: judged.len(),
        judged_by_the_last: history.opened.is_some(),
        auc: auc(&scored),
        brier: brier(&scored),
        warned: warned::all(&scored, &leads),
        scorecard: whole.report,
    };
    let configuration = history.overlay(&whole.configuration);
    Ok(Fitted { text: text(&configuration), configuration, report })
}

/// Learns from all rows and judges nothing: the configuration that [`fit`] would give.
pub fn learn(table: &Table, options: &Options) -> Result<Value, RiskError> {
    let history = History::read(table, options)?;
    Ok(history.overlay(&scorecard::fit(&history.table, &history.options)?.configuration))
}

/// The overlay as a person reads it: a condition a line, the weightiest first.
fn text(overlay: &Value) -> String {
    let of = |pointer: &str| overlay.pointer(pointer).cloned().unwrap_or_default();
    let conditions = of("/breach/conditions");
    let lines: Vec<String> = conditions.as_array().into_iter().flatten().map(|it| format!("      {it}")).collect();
    let [blank, offset] = ["/blank", "/utc_offset_minutes"].map(of);
    let [doubling, base] = ["/breach/doubling", "/breach/base"].map(of);
    let head = format!("  \"blank\": {blank},\n  \"utc_offset_minutes\": {offset},\n");
    let numbers = format!("    \"doubling\": {doubling},\n    \"base\": {base},\n");
    let conditions = format!("    \"conditions\": [\n{}\n    ]\n", lines.join(",\n"));
    format!("{{\n{head}  \"breach\": {{\n{numbers}{conditions}  }}\n}}\n")
}

#[cfg(test)]
mod tests;
