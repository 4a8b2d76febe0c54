//! `plugdesk calendar`: which minutes count, what they come to, and the holidays of countries.

mod holidays;

use std::path::PathBuf;

use plugdesk_domain::PersianDate;
use serde_json::{Map, Value, json};

use super::file::document;
use super::text::{cell, items, plain, segment};
use super::words::{list, put, remove};
use super::{Exit, Failure, Global, Output, connected};

/// What can be done with calendars.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Calendar {
    /// List the calendars
    List,
    /// Make a calendar, or replace it
    #[command(
        after_help = "Example:\n  plugdesk calendar set office office.toml\n\noffice.toml:\n  time_zone = \"Europe/Warsaw\"\n  \
                            [week]\n  mon = [{ from = \"08:00\", to = \"12:00\" }, { from = \"13:00\", to = \"17:00\" }]\n  \
                            [holidays]\n  \"2026-12-25\" = \"Christmas\"\n  \
                            [special]\n  \"2026-12-24\" = [{ from = \"08:00\", to = \"12:00\" }]\n\n\
                            With dates = \"persian\" at its top, the dates in it are those of the Persian calendar."
    )]
    Set {
        /// Its name
        name: String,
        /// What it is, in TOML or JSON
        file: PathBuf,
    },
    /// Tell when so much of a calendar's time has passed
    #[command(after_help = "Examples:\n  plugdesk calendar due office --minutes 480\n  \
                            plugdesk calendar due office --working-days 2 --start 2026-12-23T14:00:00+01:00")]
    Due {
        /// The calendar
        name: String,
        #[command(flatten)]
        amount: Amount,
        /// From when on; else from now on
        #[arg(long, value_name = "TIME")]
        start: Option<String>,
    },
    /// Tell how much of a calendar's time lies between two moments
    #[command(after_help = "Example:\n  plugdesk calendar elapsed office 2026-12-23T14:00:00+01:00")]
    Elapsed {
        /// The calendar
        name: String,
        /// From
        start: String,
        /// To; else until now
        end: Option<String>,
    },
    /// Show a country's public holidays and exchanged working days, or put them into a calendar
    Holidays(holidays::Holidays),
    /// Take a calendar away; refused while something goes by it
    Remove {
        /// Its name
        name: String,
    },
}

/// How much.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Amount {
    /// So many minutes in which it is open
    #[arg(long)]
    minutes: Option<u32>,
    /// So many days on which it opens, after the day of the start; the last ends when it closes
    #[arg(long)]
    working_days: Option<u32>,
}

impl Calendar {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        match self {
            Self::List => {
                let columns = [("calendar", "name"), ("title", "title"), ("time zone", "time_zone")];
                list(global, output, "/v1/calendars", &columns).await
            }
            Self::Set { name, file } => {
                let body = gregorian(document(file)?)?;
                put(global, output, &format!("/v1/calendars/{}", segment(name)), &body, name).await
            }
            Self::Due { name, amount, start } => due(global, output, name, amount, start.as_deref()).await,
            Self::Elapsed { name, start, end } => elapsed(global, output, name, start, end.as_deref()).await,
            Self::Holidays(it) => it.run(global, output).await,
            Self::Remove { name } => remove(global, output, &format!("/v1/calendars/{}", segment(name)), name).await,
        }
    }
}

async fn due(
    global: &Global,
    output: &Output,
    name: &str,
    amount: &Amount,
    start: Option<&str>,
) -> Result<(), Failure> {
    let (count, unit) = match (amount.minutes, amount.working_days) {
        (_, Some(days)) => (days, "working-days"),
        (minutes, None) => (minutes.unwrap_or_default(), "minutes"),
    };
    let start = start.map(|start| format!("&start={}", segment(start))).unwrap_or_default();
    let path = format!("/v1/calendars/{}/due?amount={count}&unit={unit}{start}", segment(name));
    let answer = ask(global, &path).await?;
    output.value(&answer)?;
    unknown(output, name, &answer);
    if answer.get("due_at").is_none() {
        return output.say(format!("never: {name} opens too little within ten years"));
    }
    let [due, local, persian] = ["due_at", "local", "persian_date"].map(|field| cell(&answer, field));
    let persian = if persian.is_empty() { persian } else { format!(", {persian} in the Persian calendar") };
    output.say(format!("{local} ({due}{persian})"))
}

async fn elapsed(global: &Global, output: &Output, name: &str, start: &str, end: Option<&str>) -> Result<(), Failure> {
    let end = end.map(|end| format!("&end={}", segment(end))).unwrap_or_default();
    let path = format!("/v1/calendars/{}/elapsed?start={}{end}", segment(name), segment(start));
    let answer = ask(global, &path).await?;
    output.value(&answer)?;
    unknown(output, name, &answer);
    output.say(format!("{} minutes; {} working days", cell(&answer, "minutes"), cell(&answer, "working_days")))
}

async fn ask(global: &Global, path: &str) -> Result<Value, Failure> {
    connected(global, async |connection| connection.at_desk().await?.get(path).await).await
}

/// Says of which years the calendar knows no holidays.
fn unknown(output: &Output, name: &str, answer: &Value) {
    let years: Vec<String> = items(answer.get("years_unknown").unwrap_or(&Value::Null)).iter().map(plain).collect();
    if !years.is_empty() {
        output
            .note(&format!("{name} knows no holidays of {}: what falls there may be wrong by them", years.join(", ")));
    }
}

/// The calendar of a file with Gregorian dates, whichever it is written in.
fn gregorian(mut body: Value) -> Result<Value, Failure> {
    let refused = |text: String| Failure::new(Exit::Refused, text);
    let Some(fields) = body.as_object_mut() else { return Ok(body) };
    match fields.remove("dates") {
        None => return Ok(body),
        Some(dates) if dates == "gregorian" => return Ok(body),
        Some(dates) if dates == "persian" => {}
        Some(_) => return Err(refused("dates: `gregorian` or `persian`".to_owned())),
    }
    for field in ["holidays", "special"] {
        let Some(days) = fields.get_mut(field).and_then(Value::as_object_mut) else { continue };
        let mut turned = Map::new();
        for (text, value) in std::mem::take(days) {
            let day = PersianDate::read(&text)
                .ok_or_else(|| refused(format!("{field}.{text}: no date of the Persian calendar, `1405-01-13`")))?;
            if turned.insert(day.to_string(), value).is_some() {
                return Err(refused(format!("{field}.{text}: this day stands there twice")));
            }
        }
        *days = turned;
    }
    Ok(json!(fields))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_may_be_written_with_persian_dates() {
        let written = json!({ "dates": "persian", "time_zone": "Asia/Tehran", "holidays": { "1405-01-13": "سیزده به در" },
            "special": { "1405/1/20": [] } });
        let sent = gregorian(written).unwrap();
        let expected = json!({ "time_zone": "Asia/Tehran", "holidays": { "2026-04-02": "سیزده به در" },
            "special": { "2026-04-09": [] } });
        assert_eq!(sent, expected);
        let plain = json!({ "holidays": { "2026-12-25": "Christmas" } });
        assert_eq!(gregorian(plain.clone()).unwrap(), plain);
        for wrong in [
            json!({ "dates": "lunar" }),
            json!({ "dates": "persian", "holidays": { "1404-12-30": "" } }),
            json!({ "dates": "persian", "holidays": { "1405-01-01": "", "1405/1/1": "" } }),
        ] {
            assert!(gregorian(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
