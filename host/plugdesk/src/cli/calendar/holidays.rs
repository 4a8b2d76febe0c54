//! `plugdesk calendar holidays`: a country's table as a calendar's file, or put into a calendar of the desk.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::RangeInclusive;

use plugdesk_desk::Clock;
use plugdesk_domain::holidays::{Asked, Country, Days, countries};
use plugdesk_domain::record::{Hours, Weekday};
use plugdesk_domain::{Day, PersianDate};
use serde_json::{Map, Value, json};

use crate::cli::text::segment;
use crate::cli::{Exit, Failure, Global, Output, connected};

/// So many years are asked for when none are named: promises seldom reach further, and later decrees are not out.
const YEARS_AHEAD: i16 = 2;
/// More years than a calendar has room for ask for a slip of the pen.
const MOST_YEARS: i32 = 100;

/// Arguments of `calendar holidays`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  plugdesk calendar holidays HU --years 2026-2028 > office.toml\n  \
                        plugdesk calendar holidays DE --region BY --set office")]
pub(crate) struct Holidays {
    /// Its code in ISO 3166, such as HU; without it, the countries there are
    country: Option<String>,
    /// A year, or from and to; else this year and the next two
    #[arg(long, value_name = "YEARS", value_parser = years)]
    years: Option<RangeInclusive<i16>>,
    /// A region with holidays of its own, such as BY of DE
    #[arg(long)]
    region: Option<String>,
    /// Call the days by their English names
    #[arg(long)]
    english: bool,
    /// Say the Persian date of each day too
    #[arg(long)]
    persian: bool,
    /// Put them into this calendar of the desk, which keeps its hours and what else it has
    #[arg(long, value_name = "CALENDAR")]
    set: Option<String>,
}

/// `2026`, or `2026-2028`.
fn years(text: &str) -> Result<RangeInclusive<i16>, String> {
    let (from, to) = text.split_once(['-', '–']).unwrap_or((text, text));
    let year = |text: &str| text.trim().parse::<i16>().ok().filter(|year| (1..=9999).contains(year));
    match (year(from), year(to)) {
        (Some(from), Some(to)) if from <= to && i32::from(to) - i32::from(from) < MOST_YEARS => Ok(from..=to),
        _ => Err(format!("a year, or from and to, such as 2026-2028; at most {MOST_YEARS} years")),
    }
}

impl Holidays {
    pub(super) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        let Some(code) = &self.country else { return list(output) };
        let country = Country::of(code).ok_or_else(|| {
            let known: Vec<_> = countries().collect();
            Failure::new(Exit::NotFound, format!("there is no table of `{code}`; there are {}", known.join(", ")))
                .with_help("write its days into a file and `plugdesk calendar set` it")
        })?;
        let years = match &self.years {
            Some(years) => years.clone(),
            None => {
                let now = Day::of(plugdesk::SystemClock::default().now()).map_or(1970, Day::year);
                now..=now.saturating_add(YEARS_AHEAD)
            }
        };
        let asked = Asked { years: years.clone(), region: self.region.as_deref(), english: self.english };
        match &self.set {
            Some(name) => self.put(global, output, &country, &asked, name).await,
            None => self.show(output, &country, &asked),
        }
    }

    /// The calendar's file.
    fn show(&self, output: &Output, country: &Country, asked: &Asked<'_>) -> Result<(), Failure> {
        let office = [Hours { from: "09:00".to_owned(), to: "17:00".to_owned() }];
        let week = country.week(&asked.years, &office);
        let days = days(country, asked, &week)?;
        self.notes(output, country, &days);
        if output.json() {
            return output.value(&json!({
                "title": country.name, "time_zone": country.time_zone, "week": week,
                "holidays": days.holidays, "special": days.special,
            }));
        }
        output.raw(&self.file(country, asked, &week, &days))
    }

    /// Puts the days into the desk's calendar: the country's names and exchanged days are taken, the desk's own days and
    /// hours stay.
    async fn put(
        &self,
        global: &Global,
        output: &Output,
        country: &Country,
        asked: &Asked<'_>,
        name: &str,
    ) -> Result<(), Failure> {
        connected(global, async |connection| {
            let desk = connection.at_desk().await?;
            let path = format!("/v1/calendars/{}", segment(name));
            let mut calendar = desk.get(&path).await.map_err(|failure| match failure.exit {
                Exit::NotFound => failure.with_help(format!(
                    "write the first one to a file, put in your hours, and set it: `plugdesk calendar holidays {} > \
                     {name}.toml`, `plugdesk calendar set {name} {name}.toml`",
                    country.country
                )),
                _ => failure,
            })?;
            let week = calendar.get("week").cloned().unwrap_or_default();
            let week = serde_json::from_value(week)
                .map_err(|error| Failure::new(Exit::Fault, format!("the week of {name} can't be read: {error}")))?;
            let days = days(country, asked, &week)?;
            let Some(fields) = calendar.as_object_mut() else {
                return Err(Failure::new(Exit::Fault, format!("the desk's answer about {name} is no calendar")));
            };
            fields.retain(|field, _| ["title", "time_zone", "week", "holidays", "special"].contains(&field.as_str()));
            let mut holidays = taken(fields, "holidays");
            holidays.extend(days.holidays.iter().map(|(day, name)| (day.to_string(), json!(name))));
            let mut special = taken(fields, "special");
            for (day, hours) in &days.special {
                special.entry(day.to_string()).or_insert_with(|| json!(hours));
            }
            fields.insert("holidays".to_owned(), holidays.into());
            fields.insert("special".to_owned(), special.into());
            let answer = desk.put(&path, &calendar).await?;
            output.value(&answer)?;
            self.notes(output, country, &days);
            let (free, worked) = (days.holidays.len(), days.special.len());
            output.say(format!("{name} has {free} holidays and {worked} exchanged working days of {}", country.name))
        })
        .await
    }

    /// What the reader should know about these days.
    fn notes(&self, output: &Output, country: &Country, days: &Days) {
        let name = &country.name;
        let told = |years: &[i16]| years.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        if !days.unknown.is_empty() {
            let (first, last) = (country.years.keys().next(), country.years.keys().next_back());
            let known = first.zip(last).map(|(first, last)| format!("{first} to {last}")).unwrap_or_default();
            output.note(&format!("the table of {name} has no {}, but {known}: add them yourself", told(&days.unknown)));
        }
        if !days.estimated.is_empty() {
            let mut years: Vec<i16> = days.estimated.iter().map(|day| day.year()).collect();
            years.dedup();
            let count = days.estimated.len();
            output.note(&format!("{count} days of {} depend on the moon and may move by a day", told(&years)));
        }
        let regions = country.regions();
        if self.region.is_none() && !regions.is_empty() {
            let regions = regions.join(", ");
            output.note(&format!("these are the days of all of {name}; --region adds those of one of {regions}"));
        }
    }

    /// The days as a file that `calendar set` reads, with the sources of each year.
    fn file(&self, country: &Country, asked: &Asked<'_>, week: &BTreeMap<Weekday, Vec<Hours>>, days: &Days) -> String {
        // A text of JSON is a basic string of TOML.
        let quoted = |text: &str| json!(text).to_string();
        let name = &country.name;
        let mut file = format!(
            "# Public holidays of {name}, for `plugdesk calendar set NAME FILE`. It is yours now: put in your hours, and\n\
             # take out or add days.\n"
        );
        for (number, year) in country.years.range(asked.years.clone()) {
            let sources = year.sources.iter().chain(&country.references).cloned().collect::<Vec<_>>();
            // Writing to a text can't fail.
            let _ = writeln!(file, "# {number}: {}", sources.join("\n#       "));
        }
        let _ = writeln!(file, "title = {}\ntime_zone = {}\n\n[week]", quoted(name), quoted(&country.time_zone));
        for (day, hours) in week {
            let _ = writeln!(file, "{} = {}", plain(&json!(day)), told(hours));
        }
        file.push_str("\n[holidays]\n");
        for (day, name) in &days.holidays {
            let _ = writeln!(file, "\"{day}\" = {}{}", quoted(name), self.beside(*day));
        }
        if !days.special.is_empty() {
            file.push_str("\n# Days of the weekend that are worked.\n[special]\n");
            for (day, hours) in &days.special {
                let _ = writeln!(file, "\"{day}\" = {}{}", told(hours), self.beside(*day));
            }
        }
        file
    }

    fn beside(&self, day: Day) -> String {
        if self.persian { format!(" # {}", PersianDate::of(day)) } else { String::new() }
    }
}

fn days(country: &Country, asked: &Asked<'_>, week: &BTreeMap<Weekday, Vec<Hours>>) -> Result<Days, Failure> {
    country.days(asked, week).map_err(|error| Failure::new(Exit::NotFound, error.to_string()))
}

/// The days of a field, taken out of it.
fn taken(calendar: &mut Map<String, Value>, field: &str) -> Map<String, Value> {
    match calendar.remove(field) {
        Some(Value::Object(days)) => days,
        _ => Map::new(),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Hours as TOML.
fn told(hours: &[Hours]) -> String {
    let one = |it: &Hours| format!("{{ from = \"{}\", to = \"{}\" }}", it.from, it.to);
    format!("[{}]", hours.iter().map(one).collect::<Vec<_>>().join(", "))
}

/// The countries.
fn list(output: &Output) -> Result<(), Failure> {
    let all: Vec<Country> = countries().filter_map(Country::of).collect();
    let of = |it: &Country| {
        let years: Vec<i16> = it.years.keys().copied().collect();
        json!({ "country": it.country, "name": it.name, "years": years, "regions": it.regions() })
    };
    output.value(&json!({ "items": all.iter().map(of).collect::<Vec<_>>() }))?;
    let row = |it: &Country| {
        let (first, last) = (it.years.keys().next(), it.years.keys().next_back());
        let years = first.zip(last).map(|(first, last)| format!("{first} to {last}")).unwrap_or_default();
        vec![it.country.clone(), it.name.clone(), years, it.regions().join(", ")]
    };
    output.table(&["country", "name", "years", "regions"], all.iter().map(row).collect(), "there is none")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_table_is_a_calendars_file() {
        let all = Holidays { country: None, years: None, region: None, english: false, persian: true, set: None };
        for code in countries() {
            let country = Country::of(code).unwrap();
            let asked = Asked { years: 2020..=2031, region: None, english: false };
            let week = country.week(&asked.years, &[Hours { from: "09:00".into(), to: "17:00".into() }]);
            let days = country.days(&asked, &week).unwrap();
            let file: toml::Table = toml::from_str(&all.file(&country, &asked, &week, &days)).unwrap();
            assert_eq!(file["holidays"].as_table().unwrap().len(), days.holidays.len(), "{code}");
            assert_eq!(json!(file["holidays"]), json!(days.holidays), "{code}");
            assert_eq!(file.get("special").map_or(json!({}), |it| json!(it)), json!(days.special), "{code}");
            assert_eq!(json!(file["week"]), json!(week), "{code}");
        }
    }

    #[test]
    fn years_are_one_or_from_and_to() {
        assert_eq!(years("2026"), Ok(2026..=2026));
        assert_eq!(years("2026-2028"), Ok(2026..=2028));
        for wrong in ["", "2028-2026", "26x", "1-9999", "-5"] {
            assert!(years(wrong).is_err(), "{wrong}");
        }
    }
}
