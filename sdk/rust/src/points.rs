//! Points of a scorecard, and the probability that they stand for. They add up on the scale of log-odds: `doubling`
//! points more make the odds twice as good, so p = 1 / (1 + 2^(−points/doubling)).

/// The probability in ten-thousandths; a `doubling` of 0 is taken for 1.
pub fn probability(points: f64, doubling: u16) -> u16 {
    let odds = libm::exp2(points / f64::from(doubling.max(1)));
    // Infinite odds are certainty, not a division of infinities.
    if odds.is_infinite() { 10_000 } else { libm::round(odds / (1.0 + odds) * 10_000.0) as u16 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_points_double_the_odds() {
        assert_eq!([-20.0, 0.0, 20.0, 40.0].map(|points| probability(points, 20)), [3_333, 5_000, 6_667, 8_000]);
        assert_eq!([-1e9, 1e9].map(|points| probability(points, 0)), [0, 10_000]);
    }
}
