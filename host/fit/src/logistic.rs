//! Logistic regression with an L2 penalty, by `linfa-logistic` (L-BFGS with a Moré–Thuente line search). It was chosen
//! over `smartcore` because it takes a tolerance and a place to start from, and tells of a failure instead of panicking.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2, ArrayView1, ShapeBuilder};

/// The gradient of what remains to be gained is below this: with a penalty of 1 a weight is then off by a hundredth at
/// most, the noise of a single row.
const TOLERANCE: f64 = 1e-2;
/// Where a line search can't tell better from worse any more, the same with less.
const COARSE_TOLERANCE: f64 = 1e-1;
/// Ten times what a table of leads takes.
const MOST_STEPS: u64 = 1_000;

/// The solver gave up; the text is its own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the regression does not come to an end: {0}")]
pub struct Unsolved(pub String);

/// Features by row.
#[derive(Debug, Clone)]
pub struct Design(Array2<f64>);

impl Design {
    /// All zeros.
    pub fn new(rows: usize, features: usize) -> Self {
        // By column: the gradient walks each feature's column, and that is where the time goes.
        Self(Array2::zeros((rows, features).f()))
    }

    /// Says a feature of a row; what lies outside is left out.
    pub fn set(&mut self, row: usize, feature: usize, value: f64) {
        if let Some(place) = self.0.get_mut((row, feature)) {
            *place = value;
        }
    }

    /// How many features it has.
    pub fn features(&self) -> usize {
        self.0.ncols()
    }
}

/// Log-odds as a sum: of a base, and of each feature's value times its weight.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Line {
    /// What every row begins with.
    pub base: f64,
    /// By feature.
    pub weights: Vec<f64>,
}

/// The log-odds of a share; a share of 0 or 1 is kept away from infinity.
pub fn log_odds(share: f64) -> f64 {
    let share = share.clamp(1e-9, 1.0 - 1e-9);
    (share / (1.0 - share)).ln()
}

/// The probability of log-odds.
pub fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// The share of rows that came true.
pub fn share(outcomes: &[bool]) -> f64 {
    outcomes.iter().filter(|came| **came).count() as f64 / outcomes.len().max(1) as f64
}

/// Fits a line. `strength` is the penalty on the squared weights, the base excepted; `from`: where to start.
pub fn fit(design: &Design, outcomes: &[bool], strength: f64, from: Option<&Line>) -> Result<Line, Unsolved> {
    let cold = Line { base: log_odds(share(outcomes)), weights: vec![0.0; design.features()] };
    if design.features() == 0 {
        return Ok(cold);
    }
    let start = from.filter(|from| from.weights.len() == design.features()).unwrap_or(&cold);
    solve(design, outcomes, strength, start, TOLERANCE)
        .or_else(|_| solve(design, outcomes, strength, &cold, COARSE_TOLERANCE))
}

fn solve(design: &Design, outcomes: &[bool], strength: f64, start: &Line, tolerance: f64) -> Result<Line, Unsolved> {
    // The library calls the outcome that most rows have the positive one, and of two equals the first row's.
    let came = 2 * outcomes.iter().filter(|came| **came).count();
    let usual = came > outcomes.len() || (came == outcomes.len() && outcomes.first() == Some(&true));
    let sign = |of: bool| if of { 1.0 } else { -1.0 };
    let start: Array1<f64> = start.weights.iter().chain([&start.base]).map(|weight| weight * sign(usual)).collect();
    let rows = DatasetBase::new(design.0.view(), ArrayView1::from(outcomes));
    let solver = LogisticRegression::<f64>::new().alpha(strength).gradient_tolerance(tolerance);
    let solver = solver.max_iterations(MOST_STEPS).initial_params(start);
    let fitted = solver.fit(&rows).map_err(|error| Unsolved(error.to_string()))?;
    let sign = sign(fitted.labels().pos.class);
    let weights = fitted.params().iter().map(|weight| weight * sign).collect();
    let line = Line { base: fitted.intercept() * sign, weights };
    let finite = line.base.is_finite() && line.weights.iter().all(|weight| weight.is_finite());
    if finite { Ok(line) } else { Err(Unsolved("the weights grow without end".to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of two features whose log-odds are `1 - 2a + b`, each as often as its probability says.
    fn rows() -> (Design, Vec<bool>) {
        let corners: [(f64, f64); 4] = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)];
        let mut design = Design::new(4_000, 2);
        let mut outcomes = Vec::new();
        for (corner, (a, b)) in corners.into_iter().enumerate() {
            let came = (probability(1.0 - 2.0 * a + b) * 1_000.0).round() as usize;
            for row in 0..1_000 {
                design.set(corner * 1_000 + row, 0, a);
                design.set(corner * 1_000 + row, 1, b);
                outcomes.push(row < came);
            }
        }
        (design, outcomes)
    }

    #[test]
    fn the_line_that_made_the_rows_is_found_again() {
        let (design, outcomes) = rows();
        let line = fit(&design, &outcomes, 1e-6, None).unwrap();
        for (found, wanted) in [(line.base, 1.0), (line.weights[0], -2.0), (line.weights[1], 1.0)] {
            assert!((found - wanted).abs() < 0.01, "{line:?}");
        }
        let again = fit(&design, &outcomes, 1e-6, Some(&line)).unwrap();
        assert!((again.weights[0] - line.weights[0]).abs() < 1e-2, "{again:?}");
    }

    #[test]
    fn outcomes_turned_round_turn_the_line_round() {
        let (design, outcomes) = rows();
        let line = fit(&design, &outcomes, 1.0, None).unwrap();
        let turned: Vec<bool> = outcomes.iter().map(|came| !came).collect();
        let other = fit(&design, &turned, 1.0, Some(&line)).unwrap();
        assert!((line.base + other.base).abs() < 1e-2, "{line:?} {other:?}");
        assert!((line.weights[0] + other.weights[0]).abs() < 1e-2, "{line:?} {other:?}");
    }

    #[test]
    fn a_penalty_draws_weights_to_nothing_and_leaves_the_share() {
        let (design, outcomes) = rows();
        let line = fit(&design, &outcomes, 1e7, None).unwrap();
        assert!(line.weights.iter().all(|weight| weight.abs() < 0.01), "{line:?}");
        assert!((probability(line.base) - share(&outcomes)).abs() < 0.01, "{line:?}");
        let nothing = fit(&Design::new(outcomes.len(), 0), &outcomes, 1.0, None).unwrap();
        assert!((probability(nothing.base) - share(&outcomes)).abs() < 1e-9);
    }

    #[test]
    fn rows_that_are_told_apart_without_fault_still_end() {
        let mut design = Design::new(100, 1);
        (50..100).for_each(|row| design.set(row, 0, 1.0));
        let outcomes: Vec<bool> = (0..100).map(|row| row >= 50).collect();
        let line = fit(&design, &outcomes, 0.1, None).unwrap();
        assert!(line.weights[0] > 2.0 && line.base < -1.0, "{line:?}");
    }
}
