//! Probabilities against outcomes.

use serde::Serialize;

/// A probability that was said, and what came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// 0 to 1.
    pub probability: f64,
    /// Whether it came true.
    pub came: bool,
}

/// The area under the ROC curve: how often something that came true was scored above something that did not, a tie
/// counting half (Mann and Whitney). None: all came alike.
pub fn auc(scored: &[Scored]) -> Option<f64> {
    let mut sorted = scored.to_vec();
    sorted.sort_by(|a, b| a.probability.total_cmp(&b.probability));
    let true_ones = sorted.iter().filter(|it| it.came).count();
    let others = sorted.len() - true_ones;
    if true_ones == 0 || others == 0 {
        return None;
    }
    let (mut ranks, mut begin) = (0.0, 0);
    for tied in sorted.chunk_by(|a, b| a.probability == b.probability) {
        // Ranks count from 1; those that tie share their mean.
        let mean = begin as f64 + (tied.len() as f64 + 1.0) / 2.0;
        ranks += mean * tied.iter().filter(|it| it.came).count() as f64;
        begin += tied.len();
    }
    let least = true_ones as f64 * (true_ones as f64 + 1.0) / 2.0;
    Some((ranks - least) / (true_ones as f64 * others as f64))
}

/// The mean squared error of the probabilities (Brier); 0 for none at all.
pub fn brier(scored: &[Scored]) -> f64 {
    let error = |it: &Scored| (it.probability - f64::from(u8::from(it.came))).powi(2);
    scored.iter().map(error).sum::<f64>() / scored.len().max(1) as f64
}

/// Which share came true of the `share` scored highest, 0 to 1. Where the border falls among ties, the tied ones count
/// by their own share, so that the order of the rows says nothing.
pub fn precision_at(scored: &[Scored], share: f64) -> f64 {
    let wanted = (scored.len() as f64 * share.clamp(0.0, 1.0)).ceil();
    let mut sorted = scored.to_vec();
    sorted.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    let (mut taken, mut right) = (0.0, 0.0);
    for tied in sorted.chunk_by(|a, b| a.probability == b.probability) {
        let came = tied.iter().filter(|it| it.came).count() as f64;
        let part = (wanted - taken).clamp(0.0, tied.len() as f64);
        right += came * part / tied.len() as f64;
        taken += part;
    }
    if taken > 0.0 { right / taken } else { 0.0 }
}

/// What came of those that were promised about the same.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Band {
    /// From this probability on.
    pub from: f64,
    /// How many were said to be in it.
    pub count: usize,
    /// The mean of what was said of them.
    pub said: f64,
    /// The share that came true.
    pub came: f64,
}

/// The calibration table: `count` bands of equal width; one that nothing falls into is left out.
pub fn bands(scored: &[Scored], count: usize) -> Vec<Band> {
    let count = count.max(1);
    let mut sums = vec![(0_usize, 0.0, 0_usize); count];
    for it in scored {
        let place = ((it.probability * count as f64) as usize).min(count - 1);
        if let Some((all, said, came)) = sums.get_mut(place) {
            *all += 1;
            *said += it.probability;
            *came += usize::from(it.came);
        }
    }
    let filled = sums.iter().enumerate().filter(|(_, (all, ..))| *all > 0);
    let band = |(place, (all, said, came)): (usize, &(usize, f64, usize))| Band {
        from: place as f64 / count as f64,
        count: *all,
        said: said / *all as f64,
        came: *came as f64 / *all as f64,
    };
    filled.map(band).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(all: &[(f64, bool)]) -> Vec<Scored> {
        all.iter().map(|&(probability, came)| Scored { probability, came }).collect()
    }

    #[test]
    fn the_area_is_the_share_of_pairs_in_order() {
        let all = scored(&[(0.1, false), (0.4, true), (0.4, false), (0.35, false), (0.8, true), (0.2, true)]);
        let mut above = 0.0;
        for one in all.iter().filter(|it| it.came) {
            for other in all.iter().filter(|it| !it.came) {
                above += f64::from(u8::from(one.probability > other.probability));
                above += f64::from(u8::from(one.probability == other.probability)) / 2.0;
            }
        }
        assert!((auc(&all).unwrap() - above / 9.0).abs() < 1e-12);
        assert_eq!(auc(&scored(&[(0.5, true)])), None);
    }

    #[test]
    fn the_best_share_does_not_depend_on_the_order_of_ties() {
        let all = scored(&[(0.9, true), (0.5, false), (0.5, true), (0.5, false), (0.1, false)]);
        let turned: Vec<Scored> = all.iter().rev().copied().collect();
        assert_eq!(precision_at(&all, 0.4), precision_at(&turned, 0.4));
        assert!((precision_at(&all, 0.4) - (1.0 + 1.0 / 3.0) / 2.0).abs() < 1e-12);
        assert_eq!(precision_at(&[], 0.2), 0.0);
    }

    #[test]
    fn what_was_said_stands_beside_what_came() {
        let all = scored(&[(0.05, false), (0.95, true), (1.0, true), (0.92, false)]);
        let bands = bands(&all, 10);
        assert_eq!(bands.iter().map(|it| it.count).collect::<Vec<_>>(), [1, 3]);
        assert!((bands[1].came - 2.0 / 3.0).abs() < 1e-12);
        assert!((brier(&all) - (0.0025 + 0.0025 + 0.0 + 0.8464) / 4.0).abs() < 1e-12);
    }
}
