//! What is learned from the past, by the program.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::place::{Place, Ran, shipped};

/// A ticket every seven hours: of pumps seven in ten are late, of lamps one in ten, and they are due after twelve hours.
fn tickets(count: u32) -> String {
    let mut csv = "Number,Opened,Urgency,Product,Due,Late,Solver\n".to_owned();
    for n in 0..count {
        let time = |hours: u32| format!("2026-{:02}-{:02} {:02}:30", 1 + hours / 672, 1 + hours / 24 % 28, hours % 24);
        let pump = n % 2 == 0;
        let late = (n * 37 + 11) % 100 < if pump { 70 } else { 10 };
        let product = if pump { "pump" } else { "lamp" };
        let (urgency, late, solver) = (
            ["low", "high"][n as usize / 3 % 2],
            if late { "yes" } else { "no" },
            if late { "second" } else { "first" },
        );
        let (opened, due) = (time(7 * n), time(7 * n + 12));
        writeln!(csv, "T-{n},{opened},{urgency},{product},{due},{late},{solver}").unwrap();
    }
    csv
}

fn place(csv: &str) -> Place {
    let place = Place::empty();
    std::fs::write(place.path("tickets.csv"), csv).unwrap();
    place
}

fn fit(place: &Place, more: &[&str]) -> Ran {
    place.run(&[&["fit", "risk", "--csv", "tickets.csv", "--label", "Late"], more].concat())
}

const KNOWN: [&str; 8] = ["--opened", "Opened", "--until", "Due", "--known", "Urgency=priority", "--exclude", "Solver"];

#[test]
fn the_risk_of_a_breach_is_learned_from_a_table_and_told_with_precision_and_lead_time() {
    let place = place(&tickets(600));
    let told = fit(&place, &[&KNOWN[..], &["--out", "breach.json", "--json"]].concat()).good().json();
    let report = &told["report"];
    assert_eq!((&report["judged"], &report["judged_by_the_last"]), (&json!(120), &json!(true)), "{told}");
    let warned = &report["warned"][2];
    // The riskiest fifth are all pumps; of those seven in ten are late, and all are due half a day later.
    assert_eq!((&warned["tickets"], &warned["median_lead_minutes"]), (&json!(24), &json!(720)), "{told}");
    let precision = warned["precision"].as_f64().unwrap();
    assert!((0.5..0.9).contains(&precision) && report["auc"].as_f64() > Some(0.75), "{told}");
    let text = std::fs::read_to_string(place.path("breach.json")).unwrap();
    let written: Value = serde_json::from_str(&text).unwrap();
    let conditions = written["breach"]["conditions"].as_array().unwrap();
    let named = |value: &str| conditions.iter().find(|it| it["when"]["is"] == value).unwrap();
    assert_eq!(named("pump")["seen"]["count"], 300, "{text}");
    assert!(named("pump")["points"].as_i64() > named("lamp")["points"].as_i64(), "{text}");
    assert!(!text.contains("solver") && !text.contains("due"), "{text}");
    // For people, a condition a line; and the same bytes whenever the same table is learned from.
    assert!(text.lines().any(|line| line.contains("pump") && line.contains("seen")), "{text}");
    let again = fit(&place, &KNOWN).good();
    assert_eq!(again.out, text);
    let words = fit(&place, &[&KNOWN[..], &["--out", "again.json"]].concat()).good().out;
    assert!(words.contains("600 tickets") && words.contains("the last 120") && words.contains("12 h"), "{words}");
    assert_eq!(std::fs::read_to_string(place.path("again.json")).unwrap(), text);
}

#[test]
fn what_was_filled_after_the_end_is_suspected_and_what_is_wrong_is_named() {
    let place = place(&tickets(600));
    let told = fit(&place, &["--json", "--out", "breach.json"]).good().json();
    let suspects = told["report"]["scorecard"]["suspects"].to_string();
    assert!(suspects.contains("Solver"), "{told}");
    for (more, exit, why) in [
        (&["--opened", "Product"][..], 1, "the column `Product` holds no times"),
        (&["--opened", "Begun"], 1, "there is no column `Begun`"),
        (&["--known", "Urgency=mood"], 2, "`mood`: the policy knows kind, channel, priority"),
        (&["--known", "Urgency"], 2, "is COLUMN=WORD"),
        (&["--positive", "oui"], 1, "the column `Late` says `no`, `yes`; `oui` is none of these"),
        (&["--until", "Due"], 2, "--opened"),
    ] {
        let ran = fit(&place, more);
        assert!(ran.exit == exit && ran.err.contains(why), "{more:?}: {ran:?}");
    }
    let ran = place.run(&["fit", "risk", "--csv", "tickets.csv", "--label", "Product"]);
    assert!(ran.exit == 1 && ran.err.contains("say which means that the promise was broken"), "{ran:?}");
}

#[test]
fn a_desk_learns_from_its_own_tickets() {
    let place = Place::empty();
    place.run(&["init", "--pack", &shipped("escalation")]).good();
    let served = place.serve();
    let map = std::fs::read_to_string(place.path("map.toml")).unwrap().replace("\"lead\"", "\"support\"");
    std::fs::write(place.path("map.toml"), map).unwrap();
    place.run(&["import", "leads.csv", "--map", "map.toml"]).good();
    place.run(&["ticket", "act", "1", "resolve"]).good();
    // Of the other ticket it is not known yet whether its promise is kept; and one is too few to learn from.
    let ran = place.run(&["fit", "risk"]);
    assert!(ran.exit == 1 && ran.err.contains("0 have a broken promise and 1 do not"), "{ran:?}");
    drop(served);
}

#[test]
fn a_card_is_the_same_whenever_the_same_leads_are_learned_from() {
    let place = place(&tickets(600));
    let card = || {
        let fixed = ["fit", "scorecard", "--csv", "tickets.csv", "--label", "Late", "--exclude", "Solver"];
        place.run(&fixed).good().out
    };
    let one = card();
    assert!(one.contains("pump") && one == card(), "{one}");
}
