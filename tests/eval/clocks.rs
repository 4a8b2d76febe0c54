//! `clocks`: business time against what other libraries say. Tables are known by their columns; the calendars that due
//! and elapsed times name stand in a JSON file beside them, and the working days of a country are those of the product's
//! own table of its holidays. A row counts where the oracles agree, and is right when the verdict is exactly theirs.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use plugdesk_domain::calendar::Schedule;
use plugdesk_domain::holidays::{Asked, Country};
use plugdesk_domain::{Calendar, Day, Hours, Instant, Weekday};
use plugdesk_fit::outcome;
use plugdesk_fit::table::Table;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::data::{Data, Source, plain};

const MINUTE_MS: i64 = 60_000;

/// What a row asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Asks {
    /// When an amount of business time has passed.
    Due,
    /// How much of it lies between two moments.
    Elapsed,
    /// Which is the n-th working day after a day.
    WorkingDays,
}

impl Asks {
    /// The name that the figures have.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Elapsed => "elapsed",
            Self::WorkingDays => "working_days",
        }
    }

    fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Due => &["calendar", "start_utc", "business_minutes", "due_utc"],
            Self::Elapsed => &["calendar", "from_utc", "to_utc", "business_minutes"],
            Self::WorkingDays => &["country", "start_date", "n_working_days"],
        }
    }

    /// The most particular question that the table's columns ask.
    fn of(source: &Source) -> Option<Self> {
        [Self::Due, Self::Elapsed, Self::WorkingDays]
            .into_iter()
            .find(|asks| source.has(asks.columns()) && (*asks != Self::WorkingDays || !answers(source).is_empty()))
    }
}

/// A row and what came of it.
#[derive(Debug, Clone)]
pub(crate) struct Verdict {
    pub(crate) asks: Asks,
    /// The calendar or country.
    pub(crate) of: String,
    pub(crate) right: bool,
    /// Question, expected and found, for whoever looks for the fault.
    pub(crate) told: String,
}

/// The figures: per question the rows on which the oracles agree, and how many of them are right.
pub(crate) fn score(data: &Data) -> Result<Map<String, Value>> {
    let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for verdict in verdicts(data)? {
        let (rows, right) = counts.entry(verdict.asks.name()).or_default();
        *rows += 1;
        *right += u64::from(verdict.right);
    }
    let shown = |(name, (rows, right)): (&str, (u64, u64))| (name.to_owned(), json!({"rows": rows, "right": right}));
    Ok(counts.into_iter().map(shown).collect())
}

/// The verdict on every row that counts.
pub(crate) fn verdicts(data: &Data) -> Result<Vec<Verdict>> {
    let mut all = Vec::new();
    for set in data.sets(Asks::of)? {
        let calendars = set.source.path.parent().map(calendars).transpose()?.unwrap_or_default();
        let judged = judge(set.known, &set.source, &calendars);
        all.extend(judged.with_context(|| set.source.path.display().to_string())?);
    }
    Ok(all)
}

/// Columns in which oracles answer for working days.
fn answers(source: &Source) -> Vec<String> {
    source.columns.iter().filter(|column| plain(column).starts_with("nth_working_day")).cloned().collect()
}

/// A table's cells by the names of its columns.
struct Rows {
    table: Table,
    /// The first of the oracles' answers counts: where they agree it is that of all.
    answers: Vec<usize>,
    /// Where it is said whether they agree; none: they do.
    agree: Vec<usize>,
}

impl Rows {
    fn read(source: &Source) -> Result<Self> {
        let table = source.table()?;
        let places = |wanted: &dyn Fn(&str) -> bool| -> Vec<usize> {
            let columns = table.columns().iter().enumerate();
            columns.filter(|(_, column)| wanted(&plain(column))).map(|(place, _)| place).collect()
        };
        let answers = places(&|name| name.starts_with("nth_working_day"));
        let agree = places(&|name| name == "agree" || name.ends_with("_agree") || name.ends_with("_agrees"));
        Ok(Self { table, answers, agree })
    }

    fn agreed(&self, row: usize) -> bool {
        self.agree.iter().all(|place| outcome::said(self.table.cell(row, *place)) == Some(true))
    }

    /// What the oracles answer, where one of them does; where they answer differently, the first one.
    fn answer(&self, row: usize) -> &str {
        let mut answers = self.answers.iter().map(|place| self.table.cell(row, *place));
        answers.find(|answer| !answer.is_empty()).unwrap_or_default()
    }
}

fn judge(asks: Asks, source: &Source, calendars: &BTreeMap<String, Schedule>) -> Result<Vec<Verdict>> {
    let rows = Rows::read(source)?;
    let places = asks.columns().iter().map(|name| {
        let column = source.column(&[name]).unwrap_or(name);
        Ok(rows.table.column(column)?)
    });
    let places = places.collect::<Result<Vec<usize>>>()?;
    let mut countries: BTreeMap<String, Option<Schedule>> = BTreeMap::new();
    let mut verdicts = Vec::new();
    for row in (0..rows.table.rows()).filter(|row| rows.agreed(*row)) {
        let cells: Vec<&str> = places.iter().map(|place| rows.table.cell(row, *place)).collect();
        let of = cells.first().copied().unwrap_or_default();
        if asks == Asks::WorkingDays && !countries.contains_key(of) {
            countries.insert(of.to_owned(), country(of));
        }
        let schedule = match asks {
            Asks::WorkingDays => countries.get(of).and_then(Option::as_ref),
            Asks::Due | Asks::Elapsed => calendars.get(of),
        };
        let answered = schedule.with_context(|| format!("there is no calendar of `{of}`"));
        let answered = answered.and_then(|schedule| answer(asks, &cells, rows.answer(row), schedule));
        // A row that can't be read is a wrong one, and the others are judged all the same.
        let (right, told) = match answered {
            Ok((expected, found)) => {
                (found.as_ref() == Some(&expected), format!("expected {expected}, found {found:?}"))
            }
            Err(error) => (false, format!("row {}: {error:#}", rows.table.number(row))),
        };
        verdicts.push(Verdict { asks, of: of.to_owned(), right, told: format!("{}: {told}", cells.join(",")) });
    }
    Ok(verdicts)
}

/// What is expected of a row, and what the product answers.
fn answer(asks: Asks, cells: &[&str], oracle: &str, schedule: &Schedule) -> Result<(String, Option<String>)> {
    let millis = |minutes: &str| -> Result<i64> { Ok(minutes.parse::<i64>()?.saturating_mul(MINUTE_MS)) };
    Ok(match (asks, cells) {
        (Asks::Due, [_, start, minutes, due]) => {
            let found = schedule.add(start.parse()?, millis(minutes)?);
            (due.parse::<Instant>()?.to_string(), found.map(|it| it.to_string()))
        }
        (Asks::Elapsed, [_, from, to, minutes]) => {
            let found = schedule.between(from.parse()?, to.parse()?);
            (millis(minutes)?.to_string(), Some(found.to_string()))
        }
        (Asks::WorkingDays, [_, start, count]) => {
            let found = schedule.working_day(start.parse::<Day>()?, count.parse()?);
            (oracle.to_owned(), found.map(|day| day.to_string()))
        }
        _ => anyhow::bail!("it has other columns"),
    })
}

/// The working days of a country in all years of its table; none: the product has no table of it.
fn country(code: &str) -> Option<Schedule> {
    let country = Country::of(code)?;
    let years = *country.years.keys().next()?..=*country.years.keys().next_back()?;
    let week = country.week(&years, &[Hours { from: "09:00".to_owned(), to: "17:00".to_owned() }]);
    let days = country.days(&Asked { years, region: None, english: false }, &week).ok()?;
    let holidays = days.holidays.into_iter().map(|(day, name)| (day.to_string(), name)).collect();
    let special = days.special.into_iter().map(|(day, hours)| (day.to_string(), hours)).collect();
    Schedule::new(&calendar(country.name, country.time_zone, week, holidays, special)).ok()
}

/// A calendar as the files of oracles have it.
#[derive(Deserialize)]
struct Given {
    tz: String,
    week: BTreeMap<String, Vec<(String, String)>>,
    #[serde(default)]
    holidays: Vec<String>,
}

/// The calendars of every JSON file of a folder that holds calendars by name.
fn calendars(folder: &Path) -> Result<BTreeMap<String, Schedule>> {
    let mut found = BTreeMap::new();
    for file in std::fs::read_dir(folder)?.flatten().map(|entry| entry.path()) {
        if file.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let Ok(given) = serde_json::from_str::<BTreeMap<String, Given>>(&text) else { continue };
        for (name, it) in given {
            let schedule = schedule(name.clone(), it).with_context(|| file.display().to_string())?;
            found.insert(name, schedule);
        }
    }
    Ok(found)
}

fn schedule(name: String, given: Given) -> Result<Schedule> {
    let day = |(day, hours): (String, Vec<(String, String)>)| -> Result<(Weekday, Vec<Hours>)> {
        let weekday = serde_json::from_value(json!(day.to_lowercase()))?;
        Ok((weekday, hours.into_iter().map(|(from, to)| Hours { from, to }).collect()))
    };
    let week = given.week.into_iter().map(day).collect::<Result<_>>()?;
    let holidays = given.holidays.into_iter().map(|day| (day, String::new())).collect();
    let calendar = calendar(name, given.tz, week, holidays, BTreeMap::new());
    Schedule::new(&calendar).map_err(|wrong| anyhow::anyhow!("{}: {wrong:?}", calendar.name))
}

fn calendar(
    name: String,
    time_zone: String,
    week: BTreeMap<Weekday, Vec<Hours>>,
    holidays: BTreeMap<String, String>,
    special: BTreeMap<String, Vec<Hours>>,
) -> Calendar {
    let (created_at, updated_at, title) = (Instant::default(), Instant::default(), name.clone());
    Calendar { version: 1, created_at, updated_at, name, title, time_zone, week, holidays, special, pack: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_on_which_the_oracles_agree_are_judged() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        let hours = r#"[["09:00", "17:00"]]"#;
        write(
            "any.json",
            &format!(r#"{{"a": {{"tz": "Europe/Warsaw", "week": {{"Mon": {hours}, "Tue": {hours}}}}}}}"#),
        );
        write("other.json", "[1]");
        write(
            "one.csv",
            "calendar,start_utc,business_minutes,due_utc,x_agrees\n\
             a,2026-07-06T07:00:00Z,480,2026-07-06T15:00:00Z,1\n\
             a,2026-07-06T07:00:00Z,481,2026-07-06T15:01:00Z,1\n\
             a,2026-07-06T07:00:00Z,481,never,0\n\
             a,2026-07-06T07:00:00Z,480,soon,1\n\
             b,2026-07-06T07:00:00Z,480,2026-07-06T15:00:00Z,1\n",
        );
        write(
            "two.csv",
            "calendar,from_utc,to_utc,business_minutes\na,2026-07-06T07:00:00Z,2026-07-08T00:00:00Z,960\n",
        );
        write(
            "three.csv",
            "country,start_date,n_working_days,nth_working_day_x,nth_working_day_y,agree\n\
             HU,2026-01-09,1,2026-01-10,2026-01-10,1\n\
             HU,2026-01-09,1,2026-01-12,2026-01-10,0\n\
             XX,2026-01-09,1,2026-01-12,2026-01-12,1\n",
        );
        let data = Data::new(folder.path().to_owned(), None, std::path::PathBuf::new());
        let expected = json!({"due": {"rows": 4, "right": 1}, "elapsed": {"rows": 1, "right": 1},
            "working_days": {"rows": 2, "right": 1}});
        assert_eq!(Value::Object(score(&data).unwrap()), expected);
    }
}
