//! A fitted scorecard, asked about rows of a table as the policy in the sandbox is asked: by the same conditions, the
//! same reading of values and the same arithmetic.

use plugdesk_sdk::conditions::{Check, Given, When};
use plugdesk_sdk::points::probability;
use serde::Deserialize;
use serde_json::Value;

use super::RiskError;
use super::history::History;
use crate::table::Table;

/// A scorecard made ready for the columns of a table.
pub(super) struct Judge {
    base: i32,
    doubling: u16,
    /// Texts that stand for an unanswered field.
    blank: Vec<Given>,
    /// The column, none if the table has none such; what must hold; the points.
    conditions: Vec<(Option<usize>, Check, i32)>,
}

#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    blank: Vec<String>,
    breach: Breach,
}

#[derive(Deserialize)]
struct Breach {
    base: i32,
    doubling: u16,
    conditions: Vec<Condition>,
}

#[derive(Deserialize)]
struct Condition {
    field: Option<String>,
    about: Option<String>,
    when: When,
    points: i32,
}

impl Judge {
    /// Of an overlay that was learned from tables like this one.
    pub(super) fn new(overlay: &Value, history: &History) -> Result<Self, RiskError> {
        let wrong = |error: String| RiskError::Condition(format!("a fitted condition can't be used: {error}"));
        let Written { blank, breach } = Written::deserialize(overlay).map_err(|error| wrong(error.to_string()))?;
        let ready = |it: &Condition| {
            let column = history.place(it.field.as_deref(), it.about.as_deref());
            Ok((column, it.when.prepare()?, it.points))
        };
        let conditions = breach.conditions.iter().map(ready).collect::<Result<_, String>>().map_err(wrong)?;
        let blank = blank.iter().filter_map(|text| Given::text(text)).collect();
        Ok(Self { base: breach.base, doubling: breach.doubling, blank, conditions })
    }

    /// The probability for a row, 0 to 1.
    pub(super) fn probability(&self, table: &Table, row: usize) -> f64 {
        let mut points = i64::from(self.base);
        let mut last: Option<(usize, Option<Given>)> = None;
        for (column, check, of_condition) in &self.conditions {
            let given = match (column, &mut last) {
                (None, _) => None,
                (Some(column), Some((known, given))) if known == column => given.as_ref(),
                (Some(column), last) => {
                    let given = Given::text(table.cell(row, *column)).filter(|it| !self.blank.contains(it));
                    last.insert((*column, given)).1.as_ref()
                }
            };
            if check.holds(given) {
                points += i64::from(*of_condition);
            }
        }
        f64::from(probability(points as f64, self.doubling)) / 10_000.0
    }
}
