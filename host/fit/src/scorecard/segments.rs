//! Segments whose leads are judged by numbers of their own, as far as their rows say that they differ from all others.

use std::collections::BTreeMap;

use crate::table::Table;

/// Fewer rows than these say nothing that those of all do not say better …
const LEAST_ROWS: usize = 200;
/// … and so do fewer of either outcome.
const LEAST_OF_EACH: usize = 20;
/// The policy's limit of segments with numbers of their own.
const MOST_SEGMENTS: usize = 16;
/// What the policy calls all others; a segment of that name is one of them.
pub(super) const OTHERS: &str = "*";

/// Which segment each row is of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Segments {
    /// Those with enough rows, by name.
    pub(super) names: Vec<String>,
    /// By row: the place of its segment in `names`; none: all others.
    pub(super) of: Vec<Option<usize>>,
}

impl Segments {
    /// By a column of the table; without one all rows are alike.
    pub(super) fn read(table: &Table, column: Option<usize>, rows: &[usize], outcomes: &[bool]) -> Self {
        let Some(column) = column else { return Self { names: Vec::new(), of: vec![None; rows.len()] } };
        let mut counts = BTreeMap::<&str, [usize; 2]>::new();
        for (row, came) in rows.iter().zip(outcomes) {
            let [lost, converted] = counts.entry(table.cell(*row, column)).or_default();
            *(if *came { converted } else { lost }) += 1;
        }
        let enough = |(name, [lost, converted]): &(&str, [usize; 2])| {
            !matches!(*name, "" | OTHERS) && lost + converted >= LEAST_ROWS && *lost.min(converted) >= LEAST_OF_EACH
        };
        let mut named: Vec<(&str, [usize; 2])> = counts.into_iter().filter(enough).collect();
        named.sort_by_key(|(_, [lost, converted])| std::cmp::Reverse(lost + converted));
        named.truncate(MOST_SEGMENTS);
        let mut names: Vec<String> = named.into_iter().map(|(name, _)| name.to_owned()).collect();
        names.sort_unstable();
        let of = rows.iter().map(|row| names.binary_search_by(|name| name.as_str().cmp(table.cell(*row, column))).ok());
        Self { of: of.collect(), names }
    }

    /// The segment of a row.
    pub(super) fn of(&self, row: usize) -> Option<usize> {
        self.of.get(row).copied().flatten()
    }

    /// How many cards there are: one for all others, and one for each segment.
    pub(super) fn cards(&self) -> usize {
        self.names.len() + 1
    }

    /// Which card judges a row.
    pub(super) fn card(&self, row: usize) -> usize {
        self.of(row).map_or(0, |segment| segment + 1)
    }
}
