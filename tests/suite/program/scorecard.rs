//! A card learned from a company's own past, as its user makes it and as a desk takes it.

use serde_json::Value;

use super::place::{Place, Ran, shipped};

/// Leads with so many columns of eight answers, each of which says something; the last column says what became of them.
fn leads(columns: usize, rows: usize) -> String {
    let names: Vec<String> = (0..columns).map(|column| format!("What was answered to question {column}")).collect();
    let mut state = 5_u64;
    let mut chance = |most: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    let mut text = format!("{},Segment,Converted\n", names.join(","));
    for row in 0..rows {
        let answers: Vec<u64> = (0..columns).map(|_| chance(8)).collect();
        let sum: u64 = answers.iter().sum();
        let won = sum + chance(12) > columns as u64 * 7 / 2 + 6;
        let cells = answers.iter().map(|answer| if *answer == 7 { String::new() } else { format!("answer {answer}") });
        text.push_str(&cells.map(|cell| cell + ",").collect::<String>());
        // The shipped card has numbers of its own for consumers, of whom there are too few here.
        let segment = if row % 50 == 0 { "consumer" } else { "company" };
        text.push_str(&format!("{segment},{}\n", if won { "Yes" } else { "no" }));
    }
    text
}

fn fit(place: &Place, more: &[&str]) -> Ran {
    place.run(&[&["fit", "scorecard", "--csv", "past.csv", "--label", "Converted"], more].concat())
}

#[test]
fn a_card_of_very_many_columns_is_one_that_a_desk_takes_and_the_same_bytes_each_time() {
    let place = Place::empty();
    std::fs::write(place.path("past.csv"), leads(70, 1_000)).unwrap();
    let said = fit(&place, &["--segment", "Segment", "--out", "card.json"]).good();
    assert!(said.out.contains("conditions that say least are left out: a card has room for"), "{said:?}");
    fit(&place, &["--segment", "Segment", "--out", "again.json"]).good();
    let card = std::fs::read(place.path("card.json")).unwrap();
    assert_eq!(card, std::fs::read(place.path("again.json")).unwrap());
    let card: Value = serde_json::from_slice(&card).unwrap();
    assert_eq!(card["segments"], serde_json::json!(["company"]));
    let map = "kind = \"lead\"\n[truth]\ncolumn = \"Converted\"\n[ticket]\nsubject = { constant = \"A lead\" }\n";
    std::fs::write(place.path("past.toml"), map).unwrap();
    let pack = shipped("lead-qualification");
    let fixed = ["eval", "--question", "qualify", "--csv", "past.csv", "--map", "past.toml", "--json"];
    let ran = place.run(&[&fixed[..], &["--pack", &pack, "--configuration", "card.json"]].concat()).good();
    assert_eq!(ran.json()["configurations"][0]["rows"], 1_000, "{}", ran.out);
}

#[test]
fn what_can_not_be_learned_from_is_told_with_its_column_and_the_way_out() {
    let place = Place::empty();
    let all_yes = "a,Converted\n1,yes\n2,yes\n";
    for (csv, more, why, help) in [
        ("", &[][..], "past.csv: it is empty; the first line names the columns", ""),
        ("a,,\n1,2,3\n", &[], "two columns have no name", ""),
        ("a,a\n1,2\n", &[], "the column `a` stands there twice", ""),
        ("a,b\n1,2\n", &[], "there is no column `Converted`; there are a, b", ""),
        ("a,Converted\n1\n", &[], "line: 2", ""),
        ("a,Converted\n1,\n", &[], "the column `Converted` is empty in every row", ""),
        ("a,Converted\n1,red\n2,tan\n", &[], "the column `Converted` says `red`, `tan`", "--positive VALUE"),
        (
            all_yes,
            &["--positive", "no"],
            "the column `Converted` says `yes`; `no` is none of these",
            "--positive VALUE",
        ),
        (all_yes, &["--positive", "yes"], "2 rows converted and 0 did not; at least 20 of each are needed", ""),
        (all_yes, &["--blank", ""], "blank: an empty text", ""),
    ] {
        std::fs::write(place.path("past.csv"), csv).unwrap();
        let ran = fit(&place, more);
        assert!(ran.exit == 1 && ran.err.contains(why) && ran.err.contains(help), "{why}: {ran:?}");
    }
}
