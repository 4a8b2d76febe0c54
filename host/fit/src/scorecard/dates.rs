//! Columns of dates: in which form a column writes them, and the days.

use jiff::civil::Date;

/// The forms that exports write a day in. Where several read a whole column, the first counts: with the day before the
/// month, as most of the world writes it.
const FORMS: [&str; 7] = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y.%m.%d"];
/// A form reads a column if it reads so many of its filled cells; the rest are slips of the pen.
const LEAST_READ: f64 = 0.95;

/// The day of each cell, counted from 1970-01-01, in the form that reads the column; none: it is no column of dates.
pub(super) fn read<'c>(cells: &(impl Iterator<Item = &'c str> + Clone)) -> Option<Vec<Option<i64>>> {
    let filled = cells.clone().filter(|cell| !cell.is_empty()).count();
    // A look at one cell spares most columns the rest.
    let first = cells.clone().find(|cell| !cell.is_empty())?;
    let wanted = (filled as f64 * LEAST_READ).ceil() as usize;
    FORMS.iter().filter(|form| day(form, first).is_some() || filled > wanted).find_map(|form| {
        let days: Vec<Option<i64>> = cells.clone().map(|cell| day(form, cell)).collect();
        (days.iter().flatten().count() >= wanted).then_some(days)
    })
}

/// The day of a text; a time of day behind it says nothing here.
fn day(form: &str, text: &str) -> Option<i64> {
    let day = text.split([' ', 'T']).next().filter(|day| (8..=10).contains(&day.len()))?;
    let date = Date::strptime(form, day).ok()?;
    let since = date.since((jiff::Unit::Day, Date::constant(1970, 1, 1))).ok()?;
    Some(since.get_days().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_the_one_that_reads_the_column() {
        let of = |cells: &[&str]| read(&cells.iter().copied());
        assert_eq!(of(&["02-01-1970", "31-01-1970", ""]), Some(vec![Some(1), Some(30), None]));
        assert_eq!(of(&["01/31/1970 23:59", "02/01/1970 00:00"]), Some(vec![Some(30), Some(31)]));
        assert_eq!(of(&["1969-12-31T10:00:00Z"]), Some(vec![Some(-1)]));
        assert_eq!(of(&["2.5", "3.1"]), None);
        assert_eq!(of(&["", ""]), None);
        assert_eq!(of(&["2020-01-01", "next week"]), None);
    }
}
