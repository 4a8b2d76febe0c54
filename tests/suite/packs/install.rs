//! Installing and upgrading.

use plugdesk_desk::{Error, How, Idempotency, InstallOptions, Installed};
use plugdesk_domain::{BindingId, Digest, RecordsExt, Storage};
use serde_json::json;

use super::stand::{Draft, Stand, start, vector, wait};

pub(crate) fn install(stand: &Stand, draft: &Draft) -> Result<Installed, Error> {
    wait(stand.desk.pack_install(&stand.by, draft.tar(), InstallOptions::default(), None)).map(|done| done.value)
}

#[test]
fn an_installed_pack_answers_at_once_and_says_why_in_the_readers_language() {
    let stand = Stand::new();
    assert_eq!(stand.score("I need it now"), None, "nothing is bound yet");
    let installed = install(&stand, &Draft::new()).unwrap();
    assert_eq!((installed.generation, installed.bindings.len(), installed.already), (1, 1, false));
    assert_eq!(
        (installed.pack.plugins[0].vectors, installed.pack.about.clone()),
        (1, json!("Scores leads by a word."))
    );
    let lead = stand.lead("I need it now");
    assert_eq!(lead.qualified.as_ref().map(|it| it.score), Some(4_000));
    let decision = stand.desk.decision(&stand.by, lead.qualified.as_ref().unwrap().decision).unwrap();
    let told = |asked: &str| {
        let decision = stand.desk.decision_told(decision.clone(), &[asked.to_owned()]);
        decision.asked[0].opinions[0].reasons[0].text.clone().unwrap()
    };
    assert_eq!(
        (told("fa-IR").as_str(), told("hu").as_str()),
        ("now گفته شد: 4000 امتیاز", "now was said: 4000 points")
    );
    let ticket = stand.desk.ticket_told(lead, &["fa".to_owned()]);
    assert_eq!(ticket.qualified.unwrap().next_question.unwrap().text.as_deref(), Some("بودجه چقدر است؟"));
}

#[test]
fn what_is_wrong_with_a_pack_is_told_by_file_and_nothing_of_it_is_installed() {
    let stand = Stand::new();
    install(&stand, &Draft::new()).unwrap();
    let next = || Draft::new().replace("pack.toml", "'1.0.0'", "'2.0.0'");
    let wrong_answer = vector(3_999).to_string();
    let cases = [
        (next().with("leads.wasm", "x"), "leads.wasm", "is not a component"),
        (
            next().with("leads.wasm", r#"{"questions": ["classify"]}"#),
            "leads.wasm",
            "says it answers `qualify`, but it does not",
        ),
        (
            next().with("leads.wasm", r#"{"questions": ["qualify"], "imports": ["context.entries", "log.write"]}"#),
            "leads.wasm",
            "imports `context.entries`, which its `needs` do not cover",
        ),
        (next().with("config.schema.json", r#"{"type": "objekt"}"#), "config.schema.json", "not a JSON Schema"),
        (next().with("config.json", "{"), "config.json", "not JSON"),
        (next().with("config.json", r#"{"score": 9000}"#), "config.json", "/score"),
        (next().with("config.json", r#"{"word": "never"}"#), "config.json", "/word: `never` is found in nothing"),
        (
            next().with("vectors/word.json", &wrong_answer),
            "vectors/word.json",
            "at /score: expected 3999, answered 4000",
        ),
        (next().with("vectors/other.json", "{}"), "vectors/other.json", "missing field"),
        (
            next().with("leads.wasm", r#"{"questions": ["qualify"], "imports": ["context.find-contact"]}"#),
            "vectors/word.json",
            "it asked for what the vector does not tell: find-contact",
        ),
        (
            next().with("locales/pl.ftl", "ask-budget = ?\n"),
            "locales/pl.ftl",
            "no text `word-found` for the reason `word.found`",
        ),
        (
            next().with("locales/pl.ftl", "word-found = { $wort }\nask-budget = ?\n"),
            "locales/pl.ftl",
            "the text of `word.found`",
        ),
        (next().with("locales/pl.ftl", "word-found = { $"), "locales/pl.ftl", "line 1"),
    ];
    for (draft, file, told) in cases {
        let Err(Error::Pack(problems)) = install(&stand, &draft) else { panic!("{told}: was installed") };
        let found = problems.iter().any(|p| p.file == file && p.problem.contains(told));
        assert!(found, "{file}: {told}: {problems:?}");
    }
    assert_eq!(stand.desk.live().number(), 1);
    assert_eq!(stand.desk.pack_list(&stand.by).unwrap().len(), 1);
    assert_eq!(stand.score("I need it now"), Some(4_000), "the old one goes on");
}

#[test]
fn the_same_pack_again_changes_nothing_and_another_build_of_it_is_swapped_in() {
    let stand = Stand::new();
    let first = install(&stand, &Draft::new()).unwrap();
    let again = install(&stand, &Draft::new()).unwrap();
    assert_eq!((again.already, again.generation), (true, 1));
    let build = Draft::new().with("leads.wasm", r#"{"questions": ["qualify"], "more": 7}"#);
    let build = build.with("vectors/word.json", &vector(4_007).to_string());
    let built = install(&stand, &build).unwrap();
    assert_eq!(
        (built.generation, built.bindings[0].id),
        (2, first.bindings[0].id),
        "the binding stays, its component changes"
    );
    assert_eq!(stand.score("I need it now"), Some(4_007));
    assert_eq!(stand.desk.pack_list(&stand.by).unwrap().len(), 2, "two builds of one version");
}

#[test]
fn an_upgrade_keeps_what_the_customer_changed_and_takes_what_the_vendor_changed() {
    let stand = Stand::new();
    let id = install(&stand, &Draft::new()).unwrap().bindings[0].id;
    overlay(&stand, id, &json!({"word": "today"})).unwrap();
    assert_eq!((stand.score("it is for today"), stand.score("now")), (Some(4_000), Some(1_000)));
    let next = Draft::new().replace("pack.toml", "'1.0.0'", "'1.1.0'");
    let next = next.with("config.json", r#"{"word": "now", "score": 4500}"#);
    install(&stand, &next.with("vectors/word.json", &vector(4_500).to_string())).unwrap();
    assert_eq!((stand.score("it is for today"), stand.score("now")), (Some(4_500), Some(1_000)));
    let view = stand.desk.binding(&stand.by, id).unwrap();
    assert_eq!(view.overlay_document, Some(json!({"word": "today"})));
    assert_eq!(view.binding.pack_version, "1.1.0");

    // A schema that the overlay breaks refuses the upgrade, and says whose overlay it is.
    let strict = Draft::new().replace("pack.toml", "'1.0.0'", "'1.2.0'");
    let strict = strict.replace("config.schema.json", r#"{"type":"string"}"#, r#"{"type":"string","maxLength":3}"#);
    let Err(Error::Pack(problems)) = install(&stand, &strict) else { panic!("was installed") };
    assert!(problems[0].problem.contains("the overlay of policy `leads` /overlay/word"), "{problems:?}");
    assert_eq!(stand.score("it is for today"), Some(4_500));
}

#[test]
fn a_pack_that_wants_to_read_more_than_it_was_granted_needs_a_new_approval() {
    let stand = Stand::new();
    install(&stand, &Draft::new()).unwrap();
    let curious = Draft::new().replace("pack.toml", "'1.0.0'", "'1.1.0'");
    let curious = curious.replace("pack.toml", "contact = true", "contact = true, entries = 5, tickets.company = 9");
    let Err(Error::Pack(problems)) = install(&stand, &curious) else { panic!("was installed") };
    assert!(
        problems[0].problem.contains("more than version 1.0.0 was granted: entries = 5, tickets.company = 9"),
        "{problems:?}"
    );
    let options = InstallOptions { approve: true, ..InstallOptions::default() };
    let installed = wait(stand.desk.pack_install(&stand.by, curious.tar(), options, None)).unwrap().value;
    assert_eq!((installed.generation, installed.pack.plugins[0].granted.entries), (2, 5));
}

#[test]
fn a_preview_decides_and_changes_nothing() {
    let stand = Stand::new();
    let options = InstallOptions { preview: true, ..InstallOptions::default() };
    let installed = wait(stand.desk.pack_install(&stand.by, Draft::new().tar(), options, None)).unwrap().value;
    assert_eq!((installed.generation, installed.bindings.len()), (1, 1));
    assert_eq!((stand.desk.live().number(), stand.desk.pack_list(&stand.by).unwrap().len()), (0, 0));
}

#[test]
fn a_pack_that_would_meet_another_at_its_rank_is_refused_and_leaves_no_trace() {
    let stand = Stand::new();
    install(&stand, &Draft::new()).unwrap();
    let other = Draft::new().replace("pack.toml", "name = 'leads'", "name = 'other'");
    let other = other.replace("pack.toml", "[[binding]]", "[[binding]]\npolicy = 'others'");
    let refused = install(&stand, &other).unwrap_err();
    assert!(refused.to_string().contains("both answer `qualify` at rank 10"), "{refused}");
    assert_eq!(stand.desk.pack_list(&stand.by).unwrap().len(), 1);
    let options = InstallOptions { bind: false, ..InstallOptions::default() };
    assert!(wait(stand.desk.pack_install(&stand.by, other.tar(), options, None)).unwrap().value.bindings.is_empty());
}

#[test]
fn who_installed_what_stands_in_the_log() {
    let stand = Stand::new();
    install(&stand, &Draft::new()).unwrap();
    let records = stand.store.records(stand.desk.id());
    let told: Vec<_> = records.events(0, 100).unwrap().into_iter().map(|e| (e.name, e.subject, e.by)).collect();
    let event = |name: &str, subject: &str| (name.to_owned(), subject.to_owned(), "operator".to_owned());
    assert_eq!(told, [event("pack.installed", "pack/leads"), event("generation.swapped", "generation/1")]);
    let stored: Option<plugdesk_domain::Generation> = records.find(1).unwrap();
    assert_eq!(stored.unwrap().why, "leads 1.0.0 installed");
}

pub(crate) fn overlay(stand: &Stand, id: BindingId, overlay: &serde_json::Value) -> Result<u64, Error> {
    let patch = plugdesk_desk::BindingPatch { overlay: Some(Some(overlay.clone())), ..Default::default() };
    wait(stand.desk.binding_update(&stand.by, id, patch, &How::default())).map(|done| done.value.generation)
}

#[test]
fn an_installation_with_a_key_is_under_way_once_and_answers_the_same_ever_after() {
    let stand = Stand::new();
    let key = Idempotency { key: "k".into(), request: Digest::of(b"leads") };
    let send = || stand.desk.pack_install(&stand.by, Draft::new().tar(), InstallOptions::default(), Some(&key));
    let first = {
        let mut first = Box::pin(send());
        assert!(!start(first.as_mut()), "it is being examined");
        assert_eq!(wait(send()), Err(Error::IdempotencyInFlight));
        wait(first).unwrap()
    };
    overlay(&stand, first.value.bindings[0].id, &json!({"score": 2_000})).unwrap();
    let again = wait(send()).unwrap();
    assert!(again.repeated && !first.repeated);
    assert_eq!(again.value, first.value, "as it was then");
    assert_eq!(stand.desk.live().number(), 2, "nothing was done");
    // Without the key the same files are installed already.
    assert!(install(&stand, &Draft::new()).unwrap().already);
}
