//! What a scorecard costs: a table of leads, read from CSV and learned from, with the time of each.
//!
//! ```text
//! cargo run --release -p plugdesk-fit --example scorecard_bench -- [--rows 10000] [--csv OUT.csv] [--json]
//! ```
//! The leads are made up, always the same ones, as wide as a CRM exports them: numbers, flags, drop-down lists, a column of
//! hundreds of values, keys, dates, and gaps in all of them. `--csv` keeps them, for `plugdesk fit scorecard`.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::time::Instant;

use plugdesk_fit::logistic::probability;
use plugdesk_fit::scorecard::{Options, fit};
use plugdesk_fit::table::Table;

/// Columns of each kind.
const NUMBERS: usize = 8;
const LISTS: usize = 14;
const FLAGS: usize = 10;
/// Of a hundred cells so many are empty.
const GAPS: f64 = 12.0;

/// Numbers between 0 and 1 that look like chance and are the same everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, most: usize) -> usize {
        (self.next() * most as f64) as usize
    }
}

fn columns() -> impl Iterator<Item = String> {
    let numbers = (0..NUMBERS).map(|place| format!("Number {place}"));
    let lists = (0..LISTS).map(|place| format!("List {place}"));
    let flags = (0..FLAGS).map(|place| format!("Flag {place}"));
    ["Lead Id", "First Contact", "Landing Page"].map(str::to_owned).into_iter().chain(numbers).chain(lists).chain(flags)
}

/// A lead's cells, the last of which says what became of it.
fn lead(row: usize, chance: &mut Chance) -> Vec<String> {
    let page = chance.below(600);
    let mut odds = -1.0 + if page.is_multiple_of(3) { 0.8 } else { -0.4 };
    let mut cells = vec![
        format!("lead-{row:06}"),
        format!("2025-{:02}-{:02}", row % 12 + 1, row % 28 + 1),
        format!("/page/{page:03x}"),
    ];
    let mut tell = |cells: &mut Vec<String>, chance: &mut Chance, cell: String, worth: f64| {
        let gap = chance.next() * 100.0 < GAPS;
        odds += if gap { 0.0 } else { worth };
        cells.push(if gap { String::new() } else { cell });
    };
    for place in 0..NUMBERS {
        let number = chance.next() * chance.next() * 1_000.0;
        tell(&mut cells, chance, format!("{number:.1}"), if number > 300.0 { 0.1 * place as f64 } else { 0.0 });
    }
    for place in 0..LISTS {
        let value = chance.below(4 + 2 * place);
        tell(&mut cells, chance, format!("Value {value}"), if value < 2 { 0.05 * place as f64 } else { 0.0 });
    }
    for place in 0..FLAGS {
        let yes = chance.next() < 0.3;
        tell(&mut cells, chance, if yes { "Yes" } else { "No" }.to_owned(), if yes && place < 3 { -0.4 } else { 0.0 });
    }
    let won = chance.next() < probability(odds);
    cells.push(if won { "1" } else { "0" }.to_owned());
    cells
}

fn csv(rows: usize) -> String {
    let mut chance = Chance(7);
    let mut text = columns().chain(["Converted".to_owned()]).collect::<Vec<_>>().join(",") + "\n";
    for row in 0..rows {
        text.push_str(&(lead(row, &mut chance).join(",") + "\n"));
    }
    text
}

fn argument(name: &str) -> Option<String> {
    std::env::args().skip_while(|it| it != name).nth(1)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rows = argument("--rows").map_or(Ok(10_000), |rows| rows.parse())?;
    let text = csv(rows);
    if let Some(path) = argument("--csv") {
        std::fs::write(path, &text)?;
    }
    let began = Instant::now();
    let table = Table::read(text.as_bytes())?;
    let read = began.elapsed();
    let fitted = fit(&table, &Options { label: "Converted".to_owned(), ..Options::default() })?;
    let all = began.elapsed();
    let auc = fitted.report.auc.unwrap_or(f64::NAN);
    let (columns, conditions) =
        (table.columns().len(), fitted.report.columns.iter().map(|it| it.conditions).sum::<usize>());
    if std::env::args().any(|it| it == "--json") {
        let (read, all) = (read.as_secs_f64(), all.as_secs_f64());
        println!(
            "{}",
            serde_json::json!({
                "rows": rows, "columns": columns, "conditions": conditions, "auc": auc, "read_s": read, "seconds": all,
            })
        );
    } else {
        println!("{rows} rows of {columns} columns, {conditions} conditions, AUC {auc:.3}");
        println!("read in {read:.2?}, read and learned in {all:.2?}");
    }
    Ok(())
}
