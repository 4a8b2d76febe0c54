//! A scorecard for leads, learned from a company's own past: the configuration of the policy `lead-qualification`.
//!
//! Numbers are cut where the conversion changes ([`groups`]), rare values pooled, what is missing is an answer of its own;
//! a penalised logistic regression weighs the groups ([`train`]), its penalty and calibration found by folds in which
//! everything, the cutting too, is learned without the rows that judge it.

mod column;
mod configuration;
mod dates;
mod encoder;
mod groups;
mod pace;
mod report;
mod segments;
#[cfg(test)]
mod tests;
mod train;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::logistic::Unsolved;
use crate::outcome;
use crate::table::{Table, TableError};
use column::{Blank, Column};
pub use configuration::MOST_CARD_BYTES;
use pace::Pace;
pub use report::{ColumnReport, Remark, Report, SegmentReport};
use segments::Segments;

/// Fewer rows of either outcome teach nothing that would be true of the next one.
pub const LEAST_OF_EACH: usize = 20;
/// A custom field's name has at most so many bytes.
const MOST_NAME_BYTES: usize = 64;
/// The policy's limit of texts that stand for an unanswered field.
const MOST_BLANK: usize = 64;

/// What to learn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The column that says what became of a row. A row where it is empty is not decided yet, and left out.
    pub label: String,
    /// What it says of a row that converted; none: a usual word for it, if there are two.
    pub positive: Option<String>,
    /// Columns that are not learned from, above all those that were filled afterwards.
    pub exclude: Vec<String>,
    /// The column that says when the lead came.
    pub date: Option<String>,
    /// The column that says when it converted. With `date` it tells how leads grow cold.
    pub converted: Option<String>,
    /// The column that says which segment a lead is of: segments with enough leads get numbers of their own.
    pub segment: Option<String>,
    /// Texts that stand for an unanswered field.
    pub blank: Vec<String>,
    /// Which rows judge which.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        let blank = ["Select", "n/a", "null", "nan"];
        Self {
            label: "converted".to_owned(),
            positive: None,
            exclude: Vec::new(),
            date: None,
            converted: None,
            segment: None,
            blank: blank.map(str::to_owned).into(),
            seed: 1,
        }
    }
}

/// What was learned.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// The policy's configuration.
    pub configuration: Value,
    /// The same as a file: a condition a line, the weightiest first. The same table and options give the same bytes.
    pub text: String,
    /// How it did.
    pub report: Report,
}

/// Why nothing was learned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// A column is not there.
    #[error(transparent)]
    Table(#[from] TableError),
    /// Nobody said which label means converted, or said one that stands nowhere.
    #[error("the column `{label}` says {}; {}", said.join(", "), which(positive.as_deref()))]
    Label {
        /// The column.
        label: String,
        /// What was said to mean converted.
        positive: Option<String>,
        /// Some of what the column says.
        said: Vec<String>,
    },
    /// The label says nothing in any row.
    #[error("the column `{label}` is empty in every row: nothing is decided yet")]
    Undecided {
        /// The column.
        label: String,
    },
    /// Too few rows of one outcome.
    #[error("{converted} rows converted and {others} did not; at least {LEAST_OF_EACH} of each are needed")]
    TooFew {
        /// Rows that converted.
        converted: usize,
        /// Rows that did not.
        others: usize,
    },
    /// The texts that stand for an unanswered field are none that the policy takes.
    #[error("blank: {0}")]
    Blank(String),
    /// No column says anything.
    #[error("no column says anything about `{label}`")]
    NoColumns {
        /// The label's column.
        label: String,
    },
    /// Two columns would be kept in one field.
    #[error("the columns `{one}` and `{other}` would both be the field `{field}`; exclude one of them")]
    SameField {
        /// The field.
        field: String,
        /// A column.
        one: String,
        /// Another.
        other: String,
    },
    /// A column that should hold dates does not.
    #[error("the column `{column}` holds no dates such as 2026-11-22, 22-11-2026 or 22.11.2026")]
    NoDates {
        /// The column.
        column: String,
    },
    /// All groups of all columns make more features than are held in memory.
    #[error(
        "{rows} rows with {features} groups of answers are more than are learned from at once; exclude columns of many \
         values, or take fewer rows"
    )]
    TooWide {
        /// Rows that are learned from.
        rows: usize,
        /// Groups of all columns, by segment.
        features: usize,
    },
    /// The solver gave up.
    #[error(transparent)]
    Unsolved(#[from] Unsolved),
    /// The configuration could not be written down.
    #[error("the configuration can't be written: {0}")]
    Written(String),
}

fn which(positive: Option<&str>) -> String {
    match positive {
        None => "say which means converted".to_owned(),
        Some(positive) => format!("`{positive}` is none of these"),
    }
}

/// The custom field in which an import keeps a column, and which the configuration's conditions name: small letters,
/// digits, and `_` for all between them.
pub fn field_name(column: &str) -> String {
    let mut name = String::new();
    for c in column.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let end = (0..=name.len().min(MOST_NAME_BYTES)).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
    name.truncate(end);
    name.trim_end_matches('_').to_owned()
}

/// Learns a scorecard from a table.
pub fn fit(table: &Table, options: &Options) -> Result<Fitted, FitError> {
    if options.blank.len() > MOST_BLANK {
        return Err(FitError::Blank(format!("{} texts, at most {MOST_BLANK}", options.blank.len())));
    }
    if options.blank.iter().any(String::is_empty) {
        return Err(FitError::Blank("an empty text needs no naming: an empty cell is unanswered anyway".to_owned()));
    }
    let (rows, outcomes, undecided) = outcomes(table, options)?;
    let converted = outcomes.iter().filter(|came| **came).count();
    if converted.min(rows.len() - converted) < LEAST_OF_EACH {
        return Err(FitError::TooFew { converted, others: rows.len() - converted });
    }
    let (columns, left_out) = columns(table, options, &rows)?;
    if columns.is_empty() {
        return Err(FitError::NoColumns { label: options.label.clone() });
    }
    let days = pace::days(table, options, &rows)?;
    let segment = options.segment.as_ref().map(|name| table.column(name)).transpose()?;
    let segments = Segments::read(table, segment, &rows, &outcomes);
    let trained = train::train(&columns, &segments, &outcomes, options.seed)?;
    let pace = days.and_then(|days| Pace::of(&days, &outcomes, &trained, &columns));
    let unwritten = |error: serde_json::Error| FitError::Written(error.to_string());
    let written = configuration::write(&trained, &columns, &segments, &outcomes, &options.blank, pace);
    let written = written.map_err(unwritten)?;
    let conditions = |field: &str| written.conditions.get(field).copied().unwrap_or(0);
    let report = Report::of(&trained, &columns, &outcomes, conditions, left_out);
    let configuration = serde_json::from_str(&written.text).map_err(unwritten)?;
    let report = Report {
        undecided,
        dropped: written.dropped,
        days_to_convert: pace.map(|pace| pace.days),
        segments: report::of_segments(&segments, &trained.scored),
        ..report
    };
    Ok(Fitted { configuration, text: written.text, report })
}

/// The rows that are decided, what became of them, and how many are not.
pub(crate) fn outcomes(table: &Table, options: &Options) -> Result<(Vec<usize>, Vec<bool>, usize), FitError> {
    let label = table.column(&options.label)?;
    let rows: Vec<usize> = (0..table.rows()).filter(|row| !table.cell(*row, label).is_empty()).collect();
    // `Yes` and `yes` are one label, by the text that comes first.
    let mut said = BTreeMap::<String, &str>::new();
    for text in rows.iter().map(|row| table.cell(*row, label)) {
        said.entry(text.to_lowercase()).or_insert(text);
    }
    if said.is_empty() {
        return Err(FitError::Undecided { label: options.label.clone() });
    }
    let positive = match &options.positive {
        Some(positive) => Some(positive.trim().to_lowercase()).filter(|positive| said.contains_key(positive)),
        None => usual(&said),
    };
    let Some(positive) = positive else {
        const SHOWN: usize = 8;
        let (label, positive) = (options.label.clone(), options.positive.clone());
        let said = said.into_values().take(SHOWN).map(|text| format!("`{text}`")).collect();
        return Err(FitError::Label { label, positive, said });
    };
    let outcomes = rows.iter().map(|row| table.cell(*row, label).to_lowercase() == positive).collect();
    let undecided = table.rows() - rows.len();
    Ok((rows, outcomes, undecided))
}

/// The one of two labels that is a usual word for *converted*, where the other is not.
fn usual(said: &BTreeMap<String, &str>) -> Option<String> {
    let mut yes = said.keys().filter(|text| outcome::said(text) == Some(true));
    let one = yes.next().filter(|_| said.len() == 2)?;
    yes.next().is_none().then(|| one.clone())
}

/// The columns that can be learned from, and why the others can't.
fn columns(table: &Table, options: &Options, rows: &[usize]) -> Result<(Vec<Column>, Vec<Remark>), FitError> {
    let named = [Some(&options.label), options.date.as_ref(), options.converted.as_ref(), options.segment.as_ref()];
    let unused: Vec<&String> = named.into_iter().flatten().chain(&options.exclude).collect();
    unused.iter().try_for_each(|name| table.column(name).map(|_| ()))?;
    let blank = Blank::of(&options.blank);
    let (mut columns, mut left_out) = (Vec::<Column>::new(), Vec::new());
    let mut fields = BTreeMap::<String, String>::new();
    for (place, name) in table.columns().iter().enumerate().filter(|(_, name)| !unused.contains(name)) {
        match column::read(table, place, rows, &blank) {
            Ok(column) => {
                if let Some(one) = fields.insert(column.field.clone(), name.clone()) {
                    return Err(FitError::SameField { field: column.field, one, other: name.clone() });
                }
                columns.push(column);
            }
            Err(why) => left_out.push(Remark::of(name, why)),
        }
    }
    Ok((columns, left_out))
}
