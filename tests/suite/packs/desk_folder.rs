//! What a pack sets a desk up with: made with the pack, changed with it, never over what somebody else holds.

use plugdesk_desk::{Error, How, InstallOptions, Installed};
use plugdesk_domain::{
    Calendar, Category, Change, Definition, DefinitionSort, Key, Records, RecordsExt, Storage as _, Team,
};

use super::stand::{Draft, Stand, wait};

const DESK: &str = r#"
[[kind]]
name = "referral"
title = "Referral"
schema = "desk/schemas/referral.json"

[[state]]
name = "booked"
title = "Booked"
category = "open"
next = ["seen"]

[[state]]
name = "seen"
title = "Seen"
category = "resolved"

[[segment]]
name = "patient"
title = "Patients"
targets = [{ metric = "first-response", minutes = 60, calendar = "front-desk", warn_minutes = 15 }]

[[calendar]]
name = "front-desk"
title = "Front desk"
time_zone = "Europe/Warsaw"
week = { mon = [{ from = "08:00", to = "12:00" }, { from = "13:00", to = "17:00" }] }

[[team]]
name = "nurses"
title = "Nurses"
segments = ["patient"]
"#;

fn clinic() -> Draft {
    let head =
        "[pack]\nname = 'clinic'\nversion = '1.0.0'\npublisher = 'us'\nlicence = 'MIT'\nplugdesk = '>=0.1, <1'\n";
    let schema = r#"{"type": "object", "properties": {"ward": {"type": "string"}}}"#;
    Draft::bare(head).with("desk/words.toml", DESK).with("desk/schemas/referral.json", schema)
}

fn bound() -> Draft {
    clinic()
        .with(
            "pack.toml",
            "[pack]\nname = 'clinic'\nversion = '1.1.0'\npublisher = 'us'\nlicence = 'MIT'\nplugdesk = '>=0.1, <1'\n\
         [[binding]]\npack = 'leads'\nplugin = 'leads'\npolicy = 'patients'\nquestion = 'qualify'\nrank = 20\n\
         overlay = 'overlays/leads.json'\n",
        )
        .with("overlays/leads.json", r#"{"word": "appointment", "score": 5000}"#)
}

fn install(stand: &Stand, draft: &Draft) -> Result<Installed, Error> {
    let options = InstallOptions::default();
    wait(stand.desk.pack_install(&stand.by, draft.tar(), options, None)).map(|done| done.value)
}

fn problems(stand: &Stand, draft: &Draft) -> String {
    install(stand, draft).unwrap_err().to_string()
}

fn records(stand: &Stand) -> std::sync::Arc<dyn Records> {
    stand.store.records(stand.desk.id())
}

fn definition(stand: &Stand, sort: DefinitionSort, name: &str) -> Option<Definition> {
    records(stand).find(Key(vec![sort.name().into(), name.into()])).unwrap()
}

#[test]
fn a_pack_without_code_sets_a_desk_up() {
    let stand = Stand::new();
    let installed = install(&stand, &clinic()).unwrap();
    assert!(!installed.already && installed.bindings.is_empty());
    let kind = definition(&stand, DefinitionSort::Kind, "referral").unwrap();
    assert_eq!((kind.pack.as_deref(), kind.schema.unwrap()["type"].as_str()), (Some("us/clinic"), Some("object")));
    let state = definition(&stand, DefinitionSort::State, "booked").unwrap();
    assert_eq!((state.category, state.next), (Some(Category::Open), vec!["seen".to_owned()]));
    assert_eq!(definition(&stand, DefinitionSort::Segment, "patient").unwrap().targets[0].minutes, 60);
    let calendar: Calendar = records(&stand).find("front-desk").unwrap().unwrap();
    assert_eq!(calendar.pack.as_deref(), Some("us/clinic"));
    assert_eq!(records(&stand).find::<Team>("nurses").unwrap().unwrap().segments, ["patient"]);
}

#[test]
fn installing_again_writes_nothing_and_an_upgrade_changes_what_is_its_own() {
    let stand = Stand::new();
    install(&stand, &clinic()).unwrap();
    assert!(install(&stand, &clinic()).unwrap().already);
    let kind = definition(&stand, DefinitionSort::Kind, "referral").unwrap();
    assert_eq!(kind.version, 1, "the same again is no write");
    let next = clinic()
        .replace("pack.toml", "1.0.0", "1.1.0")
        .replace("desk/words.toml", "title = \"Referral\"", "title = \"Referral letter\"")
        .replace("desk/words.toml", "[[team]]\nname = \"nurses\"", "[[team]]\nname = \"doctors\"");
    install(&stand, &next).unwrap();
    let kind = definition(&stand, DefinitionSort::Kind, "referral").unwrap();
    assert_eq!((kind.version, kind.title.as_str()), (2, "Referral letter"));
    assert_eq!(definition(&stand, DefinitionSort::State, "booked").unwrap().version, 1);
    assert!(records(&stand).find::<Team>("nurses").unwrap().is_none(), "nothing used what the upgrade dropped");
    assert!(records(&stand).find::<Team>("doctors").unwrap().is_some());
}

#[test]
fn what_a_person_or_another_pack_holds_is_not_overwritten_and_nothing_is_installed() {
    let stand = Stand::new();
    let mut own = Team {
        version: 1,
        created_at: plugdesk_domain::Instant::from_millis(1),
        updated_at: plugdesk_domain::Instant::from_millis(1),
        name: "nurses".into(),
        title: "Ours".into(),
        lead: None,
        segments: vec![],
        pack: None,
    };
    let mut change = Change::default();
    change.create(own.clone());
    records(&stand).commit_wait(change).unwrap();
    assert_eq!(
        problems(&stand, &clinic()),
        "desk/words.toml: team `nurses` is held by a person; the pack us/clinic does not overwrite it"
    );
    assert!(definition(&stand, DefinitionSort::Kind, "referral").is_none(), "not even the rest");
    own.pack = Some("them/ward".into());
    own.version = 2;
    let mut change = Change::default();
    change.update(own);
    records(&stand).commit_wait(change).unwrap();
    assert!(problems(&stand, &clinic()).contains("held by the pack them/ward"));
}

#[test]
fn a_calendar_that_is_too_large_to_be_stored_is_told_by_file_and_not_by_the_store() {
    let stand = Stand::new();
    let day =
        |n: usize| format!("\"{}-{:02}-{:02}\" = \"{}\"", 2030 + n / 336, n / 28 % 12 + 1, n % 28 + 1, "x".repeat(128));
    let holidays = (0..500).map(day).collect::<Vec<_>>().join(", ");
    let zone = "time_zone = \"Europe/Warsaw\"";
    let large = clinic().replace("desk/words.toml", zone, &format!("{zone}\nholidays = {{ {holidays} }}"));
    let told = problems(&stand, &large);
    assert!(told.starts_with("desk/words.toml: calendar `front-desk`: ") && told.contains("at most 61440"), "{told}");
}

#[test]
fn everything_wrong_with_the_folder_is_told_by_file_before_anything_is_written() {
    let stand = Stand::new();
    for (good, bad, told) in [
        ("category = \"open\"", "", "state `booked`: category: a state names the category"),
        ("category = \"open\"", "category = \"opened\"", "desk/words.toml: line"),
        ("next = [\"seen\"]", "next = [\"gone\"]", "neither the pack nor the desk has a state `gone`"),
        ("calendar = \"front-desk\"", "calendar = \"back\"", "neither the pack nor the desk has a calendar `back`"),
        ("segments = [\"patient\"]", "segments = [\"staff\"]", "neither the pack nor the desk has a segment `staff`"),
        ("minutes = 60", "minutes = 0", "segment `patient`: targets[0].minutes: 0 is not 1 to"),
        ("name = \"seen\"", "name = \"booked\"", "state `booked` stands twice"),
        ("name = \"referral\"", "name = \"re ferral\"", "`re ferral` is not a name"),
        ("referral.json", "referal.json", "schema: the pack has no file `desk/schemas/referal.json`"),
        (
            "title = \"Referral\"",
            "title = \"Referral\"\ntargets = [{ metric = \"x\", minutes = 1, calendar = \"always\" }]",
            "targets: only of a segment",
        ),
        ("[[team]]", "[[crew]]", "unknown field `crew`"),
        ("name = \"front-desk\"", "name = \"always\"", "every desk has it already"),
    ] {
        let told_now = problems(&stand, &clinic().replace("desk/words.toml", good, bad));
        assert!(told_now.contains(told), "{bad}: {told_now}");
        assert!(definition(&stand, DefinitionSort::Kind, "referral").is_none());
    }
    let schema = clinic().with("desk/schemas/referral.json", r#"{"type": 7}"#);
    assert!(problems(&stand, &schema).contains("not a JSON Schema 2020-12"));
}

#[test]
fn a_pack_may_bind_and_configure_the_plugin_of_another_that_is_installed() {
    let stand = Stand::new();
    assert_eq!(
        problems(&stand, &bound()),
        "pack.toml: binding of `patients` to `qualify`: pack `leads` is not installed; install it first"
    );
    install(&stand, &Draft::new()).unwrap();
    let wrong = bound().with("overlays/leads.json", r#"{"score": "many"}"#);
    assert!(problems(&stand, &wrong).contains("binding of `patients` to `qualify`: /overlay/score"));
    // Without words of its own, which would close the desk to leads.
    let made = install(&stand, &bound().with("desk/words.toml", "")).unwrap();
    assert_eq!((made.bindings.len(), made.bindings[0].brought_by.as_deref()), (1, Some("clinic")));
    // The plugin's own binding says 4,000 at rank 10; its overlay goes first once that one is gone.
    let own = stand.desk.binding_list(&stand.by).unwrap();
    let own = own.iter().find(|it| it.binding.policy == "leads").unwrap().binding.id;
    wait(stand.desk.binding_delete(&stand.by, own, &How::default())).unwrap();
    assert_eq!(stand.score("an appointment"), Some(5_000));
    assert_eq!(stand.score("now"), Some(1_000));
}

#[test]
fn the_customers_overlay_lies_over_the_packs_and_both_survive_upgrades_of_either() {
    let stand = Stand::new();
    install(&stand, &Draft::new()).unwrap();
    let binding = install(&stand, &bound()).unwrap().bindings[0].id;
    let patch = plugdesk_desk::BindingPatch {
        overlay: Some(Some(serde_json::json!({"score": 4500}))),
        ..plugdesk_desk::BindingPatch::default()
    };
    wait(stand.desk.binding_update(&stand.by, binding, patch, &How::default())).unwrap();
    let view = || stand.desk.binding(&stand.by, binding).unwrap().configuration_document;
    assert_eq!(view(), serde_json::json!({"word": "appointment", "score": 4500}));
    let leads = Draft::new().replace("pack.toml", "1.0.0", "1.0.1");
    install(&stand, &leads).unwrap();
    assert_eq!(view(), serde_json::json!({"word": "appointment", "score": 4500}));
    let next = bound().replace("pack.toml", "1.1.0", "1.2.0").replace("overlays/leads.json", "appointment", "visit");
    install(&stand, &next).unwrap();
    assert_eq!(view(), serde_json::json!({"word": "visit", "score": 4500}));
}

#[test]
fn a_pack_that_is_used_is_not_removed_and_one_that_is_removed_takes_its_unused_words_along() {
    let stand = Stand::new();
    install(&stand, &Draft::new()).unwrap();
    install(&stand, &bound()).unwrap();
    let remove = |name: &str, unbind| wait(stand.desk.pack_remove(&stand.by, name, unbind, &How::default()));
    let refused = remove("leads", false).unwrap_err().to_string();
    assert_eq!(
        refused,
        "/unbind: 2 bindings use pack `leads`: `leads` for qualify, `patients` for qualify (brought by pack `clinic`); \
         `unbind` takes them away with it"
    );
    let preview = How { preview: true, ..How::default() };
    assert_eq!(wait(stand.desk.pack_remove(&stand.by, "clinic", true, &preview)).unwrap().value.unbound, 1);
    assert_eq!(stand.desk.pack_list(&stand.by).unwrap().len(), 2, "a preview changes nothing");
    let gone = remove("clinic", true).unwrap().value;
    assert_eq!((gone.unbound, gone.versions), (1, vec!["1.1.0".to_owned()]));
    assert_eq!(gone.ended.len(), 6, "{:?}", gone.ended);
    assert!(gone.kept.is_empty() && definition(&stand, DefinitionSort::Kind, "referral").is_none());
    assert!(matches!(remove("clinic", true), Err(Error::NotFound { .. })));
    assert_eq!(stand.desk.pack_list(&stand.by).unwrap().len(), 1);
}

#[test]
fn words_in_use_stay_as_the_desks_own_and_the_pack_can_come_back() {
    let stand = Stand::new();
    install(&stand, &clinic()).unwrap();
    let new = plugdesk_desk::NewTicket {
        kind: "referral".into(),
        subject: "A letter".into(),
        state: Some("booked".into()),
        segment: Some("patient".into()),
        ..plugdesk_desk::NewTicket::default()
    };
    wait(stand.desk.ticket_create(&stand.by, new, &How::default())).unwrap();
    let gone = wait(stand.desk.pack_remove(&stand.by, "clinic", false, &How::default())).unwrap().value;
    assert_eq!(gone.ended, ["team nurses"]);
    assert_eq!(gone.kept.len(), 5, "{:?}", gone.kept);
    assert_eq!(definition(&stand, DefinitionSort::Kind, "referral").unwrap().pack, None);
    // What is the desk's own now is not taken back in silence.
    assert!(problems(&stand, &clinic()).contains("kind `referral` is held by a person"));
}

#[test]
fn old_decisions_are_told_in_the_words_of_a_pack_that_is_gone() {
    let stand = Stand::new();
    install(&stand, &Draft::new()).unwrap();
    let lead = stand.lead("I need it now");
    wait(stand.desk.pack_remove(&stand.by, "leads", true, &How::default())).unwrap();
    let decision = stand.desk.decision(&stand.by, lead.qualified.unwrap().decision).unwrap();
    let told = stand.desk.decision_told(decision, &["en".to_owned()]);
    assert_eq!(told.asked[0].opinions[0].reasons[0].text.as_deref(), Some("now was said: 4000 points"));
    assert_eq!(stand.score("now"), None, "and nobody is asked any more");
    assert!(install(&stand, &Draft::new()).unwrap().bindings.len() == 1, "it can be installed again");
    assert_eq!(stand.score("now"), Some(4_000));
}
