//! A desk's past as the policy will see a ticket: the table's columns, and the hour and day of the week of the opening.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{KNOWN, Options, RiskError};
use crate::folds;
use crate::scorecard::{self, field_name};
use crate::table::Table;
use crate::times::{self, DateTime};

/// The hour at which a ticket was opened, and the day of the week.
const HOUR: &str = "hour";
const WEEKDAY: &str = "weekday";
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// Texts that the shipped configuration takes for no answer, beside those of a scorecard.
const BLANK: [&str; 2] = ["unknown", "-"];
/// The conditions have at most so many bytes: a binding's configuration has at most 60 KiB, with the shipped one.
const MOST_BYTES: usize = 40 << 10;
/// It is judged by one ticket in so many.
const JUDGED: usize = 5;

/// The tickets of which it is known what came.
pub(super) struct History {
    pub(super) table: Table,
    /// How a scorecard is learned from it.
    pub(super) options: scorecard::Options,
    /// Whether the promise was broken.
    pub(super) came: Vec<bool>,
    pub(super) opened: Option<Vec<Option<DateTime>>>,
    until: Option<Vec<Option<DateTime>>>,
    /// What the policy knows by itself, by field.
    about: BTreeMap<String, String>,
    /// The name under which a desk keeps a field, where it is another.
    fields: BTreeMap<String, String>,
    utc_offset_minutes: i16,
}

impl History {
    pub(super) fn read(table: &Table, options: &Options) -> Result<Self, RiskError> {
        if let Some(wrong) = options.known.values().find(|known| !KNOWN.contains(&known.as_str())) {
            return Err(RiskError::Unknown { name: wrong.clone() });
        }
        let mut fitting = scorecard::Options {
            label: options.label.clone(),
            positive: options.positive.clone(),
            exclude: options.exclude.clone(),
            seed: options.seed,
            ..scorecard::Options::default()
        };
        // What the shipped policy reads as unanswered, whatever else the overlay names.
        fitting.blank.extend(BLANK.map(str::to_owned));
        fitting.exclude.extend([&options.opened, &options.until].into_iter().flatten().cloned());
        let (rows, came, _) = scorecard::outcomes(table, &fitting)?;
        let table = table.only(rows);
        let opened = options.opened.as_deref().map(|column| read_times(&table, column)).transpose()?;
        let until = options.until.as_deref().map(|column| read_times(&table, column)).transpose()?;
        let mut about = BTreeMap::new();
        for (column, known) in &options.known {
            table.column(column)?;
            about.insert(field_name(column), known.clone());
        }
        let fields = options.fields.iter().map(|(column, name)| (field_name(column), name.clone())).collect();
        let utc_offset_minutes = options.utc_offset_minutes;
        let mut history =
            Self { table, options: fitting, came, opened: None, until, about, fields, utc_offset_minutes };
        if let Some(opened) = opened {
            history.widen(&opened)?;
            history.opened = Some(opened);
        }
        Ok(history)
    }

    /// Adds the hour and the day of the week.
    fn widen(&mut self, opened: &[Option<DateTime>]) -> Result<(), RiskError> {
        let names = [HOUR, WEEKDAY].map(|name| free(&self.table, name));
        let known = names.iter().map(|name| field_name(name)).zip([HOUR, WEEKDAY].map(str::to_owned));
        self.about.extend(known);
        let mut wide = Table::with_columns(self.table.columns().iter().cloned().chain(names).collect())?;
        for row in 0..self.table.rows() {
            let at = opened.get(row).copied().flatten();
            let weekday = at.map(|at| usize::from(at.date().weekday().to_monday_zero_offset().unsigned_abs()));
            let weekday = weekday.and_then(|it| WEEKDAYS.get(it)).copied().unwrap_or_default();
            let hour = at.map(|at| at.hour().to_string()).unwrap_or_default();
            wide.push(self.table.row(row).map(str::to_owned).chain([hour, weekday.to_owned()]));
        }
        self.table = wide;
        Ok(())
    }

    /// The rows it is judged by, in their order: the last ones, where it is known when they were opened.
    pub(super) fn judged(&self, seed: u64) -> Vec<usize> {
        let all = self.came.len();
        let Some(opened) = &self.opened else {
            let dealt = folds::deal(&self.came, JUDGED, seed);
            return (0..all).filter(|row| dealt.get(*row) == Some(&0)).collect();
        };
        let mut rows: Vec<usize> = (0..all).collect();
        rows.sort_by_key(|row| (opened.get(*row).copied().flatten(), *row));
        let mut last = rows.split_off(all - all / JUDGED);
        last.sort_unstable();
        last
    }

    /// Minutes from a ticket's opening until it was due, or ended.
    pub(super) fn lead_minutes(&self, row: usize) -> Option<i64> {
        let of = |times: &Option<Vec<Option<DateTime>>>| *times.as_ref()?.get(row)?;
        let millis = times::millis(of(&self.until)?)? - times::millis(of(&self.opened)?)?;
        Some(millis / 60_000)
    }

    /// The column in which a table has what a condition looks at.
    pub(super) fn place(&self, field: Option<&str>, about: Option<&str>) -> Option<usize> {
        let of_field = |column: &String| {
            let name = field_name(column);
            match about {
                Some(about) => self.about.get(&name).is_some_and(|known| known == about),
                None => Some(self.kept_as(&name)) == field && !self.about.contains_key(&name),
            }
        };
        self.table.columns().iter().position(of_field)
    }

    /// An overlay for the shipped policy, from a scorecard: its section `breach`, and what stands for no answer.
    pub(super) fn overlay(&self, scorecard: &Value) -> Value {
        let of = |from: &Value, name: &str| from.get(name).cloned().unwrap_or_default();
        let condition = |from: &Value| {
            let mut made = Map::new();
            let field = from.get("field").and_then(Value::as_str).unwrap_or_default();
            match self.about.get(field) {
                Some(about) => made.insert("about".to_owned(), about.as_str().into()),
                None => made.insert("field".to_owned(), self.kept_as(field).into()),
            };
            made.extend(["when", "points"].map(|name| (name.to_owned(), of(from, name))));
            let seen = of(from, "seen");
            let seen = json!({"count": of(&seen, "count"), "breached": of(&seen, "converted")});
            made.insert("seen".to_owned(), seen);
            Value::Object(made)
        };
        let conditions = scorecard.get("conditions").and_then(Value::as_array).into_iter().flatten();
        let conditions = within(conditions.map(condition).collect());
        let [doubling, base] = ["doubling", "base"].map(|name| of(scorecard, name));
        let breach = json!({"doubling": doubling, "base": base, "conditions": conditions});
        json!({"blank": of(scorecard, "blank"), "utc_offset_minutes": self.utc_offset_minutes, "breach": breach})
    }

    /// The name under which a desk keeps a field.
    fn kept_as<'f>(&'f self, field: &'f str) -> &'f str {
        self.fields.get(field).map_or(field, String::as_str)
    }
}

/// The conditions that say most for the room that they take, as many as there is room for, in their order.
fn within(conditions: Vec<Value>) -> Vec<Value> {
    let number = |it: &Value, pointer: &str| it.pointer(pointer).and_then(Value::as_f64).unwrap_or(0.0);
    let says = |it: &Value| number(it, "/points").powi(2) * number(it, "/seen/count");
    let mut all: Vec<(usize, usize, Value)> =
        conditions.into_iter().enumerate().map(|(place, it)| (place, it.to_string().len() + 1, it)).collect();
    let worth = |(_, bytes, it): &(usize, usize, Value)| says(it) / *bytes as f64;
    all.sort_by(|a, b| worth(b).total_cmp(&worth(a)).then(a.0.cmp(&b.0)));
    let mut room = MOST_BYTES;
    all.retain(|(_, bytes, _)| {
        let fits = *bytes <= room;
        room -= if fits { *bytes } else { 0 };
        fits
    });
    all.sort_by_key(|(place, ..)| *place);
    all.into_iter().map(|(.., it)| it).collect()
}

/// A name that no column of the table has.
fn free(table: &Table, name: &str) -> String {
    let taken = |it: &str| table.columns().iter().any(|column| field_name(column) == field_name(it));
    let mut name = format!("opened {name}");
    while taken(&name) {
        name.push_str(" too");
    }
    name
}

fn read_times(table: &Table, name: &str) -> Result<Vec<Option<DateTime>>, RiskError> {
    let column = table.column(name)?;
    let cells = (0..table.rows()).map(|row| table.cell(row, column));
    times::read(&cells).ok_or_else(|| RiskError::NoTimes(name.to_owned()))
}
