//! Business time against an oracle: `calendars.json` with the calendars, `due_time_oracle.csv` and `elapsed_oracle.csv`
//! with what other libraries say. Every row has to agree to the millisecond.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program that prints")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant as Stopwatch;

use anyhow::{Context, bail};
use plugdesk_domain::calendar::Schedule;
use plugdesk_domain::{Calendar, Hours, Instant, Weekday};
use serde::Deserialize;
use serde_json::json;

const MINUTE_MS: i64 = 60_000;
/// So many disagreements are shown.
const SHOWN: usize = 10;

/// The subcommand's arguments.
#[derive(clap::Args)]
pub(crate) struct Calendars {
    /// The folder with the calendars and the oracles
    #[arg(long)]
    data: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A calendar as the oracle's file has it.
#[derive(Deserialize)]
struct Given {
    tz: String,
    week: BTreeMap<String, Vec<(String, String)>>,
    holidays: Vec<String>,
}

/// What came of the rows of one calendar.
#[derive(Default)]
struct Score {
    rows: u32,
    agree: u32,
}

impl Calendars {
    /// Scores every row; an error if one disagrees.
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let schedules = schedules(&self.data.join("calendars.json"))?;
        let mut scores: BTreeMap<(&str, String), Score> = BTreeMap::new();
        let mut wrong = Vec::new();
        let started = Stopwatch::now();
        let mut score = |oracle: &'static str, calendar: &str, agrees: bool, row: &str| {
            let it = scores.entry((oracle, calendar.to_owned())).or_default();
            it.rows += 1;
            it.agree += u32::from(agrees);
            if !agrees {
                wrong.push(format!("{oracle}: {row}"));
            }
        };
        for row in rows(&self.data.join("due_time_oracle.csv"))? {
            let [name, _, start, minutes, due, ..] = row.as_slice() else { bail!("a row of the due times: {row:?}") };
            let schedule = schedules.get(name).with_context(|| format!("the calendar {name}"))?;
            let (start, due): (Instant, Instant) = (start.parse()?, due.parse()?);
            let found = schedule.add(start, minutes.parse::<i64>()? * MINUTE_MS);
            score("due", name, found == Some(due), &row.join(","));
        }
        for row in rows(&self.data.join("elapsed_oracle.csv"))? {
            let [name, from, to, minutes, ..] = row.as_slice() else { bail!("a row of the elapsed times: {row:?}") };
            let schedule = schedules.get(name).with_context(|| format!("the calendar {name}"))?;
            let found = schedule.between(from.parse()?, to.parse()?);
            score("elapsed", name, found == minutes.parse::<i64>()? * MINUTE_MS, &row.join(","));
        }
        let took = started.elapsed();
        let (rows, agree) = scores.values().fold((0, 0), |(rows, agree), it| (rows + it.rows, agree + it.agree));
        if self.json {
            let of = |((oracle, calendar), it): (&(&str, String), &Score)| json!({"oracle": oracle, "calendar": calendar, "rows": it.rows, "agree": it.agree});
            let micros = took.as_micros() as f64 / f64::from(rows.max(1));
            let by: Vec<_> = scores.iter().map(of).collect();
            println!("{}", json!({"rows": rows, "agree": agree, "micros_per_row": micros, "by_calendar": by}));
        } else {
            println!("{:<10}{:<28}{:>8}{:>8}", "oracle", "calendar", "rows", "agree");
            for ((oracle, calendar), it) in &scores {
                println!("{oracle:<10}{calendar:<28}{:>8}{:>8}", it.rows, it.agree);
            }
            println!("{agree} of {rows} agree; {:.1} µs a row", took.as_micros() as f64 / f64::from(rows.max(1)));
        }
        wrong.iter().take(SHOWN).for_each(|row| eprintln!("disagrees: {row}"));
        if wrong.is_empty() { Ok(()) } else { bail!("{} of {rows} rows disagree", wrong.len()) }
    }
}

fn schedules(file: &Path) -> anyhow::Result<BTreeMap<String, Schedule>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let given: BTreeMap<String, Given> = serde_json::from_str(&text)?;
    given.into_iter().map(|(name, it)| Ok((name.clone(), schedule(name, it)?))).collect()
}

fn schedule(name: String, given: Given) -> anyhow::Result<Schedule> {
    let day = |(day, hours): (String, Vec<(String, String)>)| -> anyhow::Result<(Weekday, Vec<Hours>)> {
        let weekday = serde_json::from_value(json!(day.to_lowercase()))?;
        Ok((weekday, hours.into_iter().map(|(from, to)| Hours { from, to }).collect()))
    };
    let calendar = Calendar {
        version: 1,
        created_at: Instant::default(),
        updated_at: Instant::default(),
        title: name.clone(),
        name,
        time_zone: given.tz,
        week: given.week.into_iter().map(day).collect::<anyhow::Result<_>>()?,
        holidays: given.holidays.into_iter().map(|day| (day, String::new())).collect(),
        special: BTreeMap::new(),
        pack: None,
    };
    Schedule::new(&calendar).map_err(|wrong| anyhow::anyhow!("{}: {wrong:?}", calendar.name))
}

/// The rows of a file without its head. No field of these files is quoted.
fn rows(file: &Path) -> anyhow::Result<Vec<Vec<String>>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let row = |line: &str| line.split(',').map(str::to_owned).collect();
    Ok(text.lines().skip(1).filter(|line| !line.is_empty()).map(row).collect())
}
