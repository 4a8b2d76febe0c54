//! National holidays: by country and year the free days, the days of the weekend, and the days of a weekend that are
//! worked in exchange, each year with its sources. The tables are files, made by `../holidays/generate.py`; what a desk
//! takes from them into a calendar is the desk's own from then on.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::day::Day;
use crate::record::{Hours, Weekday};

/// What a day is called on which the calendar would open today, and that was the weekend then.
const FORMER_WEEKEND: &str = "Weekend";

/// The tables, by the code of the country in ISO 3166-1.
const TABLES: [(&str, &str); 14] = [
    ("AE", include_str!("../holidays/ae.json")),
    ("CZ", include_str!("../holidays/cz.json")),
    ("DE", include_str!("../holidays/de.json")),
    ("FR", include_str!("../holidays/fr.json")),
    ("GB", include_str!("../holidays/gb.json")),
    ("HU", include_str!("../holidays/hu.json")),
    ("IN", include_str!("../holidays/in.json")),
    ("IR", include_str!("../holidays/ir.json")),
    ("JP", include_str!("../holidays/jp.json")),
    ("PL", include_str!("../holidays/pl.json")),
    ("RU", include_str!("../holidays/ru.json")),
    ("TR", include_str!("../holidays/tr.json")),
    ("UA", include_str!("../holidays/ua.json")),
    ("US", include_str!("../holidays/us.json")),
];

/// The countries that there are tables of.
pub fn countries() -> impl Iterator<Item = &'static str> {
    TABLES.iter().map(|(code, _)| *code)
}

/// A country's table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Country {
    /// Its code in ISO 3166-1.
    pub country: String,
    /// Its name in English.
    pub name: String,
    /// The time zone of its capital.
    pub time_zone: String,
    /// Where the rules of all years are told.
    pub references: Vec<String>,
    /// By year.
    pub years: BTreeMap<i16, Year>,
}

/// A year of a country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Year {
    /// Where it comes from, what is told of this year alone included.
    pub sources: Vec<String>,
    /// The days of the week on which offices are closed.
    pub weekend: Vec<Weekday>,
    /// The free days of the whole country.
    pub holidays: BTreeMap<Day, Holiday>,
    /// Days of the weekend that are worked, each as the day of the week whose place it takes.
    #[serde(default)]
    pub exchanged: BTreeMap<Day, Weekday>,
    /// Free days that depend on the moon and are not announced yet.
    #[serde(default)]
    pub estimated: Vec<Day>,
    /// What is free in a region besides.
    #[serde(default)]
    pub regions: BTreeMap<String, BTreeMap<Day, Holiday>>,
}

/// A free day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// What the country calls it.
    pub name: String,
    /// What it is called in English, where that is something else.
    #[serde(default)]
    pub english: Option<String>,
}

/// What is asked of a table.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The years.
    pub years: RangeInclusive<i16>,
    /// A region whose own holidays count too.
    pub region: Option<&'a str>,
    /// Whether days are called by their English names.
    pub english: bool,
}

/// The days of a country as a calendar has them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Days {
    /// The free days.
    pub holidays: BTreeMap<Day, String>,
    /// Exchanged working days, with the hours of the day whose place they take.
    pub special: BTreeMap<Day, Vec<Hours>>,
    /// The free days among them that depend on the moon and are not announced yet.
    pub estimated: Vec<Day>,
    /// The years that were asked and are not in the table.
    pub unknown: Vec<i16>,
}

/// A region that a table does not name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{country} has no region `{region}` with holidays of its own; there are {}", told(known))]
pub struct UnknownRegion {
    country: String,
    region: String,
    known: Vec<String>,
}

fn told(known: &[String]) -> String {
    if known.is_empty() { "none".to_owned() } else { known.join(", ") }
}

impl Country {
    /// The table of that country; none: there is none.
    pub fn of(code: &str) -> Option<Self> {
        let (_, table) = TABLES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code))?;
        // That every table can be read is tested.
        serde_json::from_str(table).ok()
    }

    /// The regions with holidays of their own.
    pub fn regions(&self) -> Vec<String> {
        let regions: BTreeSet<_> = self.years.values().flat_map(|year| year.regions.keys().cloned()).collect();
        regions.into_iter().collect()
    }

    /// A week that opens so on every day but the weekend, which is that of the newest of these years that is known.
    pub fn week(&self, years: &RangeInclusive<i16>, hours: &[Hours]) -> BTreeMap<Weekday, Vec<Hours>> {
        let weekend = self.weekend(years);
        let open = Weekday::ALL.into_iter().filter(|day| !weekend.contains(day));
        open.map(|day| (day, hours.to_vec())).collect()
    }

    fn weekend(&self, years: &RangeInclusive<i16>) -> Vec<Weekday> {
        let newest = self.years.range(years.clone()).next_back().or_else(|| self.years.last_key_value());
        newest.map(|(_, year)| year.weekend.clone()).unwrap_or_default()
    }

    /// The days of those years for a calendar with that week.
    ///
    /// A calendar has one week. So where the weekend was another in an earlier year, its days are free by name, and those
    /// of today's weekend have the hours of a working day.
    pub fn days(&self, asked: &Asked<'_>, week: &BTreeMap<Weekday, Vec<Hours>>) -> Result<Days, UnknownRegion> {
        let region = asked.region.map(str::to_uppercase);
        let known = self.regions();
        if let Some(region) = region.clone().filter(|it| !known.contains(it)) {
            return Err(UnknownRegion { country: self.country.clone(), region, known });
        }
        let weekend = self.weekend(&asked.years);
        let mut days = Days::default();
        for number in asked.years.clone() {
            let Some(year) = self.years.get(&number) else {
                days.unknown.push(number);
                continue;
            };
            let of_region = region.as_ref().and_then(|it| year.regions.get(it)).into_iter().flatten();
            for (day, it) in year.holidays.iter().chain(of_region) {
                let name = it.english.as_ref().filter(|_| asked.english).unwrap_or(&it.name);
                days.holidays.insert(*day, name.clone());
            }
            days.estimated.extend(&year.estimated);
            let hours = |day: &Weekday| week.get(day).cloned().unwrap_or_default();
            days.special.extend(year.exchanged.iter().map(|(day, as_day)| (*day, hours(as_day))));
            if year.weekend != weekend {
                days.former_week(number, &year.weekend, &weekend, week);
            }
        }
        Ok(days)
    }
}

impl Days {
    /// Brings a year with another weekend into a calendar with today's.
    fn former_week(&mut self, year: i16, then: &[Weekday], now: &[Weekday], week: &BTreeMap<Weekday, Vec<Hours>>) {
        let first = Day::new(year, 1, 1);
        let all = (0..366).filter_map(|number| first?.plus(number)).filter(|day| day.year() == year);
        let ordinary = Weekday::ALL.into_iter().filter(|day| !then.contains(day) && !now.contains(day));
        let ordinary = ordinary.filter_map(|day| week.get(&day)).next_back().cloned().unwrap_or_default();
        for day in all {
            let weekday = day.weekday();
            match (then.contains(&weekday), now.contains(&weekday)) {
                (true, false) => {
                    self.holidays.entry(day).or_insert_with(|| FORMER_WEEKEND.to_owned());
                }
                // Special days go before holidays, so what is celebrated then stays free.
                (false, true) if !self.holidays.contains_key(&day) => {
                    self.special.entry(day).or_insert_with(|| ordinary.clone());
                }
                _ => {}
            }
        }
    }
}
