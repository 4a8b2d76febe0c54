//! How fast leads convert: from when they came to when they bought, and how fast a lead that has not grows cold.

use super::column::Column;
use super::dates;
use super::train::Trained;
use super::{FitError, Options};
use crate::table::Table;

/// Fewer conversions with both dates tell no median.
const LEAST_CONVERSIONS: usize = 20;
/// The policy's longest time: a century.
const MOST_DAYS: f64 = 36_500.0;

/// Days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pace {
    /// Until half of the conversions had come.
    pub(super) days: u32,
    /// The half-life of what speaks for a lead; none: too little does to be halved.
    pub(super) half_life_days: Option<u32>,
}

/// The days from `date` to `converted` of each of these rows; none where the options do not name both.
pub(super) fn days(table: &Table, options: &Options, rows: &[usize]) -> Result<Option<Vec<Option<i64>>>, FitError> {
    let (Some(date), Some(converted)) = (&options.date, &options.converted) else { return Ok(None) };
    let read = |name: &String| {
        let column = table.column(name)?;
        let cells = rows.iter().map(|row| table.cell(*row, column));
        dates::read(&cells).ok_or_else(|| FitError::NoDates { column: name.clone() })
    };
    let (came, bought) = (read(date)?, read(converted)?);
    Ok(Some(came.into_iter().zip(bought).map(|(came, bought)| Some((bought? - came?).max(0))).collect()))
}

impl Pace {
    /// By the days of the rows that converted, and what speaks for them on the card.
    pub(super) fn of(days: &[Option<i64>], outcomes: &[bool], trained: &Trained, columns: &[Column]) -> Option<Self> {
        let (encoder, card) = (&trained.encoder, trained.cards.first()?);
        let converted = || outcomes.iter().enumerate().filter(|(_, came)| **came).map(|(row, _)| row);
        let mut known: Vec<i64> = converted().filter_map(|row| days.get(row).copied().flatten()).collect();
        known.sort_unstable();
        let median = known.get(known.len() / 2).copied().filter(|_| known.len() >= LEAST_CONVERSIONS)?;
        let speaks_for = converted().map(|row| encoder.speaks_for(card, columns, row)).sum::<f64>();
        let speaks_for = speaks_for / converted().count().max(1) as f64;
        let days = (median.max(1) as f64).min(MOST_DAYS);
        // Once half of the conversions have come, a lead that has not converted has half its odds: what speaks for the
        // usual one has then lost ln 2 of its log-odds. Where less than that speaks for it, no half-life takes so much.
        let left = 1.0 - std::f64::consts::LN_2 / speaks_for;
        let half_life = (left > 0.0 && left < 1.0).then(|| (-days / left.log2()).ceil().clamp(1.0, MOST_DAYS) as u32);
        Some(Self { days: days as u32, half_life_days: half_life })
    }
}
