//! What a fit says of itself: how well it did on rows that it had not seen, what it left out, and what looks as if it were
//! known only afterwards.

use serde::Serialize;

use super::column::{Cell, Column};
use super::segments::Segments;
use super::train::Trained;
use crate::metric::{self, Band, Scored};

/// No single answer of a lead tells so well whether he buys: what does was most likely written down afterwards.
const TOO_WELL: f64 = 0.85;
/// A column that is hardly ever filled for one outcome, and is for the other, is filled because of the outcome.
const HARDLY_EVER: f64 = 0.02;
/// So often it must be filled for the other outcome, or it is simply a rare column.
const NOW_AND_THEN: f64 = 0.1;
/// Bands of the calibration table.
const BANDS: usize = 10;
/// The share of the best-scored leads whose conversion is told.
const BEST: f64 = 0.2;

/// How a fit did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Rows that were learned from.
    pub rows: usize,
    /// Of these, the ones that converted.
    pub converted: usize,
    /// Rows whose label is empty: they are not decided yet and were left out.
    pub undecided: usize,
    /// Conditions that say least, and that the card has no room for: 512 conditions, 256 fields and 56 KiB are all that
    /// the policy and the desk take.
    pub dropped: usize,
    /// The area under the ROC curve, by folds.
    pub auc: Option<f64>,
    /// The mean squared error of the probabilities, by folds.
    pub brier: f64,
    /// The conversion of the best fifth, by folds.
    pub precision_at_20: f64,
    /// The penalty that did best.
    pub strength: f64,
    /// What log-odds were multiplied by so that probabilities come true.
    pub slope: f64,
    /// What was said beside what came, by folds.
    pub bands: Vec<Band>,
    /// Days until half of the conversions had come; none without dates that tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_to_convert: Option<u32>,
    /// The segments that have numbers of their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<SegmentReport>,
    /// The columns that were learned from, the one that says most by itself first.
    pub columns: Vec<ColumnReport>,
    /// The columns that were not, and why.
    pub left_out: Vec<Remark>,
    /// Columns that may say what was known only afterwards. They were learned from unless they were excluded.
    pub suspects: Vec<Remark>,
}

/// A column that was learned from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnReport {
    /// As the table names it.
    pub column: String,
    /// The custom field that the conditions name.
    pub field: String,
    /// How well it alone tells converted rows from others, by folds; 0.5: not at all.
    pub auc: f64,
    /// How many conditions it became.
    pub conditions: usize,
}

/// A segment with numbers of its own.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentReport {
    /// Its name.
    pub segment: String,
    /// Its rows.
    pub rows: usize,
    /// Of these, the ones that converted.
    pub converted: usize,
    /// The area under the ROC curve among its own rows, by folds.
    pub auc: Option<f64>,
}

/// A column, and what is to be said of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// As the table names it.
    pub column: String,
    /// In a sentence.
    pub why: String,
}

impl Remark {
    pub(super) fn of(column: &str, why: impl Into<String>) -> Self {
        Self { column: column.to_owned(), why: why.into() }
    }
}

impl Report {
    /// `conditions`: how many each field became.
    pub(super) fn of(
        trained: &Trained,
        columns: &[Column],
        outcomes: &[bool],
        conditions: impl Fn(&str) -> usize,
        mut left_out: Vec<Remark>,
    ) -> Self {
        let mut told = Vec::new();
        let mut suspects = Vec::new();
        for (column, scored) in columns.iter().zip(&trained.alone) {
            let auc = alone(scored);
            if let Some(why) = suspicion(column, outcomes, auc) {
                suspects.push(Remark::of(&column.name, why));
            }
            let conditions = conditions(&column.field);
            if conditions == 0 {
                left_out.push(Remark::of(&column.name, "says nothing about the outcome"));
                continue;
            }
            let (column, field) = (column.name.clone(), column.field.clone());
            told.push(ColumnReport { column, field, auc, conditions });
        }
        told.sort_by(|a, b| b.auc.total_cmp(&a.auc).then_with(|| a.column.cmp(&b.column)));
        let converted = outcomes.iter().filter(|came| **came).count();
        Self {
            rows: outcomes.len(),
            converted,
            undecided: 0,
            dropped: 0,
            auc: metric::auc(&trained.scored),
            brier: metric::brier(&trained.scored),
            precision_at_20: metric::precision_at(&trained.scored, BEST),
            strength: trained.strength,
            slope: trained.slope,
            bands: metric::bands(&trained.scored, BANDS),
            days_to_convert: None,
            segments: Vec::new(),
            columns: told,
            left_out,
            suspects,
        }
    }
}

/// How the cards did in each segment.
pub(super) fn of_segments(segments: &Segments, scored: &[Scored]) -> Vec<SegmentReport> {
    let of = |(segment, name): (usize, &String)| {
        let own = scored.iter().enumerate().filter(|(row, _)| segments.of(*row) == Some(segment));
        let own: Vec<Scored> = own.map(|(_, it)| *it).collect();
        let converted = own.iter().filter(|it| it.came).count();
        SegmentReport { segment: name.clone(), rows: own.len(), converted, auc: metric::auc(&own) }
    };
    segments.names.iter().enumerate().map(of).collect()
}

fn alone(scored: &[Scored]) -> f64 {
    metric::auc(scored).unwrap_or(0.5)
}

fn suspicion(column: &Column, outcomes: &[bool], auc: f64) -> Option<String> {
    let share = |of: bool| {
        let rows = column.cells.iter().zip(outcomes).filter(|(_, came)| **came == of);
        let (all, filled) = rows.fold((0_usize, 0_usize), |(all, filled), (cell, _)| {
            (all + 1, filled + usize::from(*cell != Cell::Missing))
        });
        filled as f64 / all.max(1) as f64
    };
    let (converted, others) = (share(true), share(false));
    if converted.min(others) < HARDLY_EVER && converted.max(others) > NOW_AND_THEN {
        let percent = |share: f64| format!("{:.0} %", share * 100.0);
        let (converted, others) = (percent(converted), percent(others));
        return Some(format!("filled in {converted} of the rows that converted and in {others} of the others"));
    }
    (auc >= TOO_WELL).then(|| format!("tells the outcome by itself (AUC {auc:.2})"))
}
