//! Backup and restore: nothing is overwritten, nothing is half made.

use super::place::Place;

#[test]
fn a_restored_folder_holds_what_the_backup_held() {
    let place = Place::with_desk();
    let served = place.serve();
    place.run(&["import", "leads.csv", "--map", "map.toml"]).good();
    place.run(&["backup", "all.backup"]).good();
    let before = place.run(&["export"]).good().out;
    drop(served);
    place.run(&["restore", "all.backup", "--folder", "elsewhere"]).good();
    assert_eq!(place.run(&["export", "--folder", "elsewhere"]).good().out, before);
    place.run(&["verify", "--folder", "elsewhere"]).good();
}

#[test]
fn a_copy_sends_nothing_where_that_was_asked_and_otherwise_it_is_said_that_it_does() {
    let place = Place::with_desk();
    for (number, mode) in ["on", "on", "off"].into_iter().enumerate() {
        let url = format!("https://hooks.example.com/{number}");
        let made = place.run(&["--json", "webhook", "add", &url]).good().json();
        place.run(&["webhook", "set", made["id"].as_str().unwrap(), mode]).good();
    }
    place.run(&["backup", "all.backup"]).good();
    let active = |folder: &str| {
        let found = place.run(&["--json", "webhook", "list", "--folder", folder]).good().json();
        let active = found["items"].as_array().unwrap().iter().filter(|it| it["active"] == true).count();
        (active, found["items"][0]["disabled"].as_str().unwrap_or_default().to_owned())
    };
    let said = place.run(&["restore", "all.backup", "--folder", "itself"]).good().out;
    assert!(said.contains("it sends its webhooks") && said.contains("--no-webhooks"), "{said}");
    assert_eq!(active("itself"), (2, String::new()));
    let made = place.run(&["--json", "restore", "all.backup", "--folder", "copy", "--no-webhooks"]).good().json();
    assert_eq!(made["webhooks_off"], 2, "{made}");
    let (count, why) = active("copy");
    assert!(count == 0 && why.contains("brought in"), "{count}: {why}");
    place.run(&["verify", "--folder", "copy"]).good();
    assert_eq!(
        place.run(&["export", "--folder", "copy"]).good().out.lines().count(),
        place.run(&["export"]).good().out.lines().count()
    );
}

#[test]
fn restore_replaces_nothing_unasked() {
    let place = Place::with_desk();
    place.run(&["backup", "all.backup"]).good();
    let refused = place.run(&["restore", "all.backup"]);
    assert_eq!(refused.exit, 4, "{refused:?}");
    assert!(refused.err.contains("--replace"), "{refused:?}");
    let replaced = place.run(&["--json", "restore", "all.backup", "--replace"]).good().json();
    let aside = replaced["set_aside"].as_str().unwrap();
    assert!(place.path(aside).is_dir(), "the old folder is kept: {replaced}");
    place.run(&["verify"]).good();
}

#[test]
fn a_running_desk_is_not_restored_over() {
    let place = Place::with_desk();
    place.run(&["backup", "all.backup"]).good();
    let _served = place.serve();
    let refused = place.run(&["restore", "all.backup", "--replace"]);
    assert_eq!(refused.exit, 4, "{refused:?}");
    place.run(&["verify"]).good();
}

#[test]
fn a_file_that_is_no_backup_leaves_nothing_behind() {
    let place = Place::empty();
    let files = || std::fs::read_dir(place.path(".")).unwrap().count();
    let before = files();
    let refused = place.run(&["restore", "leads.csv", "--folder", "new"]);
    assert_eq!(refused.exit, 6, "{refused:?}");
    assert!(!place.path("new").exists());
    assert_eq!(files(), before, "only the files of the test");
}
