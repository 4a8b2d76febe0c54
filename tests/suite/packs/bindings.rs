//! Bindings and generations: swapped as a whole, gone back from, turned off.

use std::sync::atomic::Ordering;

use plugdesk_desk::{Error, How, NewBinding, PageRequest};
use plugdesk_domain::{BindingScope, Mode, OutcomeClass};
use serde_json::json;

use super::install::{install, overlay};
use super::stand::{Draft, Stand, wait};

#[test]
fn a_configuration_that_the_schema_or_the_plugin_refuses_never_gets_into_force() {
    let stand = Stand::new();
    let id = install(&stand, &Draft::new()).unwrap().bindings[0].id;
    for (wrong, told) in [
        (json!({"score": 9_000}), "/overlay/score"),
        (json!({"wrod": "x"}), "wrod"),
        (json!({"word": "never"}), "`never` is found in nothing"),
        (json!([]), "is a JSON object"),
        (json!({"word": "x".repeat(70_000)}), "has at most"),
    ] {
        let refused = overlay(&stand, id, &wrong).unwrap_err();
        assert!(refused.to_string().contains(told), "{told}: {refused}");
    }
    assert_eq!((stand.desk.live().number(), stand.score("now")), (1, Some(4_000)));
}

#[test]
fn going_back_is_one_command() {
    let stand = Stand::new();
    let id = install(&stand, &Draft::new()).unwrap().bindings[0].id;
    assert_eq!(overlay(&stand, id, &json!({"score": 2_000})).unwrap(), 2);
    assert_eq!(stand.score("now"), Some(2_000));
    let back = wait(stand.desk.generation_rollback(&stand.by, 1, &How::default())).unwrap().value;
    assert_eq!((back.number, back.why.as_str()), (3, "back to generation 1"));
    assert_eq!(stand.score("now"), Some(4_000));
    let all = stand.desk.generation_list(&stand.by, &PageRequest::default()).unwrap();
    assert_eq!(all.records.iter().map(|it| it.number).collect::<Vec<_>>(), [3, 2, 1]);
    let unknown = wait(stand.desk.generation_rollback(&stand.by, 9, &How::default())).unwrap_err();
    assert_eq!(unknown.to_string(), "generation 9 not found");
}

#[test]
fn two_people_do_not_overwrite_each_others_bindings() {
    let stand = Stand::new();
    install(&stand, &Draft::new()).unwrap();
    let at = |generation| How { if_match: Some(plugdesk_desk::IfMatch::Version(generation)), ..How::default() };
    wait(stand.desk.policy_mode(&stand.by, "leads", Mode::Shadow, &at(1))).unwrap();
    let late = wait(stand.desk.policy_mode(&stand.by, "leads", Mode::Off, &at(1))).unwrap_err();
    assert_eq!(late, Error::VersionMismatch { stored: 2 });
    assert_eq!(stand.score("now"), None, "a shadow's answer does not count");
}

#[test]
fn a_policy_that_no_longer_loads_stops_no_desk_and_can_be_turned_off() {
    let stand = Stand::new();
    install(&stand, &Draft::new()).unwrap();
    stand.ask.refuses.store(true, Ordering::Relaxed);
    let stand = stand.again();
    let policy = stand.desk.policies(&stand.by).unwrap().remove(0);
    assert_eq!(policy.bindings[0].failing, Some(OutcomeClass::Load));
    assert!(policy.bindings[0].message.as_ref().unwrap().contains("this host runs plugdesk:desk@0.1.0"));
    assert_eq!(stand.score("now"), None, "the lead is taken all the same");
    let off = wait(stand.desk.policy_mode(&stand.by, "leads", Mode::Off, &How::default())).unwrap().value;
    assert_eq!((off.number, off.bindings[0].mode), (2, Mode::Off));
    let on = wait(stand.desk.policy_mode(&stand.by, "leads", Mode::Active, &How::default())).unwrap_err();
    assert!(on.to_string().contains("leads for qualify: load: built for plugdesk:desk@0.0.9"), "{on}");
    stand.ask.refuses.store(false, Ordering::Relaxed);
    wait(stand.desk.policy_mode(&stand.by, "leads", Mode::Active, &How::default())).unwrap();
    assert_eq!(stand.score("now"), Some(4_000));
}

#[test]
fn turning_a_policy_off_loads_nothing_even_beside_one_that_fails() {
    let stand = Stand::new();
    install(&stand, &Draft::new()).unwrap();
    let other = json!({"policy": "other", "pack": "leads", "plugin": "leads", "question": "qualify", "rank": 20,
        "overlay": {"score": 3_000}});
    let other: NewBinding = serde_json::from_value(other).unwrap();
    wait(stand.desk.binding_create(&stand.by, other, &How::default())).unwrap();
    stand.ask.refuses.store(true, Ordering::Relaxed);
    let stand = stand.again();
    let loads = stand.ask.loads.load(Ordering::Relaxed);
    wait(stand.desk.policy_mode(&stand.by, "other", Mode::Off, &How::default())).unwrap();
    assert_eq!(stand.ask.loads.load(Ordering::Relaxed), loads);
    let leads = stand.desk.policies(&stand.by).unwrap().into_iter().find(|it| it.name == "leads").unwrap();
    assert_eq!(leads.bindings[0].failing, Some(OutcomeClass::Load), "it fails on, and says so");
}

#[test]
fn a_segment_may_have_a_configuration_of_its_own() {
    let stand = Stand::new();
    install(&stand, &Draft::new()).unwrap();
    let new = json!({"pack": "leads", "plugin": "leads", "question": "qualify", "rank": 10,
        "scope": {"kind": "lead"}, "overlay": {"score": 3_000}});
    let new: NewBinding = serde_json::from_value(new).unwrap();
    let made = wait(stand.desk.binding_create(&stand.by, new.clone(), &How::default())).unwrap().value;
    assert_eq!(made.configuration_document, json!({"word": "now", "score": 3_000}));
    assert_eq!(stand.score("now"), Some(3_000), "the most specific configuration");
    let twice = wait(stand.desk.binding_create(&stand.by, new.clone(), &How::default())).unwrap_err();
    assert!(twice.to_string().contains("twice in one scope"), "{twice}");
    wait(stand.desk.binding_delete(&stand.by, made.binding.id, &How::default())).unwrap();
    assert_eq!(stand.score("now"), Some(4_000));
    let wrong = NewBinding { scope: BindingScope::Desk, question: "classify".into(), ..new };
    let wrong = wait(stand.desk.binding_create(&stand.by, wrong, &How::default())).unwrap_err();
    assert_eq!(wrong.to_string(), "/question: plugin `leads` answers qualify");
}

#[test]
fn what_distinguishes_two_generations_is_told_with_the_values_of_the_configuration() {
    let stand = Stand::new();
    let id = install(&stand, &Draft::new()).unwrap().bindings[0].id;
    overlay(&stand, id, &json!({"score": 2_000})).unwrap();
    wait(stand.desk.policy_mode(&stand.by, "leads", Mode::Shadow, &How::default())).unwrap();
    let diff = |from, to| stand.desk.generation_diff(&stand.by, from, to);
    let whole = diff(1, 3).unwrap();
    assert!(whole.added.is_empty() && whole.removed.is_empty(), "{whole:?}");
    let changed = &whole.changed[0];
    let told = |it: &plugdesk_desk::Difference| (it.field.clone(), it.before.clone(), it.after.clone());
    let told: Vec<_> = changed.differences.iter().map(told).collect();
    assert_eq!(changed.id, id);
    assert!(told.contains(&("/configuration/score".into(), Some(json!(4_000)), Some(json!(2_000)))), "{told:?}");
    assert!(told.contains(&("/mode".into(), Some(json!("active")), Some(json!("shadow")))), "{told:?}");
    assert_eq!((told.len(), diff(2, 2).unwrap().changed.len()), (2, 0));
    let (first, back) = (diff(0, 1).unwrap(), diff(1, 0).unwrap());
    assert_eq!((first.added.len(), back.removed.len()), (1, 1), "0 stands for the desk before anything was bound");
    assert_eq!(diff(1, 9).unwrap_err().to_string(), "generation 9 not found");
}

#[test]
fn one_binding_goes_back_and_the_others_stay() {
    let stand = Stand::new();
    let id = install(&stand, &Draft::new()).unwrap().bindings[0].id;
    let company = BindingScope::Segment("company".into());
    let more: NewBinding = serde_json::from_value(
        json!({"pack": "leads", "plugin": "leads", "question": "qualify", "rank": 20, "scope": company}),
    )
    .unwrap();
    let other = wait(stand.desk.binding_create(&stand.by, more, &How::default())).unwrap().value.binding;
    assert_eq!(overlay(&stand, id, &json!({"score": 2_000})).unwrap(), 3);
    overlay(&stand, other.id, &json!({"score": 4_500})).unwrap();
    let back = |to| wait(stand.desk.binding_rollback(&stand.by, id, to, &How::default()));
    let made = back(None).unwrap().value;
    assert_eq!((made.number, stand.score("now")), (5, Some(4_000)), "as it was before it was changed last");
    let kept = stand.desk.binding(&stand.by, other.id).unwrap();
    assert_eq!(kept.configuration_document["score"], 4_500, "the other binding stays as it is");
    assert_eq!((back(Some(3)).unwrap().value.number, stand.score("now")), (6, Some(2_000)));
    wait(stand.desk.binding_delete(&stand.by, id, &How::default())).unwrap();
    assert_eq!((back(None).unwrap().value.number, stand.score("now")), (8, Some(2_000)), "what was deleted is back");
    let gone = wait(stand.desk.binding_rollback(&stand.by, other.id, Some(1), &How::default())).unwrap().value;
    assert_eq!(gone.bindings.len(), 1, "and what an old generation did not have goes");
    let unknown = wait(stand.desk.binding_rollback(&stand.by, other.id, Some(1), &How::default())).unwrap_err();
    assert_eq!(unknown.to_string(), format!("binding {} not found", other.id));
    let kinds: Vec<String> = stand.desk.events(&stand.by, 0, 200).unwrap().into_iter().map(|it| it.name).collect();
    assert_eq!(kinds.iter().filter(|it| *it == "binding.rolled-back").count(), 4);
}
