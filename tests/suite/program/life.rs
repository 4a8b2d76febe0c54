//! From `init` to a kill and back.

use std::net::TcpListener;

use super::place::{Place, shipped};

#[test]
fn leads_go_in_and_decisions_come_out_with_their_reasons() {
    let place = Place::empty();
    let [segmentation, qualification] = ["segmentation", "lead-qualification"].map(shipped);
    let made = place.run(&["--json", "init", "--pack", &segmentation, "--pack", &qualification]).good().json();
    assert!(made["key"]["secret"].as_str().unwrap().starts_with("pd_"), "{made}");
    let served = place.serve();
    let import = place.run(&["--json", "import", "leads.csv", "--map", "map.toml"]).good().json();
    assert_eq!((&import["written"], &import["refused"]), (&2.into(), &0.into()), "{import}");
    let decisions = place.run(&["--json", "decisions", "list"]).good().json();
    let decided = decisions["items"].as_array().unwrap();
    let lead = decided.iter().find(|it| it["command"] == "ticket.create").unwrap_or_else(|| panic!("{decisions}"));
    let id = lead["id"].as_str().unwrap();
    let shown = place.run(&["decisions", "show", id]).good().out;
    for word in ["classify of ", "qualify of ticket_", "segmentation", "lead-qualification", "  · "] {
        assert!(shown.contains(word), "`{word}` is missing:\n{shown}");
    }
    let vector = place.run(&["decisions", "vector", id, "--policy", "lead-qualification"]).good().json();
    // It answers several questions; the vector is of the last.
    assert_eq!(vector["question"], "promise");
    let unasked = place.run(&["decisions", "vector", id, "--policy", "nobody"]);
    assert_eq!(unasked.exit, 3, "{unasked:?}");
    assert!(unasked.err.contains("it asked lead-qualification, segmentation"), "{unasked:?}");
    for (mode, state) in [("off", "not asked"), ("shadow", "answers, not counted"), ("on", "answers")] {
        place.run(&["policy", mode, "lead-qualification"]).good();
        let listed = place.run(&["policy", "list"]).good().out;
        let line = listed.lines().find(|line| line.starts_with("lead-qualification")).unwrap_or_default();
        assert!(line.ends_with(state), "{mode}: {listed}");
    }
    assert_eq!(served.end(), Some(0), "SIGTERM ends it well");
}

#[test]
fn a_killed_server_comes_back_with_everything() {
    let place = Place::with_desk();
    let served = place.serve();
    place.run(&["import", "leads.csv", "--map", "map.toml"]).good();
    let before = place.run(&["export"]).good().out;
    served.kill();
    // The socket it left behind answers nobody; the folder is opened in process.
    assert_eq!(place.run(&["export"]).good().out, before);
    let again = place.serve();
    assert_eq!(place.run(&["export"]).good().out, before);
    place.run(&["verify"]).good();
    let import = place.run(&["--json", "import", "leads.csv", "--map", "map.toml"]).good().json();
    assert_eq!((&import["written"], &import["repeated"]), (&0.into(), &2.into()), "no row is written twice: {import}");
    again.kill();
}

#[test]
fn a_used_port_says_what_to_do() {
    let place = Place::with_desk();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = place.run(&["serve", "--listen", &address]);
    assert_eq!(ran.exit, 5, "{ran:?}");
    assert!(ran.err.contains("--listen 127.0.0.1:0"), "{ran:?}");
}

#[test]
fn a_folder_is_served_once() {
    let place = Place::with_desk();
    let _served = place.serve();
    let ran = place.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(ran.exit, 4, "{ran:?}");
    assert_eq!(place.run(&["init"]).exit, 4);
}

#[test]
fn a_missing_column_is_not_blamed_on_the_rows() {
    let place = Place::with_desk();
    std::fs::write(place.path("other.csv"), "Id,Name\nL-1,Ann\n").unwrap();
    let ran = place.run(&["import", "other.csv", "--map", "map.toml"]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.err.contains("mend the mapping") && !ran.err.contains("--skip-refused"), "{ran:?}");
    let rows = place.run(&["import", "bad.csv", "--map", "map.toml"]);
    assert!(rows.err.contains("mend the rows"), "{rows:?}");
}

#[test]
fn a_refused_row_is_told_with_line_field_and_reason_and_nothing_is_written() {
    let place = Place::with_desk();
    let ran = place.run(&["import", "bad.csv", "--map", "map.toml"]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    let row = ran.out.lines().find(|line| line.trim_start().starts_with('3')).unwrap_or_else(|| panic!("{ran:?}"));
    assert!(row.contains("Lead"), "{row}");
    let skipped = place.run(&["--json", "import", "bad.csv", "--map", "map.toml", "--skip-refused"]).good().json();
    assert_eq!((&skipped["written"], &skipped["refused"]), (&1.into(), &1.into()), "{skipped}");
}
