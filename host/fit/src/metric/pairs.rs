//! Records that are said to be one, against those that are.

use std::collections::BTreeMap;

use serde::Serialize;

/// Pairs right, wrong and missed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Pairs {
    /// Said, and so.
    pub right: usize,
    /// Said, and not so.
    pub wrong: usize,
    /// Not said, and so.
    pub missed: usize,
}

impl Pairs {
    /// Counts one pair.
    pub fn add(&mut self, said: bool, is: bool) {
        match (said, is) {
            (true, true) => self.right += 1,
            (true, false) => self.wrong += 1,
            (false, true) => self.missed += 1,
            (false, false) => {}
        }
    }

    /// The share of what was said that is so; 1 where nothing was said.
    pub fn precision(&self) -> f64 {
        share(self.right, self.right + self.wrong)
    }

    /// The share of what is so that was said; 1 where nothing is.
    pub fn recall(&self) -> f64 {
        share(self.right, self.right + self.missed)
    }

    /// The harmonic mean of both.
    pub fn f1(&self) -> f64 {
        share(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }
}

fn share(part: usize, of: usize) -> f64 {
    if of == 0 { 1.0 } else { part as f64 / of as f64 }
}

/// Who is one with whom, transitively closed.
#[derive(Debug, Clone)]
pub struct Clusters {
    above: Vec<usize>,
}

impl Clusters {
    /// So many records, each alone.
    pub fn new(records: usize) -> Self {
        Self { above: (0..records).collect() }
    }

    /// The record that stands for the cluster of that one.
    pub fn root(&mut self, mut of: usize) -> usize {
        while let Some(&above) = self.above.get(of).filter(|above| **above != of) {
            // Each step halves the way for the next one.
            let higher = self.above.get(above).copied().unwrap_or(above);
            if let Some(place) = self.above.get_mut(of) {
                *place = higher;
            }
            of = higher;
        }
        of
    }

    /// Makes two clusters one; the earlier record stands for both.
    pub fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        if let Some(place) = self.above.get_mut(one.max(other)) {
            *place = one.min(other);
        }
    }

    /// All pairs within clusters, against the truth by record.
    pub fn pairs<T: Ord>(&mut self, truth: &[T]) -> Pairs {
        let couples = |size: &usize| size * size.saturating_sub(1) / 2;
        let (mut said, mut is, mut both) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (record, truth) in truth.iter().enumerate() {
            let root = self.root(record);
            *said.entry(root).or_insert(0_usize) += 1;
            *is.entry(truth).or_insert(0_usize) += 1;
            *both.entry((root, truth)).or_insert(0_usize) += 1;
        }
        let right = both.values().map(couples).sum();
        let said: usize = said.values().map(couples).sum();
        let is: usize = is.values().map(couples).sum();
        Pairs { right, wrong: said - right, missed: is - right }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_joined_over_another_counts_too() {
        let mut clusters = Clusters::new(5);
        clusters.join(3, 1);
        clusters.join(1, 4);
        assert_eq!(clusters.pairs(&["a", "b", "a", "b", "c"]), Pairs { right: 1, wrong: 2, missed: 1 });
    }

    proptest! {
        #[test]
        fn counting_by_size_is_counting_pair_by_pair(
            truth in prop::collection::vec(0_u8..6, 1..24),
            joins in prop::collection::vec((0_usize..24, 0_usize..24), 0..24),
        ) {
            let mut clusters = Clusters::new(truth.len());
            for (one, other) in joins.into_iter().filter(|(a, b)| a.max(b) < &truth.len()) {
                clusters.join(one, other);
            }
            let mut counted = Pairs::default();
            for one in 0..truth.len() {
                for other in 0..one {
                    counted.add(clusters.root(one) == clusters.root(other), truth[one] == truth[other]);
                }
            }
            prop_assert_eq!(clusters.pairs(&truth), counted);
        }
    }
}
