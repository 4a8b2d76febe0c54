//! Holidays of a country in a desk's calendar, and what comes of them.

use serde_json::json;

use super::place::Place;

#[test]
fn a_countrys_holidays_come_into_a_calendar_and_the_desks_own_days_stay() {
    let place = Place::with_desk();
    let run = |arguments: &[&str]| place.run(arguments).good();
    let office = "time_zone = \"Europe/Budapest\"\n[week]\nthu = [{ from = \"08:00\", to = \"16:00\" }]\n\
        fri = [{ from = \"08:00\", to = \"14:00\" }]\n[holidays]\n\"2026-01-08\" = \"Our own\"\n\
        [special]\n\"2026-08-08\" = [{ from = \"10:00\", to = \"12:00\" }]\n";
    std::fs::write(place.path("hu.toml"), office).unwrap();
    run(&["calendar", "set", "hu", "hu.toml"]);
    let put = run(&["--json", "calendar", "holidays", "HU", "--years", "2026", "--set", "hu"]).json();
    assert_eq!(put["week"].as_object().unwrap().len(), 2, "its hours stay");
    assert_eq!((&put["holidays"]["2026-01-01"], &put["holidays"]["2026-01-08"]), (&json!("Újév"), &json!("Our own")));
    // Worked for a Friday, and the other by the desk's own hours.
    assert_eq!(put["special"]["2026-01-10"], json!([{ "from": "08:00", "to": "14:00" }]));
    assert_eq!(put["special"]["2026-08-08"], json!([{ "from": "10:00", "to": "12:00" }]));
    let again = run(&["--json", "calendar", "holidays", "HU", "--years", "2026", "--set", "hu"]).json();
    assert_eq!(again["version"], put["version"], "once more changes nothing");
    // From New Year's Eve: Friday is free, Thursday is the desk's own, then the exchanged Saturday.
    let due = ["calendar", "due", "hu", "--working-days", "2", "--start", "2025-12-31T09:00:00Z"];
    assert_eq!(run(&[&["--json"][..], &due].concat()).json()["due_at"], "2026-01-10T13:00:00.000Z");
    let late = run(&["calendar", "due", "hu", "--working-days", "200", "--start", "2026-12-01T09:00:00Z"]);
    assert!(late.err.contains("hu knows no holidays of 2027"), "{late:?}");
}

#[test]
fn a_printed_table_can_be_set_and_says_what_it_does_not_know() {
    let place = Place::with_desk();
    for (country, years, remark) in [
        ("HU", "2029-2031", "the table of Hungary has no 2031, but 2020 to 2030"),
        ("IR", "2027", "18 days of 2027 depend on the moon"),
        ("GB", "2026", "--region adds those of one of ENG, NIR, SCT, WLS"),
    ] {
        let shown = place.run(&["calendar", "holidays", country, "--years", years]).good();
        assert!(shown.err.contains(remark), "{shown:?}");
        assert!(shown.out.contains("PyPI holidays"), "{country} names no source");
        std::fs::write(place.path("shown.toml"), &shown.out).unwrap();
        place.run(&["calendar", "set", "shown", "shown.toml"]).good();
    }
    let persian = place.run(&["calendar", "holidays", "IR", "--years", "2026", "--persian"]).good();
    assert!(persian.out.contains("\"2026-04-02\" = \"روز طبیعت\" # 1405-01-13"), "{}", persian.out);
}
