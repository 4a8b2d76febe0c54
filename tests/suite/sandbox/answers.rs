//! What a component is to the host when it is loaded, and what settings are.

use plugdesk_domain::ask::PrepareFault;
use plugdesk_domain::{Ask, Digest, Limits, Outcome, OutcomeClass};

use super::desk::{Desk, ask, ask_at, qualify};
use super::guest::{component, golden, root, sandbox};

#[test]
fn what_the_host_offers_is_what_the_contract_says() {
    let mut resolve = wit_parser::Resolve::default();
    let (contract, _) = resolve.push_dir(root().join("wit")).unwrap();
    let world = resolve.select_world(&[contract], Some("host")).unwrap();
    let mut offered = Vec::new();
    for (_, item) in &resolve.worlds[world].imports {
        let wit_parser::WorldItem::Interface { id, .. } = item else { continue };
        let interface = &resolve.interfaces[*id];
        let name = interface.name.clone().unwrap();
        offered.extend(interface.functions.keys().map(|function| format!("{name}.{function}")));
    }
    offered.sort();
    // A component that imports all of them links, and each has the contract's types.
    let imports: String = ["golden/0.1/classify.wat", "golden/0.1/qualify.wat", "golden/0.1/escalate.wat"]
        .map(|path| std::fs::read_to_string(root().join("tests").join(path)).unwrap())
        .iter()
        .flat_map(|text| {
            text.lines().filter(|line| line.trim_start().starts_with("(import")).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    // What the contract took on since those were built.
    let later = r#"(import "plugdesk:desk/calendar@0.1.0" "add-working-days" (func (param i32 i32 i64 i32 i32)))"#;
    let module = format!(
        "(module {imports} {later} \n;; prelude\n (func (export \"plugdesk:desk/classify@0.1.0#classify\") (param i32) (result i32) (i32.const 1024)))"
    );
    let plugin = sandbox().load(&component(&module, "classify-plugin")).unwrap();
    assert_eq!(plugin.imports(), offered);
    assert_eq!(ask(&*plugin, &Limits::default()).outcome, Outcome::Answered(None));
}

#[test]
fn a_plugin_is_named_by_its_bytes() {
    let bytes = golden("qualify");
    assert_eq!(sandbox().load(&bytes).unwrap().digest(), Digest::of(&bytes));
    assert_eq!(sandbox().contract(), "plugdesk:desk@0.1.0");
}

#[test]
fn without_setup_the_settings_are_the_configuration() {
    let plugin = sandbox().load(&golden("qualify")).unwrap();
    assert_eq!(&*plugin.prepare(r#"{"a":1}"#, &Limits::default()).unwrap(), br#"{"a":1}"#);
    let fault = plugin.prepare(&" ".repeat((1 << 20) + 1), &Limits::default()).unwrap_err();
    assert!(matches!(fault, PrepareFault::Refused(_)), "{fault}");
}

#[test]
fn a_question_that_a_component_does_not_answer_is_refused_as_load() {
    let plugin = sandbox().load(&golden("classify")).unwrap();
    let verdict = ask_at(&*plugin, &Desk::default(), &qualify(), b"", &Limits::default());
    assert_eq!(verdict.outcome.class(), OutcomeClass::Load);
}

#[test]
fn a_component_of_a_later_version_of_the_track_still_runs() {
    let bytes = golden("classify");
    let later = replace(&bytes, b"plugdesk:desk/classify@0.1.0", b"plugdesk:desk/classify@0.1.7");
    assert_ne!(bytes, later);
    let plugin = sandbox().load(&later).unwrap();
    assert_eq!(plugin.questions(), ["classify"]);
    assert_eq!(ask(&*plugin, &Limits::default()).outcome.class(), OutcomeClass::Ok);
}

/// The bytes with every `from` replaced by `to`, which is as long.
fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = bytes.to_vec();
    for start in 0..bytes.len().saturating_sub(from.len()) {
        if bytes[start..].starts_with(from) {
            bytes[start..start + to.len()].copy_from_slice(to);
        }
    }
    bytes
}
