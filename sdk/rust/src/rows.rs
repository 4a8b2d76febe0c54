//! Tables of numbers that a call reads in place: one copy when the configuration is read, however many rows there are.

use serde::{Deserialize, Serialize};

use crate::packed::Packed;

/// What a number takes.
const CELL: usize = 4;

/// Rows of so many numbers each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    width: u16,
    cells: Packed,
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'r>(&'r [u8]);

impl Rows {
    /// No rows yet, of that width.
    pub fn of(width: u16) -> Self {
        Self { width, cells: Packed::default() }
    }

    /// Adds a row; what it lacks is 0, what it has too much is left out.
    pub fn push(&mut self, row: &[i32]) {
        let padded = row.iter().copied().chain(std::iter::repeat(0)).take(usize::from(self.width));
        self.cells.0.extend(padded.flat_map(i32::to_le_bytes));
    }

    /// A row by its number; behind the last one, a row of zeros.
    pub fn row(&self, number: usize) -> Row<'_> {
        let bytes = usize::from(self.width) * CELL;
        let begin = number.saturating_mul(bytes);
        Row(self.cells.0.get(begin..begin.saturating_add(bytes)).unwrap_or_default())
    }

    /// All rows in their order.
    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        self.cells.0.chunks_exact((usize::from(self.width) * CELL).max(1)).map(Row)
    }
}

impl Row<'_> {
    /// The number in that column; 0 behind the last.
    pub fn at(self, column: usize) -> i32 {
        let rest = self.0.get(column.saturating_mul(CELL)..);
        rest.and_then(|rest| rest.first_chunk()).map_or(0, |bytes| i32::from_le_bytes(*bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_by_row_and_column_and_behind_the_end_is_nothing() {
        let mut rows = Rows::of(3);
        rows.push(&[1, -2]);
        rows.push(&[i32::MIN, i32::MAX, 7, 9]);
        let read = |row: usize| (0..4).map(|column| rows.row(row).at(column)).collect::<Vec<_>>();
        assert_eq!((read(0), read(1)), (vec![1, -2, 0, 0], vec![i32::MIN, i32::MAX, 7, 0]));
        assert_eq!((read(2), read(usize::MAX)), (vec![0; 4], vec![0; 4]));
        assert_eq!((rows.iter().count(), Rows::default().iter().count()), (2, 0));
    }
}
