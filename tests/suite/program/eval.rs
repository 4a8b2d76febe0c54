//! Decisions scored against outcomes that are known.

use serde_json::{Value, json};

use super::place::{Place, Ran, shipped};

/// Leads of whom those with money bought, and the rest mostly did not.
fn leads() -> String {
    let row = |n: u32| {
        let (budget, won) =
            if n.is_multiple_of(3) { ("Approved", !n.is_multiple_of(9)) } else { ("", n.is_multiple_of(10)) };
        format!("2026-0{}-10T08:00:00Z,{budget},{}\n", 1 + n % 4, if won { "Yes" } else { "no" })
    };
    format!("Received,Budget,Bought\n{}", (0..60).map(row).collect::<String>())
}

const MAP: &str = "kind = \"lead\"\n[truth]\ncolumn = \"Bought\"\n[ticket]\ncreated-at = \"Received\"\n\
                   [ticket.custom]\ncolumns = [\"Budget\"]\nrename = { Budget = \"budget\" }\n";

fn place(csv: &str, map: &str) -> Place {
    let place = Place::empty();
    std::fs::write(place.path("rows.csv"), csv).unwrap();
    std::fs::write(place.path("rows.toml"), map).unwrap();
    place
}

fn eval(place: &Place, question: &str, pack: &str, more: &[&str]) -> Ran {
    let fixed = ["eval", "--question", question, "--pack", pack, "--csv", "rows.csv", "--map", "rows.toml", "--json"];
    place.run(&[&fixed[..], more].concat())
}

fn figures(ran: Ran, place: usize) -> Value {
    ran.good().json()["configurations"][place].clone()
}

#[test]
fn two_configurations_are_scored_side_by_side_and_drawn() {
    let place = place(&leads(), MAP);
    let pack = shipped("lead-qualification");
    let own = std::fs::read_to_string(format!("{pack}/config.json")).unwrap();
    let mut contrary: Value = serde_json::from_str(&own).unwrap();
    contrary["conditions"] = json!([{"name": "money", "field": "budget", "when": {"missing": false}, "points": -60}]);
    // What the pack's own configuration has and this one does not must be gone, not shine through.
    contrary.as_object_mut().unwrap().remove("decay");
    std::fs::write(place.path("contrary.json"), contrary.to_string()).unwrap();
    let ran = eval(&place, "qualify", &pack, &["--against", "contrary.json", "--plot", "out.svg"]).good();
    let told = ran.json();
    let of = |at: usize, name: &str| told["configurations"][at][name].as_f64().unwrap();
    assert_eq!((of(0, "rows"), of(0, "unanswered")), (60.0, 0.0), "{told}");
    // 13 of 20 with money bought, 4 of 40 without: every figure can be said in advance.
    let auc = (13.0 * 36.0 + (13.0 * 7.0 + 4.0 * 36.0) / 2.0) / (17.0 * 43.0);
    assert!((of(0, "auc") - auc).abs() < 1e-9 && (of(1, "auc") - (1.0 - auc)).abs() < 1e-9, "{told}");
    assert!((of(0, "precision") - 0.65).abs() < 1e-9 && of(0, "brier") < of(1, "brier"), "{told}");
    assert!(told["configurations"][0]["bands"].as_array().is_some_and(|bands| bands.len() == 2), "{told}");
    let svg = std::fs::read_to_string(place.path("out.svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("contrary.json (60 rows)"), "{svg}");
}

#[test]
fn what_can_not_be_scored_is_told_with_its_field() {
    let pack = shipped("lead-qualification");
    for (map, why) in [
        (MAP.replace("[truth]\ncolumn = \"Bought\"\n", ""), "[truth]"),
        (MAP.replace("\"Bought\"", "\"Sold\""), "truth.column"),
        (MAP.replace("\"Bought\"", "\"Budget\""), "`Approved` in `Budget` is neither yes nor no"),
        (MAP.replace("\"Received\"", "\"Budget\""), "rows are refused"),
        (MAP.replace("\"Bought\"", "\"Bought\"\nmetrics = 1"), "metrics"),
        (MAP.replace("\"Bought\"", "\"Bought\"\npositive = [\"won\"]"), "`won` stands nowhere in the column `Bought`"),
    ] {
        let ran = eval(&place(&leads(), &map), "qualify", &pack, &[]);
        assert!(ran.exit == 1 && ran.err.contains(why), "{why}: {ran:?}");
    }
    // Rows are counted as the file has them, undecided ones and cells of several lines included.
    let undecided = "2026-01-10T08:00:00Z,\"one\ntwo\",\n";
    let late = format!("{}{undecided}yesterday,,no\n2026-01-11T08:00:00Z,,perhaps\n", leads());
    let ran = eval(&place(&late, MAP), "qualify", &pack, &[]);
    assert!(ran.exit == 1 && ran.err.contains("row 62, Received"), "{ran:?}");
    let ran = eval(&place(&late.replace("yesterday", "2026-01-11T08:00:00Z"), MAP), "qualify", &pack, &[]);
    assert!(ran.exit == 1 && ran.err.contains("row 63: `perhaps` in `Bought`"), "{ran:?}");
    let place = place(&leads(), MAP);
    let ran = eval(&place, "classify", &pack, &[]);
    assert!(ran.exit == 1 && ran.err.contains("no policy of the packs answers `classify`"), "{ran:?}");
    let ran = eval(&place, "promise", &pack, &[]);
    assert!(ran.exit == 1 && ran.err.contains("[[turn]]"), "{ran:?}");
    assert_eq!(eval(&place, "qualify", &pack, &["--share", "0"]).exit, 2);
}

#[test]
fn segments_are_compared_with_the_right_ones() {
    let csv = "Name,Email,Who\nAnn,ann@gmail.com,consumer\nBob Northgate Ltd,bob@gmail.com,consumer\n";
    let map = "kind = \"support\"\n[truth]\ncolumn = \"Who\"\n[ticket]\nsubject = \"Name\"\n[contact]\nname = \"Name\"\n\
               email = \"Email\"\n[company]\nname = { column = \"Name\", missing = [\"Ann\"] }\n";
    let told = figures(eval(&place(csv, map), "classify", &shipped("segmentation"), &[]), 0);
    assert_eq!((&told["rows"], &told["agree"]), (&json!(2), &json!(0.5)), "{told}");
    assert_eq!(told["apart"], json!([{"said": "mixed", "is": "consumer", "count": 1}]));
}

#[test]
fn people_are_compared_pair_by_pair() {
    let csv = "Name,Email,Who\nAnna Kowalska,anna@a.example,1\nAnna Kowalska,anna@a.example,1\nJohn Smith,j@b.example,2\n\
               Piotr Nowak,p@c.example,\n";
    let map = "kind = \"support\"\n[truth]\ncolumn = \"Who\"\n[contact]\nname = \"Name\"\nemail = \"Email\"\n";
    let told = figures(eval(&place(csv, map), "identify", &shipped("contact-merging"), &[]), 0);
    assert_eq!(
        told["automatic"]["pairs"],
        json!({"right": 1, "wrong": 0, "missed": 0}),
        "one address is one person: {told}"
    );
}

#[test]
fn promises_are_judged_by_the_clock_of_each_ticket() {
    // The shipped escalation promises a company at priority urgent its resolution in a time that an hour keeps and a
    // year breaks.
    let csv = "Opened,Closed,Kept\n2025-03-03T08:00:00Z,2025-03-03T09:00:00Z,met\n\
               2025-01-06T08:00:00Z,2025-12-30T08:00:00Z,no\n2025-02-03T08:00:00Z,2025-12-29T08:00:00Z,yes\n\
               2025-04-01T08:00:00Z,,no\n";
    let map = "kind = \"support\"\n[truth]\ncolumn = \"Kept\"\n[ticket]\ncreated-at = \"Opened\"\n\
               segment = { constant = \"company\" }\npriority = { constant = \"urgent\" }\n\
               [[turn]]\ncategory = { constant = \"resolved\" }\nat = \"Closed\"\n";
    let told = figures(eval(&place(csv, map), "promise", &shipped("escalation"), &[]), 0);
    assert_eq!((&told["rows"], &told["unanswered"]), (&json!(3), &json!(1)), "{told}");
    assert_eq!(told["apart"], json!([{"said": "broken", "is": "kept", "count": 1}]), "{told}");
}
