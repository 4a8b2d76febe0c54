//! The runbook is true: each symptom is planted, each of its commands is run, and prints what the page says.

use std::path::Path;
use std::process::Command;

use super::planted::{damaged_journal, trapping_pack};
use super::receiver::Receiver;
use super::serving::{Serving, key, until};
use crate::program::place::{Place, debug, program, shipped};

/// A symptom, planted: a server if one runs, and what the page's commands name.
#[derive(Default)]
struct Planted {
    serving: Option<Serving>,
    names: Vec<(&'static str, String)>,
    /// Kept until the symptom is over.
    _receiver: Option<Receiver>,
}

/// How a symptom comes about.
type Plant = fn(&Place) -> Planted;

/// Each section by its title, and how its symptom comes about.
const SYMPTOMS: &[(&str, Plant)] = &[
    ("1. Writes answer 503 `read-only` and say why", held),
    ("2. The desk does not start, the journal is damaged", journal),
    ("3. A policy fails", policy),
    ("4. A pack was installed, and decisions are wrong since", pack),
    ("5. Webhooks do not arrive", webhook),
    ("6. A client is answered 429", rate),
    ("7. A key was lost or stolen", stolen),
    ("8. An import is refused", import),
    ("9. Two people were merged who are not one", merge),
    ("10. The server was killed", killed),
];

fn served(place: &Place, more: &[&str]) -> Planted {
    let secret = key(place, "admin");
    Planted { serving: Some(Serving::start(place, more)), names: vec![("KEY", secret)], _receiver: None }
}

fn held(place: &Place) -> Planted {
    let planted = served(place, &[]);
    place.run(&["read-only", "on", "--why", "moving to a larger disk"]).good();
    planted
}

fn journal(place: &Place) -> Planted {
    place.run(&["backup", "newest.backup"]).good();
    damaged_journal(place);
    std::fs::remove_file(place.path("desk").join(plugdesk::SOCKET)).unwrap();
    Planted::default()
}

/// A ticket, as the shop's form sends it.
fn ticket(planted: &Planted) {
    let bearer = format!("Bearer {}", planted.names[0].1);
    let serving = planted.serving.as_ref().unwrap();
    serving.send("POST", "/v1/tickets", &[("authorization", &bearer)], r#"{"subject":"Heat pump"}"#).expect(201);
}

fn policy(place: &Place) -> Planted {
    let planted = served(place, &[]);
    place.run(&["pack", "install", &trapping_pack(place), "--approve"]).good();
    (0..5).for_each(|_| ticket(&planted));
    planted
}

fn pack(place: &Place) -> Planted {
    let planted = served(place, &[]);
    place.run(&["pack", "install", &shipped("segmentation"), "--approve"]).good();
    place.run(&["pack", "install", &trapping_pack(place), "--approve"]).good();
    ticket(&planted);
    planted
}

fn webhook(place: &Place) -> Planted {
    let receiver = Receiver::start(410);
    let mut planted = served(place, &["--webhook-allow", "127.0.0.1"]);
    let made = place
        .run(&["--json", "webhook", "add", &receiver.url(), "--title", "warehouse", "--events", "ticket.created"])
        .good()
        .json();
    let id = made["id"].as_str().unwrap().to_owned();
    place.run(&["webhook", "test", &id]).good();
    until("it is switched off", || place.run(&["--json", "webhook", "list"]).out.contains("\"disabled\""));
    receiver.answers(200);
    planted.names.push(("HOOK", id));
    Planted { _receiver: Some(receiver), ..planted }
}

fn rate(place: &Place) -> Planted {
    served(place, &["--rate", "1"])
}

fn stolen(place: &Place) -> Planted {
    let mut planted = served(place, &[]);
    let made = place.run(&["--json", "key", "create", "--role", "agent", "--label", "console"]).good().json();
    planted.names.push(("STOLEN_ID", made["key"]["id"].as_str().unwrap().to_owned()));
    planted.names.push(("STOLEN", made["secret"].as_str().unwrap().to_owned()));
    planted
}

fn import(place: &Place) -> Planted {
    served(place, &[])
}

fn merge(place: &Place) -> Planted {
    let mut planted = served(place, &[]);
    let bearer = format!("Bearer {}", planted.names[0].1);
    let serving = planted.serving.as_ref().unwrap();
    let [ann, bob] = ["Ann", "Bob"].map(|name| {
        let body = format!("{{\"name\":\"{name}\"}}");
        serving.send("POST", "/v1/contacts", &[("authorization", &bearer)], &body).expect(201).at("/id")
    });
    let merged = place.run(&["--json", "merge", "make", "contact", &ann, &bob]).good().json();
    planted.names.push(("MERGE", merged["id"].as_str().unwrap().to_owned()));
    planted.names.push(("LOSER", bob));
    planted
}

fn killed(place: &Place) -> Planted {
    place.serve().kill();
    Planted::default()
}

/// A section's blocks: what is typed, and what is printed then.
struct Section {
    title: String,
    steps: Vec<(String, Option<String>)>,
}

fn sections() -> Vec<Section> {
    let page = std::fs::read_to_string(plugdesk_tests::root().join("docs/runbook.md")).unwrap();
    let mut sections: Vec<Section> = Vec::new();
    let mut block: Option<(String, String)> = None;
    for line in page.lines() {
        match (&mut block, line.strip_prefix("```")) {
            (None, Some(kind)) => block = Some((kind.to_owned(), String::new())),
            (Some((kind, text)), Some(_)) => {
                let steps = &mut sections.last_mut().expect("a block stands in a section").steps;
                match kind.as_str() {
                    "sh" => steps.push((text.clone(), None)),
                    "text" => steps.last_mut().expect("output follows its command").1 = Some(text.clone()),
                    other => panic!("a block of `{other}`"),
                }
                block = None;
            }
            (Some((_, text)), None) => text.push_str(&format!("{line}\n")),
            (None, None) => {
                let title = line.strip_prefix("## ").map(str::to_owned);
                sections.extend(title.map(|title| Section { title, steps: Vec::new() }));
            }
        }
    }
    sections.retain(|section| !section.steps.is_empty());
    sections
}

/// Whether a printed line is the page's line; `<…>` in it stands for one or more characters, blanks for one blank.
fn same(page: &str, printed: &str) -> bool {
    let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    fits(&squeeze(page), &squeeze(printed))
}

fn fits(page: &str, printed: &str) -> bool {
    let Some((literal, rest)) = page.split_once('<') else { return page == printed };
    let Some(printed) = printed.strip_prefix(literal) else { return false };
    let (_, rest) = rest.split_once('>').expect("a placeholder ends");
    printed
        .char_indices()
        .skip(1)
        .map(|(at, _)| at)
        .chain([printed.len()])
        .any(|at| at > 0 && fits(rest, &printed[at..]))
}

/// Whether what was printed is what the page says; a line `…` stands for any number of lines.
fn matches(page: &[&str], printed: &[&str]) -> bool {
    match (page.split_first(), printed.split_first()) {
        (None, None) => true,
        (Some((&"…", rest)), _) => (0..=printed.len()).any(|skip| matches(rest, &printed[skip..])),
        (Some((line, rest)), Some((said, more))) => same(line, said) && matches(rest, more),
        (None, Some(_)) | (Some(_), None) => false,
    }
}

fn run(place: &Place, planted: &Planted, script: &str) -> (bool, String) {
    let address = planted.serving.as_ref().map(|serving| serving.address.as_str()).unwrap_or("127.0.0.1:8080");
    let script = format!("exec 2>&1\n{}", script.replace("127.0.0.1:8080", address));
    let tools = std::env::var_os("PATH").unwrap_or_default();
    let built = program().parent().map_or_else(debug, Path::to_path_buf);
    let path = std::env::join_paths(std::iter::once(built).chain(std::env::split_paths(&tools))).unwrap();
    let mut command = Command::new("timeout");
    command.args(["--kill-after=5", "60", "bash", "-c", &script]).current_dir(place.path("."));
    for name in ["PLUGDESK_URL", "PLUGDESK_KEY", "PLUGDESK_DESK", "PLUGDESK_LISTEN", "PLUGDESK_LOG"] {
        command.env_remove(name);
    }
    command.env("PATH", path).env("PLUGDESK_FOLDER", "desk").env("LC_ALL", "C.UTF-8").env("NO_COLOR", "1");
    command.envs(planted.names.iter().map(|(name, value)| (*name, value.as_str())));
    let done = command.output().unwrap();
    (done.status.success(), String::from_utf8_lossy(&done.stdout).into_owned())
}

fn check(title: &str, plant: fn(&Place) -> Planted) {
    let section = sections().into_iter().find(|section| section.title == title);
    let section = section.unwrap_or_else(|| panic!("the page has no section `{title}`"));
    let place = Place::with_desk();
    let planted = plant(&place);
    for (script, expected) in &section.steps {
        let (good, printed) = run(&place, &planted, script);
        match expected {
            None => assert!(good, "{title}:\n{script}fails and prints:\n{printed}"),
            Some(expected) => {
                let [page, said] = [expected, &printed].map(|text| text.lines().map(str::trim_end).collect::<Vec<_>>());
                assert!(matches(&page, &said), "{title}:\n{script}prints:\n{printed}\nthe page says:\n{expected}");
            }
        }
    }
}

#[test]
fn every_symptom_of_the_page_is_planted_and_there_are_ten() {
    let known: Vec<String> = SYMPTOMS.iter().map(|(title, _)| (*title).to_owned()).collect();
    let written: Vec<String> = sections().into_iter().map(|section| section.title).collect();
    assert_eq!(written, known);
    assert!(known.len() >= 10);
}

#[test]
fn what_is_printed_is_compared() {
    assert!(same("held since <time> by <who>: x", "held  since 2026 by me: x"));
    assert!(!same("held since <time> by <who>: x", "held since 2026 by me: y"));
    assert!(same("<a>b<c>", "ab c") && !same("<a>b", "b") && !same("b", "bb") && !same("b<a>", "b"));
    assert!(matches(&["…", "b"], &["a", "b"]) && !matches(&["…", "b"], &["a", "b", "c"]));
}

macro_rules! symptoms {
    ($($name:ident $place:literal)*) => {$(
        #[test]
        fn $name() {
            let (title, plant) = SYMPTOMS[$place];
            check(title, plant);
        }
    )*};
}

symptoms! {
    writes_that_are_held 0
    a_damaged_journal 1
    a_failing_policy 2
    a_pack_that_decides_wrongly 3
    webhooks_that_do_not_arrive 4
    a_client_that_asks_too_fast 5
    a_stolen_key 6
    a_refused_import 7
    a_wrong_merge 8
    a_killed_server 9
}
