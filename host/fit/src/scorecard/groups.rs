//! A column cut into groups that a condition can name: ranges of numbers, sets of values, and what is missing.

use std::collections::BTreeMap;

use super::column::{Cell, Column};

/// Numbers are first cut into so many ranges of as many rows each.
const FINEST_RANGES: usize = 20;
/// A group has at least this share of the rows …
const LEAST_SHARE: f64 = 0.005;
/// … and at least so many: what fewer say is chance.
const LEAST_ROWS: usize = 20;
/// Neighbouring ranges whose conversion differs less than chance does in one case of ten are one: chi-squared, one degree
/// of freedom.
const SAME: f64 = 2.71;
/// More values than these are not told apart one by one but by what became of their rows.
const MOST_VALUES: usize = 40;
/// What became of a value's rows counts against so many rows of what became of all: a value seen once says nothing.
const PRIOR_ROWS: f64 = 20.0;
/// Values are put together whose log-odds differ by less than this. It also makes values that say nothing be exactly that.
const LEVEL: f64 = 0.2;

/// What a condition tests.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    /// Nothing stands there.
    Missing,
    /// A number from here on, and below there.
    Range(Option<f64>, Option<f64>),
    /// One of these values of the column.
    Values(Vec<u32>),
}

/// Rows and how many of them converted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) count: usize,
    pub(super) converted: usize,
}

impl Seen {
    pub(super) fn add(&mut self, came: bool) {
        self.count += 1;
        self.converted += usize::from(came);
    }

    fn with(self, other: Self) -> Self {
        Self { count: self.count + other.count, converted: self.converted + other.converted }
    }

    fn without(self, other: Self) -> Self {
        Self { count: self.count - other.count, converted: self.converted - other.converted }
    }

    /// The conversion, drawn towards that of all.
    pub(super) fn share(self, of_all: f64) -> f64 {
        (self.converted as f64 + PRIOR_ROWS * of_all) / (self.count as f64 + PRIOR_ROWS)
    }

    /// By how much its log-odds lie above those of all, in steps.
    fn level(self, all: Self) -> f64 {
        let of_all = all.raw();
        let above = crate::logistic::log_odds(self.share(of_all)) - crate::logistic::log_odds(of_all);
        (above / LEVEL).round() * LEVEL
    }

    fn raw(self) -> f64 {
        self.converted as f64 / self.count.max(1) as f64
    }
}

/// The groups of one column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Groups {
    pub(super) tests: Vec<Test>,
    /// For a column of too many values: what each group is worth, so that the column is one feature.
    pub(super) levels: Option<Vec<f64>>,
    by_value: BTreeMap<u32, usize>,
}

impl Groups {
    /// Cuts a column by these rows and what became of them.
    pub(super) fn learn(column: &Column, rows: &[usize], outcomes: &[bool]) -> Self {
        let least = ((rows.len() as f64 * LEAST_SHARE) as usize).max(LEAST_ROWS);
        let mut groups = Self { tests: Vec::new(), levels: None, by_value: BTreeMap::new() };
        let counts = Counts::of(column, rows, outcomes, |_| true);
        if column.numeric {
            groups.ranges(column, rows, outcomes, least);
        } else if counts.values.len() > MOST_VALUES {
            groups.by_level(&counts);
            return groups;
        } else {
            groups.values(&counts, least);
        }
        if counts.missing.count >= least {
            groups.tests.push(Test::Missing);
        }
        groups
    }

    /// The group of a cell; none: no condition holds.
    pub(super) fn of(&self, cell: Cell) -> Option<usize> {
        match cell {
            Cell::Missing => self.tests.iter().position(|test| *test == Test::Missing),
            Cell::Value(value) => self.by_value.get(&value).copied(),
            Cell::Number(number) => self.tests.iter().position(|test| match test {
                Test::Range(from, below) => from.is_none_or(|it| it <= number) && below.is_none_or(|it| number < it),
                Test::Missing | Test::Values(_) => false,
            }),
            Cell::Other => None,
        }
    }

    /// What a cell's group is worth to a row that itself was not counted: by the rows of the other folds.
    pub(super) fn levels_apart(column: &Column, rows: &[usize], outcomes: &[bool], folds: &[usize]) -> Vec<f64> {
        let all = Counts::of(column, rows, outcomes, |_| true);
        let folded = folds.iter().copied().max().unwrap_or(0);
        let whole = all.all();
        // A fold's own counts, and all rows but its own.
        let apart = |fold: usize| {
            let own = Counts::of(column, rows, outcomes, |place| folds.get(place) == Some(&fold));
            let others = whole.without(own.all());
            (own, others)
        };
        let apart: Vec<(Counts, Seen)> = (0..=folded).map(apart).collect();
        let level = |(row, fold): (&usize, &usize)| {
            let (cell, (own, others)) = (column.cells.get(*row)?, apart.get(*fold)?);
            Some(all.seen(*cell).without(own.seen(*cell)).level(*others))
        };
        rows.iter().zip(folds).map(|it| level(it).unwrap_or(0.0)).collect()
    }

    fn values(&mut self, counts: &Counts, least: usize) {
        let (often, rarely): (Vec<_>, Vec<_>) = counts.values.iter().partition(|(_, seen)| seen.count >= least);
        for (value, _) in often {
            self.put(vec![*value]);
        }
        if rarely.iter().map(|(_, seen)| seen.count).sum::<usize>() >= least {
            self.put(rarely.into_iter().map(|(value, _)| *value).collect());
        }
    }

    fn by_level(&mut self, counts: &Counts) {
        let all = counts.all();
        // Levels are whole numbers of steps, so they can be keys.
        let step = |seen: &Seen| (seen.level(all) / LEVEL).round() as i64;
        let mut by_step = BTreeMap::<i64, Vec<u32>>::new();
        for (value, seen) in &counts.values {
            by_step.entry(step(seen)).or_default().push(*value);
        }
        let mut levels = Vec::new();
        for (step, values) in by_step.into_iter().filter(|(step, _)| *step != 0) {
            self.put(values);
            levels.push(step as f64 * LEVEL);
        }
        if step(&counts.missing) != 0 {
            self.tests.push(Test::Missing);
            levels.push(counts.missing.level(all));
        }
        self.levels = Some(levels);
    }

    fn put(&mut self, values: Vec<u32>) {
        self.by_value.extend(values.iter().map(|value| (*value, self.tests.len())));
        self.tests.push(Test::Values(values));
    }

    fn ranges(&mut self, column: &Column, rows: &[usize], outcomes: &[bool], least: usize) {
        let mut numbers: Vec<(f64, bool)> = Vec::new();
        for (row, came) in rows.iter().zip(outcomes) {
            if let Some(Cell::Number(number)) = column.cells.get(*row) {
                numbers.push((*number, *came));
            }
        }
        numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
        let full = (numbers.len() / FINEST_RANGES).max(least);
        // Where each range begins, and what is in it. A number is never cut in two.
        let mut ranges: Vec<(f64, Seen)> = Vec::new();
        let mut before = None;
        for same in numbers.chunk_by(|a, b| a.0 == b.0) {
            let mut seen = Seen::default();
            let number = same.first().map_or(0.0, |it| it.0);
            let begin = before.replace(number).map_or(number, |before| shortest(before, number));
            same.iter().for_each(|(_, came)| seen.add(*came));
            match ranges.last_mut() {
                // A number that many rows have is no part of the range before it.
                Some((_, last)) if last.count < full && (seen.count < full || last.count < least) => {
                    *last = last.with(seen);
                }
                _ => ranges.push((begin, seen)),
            }
        }
        merge(&mut ranges, least);
        let begins: Vec<f64> = ranges.iter().map(|(begin, _)| *begin).collect();
        for (place, begin) in begins.iter().enumerate() {
            self.tests.push(Test::Range((place > 0).then_some(*begin), begins.get(place + 1).copied()));
        }
    }
}

/// The number of the fewest digits that is above the one and at most the other: a person reads it, and every reader of
/// JSON takes it for the same number.
fn shortest(below: f64, number: f64) -> f64 {
    /// Of a float no more digits say anything.
    const MOST_DIGITS: usize = 17;
    let rounded = (0..MOST_DIGITS).filter_map(|digits| format!("{number:.digits$e}").parse::<f64>().ok());
    rounded.into_iter().find(|it| below < *it && *it <= number).unwrap_or(number)
}

/// Puts the two neighbours together that differ least, as long as there are some that do not differ or are too few.
fn merge(ranges: &mut Vec<(f64, Seen)>, least: usize) {
    loop {
        let differ = |pair: &[(f64, Seen)]| match pair {
            [(_, a), (_, b)] if a.count < least || b.count < least => 0.0,
            [(_, a), (_, b)] => chi_squared(*a, *b),
            _ => f64::INFINITY,
        };
        let closest = ranges.windows(2).map(differ).enumerate().min_by(|a, b| a.1.total_cmp(&b.1));
        let Some((place, _)) = closest.filter(|(_, differ)| *differ < SAME) else { return };
        let (_, taken) = ranges.remove(place + 1);
        if let Some((_, kept)) = ranges.get_mut(place) {
            *kept = kept.with(taken);
        }
    }
}

/// How surely two conversions differ (Pearson); 0 where all rows came alike.
fn chi_squared(one: Seen, other: Seen) -> f64 {
    let [a, b] = [one.converted as f64, (one.count - one.converted) as f64];
    let [c, d] = [other.converted as f64, (other.count - other.converted) as f64];
    let margins = (a + b) * (c + d) * (a + c) * (b + d);
    if margins == 0.0 { 0.0 } else { (a + b + c + d) * (a * d - b * c).powi(2) / margins }
}

/// How often each value stands in some rows.
struct Counts {
    values: BTreeMap<u32, Seen>,
    missing: Seen,
    other: Seen,
}

impl Counts {
    fn of(column: &Column, rows: &[usize], outcomes: &[bool], counted: impl Fn(usize) -> bool) -> Self {
        let mut counts = Self { values: BTreeMap::new(), missing: Seen::default(), other: Seen::default() };
        for (_, (row, came)) in rows.iter().zip(outcomes).enumerate().filter(|(place, _)| counted(*place)) {
            match column.cells.get(*row) {
                Some(Cell::Missing) | None => counts.missing.add(*came),
                Some(Cell::Value(value)) => counts.values.entry(*value).or_default().add(*came),
                Some(Cell::Number(_) | Cell::Other) => counts.other.add(*came),
            }
        }
        counts
    }

    fn seen(&self, cell: Cell) -> Seen {
        match cell {
            Cell::Missing => self.missing,
            Cell::Value(value) => self.values.get(&value).copied().unwrap_or_default(),
            Cell::Number(_) | Cell::Other => self.other,
        }
    }

    fn all(&self) -> Seen {
        self.values.values().fold(self.missing.with(self.other), |all, seen| all.with(*seen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(numeric: bool, cells: Vec<Cell>) -> Column {
        let (name, field) = ("c".to_owned(), "c".to_owned());
        Column { name, field, numeric, cells, values: (0..999).map(|value| format!("v{value}")).collect() }
    }

    fn learned(column: &Column, came: impl Fn(usize) -> bool) -> Groups {
        let rows: Vec<usize> = (0..column.cells.len()).collect();
        let outcomes: Vec<bool> = rows.iter().map(|&row| came(row)).collect();
        Groups::learn(column, &rows, &outcomes)
    }

    #[test]
    fn numbers_are_cut_where_the_conversion_changes() {
        let cells = (0..1_000).map(|row| if row < 100 { Cell::Missing } else { Cell::Number(f64::from(row % 10)) });
        let groups = learned(&column(true, cells.collect()), |row| (row % 10 >= 4) == (row / 10 % 4 > 0));
        assert_eq!(groups.tests, [Test::Range(None, Some(4.0)), Test::Range(Some(4.0), None), Test::Missing]);
        let of = |cell| groups.of(cell);
        assert_eq!([of(Cell::Number(3.9)), of(Cell::Number(4.0)), of(Cell::Missing)], [Some(0), Some(1), Some(2)]);
        assert_eq!(of(Cell::Other), None);
    }

    #[test]
    fn a_range_begins_at_the_shortest_number_that_parts_it_from_the_one_before() {
        for (below, number, begin) in [
            (0.1, 0.123_456_789, 0.12),
            (1_002.0, 1_003.0, 1_003.0),
            (990.0, 1_003.0, 1_000.0),
            (-2.5, -1.234, -1.234),
            (-0.5, 0.3, 0.3),
            (3.333_333_333_333_333, 3.333_333_333_333_333_5, 3.333_333_333_333_333_5),
            (1.0, 1e300, 1e300),
        ] {
            assert_eq!(shortest(below, number), begin, "{below} {number}");
        }
    }

    #[test]
    fn rare_values_are_one_group_and_unseen_ones_none() {
        let cells = (0..500).map(|row| Cell::Value(if row < 60 { 2 + row % 6 } else { row % 2 }));
        let groups = learned(&column(false, cells.collect()), |row| row % 3 == 0);
        let rare = Test::Values(vec![2, 3, 4, 5, 6, 7]);
        assert_eq!(groups.tests, [Test::Values(vec![0]), Test::Values(vec![1]), rare]);
        assert_eq!(
            (groups.of(Cell::Value(5)), groups.of(Cell::Value(9)), groups.of(Cell::Missing)),
            (Some(2), None, None)
        );
    }

    #[test]
    fn many_values_are_told_apart_by_what_became_of_them() {
        // Of a hundred values the even ones convert in half of their rows, the odd ones never.
        let cells = (0..3_000).map(|row| Cell::Value(row % 100)).collect();
        let many = column(false, cells);
        let groups = learned(&many, |row| row % 2 == 0 && row / 100 % 2 == 0);
        let levels = groups.levels.clone().unwrap();
        assert_eq!(groups.tests.len(), 2, "{:?}", groups.tests);
        assert!(levels[0] < -0.5 && levels[1] > 0.5, "{levels:?}");
        assert_eq!(
            (groups.of(Cell::Value(1)), groups.of(Cell::Value(2)), groups.of(Cell::Value(500))),
            (Some(0), Some(1), None)
        );
    }

    #[test]
    fn no_row_is_judged_by_what_became_of_itself() {
        // Every value stands in one row only, so apart from itself it says nothing, whatever became of it.
        let unique = column(false, (0..200).map(Cell::Value).collect());
        let rows: Vec<usize> = (0..200).collect();
        let outcomes: Vec<bool> = rows.iter().map(|row| row % 2 == 0).collect();
        let folds = crate::folds::deal(&outcomes, 5, 1);
        assert_eq!(Groups::levels_apart(&unique, &rows, &outcomes, &folds), vec![0.0; 200]);
    }
}
