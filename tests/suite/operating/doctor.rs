//! `plugdesk doctor` finds what is wrong, each fault planted in a real folder or process, and says what helps; on a fresh
//! desk it finds nothing.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;

use plugdesk::desk::{How, NewCalendar, NewCommitment, NewDesk, NewImport, NewTicket};
use plugdesk::domain::Principal;
use serde_json::{Value, json};

use super::planted::{at, damaged_journal, days, newest, trapping_pack};
use super::serving::Serving;
use crate::program::place::{Place, shipped};

/// What doctor says beside what every fresh desk is told: that its questions have no policy yet, and that nobody can build
/// plugins here.
fn found(place: &Place) -> (i32, Vec<Value>) {
    let ran = place.run(&["--json", "doctor"]);
    let all = ran.json()["findings"].as_array().unwrap().clone();
    let usual = ["question-unbound", "plugins"];
    let odd = all.into_iter().filter(|it| it["grade"] != "good" && !usual.iter().any(|usual| it["code"] == *usual));
    (ran.exit, odd.collect())
}

/// Doctor finds exactly that fault, as bad as that, and names a command or step that helps.
#[track_caller]
fn finds(place: &Place, code: &str, grade: &str, help: &str) {
    let (exit, found) = found(place);
    let codes: BTreeSet<&str> = found.iter().map(|it| it["code"].as_str().unwrap()).collect();
    assert_eq!(codes, BTreeSet::from([code]), "{found:?}");
    assert_eq!(found[0]["grade"], grade, "{found:?}");
    assert_eq!(exit, i32::from(grade == "bad"), "{found:?}");
    assert!(found[0]["help"].as_str().is_some_and(|text| text.contains(help)), "{found:?}");
    // People read the same.
    let said = place.run(&["doctor"]).out;
    assert!(said.contains(found[0]["says"].as_str().unwrap()) && said.contains("help: "), "{said}");
}

fn nothing(place: &Place) {
    let (exit, found) = found(place);
    assert!(found.is_empty() && exit == 0, "{found:?}");
}

fn me() -> Principal {
    Principal::operator()
}

#[test]
fn a_fresh_desk_is_in_order_resting_served_and_after_a_clean_end() {
    let place = Place::with_desk();
    nothing(&place);
    let served = place.serve();
    nothing(&place);
    assert_eq!(served.end(), Some(0));
    nothing(&place);
}

#[test]
fn a_folder_that_is_open_to_everybody() {
    let place = Place::with_desk();
    std::fs::set_permissions(place.path("desk"), std::fs::Permissions::from_mode(0o755)).unwrap();
    finds(&place, "folder-open", "warn", "chmod o-rwx");
}

#[test]
fn a_killed_server_that_left_its_socket() {
    let place = Place::with_desk();
    place.serve().kill();
    finds(&place, "socket-stale", "warn", "plugdesk serve");
}

#[test]
fn a_folder_that_another_process_holds() {
    let place = Place::with_desk();
    let lock = std::fs::File::options().read(true).write(true).open(place.path("desk/LOCK")).unwrap();
    lock.lock().unwrap();
    let (exit, found) = found(&place);
    let codes: Vec<&str> = found.iter().map(|it| it["code"].as_str().unwrap()).collect();
    assert_eq!((exit, codes), (1, vec!["folder-in-use", "desk-unreachable"]), "{found:?}");
    assert!(found[0]["help"].as_str().unwrap().contains("socket(true)"), "{found:?}");
}

#[test]
fn a_damaged_journal() {
    let place = Place::with_desk();
    damaged_journal(&place);
    std::fs::remove_file(place.path("desk").join(plugdesk::SOCKET)).unwrap();
    finds(&place, "store-damaged", "bad", "plugdesk restore");
}

#[test]
fn a_tree_that_had_to_be_built_again() {
    let place = Place::with_desk();
    std::fs::write(place.path("desk/CHECKPOINT"), b"nonsense").unwrap();
    let serving = Serving::start(&place, &[]);
    let told = |line: &Value| line["what"].as_str().is_some_and(|it| it.starts_with("rebuilt the tree"));
    let line = serving.line("the rebuilding", |line| line["level"] == "WARN" && told(line));
    assert!(line["message"].as_str().is_some_and(|it| it.contains("repaired")), "{line}");
    finds(&place, "store-repaired", "warn", "plugdesk verify");
}

#[test]
fn a_policy_whose_component_is_damaged() {
    let place = Place::with_desk();
    let pack = trapping_pack(&place);
    place.run(&["pack", "install", &pack, "--approve"]).good();
    nothing(&place);
    let component = std::fs::read(place.path("trapping/trapping.wasm")).unwrap();
    let stored = walk(&place.path("desk/blobs")).into_iter().find(|path| std::fs::read(path).unwrap() == component);
    std::fs::write(stored.expect("the component is a file of the store"), b"damaged").unwrap();
    finds(&place, "policy-failing", "bad", "policy off trapping");
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn a_policy_that_fails_again_and_again() {
    let place = Place::with_desk();
    let pack = trapping_pack(&place);
    place.run(&["pack", "install", &pack, "--approve"]).good();
    let serving = Serving::start(&place, &[]);
    let bearer = format!("Bearer {}", super::serving::key(&place, "admin"));
    for _ in 0..5 {
        serving.send("POST", "/v1/tickets", &[("authorization", &bearer)], r#"{"subject":"Heat pump"}"#).expect(201);
    }
    finds(&place, "policy-failing", "bad", "policy off trapping");
    place.run(&["policy", "off", "trapping"]).good();
    nothing(&place);
}

#[test]
fn a_webhook_that_was_switched_off_because_its_receiver_is_gone() {
    let place = Place::with_desk();
    let receiver = super::receiver::Receiver::start(410);
    let serving = Serving::start(&place, &["--webhook-allow", "127.0.0.1"]);
    let made = place.run(&["--json", "webhook", "add", &receiver.url(), "--events", "ticket.created"]).good().json();
    let id = made["id"].as_str().unwrap().to_owned();
    place.run(&["webhook", "test", &id]).good();
    serving.line("the refusal", |line| line["message"] == "a webhook was not taken" && line["status"] == 410);
    super::serving::until("it is switched off", || {
        place.run(&["--json", "webhook", "list"]).good().out.contains("\"disabled\"")
    });
    finds(&place, "webhook-disabled", "bad", &format!("webhook set {id} on"));
    place.run(&["webhook", "set", &id, "on"]).good();
    nothing(&place);
}

#[test]
fn timers_that_nobody_lets_go_off() {
    let place = Place::empty();
    std::fs::create_dir(place.path("desk")).unwrap();
    std::fs::set_permissions(place.path("desk"), std::fs::Permissions::from_mode(0o700)).unwrap();
    let hour_ago = days(0) - 3_600_000;
    at(&place, hour_ago, async |plugdesk| {
        plugdesk.desks().desk_create(&me(), NewDesk::named("main"), None).await.unwrap();
        let desk = plugdesk.desk("main").unwrap();
        let ticket = NewTicket { subject: "Heat pump".into(), ..NewTicket::default() };
        let made = desk.ticket_create(&me(), ticket, &How::default()).await.unwrap().value;
        let promise = NewCommitment { what: "I call back".into(), minutes: Some(5), ..NewCommitment::default() };
        desk.commitment_make(&me(), made.id, promise, &How::default()).await.unwrap();
    });
    finds(&place, "timers-late", "warn", "plugdesk serve");
    let _served = place.serve();
    super::serving::until("they go off", || found(&place).1.is_empty());
}

#[test]
fn a_clock_that_was_set_back() {
    let place = Place::with_desk();
    at(&place, days(2), async |plugdesk| {
        let desk = plugdesk.desk("main").unwrap();
        let ticket = NewTicket { subject: "Heat pump".into(), ..NewTicket::default() };
        desk.ticket_create(&me(), ticket, &How::default()).await.unwrap();
    });
    finds(&place, "clock-back", "bad", "timedatectl");
}

#[test]
fn a_key_that_ends_soon() {
    let place = Place::with_desk();
    let soon = plugdesk::domain::Instant::from_millis(days(3)).to_string();
    place.run(&["key", "create", "--role", "agent", "--label", "shop", "--expires-at", &soon]).good();
    finds(&place, "key-ending", "warn", "plugdesk key create --role agent --label 'shop'");
}

#[test]
fn a_calendar_that_runs_out() {
    let place = Place::with_desk();
    at(&place, days(0), async |plugdesk| {
        let desk = plugdesk.desk("main").unwrap();
        let calendar = serde_json::json!({
            "time_zone": "Europe/Warsaw", "week": { "mon": [{ "from": "09:00", "to": "17:00" }] },
            "holidays": { "2020-01-01": "New Year" }
        });
        let calendar: NewCalendar = serde_json::from_value(calendar).unwrap();
        desk.calendar_put(&me(), "office", calendar, &How::default()).await.unwrap();
    });
    finds(&place, "calendar-ending", "warn", "calendar holidays COUNTRY --years");
}

#[test]
fn leads_that_do_not_convert_as_was_promised() {
    let place = Place::with_desk();
    place.run(&["pack", "install", &shipped("lead-qualification"), "--approve"]).good();
    let ended = |converted: bool| {
        at(&place, days(0), async |plugdesk| {
            let desk = plugdesk.desk("main").unwrap();
            for _ in 0..40 {
                let new: NewTicket = serde_json::from_value(json!({ "kind": "lead", "subject": "Heat pump" })).unwrap();
                let made = desk.ticket_create(&me(), new, &How::default()).await.unwrap().value;
                let patch = json!({ "category": "closed", "custom": { "converted": converted } });
                let patch = serde_json::from_value(patch).unwrap();
                desk.ticket_update(&me(), made.id, patch, &How::default()).await.unwrap();
            }
            while desk.follow().await.unwrap().more {}
        });
    };
    ended(false);
    nothing(&place);
    ended(true);
    finds(&place, "promise-parted", "warn", "plugdesk fit scorecard");
}

#[test]
fn an_import_that_waits_for_its_file_since_days() {
    let place = Place::with_desk();
    at(&place, days(-2), async |plugdesk| {
        let desk = plugdesk.desk("main").unwrap();
        let new = serde_json::json!({ "name": "crm", "mapping": {
            "kind": "lead", "external-id": { "system": "crm", "column": "Lead" },
            "ticket": { "subject": { "column": "Message" } } } });
        let new: NewImport = serde_json::from_value(new).unwrap();
        desk.import_create(&me(), new, None).await.unwrap();
    });
    finds(&place, "import-waiting", "warn", "--name crm");
}

#[test]
fn a_desk_that_was_never_backed_up_or_long_ago() {
    let place = Place::empty();
    std::fs::create_dir(place.path("desk")).unwrap();
    std::fs::set_permissions(place.path("desk"), std::fs::Permissions::from_mode(0o700)).unwrap();
    at(&place, days(-30), async |plugdesk| {
        plugdesk.desks().desk_create(&me(), NewDesk::named("main"), None).await.unwrap();
    });
    finds(&place, "backup-missing", "warn", "plugdesk backup");
    at(&place, days(-20), async |plugdesk| {
        plugdesk.desks().backup(&me(), &mut std::io::sink()).unwrap();
    });
    finds(&place, "backup-old", "warn", "plugdesk backup");
    place.run(&["backup", "all.backup"]).good();
    nothing(&place);
}

#[test]
fn writes_that_an_operator_holds() {
    let place = Place::with_desk();
    let _served = place.serve();
    place.run(&["read-only", "on", "--why", "moving"]).good();
    finds(&place, "held", "bad", "plugdesk read-only off");
    place.run(&["read-only", "off"]).good();
    nothing(&place);
}

#[test]
fn every_finding_names_its_code_and_the_newest_journal_is_where_it_is_looked_for() {
    let place = Place::with_desk();
    assert!(newest(&place.path("desk/journal")).to_string_lossy().ends_with(".log"));
    for finding in place.run(&["--json", "doctor"]).json()["findings"].as_array().unwrap() {
        for name in ["grade", "code", "what", "says"] {
            assert!(finding[name].as_str().is_some_and(|text| !text.is_empty()), "{name}: {finding}");
        }
        assert!(finding["grade"] == "good" || finding["help"].is_string(), "{finding}");
    }
}
