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

#[test]
fn a_pack_is_checked_before_it_is_given_away() {
    let place = Place::empty();
    let pack = shipped("segmentation");
    let checked = place.run(&["--json", "plugin", "check", &pack]).good().json();
    let plugin = &checked["plugins"][0];
    assert_eq!(plugin["questions"], serde_json::json!(["classify"]));
    assert!(plugin["bytes"].as_u64().unwrap() > 0 && plugin["limits"]["fuel"].as_u64().unwrap() > 0, "{checked}");
    assert!(plugin["vectors"].as_array().is_some_and(|it| !it.is_empty()), "{checked}");

    // The same pack, once with a grant that nothing uses, once with a manifest that lies.
    let copy = place.path("copy");
    let change = |from: &str, to: &str| {
        let _ = std::fs::remove_dir_all(&copy);
        for entry in walk(pack.as_ref()) {
            let target = copy.join(entry.strip_prefix(&pack).unwrap());
            std::fs::create_dir_all(target.parent().unwrap()).unwrap();
            std::fs::copy(&entry, target).unwrap();
        }
        let manifest = std::fs::read_to_string(copy.join("pack.toml")).unwrap();
        assert!(manifest.contains(from), "{manifest}");
        std::fs::write(copy.join("pack.toml"), manifest.replacen(from, to, 1)).unwrap();
    };
    change("needs = {", "needs = { signals = true,");
    let remarks = place.run(&["plugin", "check", "copy"]).good().out;
    assert!(remarks.contains("needs `signals`, which the component never reads"), "{remarks}");
    assert_eq!(place.run(&["plugin", "check", "copy", "--strict"]).exit, 1);
    change("[\"classify\"]", "[\"classify\", \"react\"]");
    let lies = place.run(&["plugin", "check", "copy"]);
    assert_eq!(lies.exit, 1);
    assert!(lies.err.contains("`pack.toml` says it answers `react`, but it does not"), "{lies:?}");
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}
