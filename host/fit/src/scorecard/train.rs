//! How strongly to hold a card back, and what its probabilities are worth: everything is judged on rows that were not
//! learned from, the cutting into groups included.

use super::FitError;
use super::column::Column;
use super::encoder::{Card, Encoder, Known};
use super::segments::Segments;
use crate::folds;
use crate::logistic::{self, Design, Line};
use crate::metric::Scored;

const FOLDS: usize = 5;
/// The penalties that are tried, from held back much to held back little: beyond either end cards of hundreds or of
/// hundred thousands of rows hardly change. Each starts where the one before it ended.
const STRENGTHS: [f64; 4] = [30.0, 10.0, 3.0, 1.0];
/// How far calibration may stretch: a card that says nothing is flattened to nothing, none is turned round.
const MOST_SLOPE: f64 = 2.0;

/// Cards, and how they did on rows that they had not seen.
#[derive(Debug, Clone)]
pub(super) struct Trained {
    pub(super) encoder: Encoder,
    /// For all others, and for each segment.
    pub(super) cards: Vec<Card>,
    /// The penalty that did best.
    pub(super) strength: f64,
    /// What the folds' probabilities had to be stretched by in log-odds; 1: they were right as they were.
    pub(super) slope: f64,
    /// Each row's probability by a card that did not know it.
    pub(super) scored: Vec<Scored>,
    /// By column: each row's conversion by that column alone, likewise.
    pub(super) alone: Vec<Vec<Scored>>,
}

/// Trains on all rows.
pub(super) fn train(
    columns: &[Column],
    segments: &Segments,
    outcomes: &[bool],
    seed: u64,
) -> Result<Trained, FitError> {
    let rows: Vec<usize> = (0..outcomes.len()).collect();
    let all = Known { rows: &rows, outcomes };
    let dealt = folds::deal(outcomes, FOLDS, seed);
    let mut apart = vec![vec![0.0; outcomes.len()]; STRENGTHS.len()];
    let mut alone = vec![vec![logistic::share(outcomes); outcomes.len()]; columns.len()];
    for fold in 0..FOLDS {
        let (held, kept): (Vec<usize>, Vec<usize>) = rows.iter().partition(|row| dealt.get(**row) == Some(&fold));
        let known = pick(outcomes, &kept);
        let known = Known { rows: &kept, outcomes: &known };
        let encoder = Encoder::learn(columns, known);
        judge_alone(&encoder, columns, known, &held, &mut alone);
        let design = encoder.design(columns, segments, known, seed)?;
        let mut line = None;
        for (strength, apart) in STRENGTHS.iter().zip(&mut apart) {
            let fitted = logistic::fit(&design, known.outcomes, *strength, line.as_ref())?;
            let cards = encoder.cards(&fitted, columns, segments, &kept);
            for row in &held {
                if let (Some(place), Some(card)) = (apart.get_mut(*row), cards.get(segments.card(*row))) {
                    *place = encoder.log_odds(card, columns, *row);
                }
            }
            line = Some(fitted);
        }
    }
    let lost = apart.iter().map(|said| loss(said, outcomes)).enumerate();
    let best = lost.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(place, _)| place);
    let said = apart.swap_remove(best);
    let calibration = calibrate(&said, outcomes)?;
    let encoder = Encoder::learn(columns, all);
    let design = encoder.design(columns, segments, all, seed)?;
    let mut line = None;
    for strength in STRENGTHS.iter().take(best + 1) {
        line = Some(logistic::fit(&design, outcomes, *strength, line.as_ref())?);
    }
    let mut cards = encoder.cards(&line.unwrap_or_default(), columns, segments, &rows);
    let slope = stretch(&calibration);
    for card in &mut cards {
        card.base = calibration.base + slope * card.base;
        card.weights.iter_mut().flatten().for_each(|weight| *weight *= slope);
    }
    let right = |said: f64| logistic::probability(calibration.base + slope * said);
    let judged = said.into_iter().map(right).zip(outcomes).map(scored).collect();
    let alone = alone.into_iter().map(|said| said.into_iter().zip(outcomes).map(scored).collect()).collect();
    let strength = STRENGTHS.get(best).copied().unwrap_or_default();
    Ok(Trained { encoder, cards, strength, slope, scored: judged, alone })
}

fn pick(outcomes: &[bool], rows: &[usize]) -> Vec<bool> {
    rows.iter().filter_map(|row| outcomes.get(*row)).copied().collect()
}

fn scored((probability, came): (f64, &bool)) -> Scored {
    Scored { probability, came: *came }
}

/// What each column alone would have said of the rows held back.
fn judge_alone(encoder: &Encoder, columns: &[Column], known: Known<'_>, held: &[usize], alone: &mut [Vec<f64>]) {
    let of_all = logistic::share(known.outcomes);
    for part in &encoder.parts {
        let shares: Vec<f64> = part.seen(columns, known).iter().map(|seen| seen.share(of_all)).collect();
        let Some(alone) = alone.get_mut(part.column) else { continue };
        for row in held {
            let share = part.group(columns, *row).and_then(|group| shares.get(group));
            if let (Some(place), Some(share)) = (alone.get_mut(*row), share) {
                *place = *share;
            }
        }
    }
}

/// The mean surprise at what came (log loss).
fn loss(said: &[f64], outcomes: &[bool]) -> f64 {
    let surprise = |(said, came): (&f64, &bool)| {
        let towards = if *came { -said } else { *said };
        // ln(1 + e^x) without running over.
        towards.max(0.0) + (-towards.abs()).exp().ln_1p()
    };
    said.iter().zip(outcomes).map(surprise).sum()
}

/// How log-odds must be stretched and moved so that what is said comes true as often (Platt).
fn calibrate(said: &[f64], outcomes: &[bool]) -> Result<Line, FitError> {
    /// Enough to end where a card tells all rows apart.
    const PENALTY: f64 = 0.01;
    let mut design = Design::new(said.len(), 1);
    said.iter().enumerate().for_each(|(row, said)| design.set(row, 0, *said));
    let line = logistic::fit(&design, outcomes, PENALTY, None)?;
    let slope = stretch(&line);
    if line.weights == [slope] {
        return Ok(line);
    }
    // Out of bounds: with the slope at its bound, only the base is left to be found.
    Ok(Line { base: base(said, slope, logistic::share(outcomes)), weights: vec![slope] })
}

/// The base with which log-odds, stretched so far, say of the mean row what came of all: the likeliest one, found by
/// halving because what is said of the mean row only grows with it.
fn base(said: &[f64], slope: f64, share: f64) -> f64 {
    /// No probability is told apart from certainty beyond this.
    const MOST: f64 = 1_000.0;
    /// Enough for the last bit of it.
    const HALVINGS: usize = 64;
    let mean = |base: f64| {
        said.iter().map(|said| logistic::probability(base + slope * said)).sum::<f64>() / said.len().max(1) as f64
    };
    let (mut low, mut high) = (-MOST, MOST);
    for _ in 0..HALVINGS {
        let middle = low.midpoint(high);
        if mean(middle) < share { low = middle } else { high = middle }
    }
    low.midpoint(high)
}

fn stretch(calibration: &Line) -> f64 {
    calibration.weights.first().copied().unwrap_or_default().clamp(0.0, MOST_SLOPE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_that_is_held_back_still_leaves_the_share() {
        // So sure and so right that more than the bound would be taken.
        let said: Vec<f64> = (0..200).map(|row| if row < 150 { -0.2 } else { 0.9 }).collect();
        let outcomes: Vec<bool> = (0..200).map(|row| row >= 150 || row % 30 == 0).collect();
        let line = calibrate(&said, &outcomes).unwrap();
        assert_eq!(line.weights, [MOST_SLOPE]);
        let mean = said.iter().map(|said| logistic::probability(line.base + MOST_SLOPE * said)).sum::<f64>() / 200.0;
        assert!((mean - logistic::share(&outcomes)).abs() < 1e-9, "{mean}");
        // What says the contrary of what came is flattened to nothing, and not turned round.
        let contrary: Vec<f64> = said.iter().map(|said| -said).collect();
        let line = calibrate(&contrary, &outcomes).unwrap();
        assert_eq!(line.weights, [0.0]);
        assert!((logistic::probability(line.base) - logistic::share(&outcomes)).abs() < 1e-9, "{line:?}");
    }
}
