//! Each command in each state, with its exit code.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;

use super::place::{Place, Ran, Served, plugdesk, run};

/// An id that is well formed and belongs to nothing.
const NO_DECISION: &str = "decision_00000000000000000000000000";
const NO_KEY: &str = "key_00000000000000000000000000";

/// Every command and how it must end, the same in every state. `desk` stands for `--desk main`, which is needed once
/// there is a second desk.
const TABLE: &[(&[&str], i32)] = &[
    (&["desk", "list"], 0),
    (&["key", "list"], 0),
    (&["desk", "create", "second", "--title", "Second"], 0),
    (&["desk", "create", "second"], 4),
    (&["desk", "create", "Not A Name"], 1),
    (&["pack", "list"], 2),
    (&["--desk", "nobody", "key", "list"], 3),
    (&["--desk", "main", "key", "create", "--role", "agent", "--label", "test"], 0),
    (&["--desk", "main", "key", "revoke", NO_KEY], 3),
    (&["--desk", "main", "key", "create", "--role", "king"], 2),
    (&["--desk", "main", "pack", "list"], 0),
    (&["--desk", "main", "pack", "install", "nowhere"], 3),
    (&["--desk", "main", "pack", "install", "leads.csv"], 1),
    (&["--desk", "main", "policy", "list"], 0),
    (&["--desk", "main", "policy", "off", "nobody"], 3),
    (&["--desk", "main", "policy", "on", "nobody"], 3),
    (&["--desk", "main", "generation", "list"], 0),
    (&["--desk", "main", "generation", "rollback", "99"], 3),
    (&["--desk", "main", "import", "nowhere.csv", "--map", "map.toml"], 3),
    (&["--desk", "main", "import", "leads.csv", "--map", "leads.csv"], 1),
    (&["--desk", "main", "import", "bad.csv", "--map", "map.toml"], 1),
    (&["--desk", "main", "import", "leads.csv", "--map", "map.toml", "--check"], 0),
    (&["--desk", "main", "import", "leads.csv", "--map", "map.toml"], 0),
    (&["--desk", "main", "import", "bad.csv", "--map", "map.toml", "--skip-refused"], 0),
    (&["--desk", "main", "ticket", "list"], 0),
    (&["--desk", "main", "ticket", "list", "--status", "open", "--sort", "due", "--limit", "1"], 0),
    (&["--desk", "main", "ticket", "list", "--sort", "sideways"], 1),
    (&["--desk", "main", "ticket", "list", "--limit", "0"], 2),
    (&["--desk", "main", "proposal", "list", "--limit", "0"], 2),
    (&["--desk", "main", "key", "rotate", NO_KEY, "--overlap", "2161"], 2),
    (&["--desk", "main", "ticket", "show", "1"], 0),
    (&["--desk", "main", "ticket", "show", "999999"], 3),
    (&["--desk", "main", "ticket", "actions", "#1"], 0),
    (&["--desk", "main", "ticket", "note", "1", "a remark"], 0),
    (&["--desk", "main", "ticket", "reply", "1", ""], 1),
    (&["--desk", "main", "ticket", "act", "1", "resolve", "--until", "2027-01-01T00:00:00Z"], 1),
    (&["--desk", "main", "ticket", "act", "1", "fly"], 2),
    (&["--desk", "main", "commitment", "list"], 0),
    (&["--desk", "main", "commitment", "of", "1"], 0),
    (&["--desk", "main", "commitment", "list", "--state", "lost"], 1),
    (&["--desk", "main", "escalation", "list"], 0),
    (&["--desk", "main", "escalation", "ack", "escalation_00000000000000000000000000"], 3),
    (&["--desk", "main", "proposal", "list"], 0),
    (&["--desk", "main", "proposal", "reject", "proposal_00000000000000000000000000"], 3),
    (&["--desk", "main", "merge", "list"], 0),
    (&["--desk", "main", "merge", "undo", "merge_00000000000000000000000000"], 3),
    (&["--desk", "main", "company", "account", "company_00000000000000000000000000"], 3),
    (&["--desk", "main", "calendar", "list"], 0),
    (&["--desk", "main", "calendar", "set", "office", "office.toml"], 0),
    (&["--desk", "main", "calendar", "due", "office", "--minutes", "60"], 0),
    (
        &["--desk", "main", "calendar", "due", "office", "--working-days", "2", "--start", "2026-12-23T09:00:00+01:00"],
        0,
    ),
    (&["--desk", "main", "calendar", "due", "office"], 2),
    (&["--desk", "main", "calendar", "due", "nowhere", "--minutes", "60"], 3),
    (&["--desk", "main", "calendar", "elapsed", "office", "2026-12-23T09:00:00+01:00"], 0),
    (&["--desk", "main", "calendar", "elapsed", "office", "yesterday"], 1),
    (&["--desk", "main", "calendar", "holidays", "HU", "--set", "office"], 0),
    (&["--desk", "main", "calendar", "holidays", "HU", "--set", "nowhere"], 3),
    (&["calendar", "holidays"], 0),
    (&["calendar", "holidays", "de", "--region", "by", "--years", "2026", "--english"], 0),
    (&["calendar", "holidays", "DE", "--region", "XX"], 3),
    (&["calendar", "holidays", "XX"], 3),
    (&["calendar", "holidays", "PL", "--years", "2028-2026"], 2),
    (&["--desk", "main", "calendar", "remove", "nowhere"], 3),
    (&["--desk", "main", "agent", "add", "mia", "--roles", "team-lead"], 0),
    (&["--desk", "main", "agent", "list"], 0),
    (&["--desk", "main", "team", "set", "lifts", "--lead", "mia"], 0),
    (&["--desk", "main", "team", "list"], 0),
    (&["--desk", "main", "definition", "list", "segment"], 0),
    (&["--desk", "main", "definition", "set", "colour", "red"], 3),
    (&["--desk", "main", "contract", "add", "office.toml"], 1),
    (&["--desk", "main", "webhook", "list"], 0),
    (&["--desk", "main", "webhook", "add", "http://127.0.0.1/hook"], 1),
    (&["--desk", "main", "report", "show", "conversion"], 0),
    (&["--desk", "main", "report", "show", "nothing"], 3),
    (&["--desk", "main", "generation", "diff", "0"], 0),
    (&["--desk", "main", "generation", "diff", "0", "99"], 3),
    (&["--desk", "main", "policy", "rollback", "nobody"], 3),
    (&["--desk", "main", "decisions", "list"], 0),
    (&["--desk", "main", "decisions", "show", NO_DECISION], 3),
    (&["--desk", "main", "decisions", "vector", NO_DECISION], 3),
    (&["--desk", "main", "export"], 0),
    (&["backup", "all.backup"], 0),
    (&["backup", "all.backup"], 4),
    (&["verify"], 0),
    (&["doctor"], 0),
    (&["fly"], 2),
];

/// Runs the table; every answer must be JSON where it is asked for.
fn table(place: &Place, run: impl Fn(&[&str]) -> Ran) {
    for (arguments, exit) in TABLE {
        let ran = run(arguments);
        assert_eq!(ran.exit, *exit, "plugdesk {}: {ran:?}", arguments.join(" "));
        if *exit != 0 {
            assert!(!ran.err.is_empty() || !ran.out.is_empty(), "{arguments:?} fails without a word");
        }
    }
    assert!(place.path("all.backup").exists());
}

#[test]
fn every_command_works_on_a_resting_desk() {
    let place = Place::with_desk();
    table(&place, |arguments| place.run(arguments));
}

#[test]
fn every_command_works_on_a_running_desk() {
    let place = Place::with_desk();
    let _served = place.serve();
    table(&place, |arguments| place.run(arguments));
}

#[test]
fn every_command_works_on_a_desk_far_away() {
    let place = Place::with_desk();
    let key = secret(&place.run(&["--json", "key", "create", "--role", "operator"]).good());
    let served = place.serve();
    table(&place, |arguments| remote(&place, &served, Some(&key), arguments));
}

#[test]
fn a_key_opens_what_its_role_allows_and_no_more() {
    let place = Place::with_desk();
    let admin = secret(&place.run(&["--json", "key", "create", "--role", "admin"]).good());
    let auditor = secret(&place.run(&["--json", "key", "create", "--role", "auditor"]).good());
    let served = place.serve();
    let cases: [(Option<&str>, &[&str], i32); 8] = [
        (None, &["policy", "list"], 7),
        (Some("pd_nonsense"), &["policy", "list"], 7),
        (Some(&admin), &["policy", "list"], 0),
        (Some(&admin), &["backup", "x.backup"], 7),
        (Some(&admin), &["desk", "create", "third"], 7),
        (Some(&auditor), &["key", "list"], 0),
        (Some(&auditor), &["key", "create"], 7),
        (Some(&auditor), &["verify"], 7),
    ];
    for (key, arguments, exit) in cases {
        let ran = remote(&place, &served, key, arguments);
        assert_eq!(ran.exit, exit, "{arguments:?}: {ran:?}");
    }
    assert!(!place.path("x.backup").exists(), "a refused backup leaves no file");
}

#[test]
fn who_gave_a_key_is_not_told_to_give_one() {
    let place = Place::with_desk();
    let served = place.serve();
    let [none, wrong] = [None, Some("pd_nonsense")].map(|key| remote(&place, &served, key, &["policy", "list"]).err);
    assert!(none.contains("give a key"), "{none}");
    assert!(wrong.contains("unknown, revoked or expired") && !wrong.contains("give a key"), "{wrong}");
}

#[test]
fn a_revoked_key_opens_nothing() {
    let place = Place::with_desk();
    let made = place.run(&["--json", "key", "create"]).good();
    let id = made.json()["key"]["id"].as_str().unwrap().to_owned();
    let served = place.serve();
    assert_eq!(remote(&place, &served, Some(&secret(&made)), &["policy", "list"]).exit, 0);
    place.run(&["key", "revoke", &id]).good();
    assert_eq!(remote(&place, &served, Some(&secret(&made)), &["policy", "list"]).exit, 7);
}

#[test]
fn where_no_desk_is_every_command_says_how_to_make_one() {
    let place = Place::empty();
    for arguments in [&["desk", "list"][..], &["verify"], &["serve"], &["policy", "list"], &["backup", "x"]] {
        let ran = place.run(arguments);
        assert_eq!(ran.exit, 5, "{arguments:?}: {ran:?}");
        assert!(ran.err.contains("plugdesk init"), "{ran:?}");
    }
    assert!(!place.path("desk").exists(), "looking for a desk must not make one");
    let far = run(place.command(&["--url", "http://127.0.0.1:1", "desk", "list"]).env_remove("PLUGDESK_FOLDER"));
    assert_eq!(far.exit, 5, "{far:?}");
}

#[test]
fn a_desk_that_is_refused_leaves_no_folder() {
    let place = Place::empty();
    for wrong in [["--name", "Not A Name"], ["--locale", "no locale"], ["--time-zone", "Mars Base!"]] {
        let ran = place.run(&[&["init"][..], &wrong].concat());
        assert_eq!(ran.exit, 1, "{wrong:?}: {ran:?}");
        assert!(!place.path("desk").exists(), "{wrong:?} left a folder");
    }
    place.run(&["init"]).good();
}

#[test]
fn a_folder_of_somebody_else_is_not_said_to_be_empty() {
    /// `nobody`: root may look into every folder, so it runs the program as somebody else.
    const NOBODY: u32 = 65_534;
    let place = Place::with_desk();
    let folder = place.path("desk");
    let owner = std::fs::metadata(&folder).unwrap().uid();
    let mode = |path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    mode(place.path("."), 0o755);
    mode(folder.clone(), 0);
    for arguments in [&["desk", "list"][..], &["serve"], &["init"], &["backup", "/nowhere/x"]] {
        let mut command = plugdesk();
        command.current_dir("/").arg("--folder").arg(&folder).args(arguments);
        if owner == 0 {
            command.uid(NOBODY);
        }
        let ran = run(&mut command);
        assert_eq!(ran.exit, 7, "{arguments:?}: {ran:?}");
        let said = format!("permission denied: {}, which belongs to user {owner}", folder.display());
        assert!(ran.err.contains(&said), "{ran:?}");
    }
    mode(folder, 0o700);
}

fn remote(place: &Place, served: &Served, key: Option<&str>, arguments: &[&str]) -> Ran {
    let mut command = place.command(arguments);
    command.env("PLUGDESK_URL", &served.url).env_remove("PLUGDESK_FOLDER");
    if let Some(key) = key {
        command.env("PLUGDESK_KEY", key);
    }
    run(&mut command)
}

fn secret(ran: &Ran) -> String {
    ran.json()["secret"].as_str().unwrap().to_owned()
}
