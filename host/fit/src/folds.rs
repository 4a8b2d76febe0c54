//! Rows dealt out into folds, so that what is learned is judged on rows it was not learned from.

/// The fold of each row, 0 to `folds - 1`: as many rows in each as can be, and of both outcomes alike. The same outcomes
/// and seed give the same folds on every machine.
pub fn deal(outcomes: &[bool], folds: usize, seed: u64) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..outcomes.len()).collect();
    rows.sort_by_key(|&row| (outcomes.get(row), shuffled(seed, row as u64), row));
    let mut dealt = vec![0; outcomes.len()];
    for (place, row) in rows.into_iter().enumerate() {
        if let Some(fold) = dealt.get_mut(row) {
            *fold = place % folds.max(1);
        }
    }
    dealt
}

/// SplitMix64 (Steele, Lea, Flood 2014) of a seed and a number: an order that nothing in a table can follow. Written out
/// because a library's generator may change between versions, and a fitted file may not.
fn shuffled(seed: u64, number: u64) -> u64 {
    let mut z = seed.wrapping_add(number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fold_has_its_share_of_both_outcomes_and_a_seed_decides_which() {
        let outcomes: Vec<bool> = (0..103).map(|row| row % 4 == 0).collect();
        let dealt = deal(&outcomes, 5, 7);
        for fold in 0..5 {
            let of = |came| (0..103).filter(|&row| dealt[row] == fold && outcomes[row] == came).count();
            assert!((5..=6).contains(&of(true)) && (15..=16).contains(&of(false)), "{} {}", of(true), of(false));
        }
        assert_eq!(dealt, deal(&outcomes, 5, 7));
        assert_ne!(dealt, deal(&outcomes, 5, 8));
        assert!(deal(&[], 5, 1).is_empty() && deal(&[true], 0, 1) == [0]);
    }
}
