//! What an author of plugins does, outside of any repository.

use super::place::{Place, debug, run, shipped};

#[test]
fn a_new_plugin_passes_its_tests_at_once() {
    let place = Place::empty();
    place.run(&["plugin", "new", "good-lead"]).good();
    let mut test = place.command(&["plugin", "test", "good-lead"]);
    // Shared with the shipped plugins, so that the standard library is not built again.
    let tested = run(test.env("CARGO_TARGET_DIR", debug().parent().unwrap())).good();
    assert!(tested.out.contains("vectors passed"), "{tested:?}");
    let again = place.run(&["plugin", "new", "good-lead"]);
    assert_eq!(again.exit, 4, "what somebody wrote is not overwritten: {again:?}");
}

#[test]
fn a_name_that_is_none_is_refused() {
    let place = Place::empty();
    assert_eq!(place.run(&["plugin", "new", "Good Lead"]).exit, 2);
    assert_eq!(place.run(&["plugin", "new", "good-lead", "--question", "guess"]).exit, 2);
    assert_eq!(place.run(&["plugin", "build", "nowhere"]).exit, 3);
}

#[test]
fn a_plugin_is_asked_once_and_shows_its_answer_and_fuel() {
    let place = Place::empty();
    let pack = shipped("segmentation");
    let vector = std::fs::read_dir(format!("{pack}/vectors")).unwrap().next().unwrap().unwrap().path();
    let vector = vector.to_string_lossy();
    let ran = place.run(&["--json", "plugin", "run", &pack, &vector]).good().json();
    assert_eq!(ran["outcome"], "ok");
    assert!(ran["fuel"].as_u64().unwrap() > 0);
    assert!(place.run(&["plugin", "run", &pack, &vector]).good().out.contains("fuel"));
    assert_eq!(place.run(&["plugin", "run", "leads.csv", &vector]).exit, 1, "not a component");
}
