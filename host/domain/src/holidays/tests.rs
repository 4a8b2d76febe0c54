//! What the tables say, against what the law and the oracles of other libraries say.

use super::*;
use crate::calendar::Schedule;
use crate::record::Calendar;
use crate::time::Instant;

fn hours() -> Vec<Hours> {
    vec![Hours { from: "09:00".to_owned(), to: "17:00".to_owned() }]
}

fn all<'a>() -> Asked<'a> {
    Asked { years: 2020..=2030, region: None, english: true }
}

fn schedule(code: &str, asked: &Asked<'_>) -> Schedule {
    let country = Country::of(code).unwrap();
    let week = country.week(&asked.years, &hours());
    let days = country.days(asked, &week).unwrap();
    let calendar = Calendar {
        version: 1,
        created_at: Instant::default(),
        updated_at: Instant::default(),
        name: country.name.clone(),
        title: country.name,
        time_zone: country.time_zone,
        week,
        holidays: days.holidays.into_iter().map(|(day, name)| (day.to_string(), name)).collect(),
        special: days.special.into_iter().map(|(day, hours)| (day.to_string(), hours)).collect(),
        pack: None,
    };
    Schedule::new(&calendar).unwrap()
}

#[test]
fn every_table_is_whole_and_makes_a_calendar() {
    for code in countries() {
        let country = Country::of(code).unwrap();
        assert_eq!(country.country, code);
        assert_eq!(country.years.keys().copied().collect::<Vec<_>>(), (2020..=2030).collect::<Vec<_>>(), "{code}");
        for (number, year) in &country.years {
            assert!(!year.sources.is_empty() && !year.weekend.is_empty(), "{code} {number}");
            let regions = year.regions.values().flat_map(BTreeMap::keys);
            let days = year.holidays.keys().chain(year.exchanged.keys()).chain(regions);
            assert!(days.map(|day| day.year()).all(|it| it == *number), "{code} {number}: a day of another year");
            for day in year.exchanged.keys() {
                assert!(year.weekend.contains(&day.weekday()), "{code}: {day} is worked anyway");
                assert!(!year.holidays.contains_key(day), "{code}: {day} is worked and free");
            }
            assert!(year.estimated.iter().all(|day| year.holidays.contains_key(day)), "{code} {number}");
        }
        schedule(code, &all());
    }
    assert!(Country::of("hu").is_some() && Country::of("XX").is_none());
}

#[test]
fn the_working_days_of_a_country_are_those_of_its_law() {
    let working = |code: &str, day: &str, n: i32| {
        schedule(code, &all()).working_day(day.parse().unwrap(), n).map(|day| day.to_string()).unwrap()
    };
    // Hungary worked on Saturday, 10 January 2026, for Friday, the 2nd.
    assert_eq!(working("HU", "2025-12-31", 1), "2026-01-05");
    assert_eq!(working("HU", "2026-01-09", 1), "2026-01-10");
    // Russia's New Year holidays of 2024, and the three Saturdays worked that year.
    assert_eq!(working("RU", "2023-12-29", 1), "2024-01-09");
    assert_eq!(working("RU", "2024-12-27", 1), "2024-12-28");
    // Christmas Eve is free in Poland from 2025 on.
    assert_eq!(working("PL", "2024-12-23", 1), "2024-12-24");
    assert_eq!(working("PL", "2025-12-23", 1), "2025-12-29");
    // Iran's week ends on Friday; Nowruz is four days.
    assert_eq!(working("IR", "2025-04-03", 1), "2025-04-05");
    // The Emirates' weekend was Friday and Saturday until 2021, and is Saturday and Sunday from 2022 on.
    assert_eq!(working("AE", "2021-06-10", 1), "2021-06-13");
    assert_eq!(working("AE", "2022-06-10", 1), "2022-06-13");
}

#[test]
fn a_regions_holidays_come_to_the_countrys() {
    let bavaria = Asked { region: Some("by"), ..all() };
    let day: Day = "2026-01-06".parse().unwrap();
    assert!(!schedule("DE", &bavaria).works_on(day) && schedule("DE", &all()).works_on(day), "Epiphany");
    let germany = Country::of("DE").unwrap();
    let refused = germany.days(&Asked { region: Some("XX"), ..all() }, &BTreeMap::new()).unwrap_err().to_string();
    assert!(refused.starts_with("DE has no region `XX` with holidays of its own; there are "), "{refused}");
}

#[test]
fn years_beyond_the_table_are_told() {
    let poland = Country::of("PL").unwrap();
    let days = poland.days(&Asked { years: 2029..=2032, ..all() }, &BTreeMap::new()).unwrap();
    assert_eq!(days.unknown, [2031, 2032]);
    let at = |text: &str| text.parse::<Instant>().unwrap();
    let schedule = schedule("PL", &all());
    assert_eq!(schedule.years_unknown(at("2030-12-01T00:00:00Z"), at("2032-01-15T00:00:00Z")), [2031, 2032]);
    assert_eq!(schedule.years_unknown(at("2019-12-31T12:00:00Z"), at("2020-02-01T00:00:00Z")), [2019]);
    assert!(schedule.years_unknown(at("2026-01-01T00:00:00Z"), at("2026-12-31T00:00:00Z")).is_empty());
    assert!(Schedule::always().years_unknown(at("2026-01-01T00:00:00Z"), at("2046-01-01T00:00:00Z")).is_empty());
}

#[test]
fn an_exchanged_day_has_the_hours_of_the_day_whose_place_it_takes() {
    let hungary = Country::of("HU").unwrap();
    let mut week = hungary.week(&(2026..=2026), &hours());
    let short = vec![Hours { from: "09:00".to_owned(), to: "13:00".to_owned() }];
    week.insert(Weekday::Fri, short.clone());
    let days = hungary.days(&Asked { years: 2026..=2026, ..all() }, &week).unwrap();
    let exchanged: Vec<String> = days.special.keys().map(ToString::to_string).collect();
    assert_eq!(exchanged, ["2026-01-10", "2026-08-08"]);
    assert!(days.special.values().all(|hours| *hours == short), "both are worked for a Friday");
}
