//! What a fit promises, on leads whose probabilities are known because they were made from them.

use serde_json::{Value, json};

use super::{FitError, Options, field_name, fit};
use crate::logistic::probability;
use crate::metric::{Scored, auc, brier};
use crate::table::Table;

/// Numbers between 0 and 1 that look like chance and are the same everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

const COLUMNS: [&str; 9] =
    ["Lead Id", "Lead Source", "Minutes", "Landing Page", "City", "Reached At", "Noise", "First Contact", "Converted"];

/// Leads, and the probability that each was made with.
fn leads(count: usize, seed: u64) -> (Table, Vec<f64>) {
    let mut chance = Chance(seed);
    let mut table = Table::with_columns(COLUMNS.map(str::to_owned).into()).unwrap();
    let mut truth = Vec::new();
    for row in 0..count {
        let source = ["Google", "google ", "Referral", "Fair", "Select"][(chance.next() * 5.0) as usize];
        let minutes = (chance.next() * 60.0).floor();
        let page = (chance.next() * 150.0) as usize;
        let city = if chance.next() < 0.4 { "" } else { "Pécs" };
        let odds =
            -1.0 + match source {
                "Referral" => 1.6,
                "Fair" => -0.8,
                "Select" => -1.2,
                _ => 0.0,
            } + if minutes >= 30.0 { 1.0 } else { 0.0 }
                + if page.is_multiple_of(3) { 1.0 } else { -0.5 }
                + if city.is_empty() { -0.7 } else { 0.0 };
        let came = chance.next() < probability(odds);
        // Filled by the sales team once it is decided.
        let reached = if came && chance.next() < 0.5 { "spoke with the board" } else { "" };
        let noise = (chance.next() * 1_000.0).floor() / 10.0;
        let day = format!("{:02}-{:02}-2025", row % 28 + 1, row % 12 + 1);
        let cells = [
            format!("lead-{row}"),
            source.to_owned(),
            minutes.to_string(),
            format!("{page:x}f"),
            city.to_owned(),
            reached.to_owned(),
            noise.to_string(),
            day,
            u8::from(came).to_string(),
        ];
        table.push(cells);
        truth.push(probability(odds));
    }
    (table, truth)
}

fn options() -> Options {
    Options { label: "Converted".to_owned(), exclude: vec!["Reached At".to_owned()], ..Options::default() }
}

/// The configuration's probability for a row, by the policy's rules and from its text alone.
fn scored(configuration: &Value, table: &Table) -> Vec<Scored> {
    let fields: Vec<String> = table.columns().iter().map(|name| field_name(name)).collect();
    let label = table.column("Converted").unwrap();
    let prepared: Vec<_> = configuration["conditions"].as_array().unwrap().iter().map(prepare).collect();
    let blank = configuration["blank"].as_array().unwrap();
    let score = |row: usize| {
        let mut points = configuration["base"].as_f64().unwrap();
        for (field, check, worth) in &prepared {
            let cell = table.cell(row, fields.iter().position(|known| known == field).unwrap());
            let given = plugdesk_sdk::conditions::Given::text(cell).filter(|_| !blank.contains(&json!(cell)));
            points += if check.holds(given.as_ref()) { *worth } else { 0.0 };
        }
        let odds = points * std::f64::consts::LN_2 / configuration["doubling"].as_f64().unwrap();
        Scored { probability: probability(odds), came: table.cell(row, label) == "1" }
    };
    (0..table.rows()).map(score).collect()
}

fn prepare(condition: &Value) -> (String, plugdesk_sdk::conditions::Check, f64) {
    let when: plugdesk_sdk::conditions::When = serde_json::from_value(condition["when"].clone()).unwrap();
    let points = condition["points"].as_f64().unwrap();
    (condition["field"].as_str().unwrap().to_owned(), when.prepare().unwrap(), points)
}

#[test]
fn a_card_learned_from_some_leads_is_right_about_others() {
    let (past, _) = leads(4_000, 1);
    let fitted = fit(&past, &options()).unwrap();
    let (next, truth) = leads(4_000, 2);
    let said = scored(&fitted.configuration, &next);
    let best: Vec<Scored> =
        said.iter().zip(&truth).map(|(it, truth)| Scored { probability: *truth, came: it.came }).collect();
    let (found, possible) = (auc(&said).unwrap(), auc(&best).unwrap());
    assert!(found > possible - 0.015, "{found} of {possible}");
    assert!(brier(&said) < brier(&best) + 0.005, "{} of {}", brier(&said), brier(&best));
    // What the folds promised is what came.
    assert!((fitted.report.auc.unwrap() - found).abs() < 0.02, "{:?} and {found}", fitted.report.auc);
}

#[test]
fn the_same_table_and_seed_give_the_same_bytes() {
    let (past, _) = leads(900, 3);
    let one = fit(&past, &options()).unwrap();
    assert_eq!(one.text, fit(&past, &options()).unwrap().text);
    let parsed: Value = serde_json::from_str(&one.text).unwrap();
    assert_eq!(parsed, one.configuration);
    let other = fit(&past, &Options { seed: 2, ..options() }).unwrap();
    assert_ne!(one.report.brier, other.report.brier);
}

#[test]
fn conditions_stand_by_weight_with_what_was_seen_of_them() {
    let (past, _) = leads(4_000, 4);
    let fitted = fit(&past, &options()).unwrap();
    let conditions = fitted.configuration["conditions"].as_array().unwrap();
    let weights: Vec<i64> = conditions.iter().map(|it| it["points"].as_i64().unwrap().abs()).collect();
    assert!(weights.is_sorted_by(|a, b| a >= b), "{weights:?}");
    let referral = conditions.iter().find(|it| it["when"] == json!({ "is": "Referral" })).unwrap();
    assert_eq!(referral["name"], "Lead Source: Referral");
    let source = past.column("Lead Source").unwrap();
    let rows: Vec<usize> = (0..past.rows()).filter(|row| past.cell(*row, source) == "Referral").collect();
    let label = past.column("Converted").unwrap();
    let converted = rows.iter().filter(|row| past.cell(**row, label) == "1").count();
    assert_eq!(referral["seen"], json!({ "count": rows.len(), "converted": converted }));
    // Both ways of writing it are one value, and a placeholder is an answer of its own.
    let google = conditions.iter().find(|it| it["when"] == json!({ "is": "Google" })).unwrap();
    assert!(google["seen"]["count"].as_u64().unwrap() > 1_400, "{google}");
    assert!(conditions.iter().any(|it| it["field"] == "lead_source" && it["when"] == json!({ "missing": true })));
    // The first cut lies at half an hour, as nearly as ranges of two hundred rows can tell.
    let cuts = |points: fn(i64) -> bool, end: &str| {
        let of = conditions.iter().filter(|it| it["field"] == "minutes" && points(it["points"].as_i64().unwrap()));
        of.filter_map(|it| it["when"][end].as_i64()).collect::<Vec<_>>()
    };
    let (up, down) = (cuts(|points| points > 0, "from"), cuts(|points| points < 0, "below"));
    assert!(
        up.iter().min() == down.iter().max() && up.iter().min().is_some_and(|cut| (26..=34).contains(cut)),
        "{up:?} {down:?}"
    );
    // Fifty good pages are one condition or a few, not fifty.
    let pages = conditions.iter().filter(|it| it["field"] == "landing_page").count();
    assert!((2..=30).contains(&pages), "{pages}");
}

#[test]
fn what_was_filled_afterwards_is_told_and_keys_and_dates_are_not_learned() {
    let (past, _) = leads(1_500, 5);
    let fitted = fit(&past, &Options { exclude: Vec::new(), ..options() }).unwrap();
    let suspects: Vec<&str> = fitted.report.suspects.iter().map(|it| it.column.as_str()).collect();
    assert_eq!(suspects, ["Reached At"]);
    assert!(fitted.report.suspects[0].why.starts_with("filled in "), "{:?}", fitted.report.suspects);
    let left_out: Vec<&str> = fitted.report.left_out.iter().map(|it| it.column.as_str()).collect();
    assert!(left_out.contains(&"Lead Id") && left_out.contains(&"First Contact"), "{left_out:?}");
    assert!(fit(&past, &options()).unwrap().report.suspects.is_empty());
}

#[test]
fn a_segment_is_judged_by_its_own_numbers_as_far_as_it_differs() {
    let mut past = Table::with_columns(["kind", "told", "won"].map(str::to_owned).into()).unwrap();
    let mut chance = Chance(9);
    for row in 0..3_000 {
        let (company, told) = (row % 2 == 0, row % 4 < 2);
        // What speaks for a company speaks against a consumer.
        let odds = if company == told { 1.0 } else { -1.0 };
        let won = chance.next() < probability(odds);
        let kind = if row % 100 == 0 {
            "other"
        } else if company {
            "company"
        } else {
            "consumer"
        };
        past.push([kind, if told { "figures" } else { "feelings" }, if won { "yes" } else { "no" }].map(str::to_owned));
    }
    let options = Options { label: "won".to_owned(), segment: Some("kind".to_owned()), ..Options::default() };
    let fitted = fit(&past, &options).unwrap();
    let conditions = fitted.configuration["conditions"].as_array().unwrap();
    let figures = conditions.iter().find(|it| it["when"] == json!({ "is": "figures" })).unwrap();
    let points = |segment: &str| figures["points"][segment].as_i64().unwrap();
    assert!(points("company") > 100 && points("consumer") < -100 && points("*").abs() < 60, "{figures}");
    let segments: Vec<&str> = fitted.report.segments.iter().map(|it| it.segment.as_str()).collect();
    assert_eq!(segments, ["company", "consumer"], "thirty of another are too few");
    assert_eq!(fitted.configuration["segments"], json!(["company", "consumer"]));
    assert!(fitted.report.auc.unwrap() > 0.7 && conditions.iter().all(|it| it["field"] != "kind"));
    let alike = fit(&past, &Options { segment: None, ..options }).unwrap();
    assert!(alike.configuration["base"].is_i64() && alike.configuration["segments"] == json!([]));
}

#[test]
fn dates_tell_how_leads_grow_cold() {
    let (leads, _) = leads(1_500, 6);
    let mut past = Table::with_columns(leads.columns().iter().cloned().chain(["Won".to_owned()]).collect()).unwrap();
    let label = leads.column("Converted").unwrap();
    for row in 0..leads.rows() {
        let won = if leads.cell(row, label) == "1" { "01-02-2026" } else { "" };
        past.push(leads.row(row).map(str::to_owned).chain([won.to_owned()]));
    }
    let dates = |converted: &str| Options {
        date: Some("First Contact".to_owned()),
        converted: Some(converted.to_owned()),
        ..options()
    };
    let fitted = fit(&past, &dates("Won")).unwrap();
    let days = fitted.report.days_to_convert.unwrap();
    assert!((100..300).contains(&days), "{days}");
    assert_eq!(fitted.configuration["horizon_days"], days);
    assert!(
        fitted.configuration["decay"]["half_life_days"].as_u64().is_some_and(|half| half > 10),
        "{:?}",
        fitted.configuration["decay"]
    );
    let without = fit(&past, &options()).unwrap().configuration;
    assert_eq!((&without["decay"]["half_life_days"], &without["horizon_days"]), (&json!(0), &json!(0)));
    let wrong = fit(&past, &dates("City")).unwrap_err();
    assert_eq!(wrong, FitError::NoDates { column: "City".to_owned() });
}

#[test]
fn what_cannot_be_learned_from_is_refused_by_name() {
    let (past, _) = leads(200, 7);
    let refused = |options: Options| fit(&past, &options).unwrap_err().to_string();
    assert!(refused(Options::default()).starts_with("there is no column `converted`; there are Lead Id"));
    let asked = refused(Options { label: "City".to_owned(), ..options() });
    assert_eq!(asked, "the column `City` says `Pécs`; say which means converted");
    let other = refused(Options { positive: Some("won".to_owned()), ..options() });
    assert_eq!(other, "the column `Converted` says `0`, `1`; `won` is none of these");
    assert!(refused(Options { blank: vec![String::new()], ..options() }).starts_with("blank: an empty text"));
    assert!(refused(Options { blank: vec!["x".to_owned(); 65], ..options() }).starts_with("blank: 65 texts"));
    assert!(refused(Options { exclude: vec!["Citty".to_owned()], ..options() }).contains("`Citty`"));
    let few = fit(&past.only(0..20), &options()).unwrap_err();
    assert!(matches!(few, FitError::TooFew { .. }), "{few}");
    let mut twins = Table::with_columns(["a b", "A-B", "won"].map(str::to_owned).into()).unwrap();
    (0..90).for_each(|row| twins.push([row % 4, row % 5, row % 2].map(|cell| cell.to_string())));
    let both = fit(&twins, &Options { label: "won".to_owned(), ..Options::default() }).unwrap_err();
    assert_eq!(both.to_string(), "the columns `a b` and `A-B` would both be the field `a_b`; exclude one of them");
}

#[test]
fn a_label_is_the_same_however_it_is_written_and_of_two_words_for_yes_neither_is_taken() {
    let past = |labels: [&str; 3]| {
        let mut past = Table::with_columns(["a", "won"].map(str::to_owned).into()).unwrap();
        (0..120).for_each(|row| past.push([(row % 2).to_string(), labels[row % 3].to_owned()]));
        fit(&past, &Options { label: "won".to_owned(), ..Options::default() })
    };
    assert_eq!(past(["Yes", "yes", "NO"]).unwrap().report.converted, 80);
    let two = past(["yes", "won", "yes"]).unwrap_err().to_string();
    assert_eq!(two, "the column `won` says `won`, `yes`; say which means converted");
    let none = past([""; 3]).unwrap_err().to_string();
    assert_eq!(none, "the column `won` is empty in every row: nothing is decided yet");
}

/// Columns of many answers each, of which every one says something.
fn wide(columns: usize, rows: usize) -> Table {
    let names = (0..columns).map(|column| format!("What was answered to the question number {column}"));
    let mut past = Table::with_columns(names.chain(["won".to_owned()]).collect()).unwrap();
    let mut chance = Chance(11);
    for _ in 0..rows {
        let mut odds = 0.0;
        let cells: Vec<String> = (0..columns)
            .map(|_| {
                let answer = (chance.next() * 8.0) as usize;
                odds += (answer as f64 - 3.5) / 8.0;
                if answer == 7 { String::new() } else { format!("the answer {answer}") }
            })
            .collect();
        let won = chance.next() < probability(odds);
        past.push(cells.into_iter().chain([u8::from(won).to_string()]));
    }
    past
}

#[test]
fn a_card_has_room_for_what_says_most_and_tells_of_what_it_left_out() {
    let fitted = fit(&wide(90, 1_200), &Options { label: "won".to_owned(), ..Options::default() }).unwrap();
    assert!(fitted.text.len() <= super::MOST_CARD_BYTES, "{} bytes", fitted.text.len());
    let conditions = fitted.configuration["conditions"].as_array().unwrap();
    assert!(fitted.report.dropped > 50 && conditions.len() > 150, "{} of {}", fitted.report.dropped, conditions.len());
    let points: Vec<i64> = conditions.iter().map(|it| it["points"].as_i64().unwrap().abs()).collect();
    assert!(points.is_sorted_by(|a, b| a >= b), "the weightiest first: {points:?}");
}

#[test]
fn more_than_is_held_in_memory_is_refused_before_it_is_taken() {
    let past = wide(20, 400);
    let (rows, outcomes): (Vec<usize>, Vec<bool>) = (0..400).map(|row| (row, row % 2 == 0)).unzip();
    let (columns, _) =
        super::columns(&past, &Options { label: "won".to_owned(), ..Options::default() }, &rows).unwrap();
    let known = super::encoder::Known { rows: &rows, outcomes: &outcomes };
    let encoder = super::encoder::Encoder::learn(&columns, known);
    let segments = super::Segments { names: vec![String::new(); 1 << 20], of: vec![None; 400] };
    let refused = encoder.design(&columns, &segments, known, 1).unwrap_err().to_string();
    assert!(refused.starts_with("400 rows with ") && refused.contains("exclude columns of many values"), "{refused}");
}

#[test]
fn a_row_without_a_label_is_not_decided_and_columns_that_say_nothing_give_everybody_the_same() {
    let mut past = Table::with_columns(["noise", "won"].map(str::to_owned).into()).unwrap();
    let mut chance = Chance(8);
    for row in 0..600 {
        let won = if row % 6 == 0 { "" } else { ["yes", "no", "no"][row % 3] };
        past.push([format!("{}", (chance.next() * 4.0) as u8), won.to_owned()]);
    }
    let fitted = fit(&past, &Options { label: "won".to_owned(), ..Options::default() }).unwrap();
    assert_eq!((fitted.report.rows, fitted.report.undecided), (500, 100));
    let base = fitted.configuration["base"].as_f64().unwrap() * std::f64::consts::LN_2 / 100.0;
    assert!((probability(base) - fitted.report.converted as f64 / 500.0).abs() < 0.02, "{base}");
    let most = fitted.configuration["conditions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["points"].as_i64().unwrap().abs())
        .max();
    assert!(most.unwrap_or(0) < 30, "{most:?}");
}

#[test]
fn a_field_is_named_as_an_import_names_it() {
    for (column, field) in [
        ("Total Time Spent on Website", "total_time_spent_on_website"),
        ("  What's this? (%)", "what_s_this"),
        ("Miejscowość", "miejscowość"),
        ("---", ""),
    ] {
        assert_eq!(field_name(column), field);
    }
    assert!(field_name(&"é".repeat(100)).len() <= 64);
}
