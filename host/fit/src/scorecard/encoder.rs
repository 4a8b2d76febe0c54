//! Rows as features: what the regression sees of them, and what a fitted card says of them.

use super::FitError;
use super::column::Column;
use super::groups::{Groups, Seen, Test};
use super::segments::Segments;
use crate::folds;
use crate::logistic::{Design, Line};

/// What is learned from has at most so many numbers, a gigabyte of them: more is refused before memory ends.
const MOST_NUMBERS: usize = 1 << 27;
/// A value's worth is taken from the rows of the other folds, of so many.
const FOLDS: usize = 5;

/// A column's groups, and where its features begin: one for each group, or one for all of them if the groups have levels.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) column: usize,
    pub(super) groups: Groups,
    first: usize,
}

/// What was learned of columns: which of them say something, and in which groups.
#[derive(Debug, Clone, Default)]
pub(super) struct Encoder {
    pub(super) parts: Vec<Part>,
    features: usize,
}

/// Rows, and what became of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'k> {
    pub(super) rows: &'k [usize],
    pub(super) outcomes: &'k [bool],
}

/// Log-odds by group: a scorecard before it is rounded. The mean row has `base`; each group stands above or below it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Card {
    pub(super) base: f64,
    /// By part and group.
    pub(super) weights: Vec<Vec<f64>>,
}

impl Encoder {
    /// Cuts all columns by these rows. A column of which only one group is left says nothing.
    pub(super) fn learn(columns: &[Column], known: Known<'_>) -> Self {
        let mut encoder = Self::default();
        for (place, column) in columns.iter().enumerate() {
            let groups = Groups::learn(column, known.rows, known.outcomes);
            let (width, least) = if groups.levels.is_some() { (1, 1) } else { (groups.tests.len(), 2) };
            if groups.tests.len() >= least {
                encoder.parts.push(Part { column: place, groups, first: encoder.features });
                encoder.features += width;
            }
        }
        encoder
    }

    /// The features of the rows that were learned from. Each segment has all of them once more, and one for its base: what
    /// it differs by from all others, held back like everything else.
    pub(super) fn design(
        &self,
        columns: &[Column],
        segments: &Segments,
        known: Known<'_>,
        seed: u64,
    ) -> Result<Design, FitError> {
        let Known { rows, outcomes } = known;
        let features = (self.features + 1).saturating_mul(segments.cards());
        if rows.len().saturating_mul(features) > MOST_NUMBERS {
            return Err(FitError::TooWide { rows: rows.len(), features });
        }
        let mut design = Design::new(rows.len(), features);
        let folds = folds::deal(outcomes, FOLDS, seed);
        let mut set = |place: usize, row: usize, feature: usize, value: f64| {
            design.set(place, feature, value);
            if let Some(segment) = segments.of(row) {
                design.set(place, (self.features + 1) * (segment + 1) + feature, value);
            }
        };
        for (part, column) in self.parts.iter().filter_map(|part| Some((part, columns.get(part.column)?))) {
            if part.groups.levels.is_some() {
                let levels = Groups::levels_apart(column, rows, outcomes, &folds);
                rows.iter()
                    .zip(levels)
                    .enumerate()
                    .for_each(|(place, (row, level))| set(place, *row, part.first, level));
                continue;
            }
            for (place, row) in rows.iter().enumerate() {
                if let Some(group) = part.group(columns, *row) {
                    set(place, *row, part.first + group, 1.0);
                }
            }
        }
        for (place, row) in rows.iter().enumerate() {
            if let Some(segment) = segments.of(*row) {
                design.set(place, (self.features + 1) * (segment + 1) + self.features, 1.0);
            }
        }
        Ok(design)
    }

    /// The cards of a fitted line: that of all others, and one for each segment.
    pub(super) fn cards(&self, line: &Line, columns: &[Column], segments: &Segments, rows: &[usize]) -> Vec<Card> {
        let own = |card: usize| {
            let of = |rows: &[usize]| -> Vec<usize> {
                rows.iter().copied().filter(|row| card == 0 || segments.card(*row) == card).collect()
            };
            let weight = |feature: usize| line.weights.get(feature).copied().unwrap_or_default();
            let differs = |feature: usize| {
                if card == 0 { 0.0 } else { weight((self.features + 1) * card + feature) }
            };
            let weights = (0..self.features).map(|feature| weight(feature) + differs(feature)).collect();
            let line = Line { base: line.base + differs(self.features), weights };
            self.card(&line, columns, &of(rows))
        };
        (0..segments.cards()).map(own).collect()
    }

    /// A fitted line as a card, each part's weights moved so that they are 0 for the mean of these rows: points then say
    /// what sets a lead apart, and what fades with time is the same however the groups were cut.
    fn card(&self, line: &Line, columns: &[Column], rows: &[usize]) -> Card {
        let mut card = Card { base: line.base, weights: Vec::new() };
        for part in &self.parts {
            let weight = |feature: usize| line.weights.get(feature).copied().unwrap_or_default();
            let mut weights: Vec<f64> = match &part.groups.levels {
                Some(levels) => levels.iter().map(|level| level * weight(part.first)).collect(),
                None => (0..part.groups.tests.len()).map(|group| weight(part.first + group)).collect(),
            };
            // Groups with levels stand apart from the mean already.
            if part.groups.levels.is_none() {
                let of = |row: &usize| part.group(columns, *row).and_then(|group| weights.get(group)).copied();
                let mean = rows.iter().filter_map(of).sum::<f64>() / rows.len().max(1) as f64;
                weights.iter_mut().for_each(|weight| *weight -= mean);
                card.base += mean;
            }
            card.weights.push(weights);
        }
        card
    }

    /// The log-odds that a card gives a row.
    pub(super) fn log_odds(&self, card: &Card, columns: &[Column], row: usize) -> f64 {
        card.base + self.weights(card, columns, row).sum::<f64>()
    }

    /// Of these, what stands above the base.
    pub(super) fn speaks_for(&self, card: &Card, columns: &[Column], row: usize) -> f64 {
        self.weights(card, columns, row).map(|weight| weight.max(0.0)).sum()
    }

    fn weights(&self, card: &Card, columns: &[Column], row: usize) -> impl Iterator<Item = f64> {
        let parts = self.parts.iter().zip(&card.weights);
        parts.filter_map(move |(part, weights)| weights.get(part.group(columns, row)?).copied())
    }
}

impl Part {
    /// The group of a row.
    pub(super) fn group(&self, columns: &[Column], row: usize) -> Option<usize> {
        let cell = columns.get(self.column).and_then(|column| column.cells.get(row))?;
        self.groups.of(*cell)
    }

    /// What stands in each group of these rows.
    pub(super) fn seen(&self, columns: &[Column], known: Known<'_>) -> Vec<Seen> {
        let mut seen = vec![Seen::default(); self.groups.tests.len()];
        for (row, came) in known.rows.iter().zip(known.outcomes) {
            if let Some(group) = self.group(columns, *row).and_then(|group| seen.get_mut(group)) {
                group.add(*came);
            }
        }
        seen
    }

    /// Each group's test.
    pub(super) fn tests(&self) -> &[Test] {
        &self.groups.tests
    }
}
