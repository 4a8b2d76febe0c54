//! Commands that were killed half-way, folders that were copied, two that begin at once: what the next start says and
//! does.

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::place::{Place, run};

/// Only a promise that is broken waits so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts a command and kills it after a time, wherever it is by then.
fn broken_off(place: &Place, arguments: &[&str], after: Duration) {
    let mut child = place.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    while begun.elapsed() < after && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Starts a command and kills it as soon as something is there.
fn broken_off_at(place: &Place, arguments: &[&str], there: impl Fn() -> bool) {
    let mut child = place.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    while !there() && begun.elapsed() < PATIENCE && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, kind) = (to.join(entry.file_name()), entry.file_type().unwrap());
        if kind.is_dir() {
            copy(&entry.path(), &path);
        } else if kind.is_file() {
            std::fs::copy(entry.path(), path).unwrap();
        }
    }
}

#[test]
fn an_init_that_broke_off_is_no_desk_and_the_same_init_goes_on() {
    let place = Place::empty();
    broken_off_at(&place, &["init"], || place.path("desk/journal").is_dir());
    assert!(place.path("desk/UNFINISHED").exists(), "it was killed in the middle");
    for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["ticket", "list"]] {
        let refused = place.run(arguments);
        assert_eq!(refused.exit, 5, "{refused:?}");
        assert!(refused.err.contains("run the same `plugdesk init` again"), "{refused:?}");
    }
    place.run(&["--json", "init"]).good();
    assert!(!place.path("desk/UNFINISHED").exists());
    let keys = place.run(&["--json", "key", "list"]).good().json();
    let keys = keys["items"].as_array().cloned().unwrap_or_else(|| vec![keys]);
    let living = keys.iter().filter(|key| key["revoked_at"].is_null()).count();
    assert_eq!(living, 1, "keys that nobody saw are taken back: {keys:?}");
    place.serve().kill();
    let again = place.run(&["init"]);
    assert_eq!(again.exit, 4, "{again:?}");
    assert!(again.err.contains("plugdesk key create"), "{again:?}");
}

#[test]
fn an_init_whose_pack_is_refused_goes_on_once_the_pack_is_mended() {
    let place = Place::empty();
    std::fs::create_dir(place.path("pack")).unwrap();
    std::fs::write(place.path("pack/pack.toml"), "nothing = true\n").unwrap();
    let refused = place.run(&["init", "--pack", "pack"]);
    assert_eq!(refused.exit, 1, "{refused:?}");
    let other = place.run(&["init", "--name", "other"]);
    assert_eq!(other.exit, 4, "{other:?}");
    assert!(other.err.contains("--name main"), "{other:?}");
    let made = place.run(&["--json", "init"]).good().json();
    assert!(made["key"]["secret"].is_string(), "{made}");
    place.run(&["verify"]).good();
}

#[test]
fn an_init_killed_at_any_moment_is_made_by_the_next_one() {
    for millis in [1, 20, 60, 120, 240] {
        let place = Place::empty();
        broken_off(&place, &["init"], Duration::from_millis(millis));
        let again = place.run(&["--json", "init"]);
        // It may have got to its end; then the answer says how to get a key.
        assert!(again.exit == 0 || again.err.contains("plugdesk key create"), "after {millis} ms: {again:?}");
        place.run(&["verify"]).good();
    }
}

#[test]
fn a_restore_killed_at_any_moment_leaves_a_desk_in_its_place() {
    let place = Place::with_desk();
    place.run(&["import", "leads.csv", "--map", "map.toml"]).good();
    place.run(&["backup", "all.backup"]).good();
    for millis in [1, 15, 30, 60] {
        broken_off(&place, &["restore", "all.backup", "--replace"], Duration::from_millis(millis));
        place.run(&["verify"]).good();
    }
    place.run(&["restore", "all.backup", "--replace"]).good();
    let tickets = place.run(&["--json", "ticket", "list"]).good().json();
    assert_eq!(tickets["items"].as_array().map(Vec::len), Some(2), "{tickets}");
}

#[test]
fn a_folder_that_stands_aside_is_named_where_a_restore_left_none_in_its_place() {
    let place = Place::with_desk();
    std::fs::rename(place.path("desk"), place.path("desk.aside-17")).unwrap();
    let refused = place.run(&["ticket", "list"]);
    assert_eq!(refused.exit, 5, "{refused:?}");
    assert!(refused.err.contains("mv desk.aside-17 desk"), "{refused:?}");
}

#[test]
fn a_backup_killed_half_way_is_no_backup_and_the_same_command_makes_one() {
    let place = Place::with_desk();
    place.run(&["import", "leads.csv", "--map", "map.toml"]).good();
    broken_off_at(&place, &["backup", "all.backup"], || place.path("all.backup.part").exists());
    if !place.path("all.backup").exists() {
        place.run(&["backup", "all.backup"]).good();
    }
    place.run(&["restore", "all.backup", "--folder", "elsewhere"]).good();
    place.run(&["verify", "--folder", "elsewhere"]).good();
}

#[test]
fn a_copy_of_a_folder_in_use_trusts_only_its_journal_and_says_so() {
    let place = Place::with_desk();
    let served = place.serve();
    place.run(&["import", "leads.csv", "--map", "map.toml"]).good();
    let before = place.run(&["export"]).good().out;
    copy(&place.path("desk"), &place.path("copy"));
    let doctor = place.run(&["doctor", "--folder", "copy"]).out;
    assert!(doctor.contains("the folder was copied while the store was open"), "{doctor}");
    assert_eq!(place.run(&["export", "--folder", "copy"]).good().out, before);
    place.run(&["verify", "--folder", "copy"]).good();
    // The killed one was not copied: what the kernel holds of it is what was written.
    served.kill();
    let doctor = place.run(&["doctor"]).out;
    assert!(!doctor.contains("copied"), "{doctor}");
}

#[test]
fn of_two_servers_that_start_at_once_one_serves_and_the_other_says_why_not() {
    let place = Place::with_desk();
    let start = || {
        let mut command = place.command(&["serve", "--listen", "127.0.0.1:0", "--json"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let mut children = [start(), start()];
    let begun = Instant::now();
    let ended = |child: &mut Child| child.try_wait().unwrap().is_some();
    while !children.iter_mut().any(ended) && begun.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(5));
    }
    let [first, second] = children;
    let (mut serves, refused) = {
        let (mut first, second) = (first, second);
        if ended(&mut first) { (second, first) } else { (first, second) }
    };
    let refused = refused.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(4), "{said}");
    assert!(said.contains("in use by another process") || said.contains("is being served already"), "{said}");
    assert!(!ended(&mut serves), "the other one serves");
    serves.kill().unwrap();
    serves.wait().unwrap();
}

#[test]
fn an_import_whose_server_was_killed_goes_on_and_the_same_command_ends_it() {
    let place = Place::with_desk();
    let mut rows = String::from("Lead,Name,Email,Company,Message\n");
    for row in 1..=400 {
        rows.push_str(&format!("L-{row},Visitor {row},visitor{row}@example.org,,Hello\n"));
    }
    std::fs::write(place.path("many.csv"), rows).unwrap();
    let served = place.serve();
    let import = ["--json", "import", "many.csv", "--map", "map.toml"];
    let client = place.command(&import).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    let imports = || -> Vec<Value> {
        let tickets = place.run(&["--json", "ticket", "list", "--limit", "1"]).json();
        tickets["items"].as_array().cloned().unwrap_or_default()
    };
    while imports().is_empty() && begun.elapsed() < PATIENCE {}
    served.kill();
    let client = client.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&client.stderr).into_owned();
    assert!(client.status.code() == Some(5) && said.contains("the desk ended meanwhile"), "{said}");
    let ended = run(&mut place.command(&import)).good().json();
    let sum = ended["written"].as_u64().unwrap() + ended["repeated"].as_u64().unwrap();
    assert_eq!((ended["state"].as_str(), sum), (Some("done"), 400), "{ended}");
    place.run(&["verify"]).good();
}

#[test]
fn what_a_crash_left_half_written_is_cleared_and_a_lost_seal_of_the_cache_is_drawn_anew() {
    let place = Place::with_desk();
    let compiled = place.path("desk/compiled/secret");
    assert!(compiled.exists(), "the cache has a secret");
    std::fs::write(&compiled, "").unwrap();
    let blobs = place.path("desk/blobs/ab");
    std::fs::create_dir_all(&blobs).unwrap();
    let left = [blobs.join("abcd.tmp"), place.path("desk/snapshots/next.tmp")];
    left.iter().for_each(|path| std::fs::write(path, "half").unwrap());
    place.run(&["verify"]).good();
    assert!(left.iter().all(|path| !path.exists()), "nobody asks for what was never finished");
    assert_eq!(std::fs::metadata(&compiled).unwrap().len(), 32);
}
