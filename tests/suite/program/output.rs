//! What is printed, and to whom.

use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use super::place::{Place, plugdesk, run};

#[test]
fn with_json_answers_and_errors_are_json() {
    let place = Place::with_desk();
    for arguments in [&["desk", "list"][..], &["key", "list"], &["policy", "list"], &["pack", "list"], &["doctor"]] {
        let ran = place.run(&[&["--json"], arguments].concat()).good();
        assert!(ran.json().is_object(), "{ran:?}");
        assert_eq!(ran.err, "", "{ran:?}");
    }
    let ran = place.run(&["--json", "policy", "off", "nobody"]);
    let error: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
    assert_eq!((&error["error"]["exit"], &error["error"]["problem"]["code"]), (&3.into(), &"not-found".into()));
    assert_eq!(ran.out, "");
}

#[test]
fn a_reader_that_leaves_is_not_an_error() {
    let place = Place::with_desk();
    let mut child = place.command(&["export"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
}

#[test]
fn a_pipe_gets_no_colours() {
    let place = Place::with_desk();
    for arguments in [&["desk", "list"][..], &["doctor"], &["policy", "off", "nobody"]] {
        let ran = place.run(arguments);
        assert!(!ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'), "{ran:?}");
    }
}

#[test]
fn every_command_explains_itself() {
    for group in
        ["init", "serve", "import", "restore", "backup", "pack install", "plugin new", "decisions list", "doctor"]
    {
        let mut command = plugdesk();
        let ran = run(command.args(group.split(' ')).arg("--help")).good();
        assert!(ran.out.contains("Usage: plugdesk"), "{group}: {ran:?}");
    }
    let ran = run(plugdesk().arg("--help")).good();
    assert!(ran.out.contains("Exit codes:") && ran.out.contains("Examples:"), "{ran:?}");
}

#[test]
fn what_customers_wrote_is_written_for_its_owner_alone() {
    let place = Place::with_desk();
    // What stood there before, and what a broken-off run left, hands on no mode.
    for left in ["desk.jsonl", "desk.jsonl.part"] {
        std::fs::write(place.path(left), "left").unwrap();
    }
    place.run(&["export", "--out", "desk.jsonl"]).good();
    place.run(&["backup", "all.backup"]).good();
    for file in ["desk.jsonl", "all.backup"] {
        let mode = std::fs::metadata(place.path(file)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{file} has mode {mode:o}");
    }
}

#[test]
fn doctor_says_what_follows_from_each_question_that_no_policy_answers() {
    let place = Place::with_desk();
    let told = place.run(&["doctor"]).out;
    for question in plugdesk_domain::question::QUESTIONS {
        let line = told.lines().find(|line| line.contains(&format!("no policy answers `{question}`: ")));
        let line = line.unwrap_or_else(|| panic!("nothing is said of {question}: {told}"));
        assert!(!line.ends_with("is left to people"), "{question} has no words of its own: {line}");
    }
}
