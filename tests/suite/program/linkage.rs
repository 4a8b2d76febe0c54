//! The weights of record linkage, learned from records that nobody labelled.

use plugdesk_tests::root;
use serde_json::Value;

use super::place::{Place, shipped};

/// The example's file of that name. Of its 180 people every other stands there twice: with another address each time, and
/// every fifth of those with a date of birth that was typed wrongly.
fn example(name: &str) -> String {
    root().join("examples/people").join(name).display().to_string()
}

#[test]
fn the_weights_of_linkage_are_learned_without_labels_and_the_same_each_time() {
    let place = Place::empty();
    let (pack, csv, map) = (shipped("contact-merging"), example("contacts.csv"), example("contacts.toml"));
    let fit = |out: &str, map: &str| {
        let rows = ["--pack", &pack, "--csv", &csv, "--map", map, "--out", out, "--json"];
        let told = place.run(&[&["fit", "linkage"][..], &rows].concat()).good().json();
        (told, std::fs::read_to_string(place.path(out)).unwrap())
    };
    let (told, first) = fit("one.json", &map);
    // What the map says of who is who teaches nothing.
    let (before, after) = (std::fs::read_to_string(&map).unwrap(), "column = \"city\"");
    let other = before.replace("column = \"Who\"", after);
    assert_ne!(before, other);
    std::fs::write(place.path("other.toml"), other).unwrap();
    assert_eq!(fit("two.json", "other.toml").1, first);
    let matches = told["matches"].as_f64().unwrap();
    assert!((80.0..105.0).contains(&matches), "{told}");
    // Everybody has another address, so another address hardly says anything against one person.
    let level = |name: &str, what: &str| told["levels"][name][what].as_f64().unwrap();
    assert!(level("email/apart", "before") < -0.5 && level("email/apart", "weight") > -0.2, "{told}");
    assert!(level("birth/same", "m") > 0.7 && level("birth/near", "m") > 0.08, "{told}");
    // Nobody has a street.
    assert!((level("place/street", "weight") - level("place/street", "before")).abs() < 0.1, "{told}");
    let fitted: Value = serde_json::from_str(&first).unwrap();
    let shipped: Value =
        serde_json::from_str(&std::fs::read_to_string(format!("{pack}/config.json")).unwrap()).unwrap();
    assert_eq!(fitted["evidence"]["name"], shipped["evidence"]["name"], "names are the language's");
    assert_eq!(fitted["evidence"]["email"]["apart"]["m"], told["levels"]["email/apart"]["m"]);
    // It is a configuration like another, and finds those who are one.
    let rows = ["--pack", &pack, "--csv", &csv, "--map", &map, "--configuration", "one.json", "--json"];
    let scored = place.run(&[&["eval", "--question", "identify"][..], &rows].concat()).good().json();
    let proposed = &scored["configurations"][0]["with_proposals"];
    assert!(proposed["f1"].as_f64().unwrap() > 0.95, "{scored}");
}

#[test]
fn too_little_to_learn_from_is_said_and_nothing_is_written() {
    let place = Place::empty();
    std::fs::write(place.path("people.csv"), "Name,Email,dob,city\nAnna,,,\nAnna,,,\n").unwrap();
    let rows = ["--csv", "people.csv", "--map", &example("contacts.toml"), "--out", "out.json"];
    let ran = place.run(&[&["fit", "linkage", "--pack", &shipped("contact-merging")][..], &rows].concat());
    assert!(ran.exit != 0 && ran.err.contains("pairs could be one person"), "{ran:?}");
    assert!(!place.path("out.json").exists());
}
