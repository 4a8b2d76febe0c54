//! How often each level of agreement is seen in two records of one person and in records of two (Fellegi and Sunter's m
//! and u), learned from pairs of records of which nobody said whether they are one.
//!
//! Expectation-maximisation, as Winkler introduced it to record linkage: with the odds so far each pair is one person to
//! some probability; with those probabilities each level is counted anew, until nothing changes. The odds that a
//! configuration has are where it begins, and count as so many pairs seen before, so a level that a table hardly shows
//! stays what it was.

use std::collections::BTreeMap;

/// How often a level is seen in two records of one person (m), and in records of two (u).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Odds {
    /// In two records of one person.
    pub m: f64,
    /// In records of two persons.
    pub u: f64,
}

/// The levels of the fields to be learned, as `field/level`.
pub type Levels = BTreeMap<String, Odds>;

/// Two records compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The levels at which they agree, one of a field, as `field/level`. What is not to be learned is passed over.
    pub levels: Vec<String>,
    /// Further levels, which count as seen, and whose weight stands in `besides`: it depends on more than the level.
    pub seen: Vec<String>,
    /// The natural logarithm of the odds of everything that is not to be learned, such as their names.
    pub besides: f64,
}

/// What is learned from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sample {
    /// Records of the table.
    pub records: usize,
    /// Every pair that could be one person.
    pub candidates: Vec<Compared>,
    /// Pairs drawn from the others, which stand for all of them: they are two.
    pub others: Vec<Compared>,
}

/// What was learned.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// The odds of every level that was to be learned.
    pub levels: Levels,
    /// One pair of records in so many is one person.
    pub one_in: f64,
    /// About so many of the candidates are one person.
    pub matches: f64,
    /// How often everything was counted.
    pub rounds: usize,
}

/// Why nothing can be learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkageError {
    /// There are too few pairs.
    #[error("{found} pairs could be one person, at least {FEWEST_CANDIDATES} teach something")]
    Few {
        /// How many there are.
        found: usize,
    },
    /// None of the pairs seems to be one person.
    #[error("about {found} of the pairs are one person, at least {FEWEST_MATCHES} teach something")]
    Alone {
        /// How many there are.
        found: usize,
    },
}

/// Fewer candidates teach nothing.
pub const FEWEST_CANDIDATES: usize = 50;
/// Fewer pairs of one person teach nothing.
pub const FEWEST_MATCHES: usize = 20;
/// The odds that the configuration has count as so many pairs of one person seen before.
const BEFORE: f64 = 25.0;
/// Everything is counted at most so often; real tables settle within thirty.
const MOST_ROUNDS: usize = 200;
/// Nothing changes any more when no probability moves by more.
const SETTLED: f64 = 1e-6;
/// The odds of everything else are told apart so finely.
const FINENESS: f64 = 100.0;
/// A share is at least so much: what was never seen may still happen.
const LEAST_SHARE: f64 = 1e-4;

/// Learns the odds of `levels` from a sample; `one_in`: one pair of records in so many was held for one person so far.
///
/// # Errors
/// [`LinkageError`], when the sample teaches nothing.
pub fn fit(sample: &Sample, levels: &Levels, one_in: f64) -> Result<Fitted, LinkageError> {
    if sample.candidates.len() < FEWEST_CANDIDATES {
        return Err(LinkageError::Few { found: sample.candidates.len() });
    }
    let mut learned = Learned::new(sample, levels, one_in);
    let mut probabilities = vec![0.0; learned.candidates.len()];
    let mut rounds = 0;
    while rounds < MOST_ROUNDS {
        rounds += 1;
        let next = learned.expect();
        let moved = next.iter().zip(&probabilities).map(|(now, before)| (now - before).abs()).fold(0.0, f64::max);
        learned.maximise(&next);
        probabilities = next;
        if moved < SETTLED {
            break;
        }
    }
    let matches = learned.matches(&probabilities);
    if matches < FEWEST_MATCHES as f64 {
        return Err(LinkageError::Alone { found: matches as usize });
    }
    let levels = levels.keys().cloned().zip(learned.odds).collect();
    Ok(Fitted { levels, one_in: (learned.pairs / matches).max(2.0), matches, rounds })
}

/// Pairs that are alike.
struct Alike {
    /// Levels that weigh and are counted, by number.
    levels: Vec<usize>,
    /// Those that are only counted.
    seen: Vec<usize>,
    /// The odds of everything that is not to be learned.
    besides: f64,
    /// So many they are.
    count: f64,
}

impl Alike {
    fn counted(&self) -> impl Iterator<Item = usize> {
        self.levels.iter().chain(&self.seen).copied()
    }
}

struct Learned {
    candidates: Vec<Alike>,
    others: Vec<Alike>,
    /// So many pairs each of the others stands for.
    each: f64,
    /// All pairs of records.
    pairs: f64,
    /// The field of each level, by number.
    fields: Vec<usize>,
    before: Vec<Odds>,
    odds: Vec<Odds>,
    /// The natural logarithm of the odds that two records are one person.
    prior: f64,
}

impl Learned {
    fn new(sample: &Sample, levels: &Levels, one_in: f64) -> Self {
        let names: Vec<&String> = levels.keys().collect();
        let number = |level: &String| names.binary_search(&level).ok();
        let alike = |pairs: &[Compared]| {
            let numbers = |levels: &[String]| {
                let mut numbers: Vec<usize> = levels.iter().filter_map(number).collect();
                numbers.sort_unstable();
                numbers
            };
            // Sorted, so that what is learned does not depend on the order of the records.
            let mut counts: BTreeMap<(Vec<usize>, Vec<usize>, i64), f64> = BTreeMap::new();
            for pair in pairs {
                let besides = (pair.besides * FINENESS).round() as i64;
                *counts.entry((numbers(&pair.levels), numbers(&pair.seen), besides)).or_default() += 1.0;
            }
            let alike = |((levels, seen, besides), count): ((_, _, i64), f64)| {
                let besides = besides as f64 / FINENESS;
                Alike { levels, seen, besides, count }
            };
            counts.into_iter().map(alike).collect()
        };
        let mut by_name: Vec<&str> = Vec::new();
        let fields = names.iter().map(|name| {
            let field = name.split('/').next().unwrap_or_default();
            by_name.iter().position(|known| *known == field).unwrap_or_else(|| {
                by_name.push(field);
                by_name.len() - 1
            })
        });
        let fields = fields.collect();
        let records = sample.records as f64;
        let pairs = (records * (records - 1.0) / 2.0).max(sample.candidates.len() as f64 + 1.0);
        let rest = pairs - sample.candidates.len() as f64;
        Self {
            candidates: alike(&sample.candidates),
            others: alike(&sample.others),
            each: rest / sample.others.len().max(1) as f64,
            pairs,
            fields,
            before: levels.values().copied().collect(),
            odds: levels.values().copied().collect(),
            prior: -(one_in.max(2.0) - 1.0).ln(),
        }
    }

    /// The probability that candidates of each likeness are one person.
    fn expect(&self) -> Vec<f64> {
        let weights: Vec<f64> = self.odds.iter().map(|odds| (odds.m / odds.u).ln()).collect();
        let one = |alike: &Alike| {
            let sum: f64 = alike.levels.iter().filter_map(|level| weights.get(*level)).sum();
            1.0 / (1.0 + (-(self.prior + alike.besides + sum)).exp())
        };
        self.candidates.iter().map(one).collect()
    }

    /// So many candidates are one person with those probabilities.
    fn matches(&self, probabilities: &[f64]) -> f64 {
        self.candidates.iter().zip(probabilities).map(|(alike, probability)| alike.count * probability).sum()
    }

    /// Counts every level with those probabilities.
    fn maximise(&mut self, probabilities: &[f64]) {
        let mut ones = vec![0.0; self.odds.len()];
        let mut twos = vec![0.0; self.odds.len()];
        for (alike, probability) in self.candidates.iter().zip(probabilities) {
            for level in alike.counted() {
                ones[level] += alike.count * probability;
                twos[level] += alike.count * (1.0 - probability);
            }
        }
        for alike in &self.others {
            for level in alike.counted() {
                twos[level] += alike.count * self.each;
            }
        }
        for field in 0..self.fields.iter().max().map_or(0, |most| most + 1) {
            let of_field: Vec<usize> = (0..self.odds.len()).filter(|level| self.fields[*level] == field).collect();
            let sum = |counts: &[f64]| of_field.iter().map(|level| counts[*level]).sum::<f64>();
            let (all_ones, all_twos) = (sum(&ones), sum(&twos));
            for level in of_field {
                let Odds { m, u } = self.before[level];
                // Both are drawn as far towards what they were, so that a level that was never seen weighs what it did.
                let kept = BEFORE / (all_ones + BEFORE);
                let share = |seen: f64, of: f64, before: f64| match of > 0.0 {
                    true => (1.0 - kept) * seen / of + kept * before,
                    false => before,
                };
                // What never happened by chance in all these pairs happens in less than one of them.
                let least = 1.0 / self.pairs;
                let (m, u) = (share(ones[level], all_ones, m), share(twos[level], all_twos, u));
                self.odds[level] = match ones[level] + twos[level] > 0.0 {
                    true => Odds { m: m.clamp(LEAST_SHARE, 1.0), u: u.clamp(least, 1.0) },
                    false => Odds { m, u },
                };
            }
        }
        let matches = self.matches(probabilities);
        let share = (matches / self.pairs).clamp(f64::MIN_POSITIVE, 0.5);
        self.prior = (share / (1.0 - share)).ln();
    }
}

#[cfg(test)]
mod tests;
