//! A card learned from a table, in the shipped `lead-qualification`: the desk promises what the table says.

use plugdesk_fit::scorecard::{self, Options, field_name};
use plugdesk_fit::table::Table;
use serde_json::{Value, json};

use super::stand::Stand;

/// Leads whose conversion is known: three in four of those who were recommended, one in four of those who came by mail,
/// half of the others; each twice as likely in odds from thirty minutes on; and less so where there is no city.
fn past() -> Table {
    let mut table = Table::with_columns(["Lead Source", "Minutes", "City", "Won"].map(str::to_owned).into()).unwrap();
    for row in 0..4_800_usize {
        let source = ["Referral", "Mail", "Fair"][row % 3];
        let (long, city) = (row / 3 % 2 == 1, row / 6 % 2 == 1);
        let odds = match source {
            "Referral" => 3.0,
            "Mail" => 1.0 / 3.0,
            _ => 1.0,
        } * if long { 2.0 } else { 1.0 }
            * if city { 1.0 } else { 0.5 };
        // Of each hundred rows alike so many convert.
        let won = (row / 12 % 100) as f64 / 100.0 < odds / (1.0 + odds);
        let minutes = if long { 30 + row % 7 } else { row % 30 };
        let cells =
            [source, &minutes.to_string(), if city { "Pécs" } else { "Select" }, if won { "yes" } else { "no" }];
        table.push(cells.map(str::to_owned));
    }
    table
}

fn score(stand: &Stand, source: &str, minutes: u32, city: Option<&str>) -> u16 {
    let mut custom = json!({ field_name("Lead Source"): source, field_name("Minutes"): minutes });
    if let Some(city) = city {
        custom[field_name("City")] = Value::from(city);
    }
    let lead = json!({ "kind": "lead", "subject": "Heat pump", "custom": custom });
    stand.create(&lead).unwrap().qualified.unwrap().score
}

#[test]
fn a_card_that_was_fitted_promises_in_the_desk_what_the_past_says() {
    let options = Options { label: "Won".to_owned(), ..Options::default() };
    let fitted = scorecard::fit(&past(), &options).unwrap();
    let stand = Stand::new(&["lead-qualification"]);
    stand.overlay("lead-qualification", &fitted.configuration);
    for (source, minutes, city, said) in [
        ("Referral", 33, Some("Pécs"), 6.0 / 7.0),
        ("referral", 30, Some("Pécs"), 6.0 / 7.0),
        ("Referral", 29, Some("Pécs"), 0.75),
        ("Mail", 4, Some("Pécs"), 0.25),
        ("Mail", 4, Some("Select"), 1.0 / 7.0),
        ("Mail", 4, None, 1.0 / 7.0),
        ("Fair", 36, None, 0.5),
    ] {
        let score = f64::from(score(&stand, source, minutes, city)) / 10_000.0;
        assert!((score - said).abs() < 0.03, "{source}, {minutes}, {city:?}: {score} and not {said}");
    }
}
