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
